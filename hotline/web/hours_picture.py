"""Where the hours of a unit's calls stand in their picture: from now to the last of them.

Plain numbers for a template that draws SVG; what overlaps says `hotline.domain.clashes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from hotline.clock import COUNTY_ZONE
from hotline.domain.clashes import Hours, Lane
from hotline.services.whistles.record import Clash

_WIDTH: Final = 1000
# A bar that cannot be seen says nothing.
_LEAST: Final = 12
# What is further away does not clash with today.
_FURTHEST: Final = timedelta(days=7)
_MOST: Final = 12
# Lines between the hours: so far apart, whichever is the first to leave room between them.
_STEPS: Final = tuple(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24))
_MOST_LINES: Final = 8


class Bar(NamedTuple):
    """A stretch of time in the picture."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Row:
    """One call: its hours, and those in which the unit is wanted elsewhere too."""

    call: Clash
    hours: Hours
    is_fixed: bool
    bar: Bar
    shared: list[Bar]


@dataclass(frozen=True, slots=True)
class HoursPicture:
    """The whole. ``lines``: where hours are marked, with their instants; ``left_out``: rows."""

    width: int
    begins: datetime
    ends: datetime
    lines: list[tuple[int, datetime]]
    rows: list[Row]
    left_out: int


def hours_picture(lanes: Sequence[tuple[Lane, Clash]], now: datetime) -> HoursPicture | None:
    """Return the picture of the hours from ``now`` on; ``None`` where nothing clashes."""
    if not any(lane.shared for lane, _ in lanes):
        return None
    ends = min(max(lane.hours.ends for lane, _ in lanes), now + _FURTHEST)
    whole = Hours(now, max(ends, now + timedelta(hours=1)))
    rows = [
        Row(
            call,
            lane.hours,
            lane.is_fixed,
            _bar(lane.hours, whole),
            [_bar(hours, whole) for hours in lane.shared],
        )
        for lane, call in lanes
    ]
    # Those that clash first: of the others the unit has its list.
    rows.sort(key=lambda row: not row.shared)
    lines = _lines(whole)
    return HoursPicture(_WIDTH, now, whole.ends, lines, rows[:_MOST], max(0, len(rows) - _MOST))


def _x(at: datetime, whole: Hours) -> int:
    share = (at - whole.begins) / (whole.ends - whole.begins)
    return round(min(max(share, 0.0), 1.0) * _WIDTH)


def _bar(hours: Hours, whole: Hours) -> Bar:
    x = min(_x(hours.begins, whole), _WIDTH - _LEAST)
    return Bar(x, max(_x(hours.ends, whole) - x, _LEAST))


def _lines(whole: Hours) -> list[tuple[int, datetime]]:
    span = whole.ends - whole.begins
    step = next((step for step in _STEPS if span / step <= _MOST_LINES), _STEPS[-1])
    day = whole.begins.astimezone(COUNTY_ZONE).date()
    at, found = datetime.combine(day, time(), COUNTY_ZONE), []
    while at < whole.ends:
        if at > whole.begins:
            found.append((_x(at, whole), at))
        at += step
    return found
