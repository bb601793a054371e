"""Rows of what was promised to people outside, taken by the worker and marked with the outcome."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.store.models import Outgoing

# A row that is still `sending` after this was left by a process that died in between.
LEASE: Final = timedelta(minutes=2)


def due(session: Session, now: datetime) -> int:
    """Return how many promises wait to be handed over or looked up now."""
    number: int = session.execute(
        sa.select(sa.func.count()).select_from(Outgoing).where(_due(now))
    ).scalar_one()
    return number


def take(session: Session, now: datetime, limit: int) -> list[Outgoing]:
    """Mark up to ``limit`` due promises as being sent and return them.

    A row found in ``sending`` past its lease becomes ``unknown``: perhaps the carrier has it.
    """
    rows = list(
        session.exec(
            select(Outgoing)
            .where(_due(now))
            .order_by(col(Outgoing.next_try_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    for row in rows:
        row.state = "sending" if row.state == "waiting" else "unknown"
        row.attempts += 1
        row.next_try_at = now + LEASE
        row.changed_at = now
    return rows


def lock(session: Session, outgoing_id: UUID) -> Outgoing | None:
    """Return a promise under its row lock."""
    return session.exec(
        select(Outgoing)
        .where(col(Outgoing.id) == outgoing_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def get(session: Session, outgoing_id: UUID) -> Outgoing | None:
    """Return a promise without a lock."""
    return session.get(Outgoing, outgoing_id)


def of_ticket(session: Session, ticket_id: UUID) -> list[Outgoing]:
    """Return everything that was promised about a ticket, oldest first."""
    return list(
        session.exec(
            select(Outgoing)
            .where(col(Outgoing.ticket_id) == ticket_id)
            .order_by(col(Outgoing.created_at), col(Outgoing.means))
        )
    )


def known_sids(session: Session, since: datetime) -> set[str]:
    """Return the carrier's names of everything that was sent since then."""
    rows = session.exec(
        select(Outgoing.sid).where(col(Outgoing.sid).is_not(None), col(Outgoing.changed_at) > since)
    )
    return {sid for sid in rows if sid is not None}


def on_the_way(session: Session, sids: Collection[str]) -> dict[str, UUID]:
    """Return the promises that the carrier took under these names and that have not ended."""
    rows = session.execute(
        sa.select(col(Outgoing.sid), col(Outgoing.id)).where(
            col(Outgoing.sid).in_(list(sids)),
            col(Outgoing.state).not_in(["delivered", "failed", "cancelled"]),
        )
    )
    return {row.sid: row.id for row in rows}


def cancel_waiting(session: Session, ticket_id: UUID, causes: Collection[str]) -> None:
    """Take back promises that have not left yet and make no sense any more."""
    session.execute(
        sa.update(Outgoing)
        .where(
            col(Outgoing.ticket_id) == ticket_id,
            col(Outgoing.state) == "waiting",
            col(Outgoing.cause).in_(list(causes)),
        )
        .values(state="cancelled")
    )


def _due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(Outgoing.state).in_(["waiting", "sending", "unknown"]), col(Outgoing.next_try_at) <= now
    )
