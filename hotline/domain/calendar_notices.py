"""Notices of days off (放假通知): what one may say, and how far the calendar is known by them.

A notice names the days of one year that differ from what their weekday says: days off, and days on
which offices work all the same (调休). It is the State Council's, or provisional: what the county
expects until it comes (docs/rules.md §4).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from hotline.domain.deadlines import DayKind, Windows


class NoticeStatus(StrEnum):
    """Whose word a notice is. Values are stored."""

    PUBLISHED = "published"
    PROVISIONAL = "provisional"


class NoticeFault(StrEnum):
    """What may be wrong with a line of a notice. Values are stable codes."""

    OTHER_YEAR = "other_year"  # not of the year that the notice is for
    TWICE = "twice"
    MAKE_UP_ON_WORKDAY = "make_up_on_workday"  # offices work anyway: probably a slip
    WINDOWS = "windows"  # they end before they begin, overlap, or stand on a day off
    NO_HOLIDAY = "no_holiday"  # a year without a day off is no notice


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One day that a notice names.

    Attributes:
        line: where it stands in the file, from 1.
        day: which.
        kind: off, or worked.
        name: what for: 春节.
        windows: the office hours of this day alone; empty: as always.
    """

    line: int
    day: date
    kind: DayKind
    name: str = ""
    windows: Windows = ()


class Difference(NamedTuple):
    """A day of which a notice says another thing than the one before; ``None``: nothing special."""

    day: date
    was: DayKind | None
    now: DayKind | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of a notice that is wrong, and why."""

    line: int
    why: NoticeFault


_FRIDAY = 4


def year_of(days: Sequence[NoticeDay]) -> int:
    """Return the year that most of the days belong to; 0 where there are none."""
    years = [one.day.year for one in days]
    return max(sorted(set(years)), key=years.count, default=0)


def faults(days: Sequence[NoticeDay]) -> list[Fault]:
    """Return everything that is wrong with a notice, line by line."""
    found = list(_line_faults(days, year_of(days)))
    if not any(one.kind is DayKind.HOLIDAY for one in days):
        found.append(Fault(0, NoticeFault.NO_HOLIDAY))
    return sorted(found, key=lambda fault: fault.line)


def _line_faults(days: Sequence[NoticeDay], year: int) -> Iterator[Fault]:
    seen: set[date] = set()
    for one in days:
        if one.day.year != year:
            yield Fault(one.line, NoticeFault.OTHER_YEAR)
        if one.day in seen:
            yield Fault(one.line, NoticeFault.TWICE)
        seen.add(one.day)
        works = one.kind is DayKind.MAKE_UP
        if works and one.day.weekday() <= _FRIDAY and not one.windows:
            yield Fault(one.line, NoticeFault.MAKE_UP_ON_WORKDAY)
        if one.windows and not (works and _in_order(one.windows)):
            yield Fault(one.line, NoticeFault.WINDOWS)


def _in_order(windows: Windows) -> bool:
    ends = [hour for window in windows for hour in window]
    return all(before < after for before, after in pairwise(ends))


def known_until(statuses: Mapping[int, NoticeStatus]) -> date | None:
    """Return the last day up to which every year has a published notice; ``None``: no year has.

    Args:
        statuses: of the newest notice of each year. A gap ends what is known.
    """
    published = sorted(
        year for year, status in statuses.items() if status is NoticeStatus.PUBLISHED
    )
    if not published:
        return None
    last = published[0]
    while last + 1 in published:
        last += 1
    return date(last, 12, 31)


def differences(before: Iterable[NoticeDay], after: Iterable[NoticeDay]) -> list[Difference]:
    """Return the days about which two notices of a year say different things, in order.

    A notice takes the place of the whole one before it: a day that it does not name is again what
    its weekday says.
    """
    was = {one.day: (one.kind, one.windows) for one in before}
    now = {one.day: (one.kind, one.windows) for one in after}
    return [
        Difference(day, was[day][0] if day in was else None, now[day][0] if day in now else None)
        for day in sorted({*was, *now})
        if was.get(day) != now.get(day)
    ]


def as_csv(days: Iterable[NoticeDay]) -> str:
    """Return a notice as the text of a file, in the order of its days."""
    lines = ["day,kind,name,windows"]
    for one in sorted(days, key=lambda each: each.day):
        hours = " ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in one.windows)
        lines.append(f"{one.day.isoformat()},{one.kind},{one.name},{hours}")
    return "\n".join(lines) + "\n"
