"""iCalendar (RFC 5545) in and out: duty lists as calendars know them.

`icalendar` writes and parses; `recurring-ical-events` unfolds what repeats, with its exceptions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import partial
from itertools import islice, takewhile
from typing import Final

import icalendar
import recurring_ical_events

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_PRODUCT: Final = "-//Shaodao//12345 duty lists//ZH"
MOST_EVENTS: Final = 2_000
_TOO_MANY: Final = MOST_EVENTS + 1


class CalendarError(ValueError):
    """What was sent is no calendar, or one with more than `MOST_EVENTS` events."""


@dataclass(frozen=True, slots=True)
class Event:
    """One time in a calendar.

    Attributes:
        uid: the same for the same event on each reading.
        title: what it says.
        place: where, or whatever the sender keeps there; may be empty.
        from_at: when it begins.
        until_at: when it ends.
    """

    uid: str
    title: str
    place: str
    from_at: datetime
    until_at: datetime


def write(name: str, events: Iterable[Event], stamp: datetime) -> bytes:
    """Return a calendar of events.

    Args:
        name: of the calendar, as a telephone shows it.
        events: in any order; their instants go out in UTC.
        stamp: when it was written.
    """
    made = icalendar.Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    made.add("refresh-interval;value=duration", "PT1H")
    for event in events:
        entry = icalendar.Event()
        entry.add("uid", event.uid)
        entry.add("dtstamp", stamp.astimezone(UTC))
        entry.add("dtstart", event.from_at.astimezone(UTC))
        entry.add("dtend", event.until_at.astimezone(UTC))
        entry.add("summary", event.title)
        if event.place:
            entry.add("location", event.place)
        made.add_component(entry)
    return bytes(made.to_ical())


def read(content: bytes, window: tuple[datetime, datetime], zone: tzinfo) -> Sequence[Event]:
    """Return every event of a calendar within a window, what repeats unfolded, in order of time.

    Args:
        content: of the file, in UTF-8, or in GB18030 as some programs still write it.
        window: from when to when; an event that reaches into it belongs to it.
        zone: of times that name none, and of whole days.

    Raises:
        CalendarError: it is no calendar, it has too many events, or one ends before it begins.
    """
    try:
        calendar = icalendar.Calendar.from_ical(_decoded(content))
        _refuse_reversed(calendar, zone)
        # One after the other: a rule may repeat by the second, for ever.
        unfolded = recurring_ical_events.of(calendar).after(window[0])
        found = list(
            islice(takewhile(partial(_begins_before, window[1], zone), unfolded), _TOO_MANY)
        )
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise CalendarError(str(error)) from error
    if len(found) == _TOO_MANY:
        raise CalendarError(f"more than {MOST_EVENTS} events")
    # Whoever takes a turn off in a calendar often sends it on, marked as cancelled.
    found = [one for one in found if str(one.get("status", "")).upper() != "CANCELLED"]
    return sorted((_event(each, zone) for each in found), key=lambda one: (one.from_at, one.uid))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _refuse_reversed(calendar: icalendar.Component, zone: tzinfo) -> None:
    """Refuse an event that ends before it begins: the library would turn it around."""
    for entry in calendar.walk("VEVENT"):
        end = entry.get("dtend")
        if isinstance(end, icalendar.vDDDTypes) and isinstance(entry, icalendar.Event):
            _refuse_backwards(_instant(entry.start, zone), end.dt, zone)


def _refuse_backwards(start: datetime, end: object, zone: tzinfo) -> None:
    if isinstance(end, date) and _instant(end, zone) < start:
        raise ValueError(f"{start:%Y-%m-%d %H:%M}: DTEND < DTSTART")


def _begins_before(end: datetime, zone: tzinfo, entry: icalendar.Event) -> bool:
    return _instant(entry.start, zone) < end


def _event(entry: icalendar.Event, zone: tzinfo) -> Event:
    return Event(
        uid=str(entry.get("uid", "")),
        title=str(entry.get("summary", "")).strip(),
        place=str(entry.get("location", "")).strip(),
        from_at=_instant(entry.start, zone),
        until_at=_instant(entry.end, zone),
    )


def _instant(value: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)
