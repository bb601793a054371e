"""Rows of plans of long-term cases, and of their milestones."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.tickets import Status
from hotline.store import paging
from hotline.store.models import LongTerm, MilestoneRow, Ticket
from hotline.store.paging import Order, Page


def newest(session: Session, ticket_id: UUID) -> LongTerm | None:
    """Return the plan of a ticket that was proposed last."""
    return session.exec(
        select(LongTerm)
        .where(col(LongTerm.ticket_id) == ticket_id)
        .order_by(col(LongTerm.proposed_at).desc())
        .limit(1)
    ).one_or_none()


def of_ticket(session: Session, ticket_id: UUID) -> list[LongTerm]:
    """Return every plan of a ticket, the oldest first."""
    return list(
        session.exec(
            select(LongTerm)
            .where(col(LongTerm.ticket_id) == ticket_id)
            .order_by(col(LongTerm.proposed_at))
        )
    )


def milestones(session: Session, plan_id: UUID) -> list[MilestoneRow]:
    """Return the milestones of a plan, in order."""
    return list(
        session.exec(
            select(MilestoneRow)
            .where(col(MilestoneRow.plan_id) == plan_id)
            .order_by(col(MilestoneRow.position))
        )
    )


def led_by(
    session: Session, posts: Collection[str], *, at: str = ""
) -> Page[tuple[LongTerm, Ticket]]:
    """Return a page of the plans that run and name one of these posts, each with its ticket."""
    query = (
        sa.select(LongTerm, Ticket)
        .join(Ticket, col(Ticket.id) == col(LongTerm.ticket_id))
        .where(
            col(LongTerm.leader).in_(sorted(posts)),
            col(LongTerm.began_at).is_not(None),
            col(LongTerm.ended_at).is_(None),
            col(Ticket.status) == Status.LONG_TERM,
        )
    )
    order = Order((paging.endless(col(Ticket.due_at)), col(LongTerm.id)))
    return paging.page(session, query, order, at=at)


def milestones_of(session: Session, plan_ids: Collection[UUID]) -> dict[UUID, list[MilestoneRow]]:
    """Return the milestones of several plans, each plan's in order."""
    query = (
        select(MilestoneRow)
        .where(col(MilestoneRow.plan_id).in_(list(plan_ids)))
        .order_by(col(MilestoneRow.position))
    )
    found: dict[UUID, list[MilestoneRow]] = {}
    for row in session.exec(query):
        found.setdefault(row.plan_id, []).append(row)
    return found


def milestone(session: Session, milestone_id: UUID) -> MilestoneRow | None:
    """Return one milestone."""
    return session.get(MilestoneRow, milestone_id)
