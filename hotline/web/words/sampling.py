"""Words of the sample: why a caller is asked, and what came of it."""

from typing import Final

from hotline.domain.grid.model import DemandKind
from hotline.domain.sampling import Outcome, Why
from hotline.domain.tickets import Action
from hotline.web.i18n import lazy_gettext as _

ACTIONS: Final = {
    Action.SAMPLE: _("抽中回访"),
    Action.VERIFY: _("回访核实"),
}
ATTENTION: Final = {
    "late_verify": _("抽中的回访没有按时做"),
    "no_verifier": _("抽中的回访没有人可以做"),
}
WHYS: Final = {
    Why.FLAGGED: _("办结存疑，必访"),
    Why.KIND: _("投诉举报，必访"),
    Why.LOT: _("抽中"),
}
OUTCOMES: Final = {
    Outcome.SOLVED: _("已解决"),
    Outcome.UNSOLVED: _("未解决"),
    Outcome.UNREACHED: _("未接通"),
    Outcome.UNASKABLE: _("无法询问"),
}
OUTCOME_TONES: Final = {
    Outcome.SOLVED: "ok",
    Outcome.UNSOLVED: "late",
    Outcome.UNREACHED: "warn",
    Outcome.UNASKABLE: "calm",
}
KINDS: Final = {
    DemandKind.CONSULTATION: _("咨询"),
    DemandKind.HELP: _("求助"),
    DemandKind.SUGGESTION: _("建议"),
    DemandKind.COMPLAINT: _("投诉"),
    DemandKind.REPORT: _("举报"),
}
REFUSALS: Final = {
    "other_verifier": _("这张工单抽签由另一个人核实。"),
    "tried_just_now": _("刚刚试过：隔一段时间再打，才算又一次没有联系上。"),
}
TABLES: Final = {
    "asked_why": WHYS,
    "demand_kinds": KINDS,
    "verified": OUTCOMES,
    "verified_tones": OUTCOME_TONES,
}
