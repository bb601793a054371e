"""How a deadline adds up: day by day and window by window, and why a day counts nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hotline.domain.deadlines import Calendar, Counted, DayKind, Deadline

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class DayWhy(StrEnum):
    """Why a day counts, or does not."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day between the start of a limit and its end.

    Attributes:
        day: which.
        why: what kind of day it is.
        name: what it is called in its notice: 春节; empty where no notice names it.
        windows: what it counts; nothing where the office stays closed, or its hours are over.
        total: how much is counted with its end.
        provisional: whether no published notice covers it.
    """

    day: date
    why: DayWhy
    name: str
    windows: tuple[Counted, ...]
    total: timedelta
    provisional: bool


def day_by_day(deadline: Deadline, calendar: Calendar) -> list[DayCount]:
    """Return every day from the start of a limit to its end; of natural time there are none."""
    if deadline.limit.is_natural:
        return []
    zone = calendar.office.zone
    by_day: Mapping[date, list[Counted]] = _by_day(deadline)
    day, last = deadline.start.astimezone(zone).date(), deadline.at.astimezone(zone).date()
    total, found = timedelta(0), []
    while day <= last:
        windows = tuple(by_day.get(day, ()))
        total += sum((window.length for window in windows), timedelta(0))
        found.append(
            DayCount(
                day,
                why(day, calendar),
                calendar.names.get(day, ""),
                windows,
                total,
                day > calendar.known_until,
            )
        )
        day += _ONE_DAY
    return found


def why(day: date, calendar: Calendar) -> DayWhy:
    """Return what kind of day it is, by its notice or else by its weekday."""
    kind = calendar.days.get(day)
    if kind is not None:
        return DayWhy.HOLIDAY if kind is DayKind.HOLIDAY else DayWhy.MAKE_UP
    return DayWhy.WEEKEND if day.weekday() >= _SATURDAY else DayWhy.WORKDAY


def _by_day(deadline: Deadline) -> dict[date, list[Counted]]:
    found: dict[date, list[Counted]] = {}
    for window in deadline.arithmetic:
        if window.length or window.opens == deadline.at:
            found.setdefault(window.opens.date(), []).append(window)
    return found
