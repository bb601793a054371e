"""The one write at the end of a command: every new row of any of its tables in one statement.

This is the hot path of intake and of the clock (`docs/performance.md`): one JSON document and one
round trip, whatever the number of events, limits and messages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final, Protocol, cast
from uuid import UUID, uuid4

import orjson
import psycopg
import sqlalchemy as sa
from psycopg.types.json import Jsonb
from sqlmodel import Session, SQLModel

from hotline.domain.ledger import instant
from hotline.domain.tickets import Step
from hotline.store import plain
from hotline.store.models import (
    Attention,
    Call,
    Inbox,
    Outgoing,
    Ticket,
    TicketEvent,
    TicketIdentity,
    TicketText,
    Timer,
)
from hotline.store.plain import Plain

_OPTIONS: Final = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
# In the order in which rows may refer to each other.
_TABLES: Final = (
    Ticket,
    TicketIdentity,
    TicketText,
    TicketEvent,
    Timer,
    Outgoing,
    Call,
    Inbox,
    Attention,
)
_INTO: Final = (
    "{0}_in AS (INSERT INTO {0} SELECT * FROM "
    "jsonb_populate_recordset(NULL::{0}, (SELECT d->'{0}' FROM doc)){1})"
)
# What was there before is left as it is: the unique key makes a decision happen once, and puts a
# matter before the supervisors once.
_ONCE: Final = frozenset({str(Timer.__tablename__), str(Attention.__tablename__)})
_SEARCH_DUE: Final = "search_due"
_NAMES: Final = (*(str(table.__tablename__) for table in _TABLES), _SEARCH_DUE)
_DOCUMENT: Final = "document"


@cache
def _statement(tables: tuple[str, ...]) -> tuple[str, sa.TextClause]:
    """Return the statement that fills some tables, for the driver and for a session."""
    parts = [
        _INTO.format(table, " ON CONFLICT DO NOTHING" if table in _ONCE else "") for table in tables
    ]
    text = "WITH doc AS (SELECT CAST({0} AS jsonb) AS d), " + ", ".join(parts) + " SELECT 1"
    return text.format(f"%({_DOCUMENT})s"), sa.text(text.format(f":{_DOCUMENT}"))


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
    counted_from: datetime | None = None
    limit_code: str | None = None
    notice: int | None = None


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
    channel: str | None = None
    id: UUID = field(default_factory=uuid4)
    state: str = "waiting"
    attempts: int = 0


@dataclass(slots=True)
class ToIndex:
    """A ticket whose words or codes changed: a worker makes it findable (`store.search`)."""

    TABLE: ClassVar[str] = _SEARCH_DUE
    ticket_id: UUID


_TICKET_DEFAULTS: Final = {
    name: field.default for name, field in Ticket.model_fields.items() if not field.is_required()
}


def new_ticket(**values: object) -> Ticket:
    """Return a ticket that is being made, with the defaults of the model, for `insert`.

    It has every field of `Ticket` and can never be in a session (`hotline.store.plain`).
    """
    return plain.make(Ticket, **{**_TICKET_DEFAULTS, "id": uuid4(), **values})


# A row as its table and its values; columns that are left out become NULL.
Values = tuple[type[SQLModel], Mapping[str, Any]]
AnyRow = SQLModel | Row | Values | Mapping[str, Any]


def insert(session: Session, rows: Iterable[AnyRow]) -> None:
    """Insert new rows of any of the tables of a command, in one statement.

    Args:
        session: in the transaction of the command.
        rows: rows of this module, plain values with their table, model objects that are not in
            the session, or events as plain mappings. Making model objects is what costs here.

    Raises:
        sqlalchemy.exc.IntegrityError: the carrier's key was answered in the meantime.
    """
    document = _document(rows)
    _, statement = _statement(tuple(document))
    session.connection().execute(statement, {_DOCUMENT: _json(document)})


def insert_alone(connection: psycopg.Connection[Any], rows: Iterable[AnyRow]) -> None:
    """Insert new rows as a transaction of their own: they are durable when this returns.

    Args:
        connection: on which every statement is committed by itself (`hotline.store.alone`).
        rows: as for `insert`; all of what a command has to write.

    Raises:
        psycopg.IntegrityError: the carrier's key was answered in the meantime.
    """
    document = _document(rows)
    statement, _ = _statement(tuple(document))
    connection.execute(statement, {_DOCUMENT: _json(document)}, prepare=True)


def update(session: Session, held: Iterable[tuple[SQLModel, Sequence[object]]]) -> None:
    """Write what was changed of plain rows of one table, in one statement.

    A statement for each row would open every index of the table anew.

    Args:
        session: in the transaction that holds the rows under their locks.
        held: plain rows of one model whose key is ``id``, each with its values as they were read.
    """
    changed = [
        (
            row,
            [
                name
                for (name, value), was in zip(vars(row).items(), before, strict=True)
                if value is not was
            ],
        )
        for row, before in held
    ]
    # A row that leaves a column alone writes the value that it holds under its lock.
    columns = sorted(set().union(*(names for _, names in changed)))
    if not columns:
        return
    values = [
        {name: getattr(row, name) for name in ("id", *columns)} for row, names in changed if names
    ]
    table = cast("Plain", changed[0][0]).TABLE
    settings = ", ".join(f"{name} = d.{name}" for name in columns)
    statement = (
        f"UPDATE {table} t SET {settings} FROM"  # noqa: S608  names of our own columns
        f" jsonb_populate_recordset(NULL::{table}, %(rows)s::jsonb) AS d WHERE t.id = d.id"
    )
    driver = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    # Planned anew each time: a plan that was kept since the table was small would read all of it.
    driver.execute(statement, {"rows": _json(values)}, prepare=False)


def _document(rows: Iterable[AnyRow]) -> dict[str, list[object]]:
    """Return the rows by table."""
    document: dict[str, list[object]] = {}
    for row in rows:
        table, values = _values(row)
        document.setdefault(table, []).append(values)
    return {name: document[name] for name in _NAMES if name in document}


def _values(row: AnyRow) -> tuple[str, object]:
    if isinstance(row, Plain):
        return row.TABLE, vars(row)
    if isinstance(row, SQLModel):
        return str(type(row).__tablename__), dict(row)
    if isinstance(row, tuple):
        return str(row[0].__tablename__), row[1]
    if isinstance(row, Mapping):
        return str(TicketEvent.__tablename__), row
    return row.TABLE, row


def _json(values: object) -> Jsonb:
    return Jsonb(values, _encoded)


def _encoded(values: object) -> bytes:
    # Bytes, as they are sent: as text, a batch with Chinese in it takes twice as much.
    return orjson.dumps(values, _plain, _OPTIONS)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)  # which refuses one without a zone
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"{type(value).__name__} is no column of ours")
