"""Rows of tickets: locked for a command, listed for a desk."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from hotline.domain.tickets import Status
from hotline.store.models import (
    Ask,
    Command,
    Media,
    Ticket,
    TicketEvent,
    TicketIdentity,
    TicketText,
)

PAGE: Final = 50


def lock(session: Session, number: str) -> Ticket | None:
    """Return the ticket under its row lock, as it is in the database now."""
    return session.exec(
        select(Ticket)
        .where(col(Ticket.number) == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def lock_all(session: Session, ticket_ids: Sequence[UUID]) -> list[Ticket]:
    """Return several tickets under their row locks, taken in the order of their ids."""
    return list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.id).in_(ticket_ids))
            .order_by(col(Ticket.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def try_lock(session: Session, ticket_id: UUID) -> Ticket | None:
    """Return a ticket under its row lock, or ``None`` where somebody else holds it now."""
    return session.exec(
        select(Ticket)
        .where(col(Ticket.id) == ticket_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def lock_members(session: Session, lead_id: UUID, statuses: Collection[Status]) -> list[Ticket]:
    """Return what was merged into a ticket and stands in ``statuses``, under row locks."""
    return list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.lead_id) == lead_id, col(Ticket.status).in_(list(statuses)))
            .order_by(col(Ticket.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def ids_of(session: Session, numbers: Collection[str]) -> list[UUID]:
    """Return the ids of the tickets with these numbers."""
    return list(session.exec(select(Ticket.id).where(col(Ticket.number).in_(list(numbers)))))


def member_ids(session: Session, lead_ids: Collection[UUID]) -> list[UUID]:
    """Return the ids of everything that was merged into any of these tickets."""
    return list(session.exec(select(Ticket.id).where(col(Ticket.lead_id).in_(list(lead_ids)))))


def members(session: Session, lead_id: UUID, *, limit: int = 200) -> list[Ticket]:
    """Return what was merged into a ticket, the oldest demand first."""
    return list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.lead_id) == lead_id)
            .order_by(col(Ticket.received_at))
            .limit(limit)
        )
    )


def find(session: Session, number: str) -> Ticket | None:
    """Return the ticket without a lock, for a page."""
    return session.exec(select(Ticket).where(col(Ticket.number) == number)).one_or_none()


def get(session: Session, ticket_id: UUID) -> Ticket | None:
    """Return the ticket with this id without a lock, for a page."""
    return session.get(Ticket, ticket_id)


def with_status(
    session: Session, statuses: Collection[Status], *, limit: int = PAGE
) -> list[Ticket]:
    """Return tickets in ``statuses``, the one that is due first in front."""
    return list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.status).in_(list(statuses)))
            .order_by(col(Ticket.due_at).asc().nulls_last(), col(Ticket.received_at))
            .limit(limit)
        )
    )


def of_officer(
    session: Session, staff_id: UUID, posts: Collection[str], *, limit: int = PAGE
) -> list[Ticket]:
    """Return a person's open tickets: accepted by them, or waiting at a post they stand in for."""
    return list(
        session.exec(
            select(Ticket)
            .where(
                col(Ticket.closed_at).is_(None),
                sa.or_(
                    col(Ticket.officer_id) == staff_id,
                    sa.and_(
                        col(Ticket.officer_id).is_(None),
                        col(Ticket.post).in_(list(posts)),
                        col(Ticket.status) == Status.DISPATCHED,
                    ),
                ),
            )
            .order_by(col(Ticket.due_at).asc().nulls_last(), col(Ticket.received_at))
            .limit(limit)
        )
    )


def open_of_number(session: Session, hashes: Sequence[str]) -> list[Ticket]:
    """Return the tickets of one caller that they may still speak about, the newest first.

    Archived ones are among them for as long as a grade or a late answer may come.
    """
    ends = [Status.ANSWERED]
    return list(
        session.exec(
            select(Ticket)
            .join(TicketIdentity, col(TicketIdentity.ticket_id) == col(Ticket.id))
            .where(
                col(TicketIdentity.number_hash).in_(list(hashes)),
                col(Ticket.status).not_in(ends),
            )
            .order_by(col(Ticket.received_at).desc())
            .limit(10)
        )
    )


def recent(session: Session, *, limit: int = PAGE) -> list[Ticket]:
    """Return the newest tickets of any status."""
    return list(session.exec(select(Ticket).order_by(col(Ticket.received_at).desc()).limit(limit)))


def counts(session: Session) -> dict[Status, int]:
    """Return how many tickets stand in each status."""
    rows = session.execute(sa.select(col(Ticket.status), sa.func.count()).group_by(Ticket.status))
    return {Status(status): number for status, number in rows}


def identity(session: Session, ticket_id: UUID) -> TicketIdentity | None:
    """Return who called. Whoever shows it to a person logs the view."""
    return session.get(TicketIdentity, ticket_id)


def texts(session: Session, ticket_id: UUID) -> list[TicketText]:
    """Return the words on a ticket, oldest first."""
    return list(
        session.exec(
            select(TicketText)
            .where(col(TicketText.ticket_id) == ticket_id)
            .order_by(col(TicketText.at), col(TicketText.id))
        )
    )


def first_words(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what was said first on each ticket, for lists."""
    rows = session.execute(
        sa.select(col(TicketText.ticket_id), col(TicketText.body))
        .where(col(TicketText.ticket_id).in_(list(ticket_ids)), col(TicketText.kind) == "words")
        .order_by(col(TicketText.ticket_id), col(TicketText.at))
        .ext(distinct_on(col(TicketText.ticket_id)))
    )
    return {row.ticket_id: row.body for row in rows}


def events(session: Session, ticket_id: UUID) -> list[TicketEvent]:
    """Return everything that happened to a ticket, in order."""
    return list(
        session.exec(
            select(TicketEvent)
            .where(col(TicketEvent.ticket_id) == ticket_id)
            .order_by(col(TicketEvent.seq))
        )
    )


def media(session: Session, ticket_id: UUID) -> list[Media]:
    """Return the photos and recordings of a ticket, oldest first."""
    return list(
        session.exec(select(Media).where(col(Media.ticket_id) == ticket_id).order_by(col(Media.at)))
    )


def one_media(session: Session, media_id: UUID) -> Media | None:
    """Return a photo's or recording's row."""
    return session.get(Media, media_id)


def has_recording(session: Session, sid: str) -> bool:
    """Say whether a recording of the carrier was kept."""
    return session.exec(select(Media.id).where(col(Media.sid) == sid)).first() is not None


def command(session: Session, command_id: UUID) -> Command | None:
    """Return a command from the field that was carried out under this key."""
    return session.get(Command, command_id)


def open_ask(session: Session, ticket_id: UUID) -> Ask | None:
    """Return the question of the newest round, answered or not."""
    return session.exec(
        select(Ask).where(col(Ask.ticket_id) == ticket_id).order_by(col(Ask.round).desc()).limit(1)
    ).one_or_none()


def asks(session: Session, ticket_id: UUID) -> list[Ask]:
    """Return every question put to the caller, in order."""
    return list(
        session.exec(select(Ask).where(col(Ask.ticket_id) == ticket_id).order_by(col(Ask.round)))
    )


def ask_by_token(session: Session, token_hash: str) -> Ask | None:
    """Return the question that a one-time link belongs to."""
    return session.exec(select(Ask).where(col(Ask.token_hash) == token_hash)).one_or_none()


def next_sequence(session: Session) -> int:
    """Return the next number of the ticket sequence."""
    number: int = session.execute(sa.text("SELECT nextval('ticket_number_seq')")).scalar_one()
    return number


def overdue_before(session: Session, instant: datetime) -> int:
    """Return how many open tickets are past their limit."""
    number: int = session.execute(
        sa.select(sa.func.count()).where(
            col(Ticket.closed_at).is_(None), col(Ticket.due_at) < instant
        )
    ).scalar_one()
    return number
