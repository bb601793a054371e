"""Rows of the access log: who looked at who a caller is. They are added, never changed."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.store import paging
from hotline.store.models import Staff, Ticket
from hotline.store.models.proofs import IdentityView
from hotline.store.paging import Order, Page


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the log is wanted; what is ``None`` does not matter. ``until`` is excluded."""

    staff_id: UUID | None = None
    what: str | None = None
    number: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def of_ticket(session: Session, ticket_id: UUID) -> Sequence[tuple[IdentityView, Staff]]:
    """Return the looks at one ticket's caller with whoever looked, oldest first."""
    return session.exec(
        select(IdentityView, Staff)
        .join(Staff, col(Staff.id) == col(IdentityView.staff_id))
        .where(col(IdentityView.ticket_id) == ticket_id)
        .order_by(col(IdentityView.at), col(IdentityView.id))
    ).all()


def log(
    session: Session, wanted: Wanted, *, at: str = ""
) -> Page[tuple[IdentityView, Staff, Ticket]]:
    """Return a page of the log, newest first."""
    query = (
        sa.select(IdentityView, Staff, Ticket)
        .join(Staff, col(Staff.id) == col(IdentityView.staff_id))
        .join(Ticket, col(Ticket.id) == col(IdentityView.ticket_id))
    )
    conditions = (
        (col(IdentityView.staff_id), operator.eq, wanted.staff_id),
        (col(IdentityView.what), operator.eq, wanted.what),
        (col(Ticket.number), operator.eq, wanted.number),
        (col(IdentityView.at), operator.ge, wanted.since),
        (col(IdentityView.at), operator.lt, wanted.until),
    )
    query = query.where(
        *(compare(column, value) for column, compare, value in conditions if value is not None)
    )
    order = Order((col(IdentityView.at), col(IdentityView.id)), descending=True)
    return paging.page(session, query, order, at=at)


def lookers(session: Session) -> Sequence[Staff]:
    """Return everybody who ever looked, by name."""
    looked = sa.exists().where(col(IdentityView.staff_id) == col(Staff.id))
    return session.exec(
        select(Staff).where(looked).order_by(col(Staff.name), col(Staff.login))
    ).all()
