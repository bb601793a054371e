"""The one look and the one write that take a demand in.

This is the hot path (`docs/performance.md`): a round trip says all that rows know about a message,
another writes every row of a new ticket, whatever the number of events, limits and messages.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from hotline.domain.ledger import instant
from hotline.store.models import (
    Call,
    Inbox,
    Outgoing,
    Ticket,
    TicketEvent,
    TicketIdentity,
    TicketText,
    Timer,
)

_TABLES: Final = (Ticket, TicketIdentity, TicketText, TicketEvent, Timer, Outgoing, Call, Inbox)
_INTO: Final = (
    "{0}_in AS (INSERT INTO {0} SELECT * FROM "
    "jsonb_populate_recordset(NULL::{0}, (SELECT d->'{0}' FROM doc)))"
)
_INSERT: Final = sa.text(
    "WITH doc AS (SELECT CAST(:document AS jsonb) AS d), "
    + ", ".join(_INTO.format(table.__tablename__) for table in _TABLES)
    + " SELECT 1"
)

_GLANCE: Final = sa.text(
    "SELECT hotline_now(), i.answer, i.body_hash, has_open, CASE WHEN i.sid IS NULL AND"
    " NOT has_open THEN nextval('ticket_number_seq') END FROM (SELECT EXISTS (SELECT FROM"
    " ticket_identity d JOIN ticket t ON t.id = d.ticket_id WHERE d.number_hash = ANY(:hashes)"
    " AND t.status <> 'answered') AS has_open) o"
    " LEFT JOIN inbox i ON i.sid = :sid AND i.step = :step"
)


class Glance(NamedTuple):
    """What rows say about a message that came in.

    ``answer`` and ``body_hash`` are those of the same message, if it came before. ``has_open``:
    the sender has tickets to speak about. ``sequence`` is drawn for what can only be a new demand.
    """

    now: datetime
    answer: str | None
    body_hash: str | None
    has_open: bool
    sequence: int | None


def glance(session: Session, sid: str, step: str, hashes: Sequence[str]) -> Glance:
    """Return the time, the earlier answer to a message, and what is known of its sender."""
    found = session.connection().execute(
        _GLANCE, {"sid": sid, "step": step, "hashes": list(hashes)}
    )
    return Glance(*found.one())


def insert(session: Session, rows: Iterable[SQLModel | Mapping[str, Any]]) -> None:
    """Insert the rows of one intake, of any of its tables, in one statement.

    Args:
        session: in the transaction of the intake.
        rows: model objects that are not in the session, or events as plain mappings.

    Raises:
        sqlalchemy.exc.IntegrityError: the carrier's key was answered in the meantime.
    """
    document: dict[str, list[dict[str, Any]]] = {str(t.__tablename__): [] for t in _TABLES}
    for row in rows:
        if isinstance(row, SQLModel):
            document[str(type(row).__tablename__)].append(dict(row))
        else:
            document["ticket_event"].append(dict(row))
    text = json.dumps(document, ensure_ascii=False, default=_plain)
    session.connection().execute(_INSERT, {"document": text})


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, datetime):
        return instant(value)
    raise TypeError(f"{type(value).__name__} is no column of an intake")
