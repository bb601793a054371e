"""Open tickets by the version of the map that decided about them."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import Session, col, select

from hotline.domain.tickets import Status
from hotline.store.models import Ticket, TicketEvent, Timer

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Alike:
    """Open tickets about which a version of the map decides alike: how many, and the first ones."""

    status: Status
    class_code: str | None
    grid: str | None
    unit: str | None
    post: str | None
    urgent: bool
    line: str
    window_id: str | None
    count: int
    numbers: tuple[str, ...]


def alike(session: Session, version: str) -> list[Alike]:
    """Return all open tickets of a version, grouped by what a map decides by; one query."""
    names = [field.name for field in fields(Alike)[:-2]]
    parts = [col(getattr(Ticket, name)) for name in names]
    numbers = sa.func.array_agg(aggregate_order_by(col(Ticket.number), col(Ticket.number)))
    query: sa.Select[Any] = (
        sa.select(*parts, sa.func.count(), numbers)
        .where(col(Ticket.map_version) == version, col(Ticket.closed_at).is_(None))
        .group_by(*parts)
    )
    return [
        Alike(**dict(zip(names, decides, strict=True)), count=count, numbers=tuple(all_[:_SHOWN]))
        for *decides, count, all_ in session.execute(query)
    ]


def open_by_version(session: Session) -> dict[str, int]:
    """Return how many open tickets each version has."""
    query = (
        sa.select(col(Ticket.map_version), sa.func.count())
        .where(col(Ticket.closed_at).is_(None))
        .group_by(col(Ticket.map_version))
    )
    return {version: int(count) for version, count in session.execute(query)}


def next_to_move(session: Session, version: str, after: UUID | None, limit: int) -> list[UUID]:
    """Return the ids of the next open tickets of a version, in the order of their ids."""
    query = (
        select(Ticket.id)
        .where(col(Ticket.map_version) == version, col(Ticket.closed_at).is_(None))
        .order_by(col(Ticket.id))
        .limit(limit)
    )
    if after is not None:
        query = query.where(col(Ticket.id) > after)
    return list(session.exec(query))


def entered_at(session: Session, ticket: Ticket) -> datetime | None:
    """Return when a ticket came into the status in which it is."""
    other = (
        sa.select(sa.func.max(col(TicketEvent.seq)))
        .where(col(TicketEvent.ticket_id) == ticket.id, col(TicketEvent.status) != ticket.status)
        .scalar_subquery()
    )
    found: datetime | None = session.execute(
        sa.select(sa.func.min(col(TicketEvent.at))).where(
            col(TicketEvent.ticket_id) == ticket.id,
            col(TicketEvent.seq) > sa.func.coalesce(other, 0),
        )
    ).scalar_one()
    return found


def limits_before(session: Session, ticket_id: UUID) -> dict[UUID, list[datetime]]:
    """Return the limits of a ticket that have passed, by subject, the newest first."""
    query = (
        select(Timer.subject_id, Timer.due_at)
        .where(col(Timer.ticket_id) == ticket_id, col(Timer.state) == "done")
        .order_by(col(Timer.due_at).desc())
    )
    found: dict[UUID, list[datetime]] = {}
    for subject, due in session.exec(query):
        found.setdefault(subject, []).append(due)
    return found


def cancel(session: Session, timer_ids: Iterable[UUID]) -> None:
    """Stop limits that are counted anew."""
    session.execute(
        sa.update(Timer).where(col(Timer.id).in_(list(timer_ids))).values(state="cancelled")
    )
