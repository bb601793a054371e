"""Rows of notices: what became of each try, how many went lately, and what is not read yet."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.store.models import NoticeAttempt, Outgoing, StaffAddress, Ticket

_OPEN: Final = ("waiting", "sending", "sent", "unknown")


def attempts_of(session: Session, outgoing_id: UUID) -> list[NoticeAttempt]:
    """Return every try of a notice, in order."""
    return list(
        session.exec(
            select(NoticeAttempt)
            .where(col(NoticeAttempt.outbox_id) == outgoing_id)
            .order_by(col(NoticeAttempt.id))
        )
    )


def lately(session: Session, now: datetime) -> Mapping[str, int]:
    """Return how many notices each channel took in the last minute."""
    rows = session.execute(
        sa.select(col(NoticeAttempt.channel), sa.func.count())
        .where(
            col(NoticeAttempt.at) > now - timedelta(minutes=1),
            col(NoticeAttempt.state).in_(["accepted", "unknown"]),
        )
        .group_by(col(NoticeAttempt.channel))
    )
    return {channel: int(number) for channel, number in rows}


def address(session: Session, staff_id: UUID, channel: str) -> bytes | None:
    """Return a person's sealed address on a channel."""
    row = session.get(StaffAddress, (staff_id, channel))
    return row.address_sealed if row else None


def unread(
    session: Session, staff_id: UUID, *, limit: int = 20
) -> list[tuple[Outgoing, Ticket | None]]:
    """Return the notices that a person has not read yet, with their tickets, the newest first."""
    rows = session.exec(
        select(Outgoing, Ticket)
        .join(Ticket, col(Ticket.id) == col(Outgoing.ticket_id), isouter=True)
        .where(
            col(Outgoing.staff_id) == staff_id,
            col(Outgoing.means) == "notice",
            col(Outgoing.state).in_(_OPEN),
        )
        .order_by(col(Outgoing.created_at).desc())
        .limit(limit)
    )
    return [(notice, ticket) for notice, ticket in rows]
