"""Which events stand out among the others, and how."""

from collections.abc import Mapping
from typing import Final

from hotline.domain.tickets import Action

TONES: Final[Mapping[Action, str]] = {
    Action.ALARM: "late",
    Action.CLIMB: "late",
    Action.RAISE: "late",
    Action.REFUSE: "late",
    Action.DENY: "late",
    Action.REMIND: "warn",
    Action.RETURN: "warn",
    Action.EXTEND: "warn",
    Action.LAPSE: "warn",
    Action.WARN: "warn",
    Action.URGE: "late",
    Action.OVERSEE: "late",
    Action.CIRCULATE: "late",
    Action.RESTORE: "warn",
    Action.REFUSE_GRADE: "warn",
    Action.BAD_RATING: "late",
    Action.MEND: "ok",
    Action.REJECT: "warn",
    Action.OBJECT: "late",
    Action.WITHDRAW: "warn",
    Action.ADJUDICATE: "warn",
    Action.DEFER: "warn",
    Action.CONCLUDE: "warn",
    Action.APPEAL: "late",
    Action.MILESTONE: "ok",
    Action.ARRIVE: "ok",
    Action.FINISH: "ok",
    Action.END_WHISTLE: "ok",
    Action.EXPIRE: "late",
    Action.DECLINE_WHISTLE: "warn",
    Action.DANGER_GONE: "ok",
    Action.RECORD_ACT: "ok",
    Action.MEET_MILESTONE: "ok",
    Action.CONFIRM: "ok",
    Action.ANSWER: "ok",
}
