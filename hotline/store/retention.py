"""Rows whose time is over: found in batches, emptied or deleted, counted."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.retention import Kind
from hotline.store.models import Media, Ticket
from hotline.store.models.proofs import Erasure

_ENDED: Final = sa.text(
    "SELECT id, closed_at FROM ticket WHERE closed_at > :after AND closed_at <= :until"
    " ORDER BY closed_at FETCH FIRST :limit ROWS WITH TIES"
)
# What is emptied of some tickets; each says of which ticket, once for every row.
_OF_TICKETS: Final[Mapping[Kind, str]] = {
    Kind.RECORDINGS: "UPDATE media SET erased_at = :now WHERE purpose = 'recording'"
    " AND erased_at IS NULL AND ticket_id = ANY(:ids) RETURNING ticket_id, id",
    Kind.PHOTOS: "UPDATE media SET erased_at = :now WHERE purpose <> 'recording'"
    " AND erased_at IS NULL AND ticket_id = ANY(:ids) RETURNING ticket_id, id",
    Kind.IDENTITY: "UPDATE ticket_identity SET number_sealed = NULL, number_hash = NULL,"
    " name_sealed = NULL, address_sealed = NULL, found_sealed = NULL, erased_at = :now"
    " WHERE erased_at IS NULL AND ticket_id = ANY(:ids) RETURNING ticket_id, ticket_id",
    Kind.WORDS: "UPDATE ticket_text SET body = '', salt = '', redacted_at = :now"
    " WHERE body <> '' AND ticket_id = ANY(:ids) RETURNING ticket_id, id",
    Kind.MESSAGES: "UPDATE outbox SET params = '{}' WHERE params <> '{}'"
    " AND ticket_id = ANY(:ids) RETURNING ticket_id, id",
}
# What hangs on no ticket, some rows at a time.
_OTHERS: Final[Mapping[Kind, Sequence[str]]] = {
    Kind.MESSAGES: (
        (
            "UPDATE outbox SET params = '{}' WHERE ctid = ANY(ARRAY(SELECT ctid FROM outbox"
            " WHERE ticket_id IS NULL AND created_at <= :until AND params <> '{}' LIMIT :limit))"
        ),
        (
            "DELETE FROM inbox WHERE ctid = ANY(ARRAY(SELECT ctid FROM inbox"
            " WHERE at <= :until LIMIT :limit))"
        ),
        # The row stays: a repeat of the command must find that it was carried out.
        (
            "UPDATE command SET body_hash = '' WHERE ctid = ANY(ARRAY(SELECT ctid FROM command"
            " WHERE at <= :until AND body_hash <> '' LIMIT :limit))"
        ),
    ),
    Kind.CALLS: (
        (
            "UPDATE call SET number_sealed = NULL, number_hash = NULL, talk = '{}'"
            " WHERE ctid = ANY(ARRAY(SELECT ctid FROM call WHERE ended_at <= :until"
            " AND (number_sealed IS NOT NULL OR number_hash IS NOT NULL OR talk <> '{}')"
            " AND NOT EXISTS"
            " (SELECT FROM ticket WHERE ticket.id = call.ticket_id AND closed_at IS NULL)"
            " LIMIT :limit))"
        ),
    ),
    Kind.SIGN_INS: (
        (
            "DELETE FROM sign_in_attempt WHERE ctid = ANY(ARRAY(SELECT ctid FROM sign_in_attempt"
            " WHERE at <= :until LIMIT :limit))"
        ),
        (
            "DELETE FROM door_try WHERE ctid = ANY(ARRAY(SELECT ctid FROM door_try"
            " WHERE at <= :until LIMIT :limit))"
        ),
        (
            "DELETE FROM sign_in WHERE ctid = ANY(ARRAY(SELECT ctid FROM sign_in"
            " WHERE expires_at <= :until LIMIT :limit))"
        ),
    ),
}


class Ended(NamedTuple):
    """Tickets that ended in some span of time, and how far that span reaches."""

    ids: list[UUID]
    reached: datetime


def ended(session: Session, after: datetime, until: datetime, limit: int) -> Ended:
    """Return the next tickets that ended, all of one instant together, oldest first."""
    rows = session.execute(_ENDED, {"after": after, "until": until, "limit": limit}).all()
    return Ended([row[0] for row in rows], rows[-1][1] if rows else until)


def erase(
    session: Session, kind: Kind, ticket_ids: Collection[UUID], now: datetime
) -> dict[UUID, list[UUID]]:
    """Empty what some tickets hold of a kind; return the rows of each ticket that had any."""
    rows = session.execute(sa.text(_OF_TICKETS[kind]), {"ids": list(ticket_ids), "now": now})
    found: dict[UUID, list[UUID]] = {}
    for ticket_id, row_id in rows:
        found.setdefault(ticket_id, []).append(row_id)
    return found


def erase_others(session: Session, kind: Kind, until: datetime, limit: int) -> int:
    """Empty or delete rows of a kind that hang on no ticket, up to ``limit`` of each table."""
    return sum(
        _count(session.execute(sa.text(statement), {"until": until, "limit": limit}))
        for statement in _OTHERS.get(kind, ())
    )


def _count(result: sa.Result[*tuple[object, ...]]) -> int:
    return result.rowcount if isinstance(result, sa.CursorResult) else 0


def due(session: Session, after: datetime, until: datetime) -> int:
    """Return how many tickets ended in a span of time."""
    number: int = session.execute(
        sa.select(sa.func.count()).where(
            col(Ticket.closed_at) > after, col(Ticket.closed_at) <= until
        )
    ).scalar_one()
    return number


def to_remove(session: Session, limit: int) -> list[Media]:
    """Return photos and recordings that are erased, and whose files may still lie there."""
    return list(
        session.exec(
            select(Media)
            .where(col(Media.erased_at).is_not(None), col(Media.removed_at).is_(None))
            .order_by(col(Media.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def still_needed(session: Session, sha256s: Collection[str]) -> set[str]:
    """Return which of these contents another row still shows: one picture twice is one file."""
    return set(
        session.exec(
            select(Media.sha256).where(
                col(Media.sha256).in_(list(sha256s)), col(Media.erased_at).is_(None)
            )
        )
    )


def note(session: Session, row: Erasure) -> None:
    """Put on record what was erased."""
    session.add(row)


def noted(session: Session, *, limit: int) -> list[Erasure]:
    """Return what was erased last, the newest first."""
    return list(
        session.exec(select(Erasure).order_by(col(Erasure.at).desc(), col(Erasure.id)).limit(limit))
    )
