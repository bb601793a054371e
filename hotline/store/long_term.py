"""Rows of plans of long-term cases, and of their milestones."""

from uuid import UUID

from sqlmodel import Session, col, select

from hotline.store.models import LongTerm, MilestoneRow


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


def milestone(session: Session, milestone_id: UUID) -> MilestoneRow | None:
    """Return one milestone."""
    return session.get(MilestoneRow, milestone_id)
