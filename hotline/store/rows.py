"""The one write at the end of a command: every new row of any of its tables in one statement.

This is the hot path of intake and of the clock (`docs/performance.md`): one JSON document and one
round trip, whatever the number of events, limits and messages.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from hotline.domain.ledger import instant
from hotline.domain.tickets import Step
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
    "jsonb_populate_recordset(NULL::{0}, (SELECT d->'{0}' FROM doc)){1})"
)
# A limit that was set before is left as it is: the unique key makes every decision happen once.
_INSERT: Final = sa.text(
    "WITH doc AS (SELECT CAST(:document AS jsonb) AS d), "
    + ", ".join(
        _INTO.format(table.__tablename__, " ON CONFLICT DO NOTHING" if table is Timer else "")
        for table in _TABLES
    )
    + " SELECT 1"
)


class Row(Protocol):
    """A row to be written that is not (and need not be) an object of the session."""

    TABLE: ClassVar[str]


@dataclass(slots=True)
class NewTimer:
    """A limit to be set; the fields are those of `hotline.store.models.Timer`."""

    TABLE: ClassVar[str] = str(Timer.__tablename__)
    ticket_id: UUID
    subject_id: UUID
    step: Step
    generation: int
    due_at: datetime
    fire_at: datetime
    id: UUID = field(default_factory=uuid4)
    state: str = "waiting"
    attempts: int = 0


@dataclass(slots=True)
class Promise:
    """A message or call to be promised; the fields are those of `hotline.store.models.Outgoing`."""

    TABLE: ClassVar[str] = str(Outgoing.__tablename__)
    ticket_id: UUID | None
    cause: str
    means: str
    template: str
    params: Mapping[str, str]
    audience: str
    next_try_at: datetime
    created_at: datetime
    changed_at: datetime
    staff_id: UUID | None = None
    post: str | None = None
    service: str | None = None
    fell_back: bool = False
    id: UUID = field(default_factory=uuid4)
    state: str = "waiting"
    attempts: int = 0


# A row as its table and its values; columns that are left out become NULL.
Plain = tuple[type[SQLModel], Mapping[str, Any]]


def insert(session: Session, rows: Iterable[SQLModel | Row | Plain | Mapping[str, Any]]) -> None:
    """Insert new rows of any of the tables of a command, in one statement.

    Args:
        session: in the transaction of the command.
        rows: rows of this module, plain values with their table, model objects that are not in
            the session, or events as plain mappings. Making model objects is what costs here.

    Raises:
        sqlalchemy.exc.IntegrityError: the carrier's key was answered in the meantime.
    """
    document: dict[str, list[Mapping[str, Any]]] = {str(t.__tablename__): [] for t in _TABLES}
    for row in rows:
        if isinstance(row, SQLModel):
            document[str(type(row).__tablename__)].append(dict(row))
        elif isinstance(row, tuple):
            document[str(row[0].__tablename__)].append(row[1])
        elif isinstance(row, Mapping):
            document[str(TicketEvent.__tablename__)].append(row)
        else:
            document[row.TABLE].append({name: getattr(row, name) for name in row.__slots__})  # type: ignore[attr-defined]
    text = json.dumps(document, ensure_ascii=False, default=_plain)
    session.connection().execute(_INSERT, {"document": text})


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, datetime):
        return instant(value)
    raise TypeError(f"{type(value).__name__} is no column of ours")
