"""Rows by which tickets are found: kept up to date by a worker, read by the desks.

A word that stands in a tenth of a million tickets must be as quick as one that stands in five. The
index over terms gives all hits of a term and knows nothing of time; so each row also has the term
of its month, and months are asked one after the other, the newest first, until a page is full.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain import terms
from hotline.store import paging
from hotline.store.models import Ticket, TicketIdentity, TicketSearch, TicketText
from hotline.store.paging import Order, Page

# Taken in the transaction that writes what they are found by: a crash leaves them due.
_TAKE: Final = sa.text(
    "DELETE FROM search_due WHERE ctid = ANY(ARRAY(SELECT ctid FROM search_due"
    " LIMIT :limit FOR UPDATE SKIP LOCKED)) RETURNING ticket_id"
)
_FORGET: Final = sa.text("UPDATE ticket_search SET terms = '{}' WHERE ticket_id = ANY(:ids)")
_ADD_DUE: Final = sa.text("INSERT INTO search_due SELECT unnest(CAST(:ids AS uuid[]))")
_PUT: Final = sa.text(
    "INSERT INTO ticket_search SELECT * FROM"
    " jsonb_populate_recordset(NULL::ticket_search, CAST(:rows AS jsonb))"
    " ON CONFLICT (ticket_id) DO UPDATE SET terms = excluded.terms"
    " WHERE ticket_search.terms <> excluded.terms"
)
# What stands within the fence (OFFSET 0) can only be asked of the index over terms. The planner
# would otherwise walk the newest rows for a word that none has; and in the plan that it keeps for a
# prepared statement, where it does not know the span, it would read the whole index over time once
# for each month.
FIND: Final = (
    "SELECT found.ticket_id, CAST(found.received_at AS text), CAST(found.ticket_id AS text) FROM ("
    " SELECT hit.ticket_id, hit.received_at"
    " FROM generate_series(CAST(:first AS integer), CAST(:last AS integer), :step) AS month"
    " CROSS JOIN LATERAL ("
    "  SELECT ticket_id, received_at FROM ("
    "   SELECT ticket_id, received_at FROM ticket_search"
    "   WHERE terms @> (CAST(:terms AS integer[]) || month) OFFSET 0) AS fenced"
    "  WHERE received_at BETWEEN :low AND :high"
    "  AND (received_at, ticket_id) {compare} (:at, CAST(:id AS uuid))"
    "  ORDER BY received_at {way}, ticket_id {way} LIMIT :limit) AS hit"
    " LIMIT :limit) AS found ORDER BY found.received_at {way}, found.ticket_id {way}"
)
_BOUNDS: Final = sa.text("SELECT min(received_at), max(received_at) FROM ticket_search")
_INSTANT: Final = timedelta(microseconds=1)
_LEAST, _MOST = UUID(int=0), UUID(int=2**128 - 1)
BY_TIME: Final = Order((col(Ticket.received_at), col(Ticket.id)), descending=True)


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when demands were received; ``until`` is excluded, ``None`` has no end."""

    since: datetime | None = None
    until: datetime | None = None


def is_due(session: Session) -> bool:
    """Say whether the words or codes of any ticket changed since they were last read."""
    return session.execute(sa.text("SELECT 1 FROM search_due LIMIT 1")).first() is not None


def take(session: Session, limit: int) -> set[UUID]:
    """Take tickets that are due; nobody else takes them, and rolling back gives them back."""
    return set(session.execute(_TAKE, {"limit": limit}).scalars())


def put(session: Session, rows: str) -> None:
    """Write what tickets are found by, as a JSON list of rows."""
    session.execute(_PUT, {"rows": rows})


def forget(session: Session, ticket_ids: Collection[UUID]) -> None:
    """Let tickets be found by nothing at all, and have them read anew."""
    session.execute(_FORGET, {"ids": list(ticket_ids)})
    session.execute(_ADD_DUE, {"ids": list(ticket_ids)})


def words_of(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return every text of some tickets that was not redacted, oldest first."""
    rows = session.execute(
        sa.select(col(TicketText.ticket_id), col(TicketText.body))
        .where(col(TicketText.ticket_id).in_(list(ticket_ids)), col(TicketText.body) != "")
        .order_by(col(TicketText.at), col(TicketText.id))
    )
    found: dict[UUID, list[str]] = {}
    for ticket_id, body in rows:
        found.setdefault(ticket_id, []).append(body)
    return found


def tickets(session: Session, ticket_ids: Sequence[UUID]) -> list[Ticket]:
    """Return these tickets in this order."""
    found = {
        ticket.id: ticket
        for ticket in session.exec(select(Ticket).where(col(Ticket.id).in_(list(ticket_ids))))
    }
    return [found[ticket_id] for ticket_id in ticket_ids if ticket_id in found]


def find(
    session: Session, wanted: Collection[int], span: Span, *, at: str = "", size: int = paging.SIZE
) -> Page[UUID]:
    """Return a page of the tickets that have every term, the newest first.

    Raises:
        InvalidError: ``at`` was made up.
    """
    place = paging.read_place(at, BY_TIME)
    low, high = session.execute(_BOUNDS).one()
    if low is None:
        return Page([])
    low = max(low, span.since or low)
    high = min(high, span.until - _INSTANT if span.until else high)
    edge = (low, _LEAST) if place.backwards else (high, _MOST)
    if place.key:
        edge = (datetime.fromisoformat(place.key[0]), UUID(place.key[1]))
    first, last = (edge[0], high) if place.backwards else (edge[0], low)
    compare, way, step = (">", "ASC", 1) if place.backwards else ("<", "DESC", -1)
    rows = session.execute(
        sa.text(FIND.format(compare=compare, way=way)),
        {
            "first": terms.month(first),
            "last": terms.month(last),
            "step": step,
            "terms": sorted(wanted),
            "low": low,
            "high": high,
            "at": edge[0],
            "id": edge[1],
            "limit": size + 1,
        },
    )
    found = [((row[0],), (row[1], row[2])) for row in rows]
    return paging.turn(found, place, size)


def of_number(
    session: Session,
    hashes: Sequence[str],
    wanted: Collection[int],
    span: Span,
    *,
    at: str = "",
) -> Page[UUID]:
    """Return a page of one caller's tickets that have every term, the newest first."""
    query = (
        sa.select(col(Ticket.id))
        .join(TicketIdentity, col(TicketIdentity.ticket_id) == col(Ticket.id))
        .where(col(TicketIdentity.number_hash).in_(list(hashes)))
    )
    if wanted:
        query = query.join(TicketSearch, col(TicketSearch.ticket_id) == col(Ticket.id)).where(
            col(TicketSearch.terms).contains(sorted(wanted))
        )
    if span.since is not None:
        query = query.where(col(Ticket.received_at) >= span.since)
    if span.until is not None:
        query = query.where(col(Ticket.received_at) < span.until)
    return paging.page(session, query, BY_TIME, at=at)
