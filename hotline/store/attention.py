"""Rows of what a supervisor must look at."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from hotline.store import paging
from hotline.store.models import Attention, Ticket
from hotline.store.paging import Order, Page


class Entry(NamedTuple):
    """Something to look at, and the ticket it is about, if any."""

    attention: Attention
    ticket: Ticket | None


def values(
    *, kind: str, key: str, facts: Mapping[str, object], at: datetime, ticket_id: UUID | None
) -> dict[str, Any]:
    """Return the columns of a new entry."""
    said = {name: str(value) for name, value in facts.items()}
    made = {"id": uuid4(), "ticket_id": ticket_id, "kind": kind, "key": key, "facts": said}
    return made | {"raised_at": at}


def add(session: Session, entry: Mapping[str, Any]) -> None:
    """Add an entry (`values`) unless its key was added before."""
    statement = insert(Attention).values(**entry)
    session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


def is_known(session: Session, key: str) -> bool:
    """Whether an entry was made under this key, settled or not."""
    return session.exec(select(Attention.id).where(col(Attention.key) == key)).first() is not None


def get_open(session: Session, entry_id: UUID) -> Attention | None:
    """Return an entry that nobody has settled, under its row lock."""
    return session.exec(
        select(Attention)
        .where(col(Attention.id) == entry_id, col(Attention.settled_at).is_(None))
        .with_for_update()
    ).one_or_none()


def by_key(session: Session, key: str) -> Attention | None:
    """Return an entry that nobody has settled by its key, under its row lock."""
    return session.exec(
        select(Attention)
        .where(col(Attention.key) == key, col(Attention.settled_at).is_(None))
        .with_for_update()
    ).one_or_none()


def open_entries(
    session: Session, kinds: Collection[str] | None = None, *, at: str = "", size: int = paging.SIZE
) -> Page[Entry]:
    """Return a page of what nobody has settled, with its tickets, the newest first.

    Args:
        session: any.
        kinds: only these; all by default.
        at: where the page begins (`hotline.store.paging`).
        size: how many at most.
    """
    query = (
        sa.select(Attention, Ticket)
        .join(Ticket, col(Ticket.id) == col(Attention.ticket_id), isouter=True)
        .where(col(Attention.settled_at).is_(None))
    )
    if kinds is not None:
        query = query.where(col(Attention.kind).in_(list(kinds)))
    order = Order((col(Attention.raised_at), col(Attention.id)), descending=True)
    found = paging.page(session, query, order, at=at, size=size)
    return replace(found, rows=[Entry(*row) for row in found])
