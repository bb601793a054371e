"""When a limit ends: natural time, or office time counted through the county's calendar.

Working days follow the State Council's notice, make-up working days (调休) included. No notice
reaches far ahead: a deadline that touches a day after ``known_until`` is marked provisional and is
computed again when the notice comes (docs/rules.md §4).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from hotline.domain.errors import InvalidError
from hotline.domain.grid.model import Office
from hotline.domain.limits import Limit, LimitKind

Windows = tuple[tuple[time, time], ...]
_LONGEST: Final = timedelta(days=3 * 366)
_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


class DayKind(StrEnum):
    """How a day differs from what its weekday says. Values are stored."""

    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


@dataclass(frozen=True, slots=True)
class Counted:
    """A stretch of time that a deadline counts; both ends in the county's zone."""

    opens: datetime
    closes: datetime

    @property
    def length(self) -> timedelta:
        """How much it counts."""
        return self.closes - self.opens

    def as_json(self) -> dict[str, str]:
        """Return plain values for the ledger."""
        return {"from": self.opens.isoformat(), "until": self.closes.isoformat()}


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a limit ends, whether that may still change, and the stretches that add up to it.

    ``start`` and ``limit`` are what it was counted from.
    """

    at: datetime
    provisional: bool
    arithmetic: tuple[Counted, ...]
    start: datetime
    limit: Limit


@dataclass(frozen=True, slots=True)
class Calendar:
    """The county's working time: office windows, days off, make-up days, and how far it is known.

    Attributes:
        office: the windows of every working day, and the zone.
        days: the days that differ from what their weekday says.
        known_until: the last day up to which every year has a published notice.
        hours: the windows of the days that have some of their own.
        notice: the number of the newest notice that it was read with; 0: none.
        names: what the days are called in their notices.
    """

    office: Office
    days: Mapping[date, DayKind]
    known_until: date
    hours: Mapping[date, Windows] = field(default_factory=dict)
    notice: int = 0
    names: Mapping[date, str] = field(default_factory=dict)

    @classmethod
    def from_days(
        cls,
        rows: Iterable[tuple[date, str, str]],
        office: Office,
        known_until: date | None = None,
    ) -> "Calendar":
        """Return the calendar that rows of (day, kind, source notice) make up.

        Args:
            rows: in any order; the source does not matter to the arithmetic.
            office: the windows of every working day.
            known_until: the last day covered; by default the end of the last year with rows.

        Raises:
            InvalidError: a row's kind is unknown, or the office has no windows.
        """
        if office.day_length <= timedelta(0):
            raise InvalidError(reason="no_office_hours")
        days: dict[date, DayKind] = {}
        for day, kind, _ in rows:
            if kind not in set(DayKind):
                raise InvalidError(day=day, kind=kind)
            days[day] = DayKind(kind)
        last = date(max((day.year for day in days), default=1), 12, 31)
        return cls(office, days, known_until or last)

    def windows_of(self, day: date) -> Windows:
        """Return the office hours of a day; none where the office stays closed."""
        if not self.is_working(day):
            return ()
        return self.hours.get(day, self.office.windows)

    def is_working(self, day: date) -> bool:
        """Whether the office opens on ``day``."""
        kind = self.days.get(day)
        if kind is None:
            return day.weekday() < _SATURDAY
        return kind is DayKind.MAKE_UP

    def windows(self, start: datetime) -> Iterator[Counted]:
        """Yield what is left of every office window from ``start`` on.

        Raises:
            InvalidError: none is left within three years.
        """
        local = start.astimezone(self.office.zone)
        day = local.date()
        while day - local.date() < _LONGEST:
            for opens, closes in self.windows_of(day):
                end = self._at(day, closes)
                if end >= local:
                    yield Counted(max(local, self._at(day, opens)), end)
            day += _ONE_DAY
        raise InvalidError(start=start, reason="no_working_time_within_three_years")

    def windows_before(self, end: datetime) -> Iterator[Counted]:
        """Yield what lies before ``end`` of every office window, the latest first."""
        local = end.astimezone(self.office.zone)
        day = local.date()
        while local.date() - day < _LONGEST:
            for opens, closes in reversed(self.windows_of(day)):
                begin = self._at(day, opens)
                if begin < local:
                    yield Counted(begin, min(local, self._at(day, closes)))
            day -= _ONE_DAY

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.office.zone)


def due_at(start: datetime, limit: Limit, calendar: Calendar) -> Deadline:
    """Return when ``limit`` ends for something that began at ``start``.

    A working day is the office time of one day: half a working day from 15:00 ends in the next
    morning. A limit of working time never ends outside office hours; the moment of closing counts
    as inside.

    Args:
        start: an aware datetime.
        limit: natural or working time, not negative.
        calendar: the county's.

    Raises:
        InvalidError: ``start`` has no zone, ``limit`` is negative, or no office time is left
            within three years.
    """
    if start.tzinfo is None or limit.amount < 0:
        raise InvalidError(start=start, limit=str(limit))
    if limit.is_natural:
        end = start.astimezone(UTC) + timedelta(seconds=limit.amount)
        zone = calendar.office.zone
        stretches = [Counted(start.astimezone(zone), end.astimezone(zone))]
    else:
        stretches = list(_fill(start, working_time(limit, calendar.office), calendar))
    at = stretches[-1].closes
    provisional = not limit.is_natural and at.date() > calendar.known_until
    return Deadline(at, provisional, tuple(stretches), start, limit)


def due_after(start: datetime, limit: Limit, calendar: Calendar, now: datetime) -> Deadline:
    """Return the first end of ``limit``, run again and again from ``start``, that is to come.

    For reminders of the same people: what a clock that stood still has missed is not made up for,
    since the same words ninety times help nobody; the next one comes in step with the first.

    Args:
        start: an aware datetime.
        limit: natural or working time, more than nothing.
        calendar: the county's.
        now: an aware datetime.

    Raises:
        InvalidError: as `due_at`, or ``limit`` is nothing.
    """
    if limit.amount <= 0:
        raise InvalidError(start=start, limit=str(limit))
    if limit.is_natural and now > start:
        step = timedelta(seconds=limit.amount)
        start += (now - start) // step * step
    found = due_at(start, limit, calendar)
    while found.at <= now:
        found = due_at(found.at, limit, calendar)
    return found


def due_before(end: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """Return the instant at which ``limit`` is left before ``end``: what `due_at` undoes.

    Args:
        end: an aware datetime.
        limit: natural or working time, not negative.
        calendar: the county's.

    Raises:
        InvalidError: ``end`` has no zone, ``limit`` is negative, or no office time is left within
            three years before.
    """
    if end.tzinfo is None or limit.amount < 0:
        raise InvalidError(end=end, limit=str(limit))
    if limit.is_natural:
        return end - timedelta(seconds=limit.amount)
    left = working_time(limit, calendar.office)
    for window in calendar.windows_before(end):
        if window.length >= left:
            return window.closes - left
        left -= window.length
    raise InvalidError(end=end, reason="no_working_time_within_three_years")


def working_time(limit: Limit, office: Office) -> timedelta:
    """Return the office time of a limit in working days or hours."""
    if limit.kind is LimitKind.WORKING_DAYS:
        return office.day_length * limit.amount
    return timedelta(hours=limit.amount)


def worked(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return the office time between two instants; nothing when ``end`` is not after ``start``.

    Raises:
        InvalidError: one of them has no zone, or they lie more than three years apart.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise InvalidError(start=start, end=end)
    total = timedelta(0)
    for window in calendar.windows(start):
        if window.opens >= end:
            break
        total += min(window.closes, end) - window.opens
    return total


def rest_until(now: datetime, due: datetime, calendar: Calendar, *, natural: bool) -> Limit:
    """Return what is left of a limit, so that it can go on later: in hours, to the second.

    Args:
        now: when the clock stops.
        due: when the limit would have ended.
        calendar: the county's.
        natural: whether nights and holidays count for it.
    """
    if natural:
        return Limit.natural(timedelta(seconds=round((due - now).total_seconds())))
    hours = worked(now, due, calendar) / timedelta(hours=1)
    return Limit(LimitKind.WORKING_HOURS, round(hours, 4))


def _fill(start: datetime, left: timedelta, calendar: Calendar) -> Iterator[Counted]:
    """Yield the stretches of office time that ``left`` uses up."""
    for window in calendar.windows(start):
        if window.length >= left:
            yield Counted(window.opens, window.opens + left)
            return
        if window.length:
            yield window
            left -= window.length
