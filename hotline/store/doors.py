"""Rows of the public doors: tries that are limited, codes made anew, gaps on a promise."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.store.models import DoorTry, TicketCode, TicketGap


def tries(session: Session, door: str, since: datetime, *, address_hashes: Collection[str]) -> int:
    """Return how often this address tried a door since then."""
    return _count(session, door, since, col(DoorTry.address_hash).in_(list(address_hashes)))


def tries_for(
    session: Session, door: str, since: datetime, *, subject_hashes: Collection[str]
) -> int:
    """Return how often a door was tried for this number or ticket since then."""
    return _count(session, door, since, col(DoorTry.subject_hash).in_(list(subject_hashes)))


def _count(session: Session, door: str, since: datetime, which: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).where(
        col(DoorTry.door) == door, col(DoorTry.at) > since, which
    )
    number: int = session.execute(query).scalar_one()
    return number


def generation(session: Session, ticket_id: UUID) -> int:
    """Return how often the code of a ticket was made anew."""
    row = session.get(TicketCode, ticket_id)
    return 0 if row is None else row.generation


def next_generation(session: Session, ticket_id: UUID, now: datetime) -> int:
    """Make the code of a locked ticket anew: what was given out before is worth nothing."""
    row = session.get(TicketCode, ticket_id)
    if row is None:
        row = TicketCode(ticket_id=ticket_id, generation=0, at=now)
        session.add(row)
    row.generation, row.at = row.generation + 1, now
    return row.generation


def gaps(session: Session, ticket_id: UUID) -> list[TicketGap]:
    """Return what a ticket was accepted without, oldest first."""
    return list(
        session.exec(
            select(TicketGap)
            .where(col(TicketGap.ticket_id) == ticket_id)
            .order_by(col(TicketGap.at), col(TicketGap.id))
        )
    )


def gap(session: Session, gap_id: UUID) -> TicketGap | None:
    """Return one gap."""
    return session.get(TicketGap, gap_id)
