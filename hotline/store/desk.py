"""Rows for the operators' desk: lists that are read whole, each with one query."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hotline.domain.tickets import PENDING, Action, Status
from hotline.store.models import (
    Ask,
    Call,
    Outgoing,
    Ticket,
    TicketEvent,
    TicketIdentity,
    TicketText,
)
from hotline.store.paging import Order, Page, endless, page
from hotline.store.tickets import REAL

# Tickets that can be merged into another one, or lead.
MERGEABLE: Final = (
    *(Status.TRIAGE, Status.DISPATCHED, Status.DISPUTED),
    *(Status.HANDLING, Status.LONG_TERM, *sorted(PENDING)),
)


class Known(NamedTuple):
    """A ticket with the keyed hash of its caller and what was said first."""

    ticket: Ticket
    caller: str | None
    words: str


class RingBack(NamedTuple):
    """Somebody to ring back: the call that failed, if it is known, and the tries so far."""

    ticket: Ticket
    call: Call | None
    attempts: int
    last_at: datetime | None
    words: str


class ToAsk(NamedTuple):
    """A caller whom a person asks: the open question, and how the machine's tries ended.

    ``unreached``: the machine has tried as often as it may, in vain; else it was not solved before.
    """

    ticket: Ticket
    ask: Ask
    failed: str | None
    words: str
    unreached: bool


class Asker(NamedTuple):
    """Who would ask: nobody asks about what they, or their unit, had a part in."""

    staff_id: UUID | None
    unit: str | None


class Merged(NamedTuple):
    """A ticket that was merged into another one, as its officer sees it."""

    number: str
    status: Status
    words: str


def _first_words() -> sa.ColumnElement[Any]:
    return sa.func.coalesce(
        sa.select(col(TicketText.body))
        .where(col(TicketText.ticket_id) == col(Ticket.id), col(TicketText.kind) == "words")
        .order_by(col(TicketText.at))
        .limit(1)
        .scalar_subquery(),
        "",
    )


def _known() -> sa.Select[Any]:
    return (
        sa.select(Ticket, col(TicketIdentity.number_hash), _first_words())
        .join(TicketIdentity, col(TicketIdentity.ticket_id) == col(Ticket.id), isouter=True)
        .where(col(Ticket.status).in_(MERGEABLE), col(Ticket.closed_at).is_(None))
    )


def near(session: Session, ticket: Ticket, since: datetime, *, limit: int = 200) -> list[Known]:
    """Return the ticket itself and the open ones that share its town, class or caller.

    Args:
        session: any.
        ticket: whose neighbours are looked for; it is among the rows while it is open.
        since: demands that came before are left out.
        limit: how many at most, the newest first.
    """
    mine = (
        sa.select(col(TicketIdentity.number_hash))
        .where(col(TicketIdentity.ticket_id) == ticket.id)
        .scalar_subquery()
    )
    shared: list[sa.ColumnElement[bool]] = [
        col(Ticket.id) == ticket.id,
        col(TicketIdentity.number_hash) == mine,
    ]
    if ticket.town is not None:
        shared.append(col(Ticket.town) == ticket.town)
    if ticket.class_code is not None:
        shared.append(col(Ticket.class_code) == ticket.class_code)
    rows = session.execute(
        _known()
        .where(sa.or_(REAL, col(Ticket.id) == ticket.id))
        .where(col(Ticket.received_at) >= since, sa.or_(*shared))
        .order_by(col(Ticket.received_at).desc())
        .limit(limit)
    )
    return [Known(*row) for row in rows]


def mergeable(session: Session, since: datetime, *, at: str = "", size: int = 400) -> Page[Any]:
    """Return a page of the open tickets that may belong together (`Known`), the newest in front."""
    query = _known().where(col(Ticket.received_at) >= since, REAL)
    order = Order((col(Ticket.received_at), col(Ticket.id)), descending=True)
    found = page(session, query, order, at=at, size=size)
    return Page([Known(*row) for row in found], found.earlier, found.later)


def merged(session: Session, lead_id: UUID, *, limit: int = 20) -> list[Merged]:
    """Return what was merged into a ticket, with what was said, the oldest demand first."""
    rows = session.execute(
        sa.select(col(Ticket.number), col(Ticket.status), _first_words())
        .where(col(Ticket.lead_id) == lead_id)
        .order_by(col(Ticket.received_at))
        .limit(limit)
    )
    return [Merged(*row) for row in rows]


def of_caller(session: Session, hashes: Collection[str], *, limit: int = 10) -> list[Known]:
    """Return a caller's tickets of any status: the open ones first, then the newest."""
    if not hashes:
        return []
    rows = session.execute(
        sa.select(Ticket, col(TicketIdentity.number_hash), _first_words())
        .join(TicketIdentity, col(TicketIdentity.ticket_id) == col(Ticket.id))
        .where(col(TicketIdentity.number_hash).in_(list(hashes)))
        .order_by(col(Ticket.closed_at).is_not(None), col(Ticket.received_at).desc())
        .limit(limit)
    )
    return [Known(*row) for row in rows]


def ring_backs(session: Session, reason: str, *, at: str = "") -> Page[Any]:
    """Return a page of who waits to be rung back (`RingBack`), whoever is due first in front."""
    tries = (
        sa.select(sa.func.count(), sa.func.max(col(TicketEvent.at)))
        .where(
            col(TicketEvent.ticket_id) == col(Ticket.id),
            col(TicketEvent.action) == Action.CONTACT.value,
        )
        .lateral("tries")
    )
    count, last = tries.c
    query = (
        sa.select(Ticket, Call, count, last, _first_words())
        .join(Call, col(Call.ticket_id) == col(Ticket.id), isouter=True)
        .join(tries, sa.true())
        .where(col(Ticket.status) == Status.TRIAGE, col(Ticket.triage_reason) == reason, REAL)
    )
    found = page(session, query, Order((endless(col(Ticket.due_at)), col(Ticket.id))), at=at)
    return Page([RingBack(*row) for row in found], found.earlier, found.later)


def unreached(session: Session, ticket_id: UUID) -> int:
    """Return how often a ticket's caller was rung in vain."""
    failed = sa.cast(col(TicketEvent.body), JSONB)["data"]["outcome"].astext == "unreached"
    count: int = session.execute(
        sa.select(sa.func.count()).where(
            col(TicketEvent.ticket_id) == ticket_id,
            col(TicketEvent.action) == Action.CONTACT.value,
            failed,
        )
    ).scalar_one()
    return count


def to_ask(
    session: Session, asker: Asker, since: datetime, attempts: int, *, at: str = ""
) -> Page[Any]:
    """Return a page of the callers whom a person asks (`ToAsk`).

    Those whom the machine did not reach in front, then whoever's silence is due first.

    Args:
        session: any.
        asker: who would ask.
        since: tickets that ended in silence before this are left out.
        attempts: how often the machine asks.
        at: where the page begins.
    """
    failure = _failure()
    last = (
        sa.select(Ask)
        .where(col(Ask.ticket_id) == col(Ticket.id))
        .order_by(col(Ask.round).desc())
        .limit(1)
        .lateral("last")
    )
    question: Any = aliased(Ask, last)
    unreached = sa.or_(
        last.c.tries >= attempts, failure.c.found, col(Ticket.closed_at).is_not(None)
    ).is_(True)
    query = (
        sa.select(Ticket, question, failure.c.fault, _first_words(), unreached)
        .select_from(Ticket)
        .join(last, sa.true())
        .join(failure, sa.true(), isouter=True)
        .where(
            sa.or_(
                col(Ticket.status) == Status.REVISIT,
                sa.and_(
                    col(Ticket.status) == Status.ARCHIVED_UNVERIFIED,
                    col(Ticket.closed_at) >= since,
                ),
            ),
            last.c.answered_at.is_(None),
            sa.or_(unreached, col(Ticket.redos) > 0),
            col(Ticket.officer_id).is_distinct_from(asker.staff_id),
            col(Ticket.submitted_by).is_distinct_from(asker.staff_id),
            sa.true() if asker.unit is None else col(Ticket.unit).is_distinct_from(asker.unit),
            REAL,
        )
    )
    rank = sa.case((unreached, 0), else_=1)
    order = Order((rank, endless(col(Ticket.due_at)), col(Ticket.id)))
    found = page(session, query, order, at=at)
    return Page([ToAsk(*row) for row in found], found.earlier, found.later)


def _failure() -> sa.FromClause:
    """The last message or call with the question that failed, and why."""
    return (
        sa.select(col(Outgoing.fault), sa.true().label("found"))
        .where(
            col(Outgoing.ticket_id) == col(Ticket.id),
            col(Outgoing.audience) == "caller",
            col(Outgoing.cause).in_(["ask", "ask_link"]),
            col(Outgoing.state) == "failed",
        )
        .order_by(col(Outgoing.created_at).desc())
        .limit(1)
        .lateral("failure")
    )
