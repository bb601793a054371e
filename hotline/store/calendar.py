"""Rows of the working calendar: notices as they came, the days they name, limits to count anew."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.calendar_notices import NoticeDay, NoticeStatus, as_csv, known_until
from hotline.domain.deadlines import Calendar, Windows
from hotline.domain.grid.model import Office
from hotline.store.models import CalendarDay, CalendarNotice, Ticket, Timer
from hotline.store.tickets import REAL

# No two notices come in at once.
_LOCK: Final = 12349


def read(session: Session, office: Office) -> Calendar:
    """Return the working calendar of the county."""
    days = list(session.exec(select(CalendarDay).order_by(col(CalendarDay.day))))
    newest = of_years(session)
    statuses = {year: NoticeStatus(row.status) for year, row in newest.items()}
    hours = {row.day: windows_of(row.windows) for row in days if row.windows}
    made = Calendar.from_days(
        [(row.day, row.kind, row.source) for row in days], office, known_until(statuses) or date.min
    )
    number = max((row.number for row in newest.values()), default=0)
    names = {row.day: row.name for row in days if row.name}
    return Calendar(office, made.days, made.known_until, hours, number, names)


def windows_of(stored: Sequence[Sequence[str]] | None) -> Windows:
    """Return a day's own office hours as the domain has them."""
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in stored or ())


def of_years(session: Session) -> dict[int, CalendarNotice]:
    """Return the newest notice of each year."""
    rows = session.exec(select(CalendarNotice).order_by(col(CalendarNotice.number)))
    return {row.year: row for row in rows}


def all_notices(session: Session) -> list[CalendarNotice]:
    """Return every notice that ever came, the newest first."""
    return list(
        session.exec(select(CalendarNotice).order_by(col(CalendarNotice.number).desc()).limit(100))
    )


def days_of(session: Session, year: int) -> list[CalendarDay]:
    """Return the days of a year that differ from what their weekday says."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return list(
        session.exec(
            select(CalendarDay)
            .where(col(CalendarDay.day).between(first, last))
            .order_by(col(CalendarDay.day))
        )
    )


def lock(session: Session) -> None:
    """Let no other notice come in before this transaction ends."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def digest(days: Sequence[NoticeDay]) -> str:
    """Return what names the days of a notice, however its file was written."""
    return hashlib.sha256(as_csv(days).encode()).hexdigest()


def put(  # noqa: PLR0913  one row, named fields
    session: Session,
    days: Sequence[NoticeDay],
    *,
    year: int,
    status: NoticeStatus,
    source: str,
    by_whom: str,
    at: datetime,
) -> CalendarNotice:
    """Keep a notice, under `lock`, and let its days take the place of the year's."""
    last = session.exec(select(sa.func.max(CalendarNotice.number))).one()
    row = CalendarNotice(
        number=(last or 0) + 1,
        year=year,
        status=status,
        source=source,
        content=as_csv(days),
        sha256=digest(days),
        by_whom=by_whom,
        at=at,
    )
    session.add(row)
    first, end = date(year, 1, 1), date(year, 12, 31)
    session.execute(sa.delete(CalendarDay).where(col(CalendarDay.day).between(first, end)))
    session.flush()
    for one in days:
        hours = [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in one.windows] or None
        session.add(
            CalendarDay(
                day=one.day,
                kind=one.kind,
                source=source,
                notice=row.number,
                windows=hours,
                name=one.name,
            )
        )
    session.flush()
    return row


def outdated(session: Session, notice: int, limit: int, after: UUID | None = None) -> list[UUID]:
    """Return tickets with running limits that were counted by an older calendar, in order of id."""
    query = (
        sa.select(col(Timer.ticket_id))
        .where(col(Timer.state) == "waiting", col(Timer.notice) < notice)
        .distinct()
        .order_by(col(Timer.ticket_id))
        .limit(limit)
    )
    if after is not None:
        query = query.where(col(Timer.ticket_id) > after)
    return list(session.execute(query).scalars())


def running(session: Session) -> Mapping[bool, int]:
    """Return how many open tickets have a limit that may still change (``True``), and the rest."""
    rows = session.execute(
        sa.select(col(Ticket.due_provisional), sa.func.count())
        .where(col(Ticket.closed_at).is_(None), REAL)
        .group_by(col(Ticket.due_provisional))
    )
    return {bool(provisional): number for provisional, number in rows}


def counted_by(session: Session, ticket_id: UUID, notice: int) -> None:
    """Note by which state of the calendar the running limits of a ticket are right."""
    session.execute(
        sa.update(Timer)
        .where(
            col(Timer.ticket_id) == ticket_id,
            col(Timer.state) == "waiting",
            col(Timer.notice) < notice,
        )
        .values(notice=notice)
    )


def stop(session: Session, timer_id: UUID) -> None:
    """Stop one running limit."""
    session.execute(
        sa.update(Timer)
        .where(col(Timer.id) == timer_id, col(Timer.state) == "waiting")
        .values(state="cancelled")
    )
