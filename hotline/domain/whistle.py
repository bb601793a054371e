"""The whistle (吹哨) and reporting in (报到): who must come, what runs out, who is told next.

A whistle is a record of its own with one or several parties. Acknowledged is not arrived, arrived
is not done; an acknowledgement without arrival counts for nothing after a while. What nobody
answers, what a unit refuses and what nobody is on duty for climbs one rung (docs/rules.md §5).
How parties are joined and what ends a whistle: `hotline.domain.joining`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hotline.domain.errors import InvalidError, WrongStatusError
from hotline.domain.grid.model import WhistleKind
from hotline.domain.limits import Limit
from hotline.domain.tickets import Action, Step


class PartyState(StrEnum):
    """How far one called unit has come. Values are stored."""

    CALLED = "called"
    ACKNOWLEDGED = "acknowledged"
    ARRIVED = "arrived"
    DONE = "done"
    REFUSED = "refused"
    EXCUSED = "excused"  # it need not come, or not any more


class PartyRole(StrEnum):
    """In which part a unit is called. Values are stored."""

    MEMBER = "member"
    LEAD = "lead"  # 牵头: makes the plan and answers for it
    HELPER = "helper"  # 配合


class WhistleState(StrEnum):
    """Where a whistle stands. Values are stored."""

    ASKED = "asked"  # whoever may blow it was asked to; nobody is called yet
    OPEN = "open"
    ENDED = "ended"
    DECLINED = "declined"  # whoever was asked did not blow it


# A refusal is not the last word: a unit that a leader sends still acknowledges and comes. Whoever
# stands on site has heard the whistle, so arriving needs no acknowledgement before. Whoever stands
# on site is never excused: 事不完,人不走.
PARTY_RULES: Final[Mapping[tuple[PartyState, Action], PartyState]] = {
    (PartyState.CALLED, Action.ACKNOWLEDGE): PartyState.ACKNOWLEDGED,
    (PartyState.CALLED, Action.ARRIVE): PartyState.ARRIVED,
    (PartyState.CALLED, Action.REFUSE): PartyState.REFUSED,
    (PartyState.CALLED, Action.EXCUSE): PartyState.EXCUSED,
    (PartyState.ACKNOWLEDGED, Action.ARRIVE): PartyState.ARRIVED,
    (PartyState.ACKNOWLEDGED, Action.REFUSE): PartyState.REFUSED,
    (PartyState.ACKNOWLEDGED, Action.EXPIRE): PartyState.CALLED,
    (PartyState.ACKNOWLEDGED, Action.EXCUSE): PartyState.EXCUSED,
    (PartyState.REFUSED, Action.ACKNOWLEDGE): PartyState.ACKNOWLEDGED,
    (PartyState.REFUSED, Action.ARRIVE): PartyState.ARRIVED,
    (PartyState.REFUSED, Action.EXCUSE): PartyState.EXCUSED,
    (PartyState.ARRIVED, Action.FINISH): PartyState.DONE,
}
# Who has one of these still has somebody to send.
BEHIND: Final = frozenset({PartyState.CALLED, PartyState.ACKNOWLEDGED, PartyState.REFUSED})
# Who has one of these has no more to do with it.
OUT_OF_HAND: Final = frozenset({PartyState.DONE, PartyState.EXCUSED})
ON_SITE: Final = frozenset({PartyState.ARRIVED, PartyState.DONE})


def party_step(state: PartyState, action: Action) -> PartyState:
    """Return the state that a unit's action leads to.

    Raises:
        WrongStatusError: the action does not fit how far the unit has come.
    """
    after = PARTY_RULES.get((state, action))
    if after is None:
        raise WrongStatusError(status=state, action=action, reason="party_moved")
    return after


def next_clock(state: PartyState, kind: WhistleKind) -> tuple[Step, Limit] | None:
    """Return what a party must do next and how long it has, counted from the whistle.

    Both limits run from the moment at which the whistle sounded for the unit: acknowledging buys
    no time to arrive. On site, the whistle's own limit runs; a refusal waits for nothing and
    climbs.
    """
    if state is PartyState.CALLED:
        return Step.WHISTLE_ACK, kind.ack
    if state is PartyState.ACKNOWLEDGED:
        return Step.WHISTLE_ARRIVE, kind.arrive
    return None


def is_waited_for(state: PartyState, step: Step) -> bool:
    """Whether a clock that has run out still finds a party behind: only then the whistle climbs."""
    if step is Step.WHISTLE_ACK:
        return state in {PartyState.CALLED, PartyState.REFUSED}
    return state in BEHIND


def sounds_again(state: PartyState, step: Step) -> bool:
    """Whether an acknowledgement has run out without anybody coming: it sounds again, a rung up."""
    return state is PartyState.ACKNOWLEDGED and is_waited_for(state, step)


@dataclass(frozen=True, slots=True)
class Climb:
    """One step up: which rung is told, for which time, and when the next step is due.

    Attributes:
        rung: the rung that is told.
        repeat: 0 when it is told for the first time, else the number of the reminder.
        step: the clock that runs now: ``WHISTLE_TOP`` on the last rung.
        limit: how long until the next step; ``None``: the reminders are used up.
    """

    rung: str
    repeat: int
    step: Step
    limit: Limit | None


def next_rung(kind: WhistleKind, rung: str | None, rungs: Sequence[str]) -> str | None:
    """Return the rung above ``rung`` that this kind climbs to; ``None`` at the top.

    Args:
        kind: the kind of whistle: it names the rungs that it climbs.
        rung: where it stands; ``None`` before the first climb.
        rungs: the ladder of this grid and unit, lowest first.

    Raises:
        InvalidError: the ladder has no such rung.
    """
    if rung is not None and rung not in rungs:
        raise InvalidError(rung=rung)
    here = rungs.index(rung) if rung is not None else -1
    return next((known for known in rungs[here + 1 :] if known in kind.climbs), None)


def climb(kind: WhistleKind, rung: str | None, repeats: int, rungs: Sequence[str]) -> Climb | None:
    """Return the next step up of a whistle that is unanswered, refused or unstaffed.

    On the way each rung has as long as a unit has to acknowledge. On the last rung the leader is
    reminded, so often and no oftener than the map says.

    Args:
        kind: the kind of whistle.
        rung: the rung that was told last; ``None``: only the unit was called.
        repeats: how many reminders the last rung has had.
        rungs: the ladder of this grid and unit, lowest first.

    Returns:
        The step, or ``None`` when nobody is left to tell: it then stands on the supervisor's page.

    Raises:
        InvalidError: the ladder has no such rung.
    """
    higher = next_rung(kind, rung, rungs)
    if higher is not None and higher != kind.climbs[-1]:
        return Climb(higher, 0, Step.WHISTLE_ACK, kind.ack)
    repeat = 0 if higher is not None else repeats + 1
    if repeat > kind.at_top.at_most:
        return None
    more = repeat < kind.at_top.at_most
    return Climb(
        kind.climbs[-1], repeat, Step.WHISTLE_TOP, kind.at_top.repeat_every if more else None
    )
