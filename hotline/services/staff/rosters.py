"""Duty lists as a whole: shifts laid out in a round, taken off together, and the holes ahead.

Whoever looks after a post's unit edits its list (`hotline.services.staff.people.guard`); every
line that comes or goes is in the log of changes about people.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from hotline.domain import roster as rules
from hotline.domain.errors import InvalidError, NotFoundError
from hotline.domain.grid.model import Post
from hotline.domain.roster import Absence, DutyKind, Turn
from hotline.services.staff import people
from hotline.store import roster
from hotline.store.models import Staff
from hotline.work import Work

AHEAD: Final = timedelta(days=14)
"""How far ahead a hole in a duty list is looked for."""
MOST_TURNS: Final = 800
"""Of one round: two shifts a day for more than a year."""
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")


class Gap(NamedTuple):
    """A time at which nobody will answer for a post, neither there nor at its stand-in."""

    post: Post
    from_at: datetime
    until_at: datetime


@dataclass(slots=True)
class LaidOut:
    """A round as it was laid out.

    Attributes:
        batch: of all its lines.
        lines: how many there are.
        moved: turns of somebody who is away then, taken by whoever is next.
        open: turns that nobody of the round can take.
    """

    batch: UUID
    lines: int = 0
    moved: int = 0
    open: list[Turn] = field(default_factory=list)


def hours_of(text: str) -> list[time]:
    """Return the hours that somebody wrote with spaces or commas between, as ``8:00 20:00``.

    Raises:
        InvalidError: none, or one that is no hour.
    """
    try:
        found = [hour_of(each) for each in _BETWEEN.split(text) if each]
    except ValueError as error:
        raise InvalidError(fields=["hours"]) from error
    if not found:
        raise InvalidError(fields=["hours"])
    return found


def hour_of(text: str) -> time:
    """Return an hour as it is written: ``8:00``, ``08：00``.

    Raises:
        ValueError: it is none.
    """
    return time.fromisoformat(text.replace("：", ":").rjust(len("08:00"), "0"))


def gaps(work: Work, ahead: timedelta = AHEAD, units: Iterable[str] | None = None) -> list[Gap]:
    """Return every hole from now on, the earliest first; three queries.

    Args:
        work: any.
        ahead: how far to look.
        units: whose posts; by default those of every unit that whoever acts looks after.
    """
    wanted = set(people.units_of(work) if units is None else units)
    book = roster.book(work.session, work.now)
    window = (work.now, work.now + ahead)
    found = [
        Gap(post, *hole)
        for post in work.kit.maps.current.posts.values()
        if post.unit in wanted
        for hole in rules.holes(book, post.id, post.stand_in, window)
    ]
    return sorted(found, key=lambda gap: (gap.from_at, gap.post.id))


def lay_out(
    work: Work,
    at_post: Post,
    round_: Sequence[UUID],
    turns: Sequence[Turn],
    kind: DutyKind = DutyKind.SHIFT,
) -> LaidOut:
    """Write a whole round on a post's duty list, all of it or nothing.

    Whose turn comes while they are away is passed over for the next of the round who is there; a
    turn that nobody can take stays open, and is a hole to be seen.

    Args:
        work: the command.
        at_post: which post's list.
        round_: who takes turns, in this order.
        turns: of `hotline.domain.roster.turns`, their places in ``round_``.
        kind: of the list.

    Raises:
        InvalidError: nobody takes turns, or there are too many turns.
        NotFoundError: no such person.
        NotAllowedError: another unit's post or person.
        RefusedError: the list names somebody for one of the turns already.
    """
    if not round_:
        raise InvalidError(fields=["staff"])
    if not 0 < len(turns) <= MOST_TURNS:
        raise InvalidError(fields=["last_day"])
    staff = {each: people.person(work, each) for each in sorted(set(round_))}
    away = roster.absences(work.session, work.now)
    made = LaidOut(uuid4())
    for turn in turns:
        who = _next(turn, [staff[each] for each in round_], away)
        if who is None:
            made.open.append(turn)
            continue
        made.moved += who.id != round_[turn.place]
        span = (turn.from_at, turn.until_at)
        people.add_duty(work, at_post, who, [span], kind=kind, batch=made.batch)
        made.lines += 1
    return made


def take_off(work: Work, batch: UUID) -> int:
    """Take the lines of one batch that are not over off their list; return how many.

    Raises:
        NotFoundError: no such batch, or all of it is over.
        NotAllowedError: another unit's post.
    """
    lines = roster.batch(work.session, batch, work.now)
    if not lines:
        raise NotFoundError(batch=batch)
    for line in lines:
        people.remove_duty(work, line.id)
    return len(lines)


def _next(
    turn: Turn, round_: Sequence[Staff], away: Mapping[UUID, Sequence[Absence]]
) -> Staff | None:
    """Return who takes a turn: whose it is, else the next in order who is not away."""
    order = (*round_[turn.place :], *round_[: turn.place])
    return next(
        (
            who
            for who in order
            if not any(one.meets(turn.from_at, turn.until_at) for one in away.get(who.id, ()))
        ),
        None,
    )
