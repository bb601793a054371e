"""Rows of hearings: who is to be heard on a dispute, and whom the panel named."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.tickets import Status
from hotline.store import paging
from hotline.store.models import Ticket
from hotline.store.models.hearings import Hearing, HearingParty
from hotline.store.paging import Order, Page

# So many rulings stand on a unit's own page: the newest are those that it asks for.
_NEWEST: Final = 10


def of_ticket(session: Session, ticket_id: UUID) -> Hearing | None:
    """Return the newest hearing of a ticket, ruled or not."""
    return session.exec(
        select(Hearing)
        .where(col(Hearing.ticket_id) == ticket_id)
        .order_by(col(Hearing.opened_at).desc())
        .limit(1)
    ).one_or_none()


def parties(session: Session, hearing_id: UUID) -> list[HearingParty]:
    """Return the units of a hearing, those that returned the ticket first."""
    return list(
        session.exec(
            select(HearingParty)
            .where(col(HearingParty.hearing_id) == hearing_id)
            .order_by(col(HearingParty.returned).desc(), col(HearingParty.unit))
        )
    )


def party(session: Session, party_id: UUID) -> HearingParty | None:
    """Return one unit of a hearing."""
    return session.get(HearingParty, party_id)


def asked(
    session: Session, unit: str | None, posts: Collection[str]
) -> list[tuple[HearingParty, Ticket]]:
    """Return the open hearings at which a unit, or somebody at a post, is to be heard."""
    rows = session.execute(
        sa.select(HearingParty, Ticket)
        .join(Ticket, col(Ticket.id) == col(HearingParty.ticket_id))
        .join(Hearing, col(Hearing.id) == col(HearingParty.hearing_id))
        .where(
            col(Ticket.status) == Status.ADJUDICATION,
            col(Hearing.ruled_at).is_(None),
            sa.or_(col(HearingParty.unit) == unit, col(HearingParty.post).in_(sorted(posts))),
        )
        .order_by(col(Ticket.due_at), col(Ticket.id))
        .limit(paging.SIZE)
    )
    return [(row[0], row[1]) for row in rows]


def ruled_of(
    session: Session, unit: str | None, posts: Collection[str]
) -> list[tuple[HearingParty, Hearing, Ticket]]:
    """Return the newest rulings on disputes at which a unit, or somebody at a post, was heard."""
    rows = session.execute(
        sa.select(HearingParty, Hearing, Ticket)
        .join(Ticket, col(Ticket.id) == col(HearingParty.ticket_id))
        .join(Hearing, col(Hearing.id) == col(HearingParty.hearing_id))
        .where(
            col(Hearing.ruled_at).is_not(None),
            sa.or_(col(HearingParty.unit) == unit, col(HearingParty.post).in_(sorted(posts))),
        )
        .order_by(col(Hearing.ruled_at).desc(), col(Hearing.id))
        .limit(_NEWEST)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def ruled(session: Session, *, at: str = "") -> Page[tuple[Hearing, Ticket]]:
    """Return a page of the rulings, the newest first, each with its ticket."""
    query = (
        sa.select(Hearing, Ticket)
        .join(Ticket, col(Ticket.id) == col(Hearing.ticket_id))
        .where(col(Hearing.ruled_at).is_not(None))
    )
    order = Order((paging.endless(col(Hearing.ruled_at)), col(Hearing.id)), descending=True)
    return paging.page(session, query, order, at=at)
