"""Rows of the people at the desk: their calls, who looks at what, and hand-overs of shifts."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hotline.domain.tickets import Action, Status
from hotline.store.models import Call, Staff, Ticket, TicketEvent
from hotline.store.models.desk import Handover, Presence

# Whoever has not been heard of for so long has closed the page.
PRESENT: Final = timedelta(seconds=20)
_FORGOTTEN: Final = timedelta(hours=1)


class Here(NamedTuple):
    """Somebody else who has a ticket's page open."""

    name: str
    role: str
    since: datetime


class Change(NamedTuple):
    """The last thing that moved a ticket, and by whom."""

    action: Action
    at: datetime
    role: str
    name: str | None


class Shift(NamedTuple):
    """A hand-over with the names of both sides."""

    handover: Handover
    left_by: str
    taken_by: str | None


def live_call(session: Session, staff_id: UUID) -> Call | None:
    """Return the call that a person has picked up and that has no ticket yet."""
    return session.exec(
        select(Call)
        .where(
            col(Call.picked_by) == staff_id,
            col(Call.state) == "person",
            col(Call.ended_at).is_(None),
            col(Call.ticket_id).is_(None),
        )
        .order_by(col(Call.changed_at).desc())
        .limit(1)
    ).one_or_none()


def queue(session: Session) -> tuple[int, datetime | None]:
    """Return how many calls wait for an operator, and since when the first of them does."""
    row = session.execute(
        sa.select(sa.func.count(), sa.func.min(col(Call.started_at))).where(
            col(Call.state) == "queued", col(Call.ended_at).is_(None)
        )
    ).one()
    return int(row[0]), row[1]


def be_present(session: Session, ticket_id: UUID, staff_id: UUID, now: datetime) -> None:
    """Note that somebody has a ticket's page open; forget who has not been seen for long."""
    session.execute(sa.delete(Presence).where(col(Presence.seen_at) < now - _FORGOTTEN))
    fresh = col(Presence.seen_at) > now - PRESENT
    session.execute(
        insert(Presence)
        .values(ticket_id=ticket_id, staff_id=staff_id, since=now, seen_at=now)
        .on_conflict_do_update(
            index_elements=["ticket_id", "staff_id"],
            set_={"seen_at": now, "since": sa.case((fresh, col(Presence.since)), else_=now)},
        )
    )


def present(session: Session, ticket_id: UUID, me: UUID, now: datetime) -> list[Here]:
    """Return who else has a ticket's page open, whoever came first in front."""
    rows = session.execute(
        sa.select(col(Staff.name), col(Staff.role), col(Presence.since))
        .join(Staff, col(Staff.id) == col(Presence.staff_id))
        .where(
            col(Presence.ticket_id) == ticket_id,
            col(Presence.staff_id) != me,
            col(Presence.seen_at) > now - PRESENT,
        )
        .order_by(col(Presence.since))
    )
    return [Here(*row) for row in rows]


def last_change(session: Session, ticket_id: UUID) -> Change | None:
    """Return the last event of a ticket that a person or the clock caused."""
    row = session.execute(
        sa.select(
            col(TicketEvent.action), col(TicketEvent.at), col(TicketEvent.role), col(Staff.name)
        )
        .join(Staff, sa.cast(col(Staff.id), sa.Text) == col(TicketEvent.actor), isouter=True)
        .where(
            col(TicketEvent.ticket_id) == ticket_id,
            col(TicketEvent.action).not_in([Action.DELIVER.value, Action.RECORD.value]),
        )
        .order_by(col(TicketEvent.seq).desc())
        .limit(1)
    ).one_or_none()
    return Change(Action(row[0]), row[1], row[2], row[3]) if row is not None else None


def numbers(
    session: Session, statuses: Collection[Status], *, limit: int = 200
) -> list[tuple[str, Status, str | None]]:
    """Return number, status and triage reason of what waits in ``statuses``, for a hand-over."""
    rows = session.execute(
        sa.select(col(Ticket.number), col(Ticket.status), col(Ticket.triage_reason))
        .where(col(Ticket.status).in_(list(statuses)))
        .order_by(col(Ticket.due_at).asc().nulls_last())
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def handovers(session: Session, *, limit: int = 10) -> list[Shift]:
    """Return the latest hand-overs with who left and who took over, the newest first."""
    left: Any = aliased(Staff)
    took: Any = aliased(Staff)
    rows = session.execute(
        sa.select(Handover, left.name, took.name)
        .join(left, left.id == col(Handover.from_id))
        .join(took, took.id == col(Handover.to_id), isouter=True)
        .order_by(col(Handover.at).desc())
        .limit(limit)
    )
    return [Shift(*row) for row in rows]


def lock_handover(session: Session, handover_id: UUID) -> Handover | None:
    """Return a hand-over under its row lock."""
    return session.exec(
        select(Handover).where(col(Handover.id) == handover_id).with_for_update()
    ).one_or_none()
