"""What a ticket counts for in the rates (办结率, 满意率 …), from its events alone.

A fact (`Fact`) is folded from the whole chain of one ticket, never from its row: counting again
gives the same, whatever crashed in between. Every rate keeps its numerator and its denominator;
a ticket that can't be judged yet stands in neither. The definitions and why they are so:
``docs/rates.md`` (rules: docs/rules.md §6).

A ticket belongs to the county's day on which it was received, for every rate: the numerator is
then always a part of the denominator, and nothing is won by choosing the day of a closure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from hotline.domain.clocks import paused
from hotline.domain.closing import ResultKind
from hotline.domain.ratings import FIVE, FOUR, is_bad
from hotline.domain.replay import State, replay
from hotline.domain.tickets import ENDS, Action, Role, Status, Step

_CLOSED: Final = frozenset({Status.ARCHIVED, Status.ARCHIVED_UNVERIFIED, Status.ARCHIVED_FINAL})
_CLAIMED: Final = _CLOSED | {Status.REVISIT}
_EXCLUDED: Final = frozenset({Status.REJECTED, Status.WITHDRAWN})


class Measure(StrEnum):
    """What is counted. Values name the columns of the tables."""

    RESPONSE = "response"  # 响应: signed and contacted in time, of those given to somebody
    CLAIMED = "claimed"  # 办结（声称）: closed by whoever handles it, and not reopened
    CONFIRMED = "confirmed"  # 办结（确认）: the caller said that it is true
    SOLVED = "solved"  # 解决: something was done and the caller confirmed it; silence is a no
    SOLVED_KNOWN = "solved_known"  # the same among callers who answered
    REACH = "reach"  # 回访到达: of those asked, who answered
    SATISFIED = "satisfied"  # 满意: the top three of the five grades, of those graded by five
    GRADED = "graded"  # 评价到达: of those asked by the scale of five, who gave a grade
    ON_TIME = "on_time"  # 按时
    ONCE = "once"  # 一次办结: closed without a redo
    REDO = "redo"  # 退回重办
    RETURNED = "returned"  # 退单
    OVERTURNED = "overturned"  # returns that were ruled wrong
    RECURRED_7 = "recurred_7"  # 7日复发: same place and class within seven days of closing
    RECURRED_30 = "recurred_30"
    UNREACHED = "unreached"  # 未核实归档
    EXCLUDED = "excluded"  # 不计入: rejected or withdrawn, of all received
    # The same two on the scale of four: two scales are never added up.
    SATISFIED_FOUR = "satisfied_four"
    GRADED_FOUR = "graded_four"
    MISDISPATCHED = "misdispatched"  # 错派: given to a unit whose it was not
    LONG_TERM = "long_term"  # 挂账: stands on the long-term list now; never closed by that
    FINAL = "final"  # 最终答复: of those closed, against the caller's word
    DISCREDITED = "discredited"  # 查实不实: a claim was ruled false, of those ever claimed
    WITHDRAWN = "withdrawn"  # 收回办结: ruled false, or back within 30 days


_GRADED: Final = {FIVE: Measure.GRADED, FOUR: Measure.GRADED_FOUR}
_SATISFIED: Final = {FIVE: Measure.SATISFIED, FOUR: Measure.SATISFIED_FOUR}
# Within how long after its end a matter counts as come back; five days would miss most of it.
RECURRENCE: Final = {
    Measure.RECURRED_7: timedelta(days=7),
    Measure.RECURRED_30: timedelta(days=30),
}


class Keys(NamedTuple):
    """Where a ticket is counted: its codes as they stand now; ``None`` where one is not known."""

    grid: str | None
    town: str | None
    unit: str | None
    post: str | None
    clazz: str | None
    line: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What one ticket counts for.

    Attributes:
        seq: how many of its events were folded.
        received_at: when it was received.
        day: the county's day of that.
        keys: where it is counted.
        status: where it stands.
        counts: 1 or 0 for each measure in whose denominator it stands.
        grade: the newest grade, on the scale on which it was given.
        scale: of how many grades that is, or the caller was asked for: 5 or 4.
        citizen_s: seconds on the citizen's clock: receipt to the end, or to nothing while open.
        unit_s: seconds on the unit's clock: from the first dispatch to the end, without pauses.
        closed_at: when it ended, if it has.
    """

    seq: int
    received_at: datetime
    day: date
    keys: Keys
    status: Status
    counts: Mapping[Measure, int]
    grade: int | None
    citizen_s: int | None
    unit_s: int | None
    closed_at: datetime | None
    scale: int = FIVE

    def recurring(self, after: timedelta | None) -> "Fact":
        """Return the fact with what other tickets tell: how soon the matter came back.

        Args:
            after: from its end to the next demand of the same place and class; ``None``: none.
        """
        if Measure.RECURRED_30 not in self.counts:
            return self
        back = {
            measure: int(after is not None and after <= within)
            for measure, within in RECURRENCE.items()
        }
        credit = bool(self.counts.get(Measure.DISCREDITED)) or back[Measure.RECURRED_30]
        return replace(self, counts={**self.counts, **back, Measure.WITHDRAWN: int(credit)})


@dataclass(slots=True)
class _Course:
    """What the chain tells beyond where the ticket stands."""

    line: str = ""
    given_at: datetime | None = None
    late: set[str] = field(default_factory=set)
    late_before_claim: bool = False
    signed: bool = False
    claims: int = 0
    ever_claimed: bool = False
    discredited: bool = False
    kind: ResultKind | None = None
    asked: bool = False
    solved: bool | None = None
    grade: int | None = None
    grade_scale: int = FIVE
    asked_scale: int = FIVE
    returns: int = 0
    overturned: int = 0
    misdispatched: int = 0

    @property
    def scale(self) -> int:
        """The scale of the grade that was given; of the question, where none was."""
        return self.asked_scale if self.grade is None else self.grade_scale


def fold(bodies: Iterable[Mapping[str, Any]], day_of: Callable[[datetime], date]) -> Fact:
    """Return what a ticket counts for after these events.

    Args:
        bodies: the events' bodies, parsed, in the order of the chain.
        day_of: gives the county's day of an instant.

    Raises:
        ValueError: the first event is not the receipt of the demand.
    """
    events = list(bodies)
    state = replay(events)
    course = _Course()
    for body in events:
        note = _NOTES.get(Action(body["action"]))
        if note is not None:
            note(course, body)
    if state.received_at is None:
        raise ValueError("a history begins with the receipt")
    return Fact(
        seq=len(events),
        received_at=state.received_at,
        day=day_of(state.received_at),
        keys=Keys(state.grid, state.town, state.unit, state.post, state.class_code, course.line),
        status=state.status,
        counts=_counts(state, course),
        grade=course.grade,
        citizen_s=_seconds(state.received_at, state.closed_at),
        unit_s=_unit_seconds(events, course.given_at, state.closed_at),
        closed_at=state.closed_at,
        scale=course.scale,
    )


def _unit_seconds(
    events: Iterable[Mapping[str, Any]], start: datetime | None, end: datetime | None
) -> int | None:
    whole = _seconds(start, end)
    if whole is None or end is None:
        return None
    history = ((Status(body["status"]), datetime.fromisoformat(body["at"])) for body in events)
    return whole - int(paused(history, end).total_seconds())


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else int((end - start).total_seconds())


# --- what each event adds -----------------------------------------------------------------------


def _receive(course: _Course, body: Mapping[str, Any]) -> None:
    course.line = body["data"]["line"]


def _give(course: _Course, body: Mapping[str, Any]) -> None:
    course.given_at = course.given_at or datetime.fromisoformat(body["at"])


def _accept(course: _Course, body: Mapping[str, Any]) -> None:
    # What counts as accepted because nobody signed was not signed in time; what the panel ruled
    # needs no signature.
    if body["role"] == Role.SYSTEM and not body["data"].get("binding"):
        course.late.add(Step.SIGN)
    course.signed = True


def _limit_passed(course: _Course, body: Mapping[str, Any]) -> None:
    step = body["data"].get("step")
    if step is not None and "party" not in body["data"]:
        course.late.add(step)
        course.late_before_claim |= step in {Step.HANDLE, Step.MERGED} and course.claims == 0


def _claim(course: _Course, body: Mapping[str, Any]) -> None:
    course.claims += 1
    course.ever_claimed = True
    course.kind = ResultKind(body["data"]["kind"])


def _ask(course: _Course, body: Mapping[str, Any]) -> None:
    course.asked = True
    course.asked_scale = int(body["data"].get("scale", FIVE))


def _answer(course: _Course, body: Mapping[str, Any]) -> None:
    course.asked = True
    course.solved = body["action"] == Action.CONFIRM
    _rate(course, body)


def _rate(course: _Course, body: Mapping[str, Any]) -> None:
    grade = body["data"].get("grade")
    if grade is not None:
        # Grades of before there were two scales were of five.
        course.grade, course.grade_scale = int(grade), int(body["data"].get("scale", FIVE))


def _return(course: _Course, _body: Mapping[str, Any]) -> None:
    course.returns += 1


def _overturn(course: _Course, _body: Mapping[str, Any]) -> None:
    course.overturned += 1


def _uphold(course: _Course, _body: Mapping[str, Any]) -> None:
    course.misdispatched += 1


def _rule_duty(course: _Course, body: Mapping[str, Any]) -> None:
    """The panel has ruled on the last return as well: its sender was wrong, or the dispatch."""
    note = _uphold if body["data"]["upheld"] else _overturn
    note(course, body)


def _discredit(course: _Course, _body: Mapping[str, Any]) -> None:
    """A supervisor found the last claim false: neither it nor the yes that it won count."""
    course.discredited = True
    course.claims = max(0, course.claims - 1)
    course.solved = None if course.solved else course.solved


_NOTES: Final[Mapping[Action, Callable[[_Course, Mapping[str, Any]], None]]] = {
    Action.RECEIVE: _receive,
    Action.DISPATCH: _give,
    Action.MERGE: _give,
    Action.ACCEPT: _accept,
    Action.REMIND: _limit_passed,
    Action.CLIMB: _limit_passed,
    Action.SUBMIT: _claim,
    Action.CARRY: _claim,
    Action.ASK: _ask,
    Action.CONFIRM: _answer,
    Action.DENY: _answer,
    Action.RATE: _rate,
    Action.RETURN: _return,
    Action.OVERTURN: _overturn,
    Action.UPHOLD: _uphold,
    Action.RULE_DUTY: _rule_duty,
    Action.DISCREDIT: _discredit,
}


# --- what it counts for -------------------------------------------------------------------------


def _counts(state: State, course: _Course) -> dict[Measure, int]:
    """Return 1 or 0 for each measure that this ticket can be judged by."""
    found: dict[Measure, int] = {Measure.EXCLUDED: state.status in _EXCLUDED}
    if course.given_at is None or state.status in _EXCLUDED:
        return {measure: int(value) for measure, value in found.items()}
    found[Measure.CLAIMED] = state.status in _CLAIMED
    found[Measure.CONFIRMED] = state.status is Status.ARCHIVED
    found[Measure.RETURNED] = course.returns > 0
    if course.returns:
        found[Measure.OVERTURNED] = course.overturned > 0
    found[Measure.MISDISPATCHED] = course.misdispatched > 0
    found[Measure.LONG_TERM] = state.status is Status.LONG_TERM
    if course.ever_claimed:
        # What came back is told by other tickets (`Fact.recurring`).
        found[Measure.DISCREDITED] = found[Measure.WITHDRAWN] = course.discredited
    found |= _response(state, course) | _handling(state, course) | _outcome(state, course)
    return {measure: int(value) for measure, value in found.items()}


def _response(state: State, course: _Course) -> dict[Measure, bool]:
    """Signed in time and contacted in time; a merged ticket is signed by its lead alone."""
    late = bool(course.late & {Step.SIGN, Step.CONTACT})
    done = course.signed and state.contacted_at is not None
    return {Measure.RESPONSE: not late} if late or done else {}


def _handling(state: State, course: _Course) -> dict[Measure, bool]:
    found = {}
    if course.claims or course.late_before_claim:
        found[Measure.ON_TIME] = not course.late_before_claim
    if course.claims:
        found[Measure.REDO] = state.redos > 0
    if state.status in _CLOSED:
        found[Measure.ONCE] = state.redos == 0
        found[Measure.FINAL] = state.status is Status.ARCHIVED_FINAL
        found[Measure.UNREACHED] = state.status is Status.ARCHIVED_UNVERIFIED
        found[Measure.SOLVED] = state.status is Status.ARCHIVED and course.kind is ResultKind.ACTED
        found[Measure.RECURRED_7] = found[Measure.RECURRED_30] = False
    return found


def _outcome(state: State, course: _Course) -> dict[Measure, bool]:
    """What the caller said. Silence is not satisfaction: it stands in the reach, not in the rate.

    A round that is still open counts neither as reached nor as silent.
    """
    found = {}
    if course.solved is not None:
        found[Measure.SOLVED_KNOWN] = course.solved and course.kind is ResultKind.ACTED
    settled = course.solved is not None or state.status in ENDS
    if course.asked and settled:
        found[Measure.REACH] = course.solved is not None
        found[_GRADED[course.scale]] = course.grade is not None
    if course.grade is not None:
        found[_SATISFIED[course.scale]] = not is_bad(course.grade, course.scale)
    return found
