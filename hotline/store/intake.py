"""The one write that takes a demand in: every row of a new ticket in a single statement.

This is the hot path (`docs/performance.md`): one JSON document, one round trip, whatever the
number of events, limits and messages that the new ticket starts with.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
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
