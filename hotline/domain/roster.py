"""Who answers for a post (岗位), and when nobody does: duty lists, holders, leave, stand-ins.

Pure: rows come in as a `Book`. At every instant the same rule decides as in the database's one
question (`hotline.store.people.on_duty_question`); a test holds the two together. Here it is
asked for whole weeks, to show the holes before they are met at night.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID


class DutyKind(StrEnum):
    """What a line of a duty list is; the first of these that names somebody is asked."""

    OVERRIDE = "override"
    """One time, for one reason: it goes before every list."""
    HOLIDAY = "holiday"
    """The list of a holiday (五一, 国庆 …), which goes before the ordinary shifts."""
    SHIFT = "shift"

    @property
    def rank(self) -> int:
        """The place in which it is asked; the lowest is first."""
        return list(DutyKind).index(self)


class Turn(NamedTuple):
    """One shift of a round: whose turn it is (a place in the round), and from when to when."""

    place: int
    from_at: datetime
    until_at: datetime


class Pace(StrEnum):
    """How often a round goes on to the next person."""

    SHIFT = "shift"
    DAY = "day"
    WEEK = "week"


def turns(
    people: int, days: tuple[date, date], hours: Sequence[time], pace: Pace, zone: tzinfo
) -> Iterator[Turn]:
    """Yield the shifts of a round (轮班), in order of time.

    Args:
        people: how many take turns; at least one.
        days: the first and the last day on which a shift begins.
        hours: at which the shifts of a day begin, in any order; each lasts until the next, the
            last one until the first of the following day.
        pace: after what the next person is on.
        zone: of the days and hours.
    """
    first, last = days
    starts = sorted(set(hours))
    for nth in range((last - first).days + 1):
        day = first + timedelta(days=nth)
        for index, start in enumerate(starts):
            ends_today = index + 1 < len(starts)
            until = starts[index + 1] if ends_today else starts[0]
            ends_on = day if ends_today else day + timedelta(days=1)
            step = {Pace.SHIFT: nth * len(starts) + index, Pace.DAY: nth, Pace.WEEK: nth // 7}[pace]
            yield Turn(
                step % people,
                datetime.combine(day, start, zone),
                datetime.combine(ends_on, until, zone),
            )


class Span(NamedTuple):
    """A person, from one instant to another; ``until`` is ``None`` until further notice."""

    staff_id: UUID
    from_at: datetime
    until_at: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether it holds at an instant; the last instant is outside."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


class Absence(NamedTuple):
    """A person is away; ``stand_in_id`` answers for their posts meanwhile, if somebody is named."""

    from_at: datetime
    until_at: datetime
    stand_in_id: UUID | None

    def covers(self, at: datetime) -> bool:
        """Whether the person is away at an instant."""
        return self.from_at <= at < self.until_at

    def meets(self, from_at: datetime, until_at: datetime) -> bool:
        """Whether the person is away at any time between two instants."""
        return self.from_at < until_at and from_at < self.until_at


@dataclass(frozen=True, slots=True)
class Book:
    """The rows of people who may work: duty lists and holdings by post, absences by person.

    Several rows of one post stand in the order in which they are asked.
    """

    duties: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    holdings: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    absences: Mapping[UUID, Sequence[Absence]] = field(default_factory=dict)

    def at_post(self, post: str, at: datetime) -> UUID | None:
        """Return who answers at a post itself: the duty list, the holder, whom they named."""
        listed = (span.staff_id for span in self.duties.get(post, ()) if span.covers(at))
        holders = [span.staff_id for span in self.holdings.get(post, ()) if span.covers(at)]
        named = (
            absence.stand_in_id
            for holder in holders
            for absence in self.absences.get(holder, ())
            if absence.covers(at) and absence.stand_in_id is not None
        )
        everybody = (*listed, *holders, *named)
        return next((one for one in everybody if not self.is_away(one, at)), None)

    def is_away(self, staff_id: UUID, at: datetime) -> bool:
        """Whether a person is on leave at an instant."""
        return any(absence.covers(at) for absence in self.absences.get(staff_id, ()))


def answers(book: Book, post: str, stand_in: str | None, at: datetime) -> UUID | None:
    """Return who answers for a post at an instant: there, else at its stand-in post (AB岗)."""
    found = book.at_post(post, at)
    return found or (book.at_post(stand_in, at) if stand_in else None)


def holes(
    book: Book, post: str, stand_in: str | None, window: tuple[datetime, datetime]
) -> list[tuple[datetime, datetime]]:
    """Return the times within a window at which nobody answers for a post."""
    found: list[tuple[datetime, datetime]] = []
    turns = sorted({*window, *_turns(book, (post, stand_in), window)})
    for start, end in pairwise(turns):
        if answers(book, post, stand_in, start) is not None:
            continue
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _turns(
    book: Book, posts: Sequence[str | None], window: tuple[datetime, datetime]
) -> Iterator[datetime]:
    """Yield every instant within the window at which the answer may change."""
    spans = [
        span
        for post in posts
        if post
        for span in (*book.duties.get(post, ()), *book.holdings.get(post, ()))
    ]
    people = {span.staff_id for span in spans}
    people |= {
        absence.stand_in_id
        for person in list(people)
        for absence in book.absences.get(person, ())
        if absence.stand_in_id
    }
    instants = [instant for span in spans for instant in (span.from_at, span.until_at)]
    for person in people:
        for absence in book.absences.get(person, ()):
            instants += [absence.from_at, absence.until_at]
    return (at for at in instants if at is not None and window[0] < at < window[1])
