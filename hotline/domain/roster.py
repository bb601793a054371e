"""Who answers for a post (岗位), and when nobody does: duty lists, holders, leave, stand-ins.

Pure: rows come in as a `Book`. At every instant the same rule decides as in the database's one
question (`hotline.store.people.on_duty_question`); a test holds the two together. Here it is
asked for whole weeks, to show the holes before they are met at night.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID


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
