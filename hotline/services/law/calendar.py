"""The working calendar (工作日历): take a notice in, and count the limits anew that it moves.

A notice takes effect for new limits within a second of its coming (`hotline.in_force`). Limits that
are running were counted by the calendar of their day: each timer says by which. A job counts them
anew, ticket by ticket, each in a transaction of its own with one event that keeps both values; who
is interrupted begins again, and what is right already is left alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from hotline.calendar_file import parse_notice
from hotline.domain.calendar_notices import (
    Difference,
    NoticeDay,
    NoticeStatus,
    differences,
    year_of,
)
from hotline.domain.deadlines import Calendar, DayKind, Deadline, due_at
from hotline.domain.errors import RefusedError
from hotline.domain.limits import Limit
from hotline.domain.tickets import CLOCK, ENDS, Action, Status, Step
from hotline.services.handling import timing
from hotline.store import calendar as rows
from hotline.store import flags, ratings
from hotline.store.calendar_source import known_years, name_of, official_days, source_of
from hotline.store.models import CalendarNotice, Ticket, Timer
from hotline.work import SYSTEM, Work

BATCH: Final = 200
# A limit is written down in millionths: what differs by less is the same limit.
_SAME: Final = timedelta(seconds=1)
# How many limits a look shows.
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """A running limit that ends at another time by another calendar."""

    timer: Timer
    due: Deadline


def take(
    session: Session,
    days: Sequence[NoticeDay],
    *,
    status: NoticeStatus,
    source: str,
    by_whom: str,
    at: datetime,
) -> CalendarNotice | None:
    """Take a notice in; ``None``: the same days came before, with the same standing.

    Args:
        session: the release has no map yet, and needs none.
        days: without faults, all of one year.
        status: whether the State Council has published it.
        source: its name and number, as people find it again.
        by_whom: who brings it in.
        at: when.

    Raises:
        RefusedError: days that are only expected would take the place of a published notice.
    """
    rows.lock(session)
    year = year_of(days)
    before = rows.of_years(session).get(year)
    if before is not None:
        if before.status == status and before.sha256 == rows.digest(days):
            return None
        if before.status == NoticeStatus.PUBLISHED and status is NoticeStatus.PROVISIONAL:
            raise RefusedError(reason="notice_published", year=year)
    return rows.put(session, days, year=year, status=status, source=source, by_whom=by_whom, at=at)


def seed(session: Session, at: datetime) -> list[int]:
    """Take in the notices that this release carries, for years without a published one.

    Returns:
        The years.
    """
    taken = []
    for year in known_years():
        known = rows.of_years(session).get(year)
        if known is not None and known.status == NoticeStatus.PUBLISHED:
            continue
        days = [
            NoticeDay(line, day, DayKind(kind), name_of(day))
            for line, (day, kind, _source) in enumerate(official_days(year), start=1)
        ]
        published, source = NoticeStatus.PUBLISHED, source_of(year)
        take(session, days, status=published, source=source, by_whom="release", at=at)
        taken.append(year)
    return taken


@dataclass(frozen=True, slots=True)
class Looked:
    """What a notice would move: how many tickets were looked at and would change, and some limits.

    ``shown`` holds the ticket's number, the step, when its limit ends and when it would; ``before``
    is the notice that it would replace, and ``differences`` what it says otherwise.
    """

    seen: int
    tickets: int
    shown: tuple[tuple[str, Step, datetime, datetime], ...]
    before: int | None
    differences: tuple[Difference, ...]


def look(work: Work, days: Sequence[NoticeDay], status: NoticeStatus) -> Looked:
    """Say what a notice would move; nothing is written that stays."""
    before, differing = compared(work.session, days)
    with work.session.begin_nested() as point:
        take(work.session, days, status=status, source="", by_whom="", at=work.now)
        calendar = rows.read(work.session, work.kit.calendar.office)
        seen, touched = 0, 0
        shown: list[tuple[str, Step, datetime, datetime]] = []
        after: UUID | None = None
        while found := rows.outdated(work.session, calendar.notice, BATCH, after):
            for ticket_id in found:
                changes = moved(work, ticket_id, calendar)
                number = work.session.get_one(Ticket, ticket_id).number
                shown += [(number, c.timer.step, c.timer.due_at, c.due.at) for c in changes]
                seen, touched = seen + 1, touched + bool(changes)
            after = found[-1]
        point.rollback()
    return Looked(seen, touched, tuple(shown[:SHOWN]), before, differing)


def compared(
    session: Session, days: Sequence[NoticeDay]
) -> tuple[int | None, tuple[Difference, ...]]:
    """Return which notice of its year another would replace, and what it says otherwise."""
    before = rows.of_years(session).get(year_of(days))
    if before is None:
        return None, ()
    return before.number, tuple(differences(parse_notice(before.content), days))


def waiting(work: Work, after: UUID | None = None, limit: int = BATCH) -> list[UUID]:
    """Return the next tickets whose running limits were counted by an older calendar."""
    return rows.outdated(work.session, work.kit.calendar.notice, limit, after)


def moved(work: Work, ticket_id: UUID, calendar: Calendar) -> list[Moved]:
    """Return which running limits of a ticket end at another time by a calendar."""
    found = []
    for timer in work.books.running(ticket_id):
        due = counted(timer, calendar)
        if due is None or due.limit.is_natural:
            continue
        if abs(due.at - timer.due_at) >= _SAME:
            found.append(Moved(timer, due))
    return found


def counted(timer: Timer, calendar: Calendar) -> Deadline | None:
    """Return a running limit as a calendar counts it; ``None``: nobody counted it."""
    if timer.counted_from is None or timer.limit_code is None:
        return None
    return due_at(timer.counted_from, Limit.parse(timer.limit_code), calendar)


def recount(work: Work, ticket_id: UUID) -> bool:
    """Count the running limits of one ticket anew; return whether anything changed.

    What has moved gets the next generation, so that a clock that still holds the old limit finds
    nothing to do.
    """
    ticket = work.ticket_by_id(ticket_id)
    changes = moved(work, ticket_id, work.kit.calendar)
    was = ticket.due_provisional
    said = [_set_anew(work, ticket, change) for change in changes]
    work.flush()
    if ticket.status not in ENDS:
        ticket.due_provisional = _provisional(work, ticket)
    if any(one.timer.step is Step.HANDLE for one in changes) and ticket.due_at is not None:
        # Warnings stand before the limit: they move with it.
        work.cancel_timers(ticket.id, {Step.EARLY, Step.YELLOW})
        timing.warn(work, ticket, ticket.dispatched_at or ticket.received_at, ticket.due_at)
    work.flush()
    rows.counted_by(work.session, ticket.id, work.kit.calendar.notice)
    if not said and was == ticket.due_provisional:
        return False
    data: dict[str, object] = {"notice": work.kit.calendar.notice, "recounted": said}
    data |= {"was_provisional": was, "provisional": ticket.due_provisional}
    work.act(ticket, Action.RECOUNT, data, actor=SYSTEM)
    return True


def _set_anew(work: Work, ticket: Ticket, change: Moved) -> dict[str, object]:
    timer, due = change.timer, change.due
    rows.stop(work.session, timer.id)
    generation = work.next_generation(timer.subject_id, timer.step)
    party = work.books.party(timer.subject_id)
    if party is not None:
        party.generation = generation = max(generation, party.generation + 1)
    timing.start_timer(
        work, ticket, timer.step, due, subject_id=timer.subject_id, generation=generation
    )
    _write_beside(work, ticket, timer, due.at)
    return {"step": timer.step, "was_due": timer.due_at, "due": due.at}


def _write_beside(work: Work, ticket: Ticket, timer: Timer, due: datetime) -> None:
    """Write a limit where it is kept a second time, for lists."""
    own = timer.subject_id == ticket.id
    if own and ticket.due_at == timer.due_at and timer.step is CLOCK.get(ticket.status):
        ticket.due_at = due
    party = work.books.party(timer.subject_id)
    if party is not None and party.due_at == timer.due_at:
        party.due_at = due
    if timer.step in {Step.BAD_CALL, Step.BAD_FIX}:
        bad = ratings.open_bad(work.session, ticket.id)
        if bad is not None and bad.call_due_at == timer.due_at:
            bad.call_due_at = due
        if bad is not None and bad.fix_due_at == timer.due_at:
            bad.fix_due_at = due
    if timer.step is Step.ANSWER_FLAG:
        found = flags.get(work.session, timer.subject_id)
        if found is not None:
            found.flag.answer_due_at = due


def _provisional(work: Work, ticket: Ticket) -> bool:
    """Whether the limit that is shown may still change: of a new ticket, that of its result."""
    if ticket.status is Status.DISPATCHED and ticket.dispatched_at is not None:
        limit = timing.limit_of(work, ticket, Step.HANDLE)
        return timing.deadline(work, ticket.dispatched_at, limit).provisional
    return any(
        due.provisional
        for timer in work.books.running(ticket.id)
        if timer.subject_id == ticket.id and timer.step is CLOCK[ticket.status]
        if (due := counted(timer, work.kit.calendar)) is not None
    )
