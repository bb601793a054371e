"""What another version of the map would make of an open ticket, and when its limits then end.

A ticket keeps the version that decided. Moving it to another one is an act of its own: its unit,
its post and its running limits are decided anew, each limit counted from where it began to count
before, so that nobody's time is lengthened or cut by the hour at which somebody typed a command.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

from hotline.domain.deadlines import Calendar, due_at
from hotline.domain.errors import InvalidError, NotFoundError
from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import GridMap
from hotline.domain.limits import Limit
from hotline.domain.step_limits import Limited, step_limit
from hotline.domain.tickets import CLOCK, PENDING, Status, Step


class Touch(StrEnum):
    """In what another version differs for a ticket."""

    UNIT = "unit"
    POST = "post"
    LIMITS = "limits"
    LADDER = "ladder"
    WHISTLES = "whistles"
    # What the other version does not know: the ticket can't be moved to it.
    GRID_GONE = "grid_gone"
    CLASS_GONE = "class_gone"
    WINDOW_GONE = "window_gone"
    WHISTLE_GONE = "whistle_gone"


HINDERS: Final = frozenset(
    {Touch.GRID_GONE, Touch.CLASS_GONE, Touch.WINDOW_GONE, Touch.WHISTLE_GONE}
)
TOUCHES: Final[Mapping[Touch, Wording]] = {
    Touch.UNIT: Wording("主管单位不同", "another unit has the power"),
    Touch.POST: Wording("接收岗位不同", "another post has it"),
    Touch.LIMITS: Wording("时限不同", "other limits"),
    Touch.LADDER: Wording("层级不同", "another ladder"),
    Touch.WHISTLES: Wording("哨的规则不同", "other rules for whistles"),
    Touch.GRID_GONE: Wording("新版没有这个网格，不能转", "its grid is gone: it can't be moved"),
    Touch.CLASS_GONE: Wording("新版没有这个类别，不能转", "its class is gone: it can't be moved"),
    Touch.WINDOW_GONE: Wording("新版没有这个窗口，不能转", "its window is gone: it can't be moved"),
    Touch.WHISTLE_GONE: Wording(
        "新版没有已吹的哨或被叫的单位，不能转",
        "the kind or a unit of an open whistle is gone: it can't be moved",
    ),
}
_IN_HAND: Final = frozenset({Status.HANDLING, Status.LONG_TERM, *PENDING})
_WHISTLES: Final = frozenset(step for step in Step if step.startswith("whistle_"))


class Case(Limited, Protocol):
    """What of a ticket a version of the map decides about."""

    @property
    def status(self) -> Status:
        """Where it stands."""

    @property
    def grid(self) -> str | None:
        """Its grid, if known."""

    @property
    def unit(self) -> str | None:
        """The unit that has the power."""

    @property
    def post(self) -> str | None:
        """The post that has it."""


def touched(old: GridMap, new: GridMap, case: Case, day: date) -> frozenset[Touch]:
    """Return in what ``new`` would decide otherwise about an open ticket of ``old``.

    Args:
        old: the version that decided.
        new: another one.
        case: the ticket, or what many tickets have in common.
        day: the county's day.
    """
    gone = frozenset(_gone(new, case))
    if gone:
        return gone
    return frozenset(_differences(old, new, case, day))


def _gone(new: GridMap, case: Case) -> Iterator[Touch]:
    if case.grid is not None and case.grid not in new.grids:
        yield Touch.GRID_GONE
    if case.class_code is not None and case.class_code not in new.classes:
        yield Touch.CLASS_GONE
    if case.window_id is not None and case.window_id not in new.windows:
        yield Touch.WINDOW_GONE


def _differences(old: GridMap, new: GridMap, case: Case, day: date) -> Iterator[Touch]:
    unit = unit_by(old, new, case)
    if unit != case.unit:
        yield Touch.UNIT
    if post_by(old, new, case, day) != case.post:
        yield Touch.POST
    if any(_limit(old, case, step) != _limit(new, case, step) for step in _steps_of(case.status)):
        yield Touch.LIMITS
    if case.grid is not None and unit is not None and case.unit in old.units:
        was = [rung.posts for rung in old.ladder_posts(case.grid, case.unit or "")]
        if was != [rung.posts for rung in new.ladder_posts(case.grid, unit)]:
            yield Touch.LADDER
    if case.status in _IN_HAND and dict(old.whistles) != dict(new.whistles):
        yield Touch.WHISTLES


def unit_by(old: GridMap, new: GridMap, case: Case) -> str | None:
    """Return the unit that has the power by ``new``; the ticket's own while it waits for a place.

    A ticket whose unit was named for it, by a ruling or by a person, keeps that unit: another map
    settles no dispute anew.

    Raises:
        NotFoundError: the version does not know the ticket's grid or class.
    """
    if case.class_code is None or case.grid is None:
        return case.unit
    known = case.class_code in old.classes and case.grid in old.grids
    named = known and case.unit != old.competent_unit(case.class_code, case.grid).id
    if named and case.unit in new.units:
        return case.unit
    return new.competent_unit(case.class_code, case.grid).id


def post_by(old: GridMap, new: GridMap, case: Case, day: date) -> str | None:
    """Return the post that has the ticket by ``new``.

    Whoever has signed keeps it. A ticket on its way goes to the post that now receives for its
    grid; one whose post is gone goes there too.
    """
    if case.post is None or case.grid is None:
        return case.post
    receives = _receives(new, case, case.grid, day)
    if case.post not in new.posts:
        return receives
    sent = case.grid in old.grids and case.post == _receives(old, case, case.grid, day)
    return receives if case.status is Status.DISPATCHED and sent else case.post


def _receives(grid_map: GridMap, case: Case, grid: str, day: date) -> str:
    """Return the post that a version sends a case to, also if it does not know the class."""
    known = case.class_code if case.class_code in grid_map.classes else None
    return grid_map.receiving_post(grid, day, known)


def _steps_of(status: Status) -> tuple[str, ...]:
    """Return the steps whose limits a ticket in a status still meets."""
    more = {
        Status.DISPATCHED: (Step.CONTACT, Step.HANDLE, "accepted_unsigned"),
        Status.HANDLING: (Step.CONTACT, "oversight_after"),
    }
    return (CLOCK[status], *more.get(status, ()))


def _limit(grid_map: GridMap, case: Limited, step: str) -> Limit | None:
    try:
        return step_limit(grid_map, case, step)
    except (InvalidError, NotFoundError):
        return None


@dataclass(frozen=True, slots=True)
class Running:
    """A limit that is running, and the instants from which it may have been counted.

    Attributes:
        step: what the clock does when it passes.
        due_at: when that is.
        starts: the likeliest first: the dispatch, the call, the limit before it …
        kind: the kind of whistle, of a called unit's limit.
    """

    step: Step
    due_at: datetime
    starts: tuple[datetime, ...]
    kind: str | None = None


def due_by(
    old: GridMap, new: GridMap, case: Limited, running: Running, calendar: Calendar
) -> datetime | None:
    """Return when a running limit ends by ``new``; ``None``: it stays as it is.

    The rule and the start that explain the limit by ``old`` are found first; the same rule from
    the same start then says when it ends by ``new``. What nothing explains (somebody set it by
    hand, or more time was granted) stays.

    Args:
        old: the version by which the limit was set.
        new: the version that the ticket moves to.
        case: the ticket.
        running: the limit.
        calendar: the county's.
    """
    before, after = _rules(old, case, running), _rules(new, case, running)
    for start in running.starts:
        for name, limit in before.items():
            if due_at(start, limit, calendar).at == running.due_at:
                if after.get(name) in {None, limit}:
                    return None
                return due_at(start, after[name], calendar).at
    return None


def _rules(grid_map: GridMap, case: Limited, running: Running) -> Mapping[str, Limit]:
    """Return every rule that may have set a limit, by name."""
    if running.step in _WHISTLES:
        kind = grid_map.whistles.get(running.kind or "")
        if kind is None:
            return {}
        found = {"ack": kind.ack, "arrive": kind.arrive, "again": kind.at_top.repeat_every}
        more = {"plan": kind.plan, "close": kind.close}
        return found | {name: limit for name, limit in more.items() if limit is not None}
    by_step: dict[str, Limit] = {}
    if (own := _limit(grid_map, case, running.step)) is not None:
        by_step["own"] = own
    if running.step is Step.SIGN:
        by_step |= _named(grid_map, case, "accepted_unsigned")
    if running.step is Step.HANDLE and own is not None:
        by_step |= _named(grid_map, case, "oversight_after")
        by_step["more_time"] = grid_map.limits.extensions.each
        by_step["redo"] = own.scaled(grid_map.limits.redo.share)
    if running.step is Step.REACT and isinstance(window := getattr(case, "window_id", None), str):
        by_step["react"] = grid_map.windows[window].react
    return by_step


def _named(grid_map: GridMap, case: Limited, step: str) -> dict[str, Limit]:
    limit = _limit(grid_map, case, step)
    return {step: limit} if limit is not None else {}
