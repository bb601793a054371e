"""How the units of one whistle belong together, and what must be on record before it ends.

*All* of them come; or *k of n*, the rest being told to stay; or one *lead* unit with helpers under
a named leader (1+1+N). Each kind of whistle ends by a rule of its own (docs/rules.md §5).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from hotline.domain.grid.model import Ends, Join, WhistleKind
from hotline.domain.whistle import BEHIND, ON_SITE, PartyRole, PartyState

MOST_MILESTONES: Final = 20


class Joining(NamedTuple):
    """How parties are joined; ``needed`` is the *k* of *k of n*."""

    join: Join = Join.ALL
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a whistler says beside the kind, the units and the reason.

    Attributes:
        join: how the units are joined; ``None``: as is usual for the kind.
        needed: how many of them must come, where not all must.
        lead: the lead unit, where there is one.
        leader: the post of the leader of the whole, where there is one.
        slot_from: when everybody is to be on site, where that is appointed.
        decision: the collective decision, in words, where one is needed.
    """

    join: Join | None = None
    needed: int | None = None
    lead: str | None = None
    leader: str | None = None
    slot_from: datetime | None = None
    decision: str = ""

    def joining(self, kind: WhistleKind) -> Joining:
        """Return how the units of this whistle are joined."""
        join = self.join or kind.joins[0]
        return Joining(join, self.needed if join is Join.SOME else None)


class Slots(NamedTuple):
    """Between which instants an appointment on site may begin."""

    now: datetime
    latest: datetime


def faults(
    kind: WhistleKind, units: Collection[str], terms: Terms, slots: Slots, *, decided: bool
) -> list[str]:
    """Return the names of the fields in which a wish to whistle is wrong; none: it may sound.

    Args:
        kind: the kind of whistle.
        units: whom it calls.
        terms: how.
        slots: between which instants an appointment may begin.
        decided: whether it needs a collective decision on record.
    """
    wrong = [*_unit_faults(kind, units), *_joining_faults(kind, units, terms)]
    if terms.slot_from is not None and not (
        kind.slot is not None and slots.now < terms.slot_from <= slots.latest
    ):
        wrong.append("slot_from")
    if decided and not terms.decision.strip():
        wrong.append("decision")
    return wrong


def _unit_faults(kind: WhistleKind, units: Collection[str]) -> list[str]:
    if not units:
        return ["units"]
    many = kind.most_units is not None and len(units) > kind.most_units
    return ["too_many_units"] if many else []


def _joining_faults(kind: WhistleKind, units: Collection[str], terms: Terms) -> list[str]:
    """What somebody has filled in counts, or is refused: it never falls away unseen."""
    join, wrong = terms.joining(kind).join, []
    if join not in kind.joins:
        wrong.append("join")
    if (join is Join.SOME) != (terms.needed is not None) or (terms.needed or 0) > len(units):
        wrong.append("needed")
    if join is Join.LEAD and terms.lead not in units:
        wrong.append("lead")
    if join is not Join.LEAD and terms.lead is not None:
        wrong.append("no_lead")
    return wrong


def role_of(unit: str, joining: Joining, lead: str | None) -> PartyRole:
    """Return in which part a unit is called."""
    if joining.join is not Join.LEAD:
        return PartyRole.MEMBER
    return PartyRole.LEAD if unit == lead else PartyRole.HELPER


def is_joined(states: Collection[PartyState], joining: Joining = Joining()) -> bool:  # noqa: B008
    """Whether as many as are needed stand on site, or have stood there."""
    called = [state for state in states if state is not PartyState.EXCUSED]
    needed = len(called)
    if joining.join is Join.SOME and joining.needed is not None:
        needed = min(joining.needed, needed)
    return bool(called) and sum(state in ON_SITE for state in called) >= needed


def not_needed(states: Sequence[PartyState], joining: Joining) -> list[int]:
    """Return which parties need not come any more, because enough stand on site (*k of n*)."""
    if joining.join is not Join.SOME or not is_joined(states, joining):
        return []
    return [place for place, state in enumerate(states) if state in BEHIND]


def is_over(states: Collection[PartyState]) -> bool:
    """Whether every party is done or was told to stay. The whistler still ends it."""
    return bool(states) and all(state in {PartyState.DONE, PartyState.EXCUSED} for state in states)


def may_leave(ends: Ends, *, danger_gone: bool) -> bool:
    """Whether a unit on site may be done: in an emergency only when the danger is gone."""
    return ends is not Ends.DANGER_GONE or danger_gone


class OnRecord(NamedTuple):
    """What a whistle's record says when somebody wants to end it."""

    danger_gone: bool = False
    act_recorded: bool = False
    milestones_open: int | None = None


def why_not_ended(
    ends: Ends, states: Collection[PartyState], record: OnRecord, *, called_off: bool = False
) -> str | None:
    """Return the reason why a whistle may not be ended yet; ``None``: it may.

    Args:
        ends: the kind's rule.
        states: how far each party has come.
        record: what is recorded of the whistle.
        called_off: whether it is taken back; only while nobody has come.
    """
    if called_off:
        return "whistle_joined" if any(state in ON_SITE for state in states) else None
    if ends is Ends.DANGER_GONE and not record.danger_gone:
        return "danger_not_gone"
    if not is_over(states):
        return "whistle_not_done"
    if ends is Ends.ACT_RECORDED and not record.act_recorded:
        return "act_missing"
    if ends is Ends.MILESTONES_MET and record.milestones_open != 0:
        return "milestones_open"
    return None


class PlanLine(NamedTuple):
    """One line of a lead unit's plan: what is done by which day, by whom."""

    text: str
    unit: str
    due_on: date


def plan_faults(
    milestones: Sequence[PlanLine], units: Collection[str], today: date, last: date
) -> list[str]:
    """Return the names of the fields in which a plan is wrong.

    Args:
        milestones: in their order.
        units: the units that the whistle called.
        today: the county's day.
        last: the day on which the whole is due.
    """
    wrong = []
    if not 1 <= len(milestones) <= MOST_MILESTONES or not all(m.text for m in milestones):
        wrong.append("milestones")
    if not {milestone.unit for milestone in milestones} <= set(units):
        wrong.append("units")
    if any(not today <= milestone.due_on <= last for milestone in milestones):
        wrong.append("due_on")
    return wrong
