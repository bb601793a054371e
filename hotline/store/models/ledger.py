"""What happened, who looked, and what a supervisor must look at."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from hotline.domain.tickets import Action, Role, Status
from hotline.store.columns import UTCDateTime, by_value


class TicketEvent(SQLModel, table=True):
    """One thing that happened to a ticket. Rows are added, never changed or deleted.

    ``body`` is the canonical JSON that ``hash`` covers (`hotline.domain.ledger`); the other
    columns repeat parts of it for queries, and `hotline audit verify` compares them.
    """

    __tablename__ = "ticket_event"

    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    seq: int = Field(primary_key=True)
    action: Action = Field(sa_type=by_value(Action))
    status: Status = Field(sa_type=by_value(Status))
    role: Role = Field(sa_type=by_value(Role))
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    body: str
    previous: str
    hash: str


class LedgerRoot(SQLModel, table=True):
    """A signed root over the chain heads that changed since the root before, and the views.

    ``views_hash`` chains the access log in batches; it stays as it was where nobody looked.
    """

    __tablename__ = "ledger_root"

    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
    previous: str
    heads: int
    views: int
    views_hash: str
    root: str
    signature: str


class LedgerHead(SQLModel, table=True):
    """The head of one ticket's chain that a root covers. Rows are added, never changed."""

    __tablename__ = "ledger_head"

    root: int = Field(foreign_key="ledger_root.number", primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    seq: int
    hash: str


class LedgerView(SQLModel, table=True):
    """Which root covers a view of an identity. Rows are added, never changed."""

    __tablename__ = "ledger_view"

    view_id: UUID = Field(foreign_key="identity_view.id", primary_key=True)
    root: int = Field(foreign_key="ledger_root.number")


class IdentityView(SQLModel, table=True):
    """Somebody looked at who the caller is. Rows are added, never changed or deleted.

    ``reason`` is a code (`services.proof.identity.REASONS`), never words: none can be redacted.
    """

    __tablename__ = "identity_view"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    staff_id: UUID = Field(foreign_key="staff.id")
    what: str
    at: datetime = Field(sa_type=UTCDateTime)
    reason: str | None = None


class Attention(SQLModel, table=True):
    """Something that a supervisor must look at; ``key`` keeps it from being raised twice."""

    __tablename__ = "attention"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID | None = Field(default=None, foreign_key="ticket.id")
    kind: str
    key: str = Field(unique=True)
    facts: dict[str, Any] = Field(sa_type=JSONB)
    raised_at: datetime = Field(sa_type=UTCDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    settled_by: UUID | None = Field(default=None, foreign_key="staff.id")


class LedgerCheck(SQLModel, table=True):
    """The ledger verified for a supervisor: who asked, how far it has come, what was found.

    Chains first (``after_ticket``), then roots with their files (``after_root``, and what the root
    before said); ``faults`` are at most 1,000 of ``[where, event, what]``.
    """

    __tablename__ = "ledger_check"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    asked_by: UUID | None = Field(default=None, foreign_key="staff.id")
    asked_at: datetime = Field(sa_type=UTCDateTime)
    after_ticket: UUID | None = None
    after_root: int | None = None
    previous: str | None = None
    views_hash: str | None = None
    tickets: int = 0
    events: int = Field(default=0, sa_type=sa.BigInteger)
    roots: int = 0
    views: int = Field(default=0, sa_type=sa.BigInteger)
    faults: list[list[Any]] = Field(default_factory=list, sa_type=JSONB)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Erasure(SQLModel, table=True):
    """What was erased in one go because its time was over. Rows are added, never changed.

    ``until`` is up to when it was kept long enough; ``tickets`` and ``entries`` are counts.
    """

    __tablename__ = "erasure"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: str
    until: datetime = Field(sa_type=UTCDateTime)
    tickets: int
    entries: int
    at: datetime = Field(sa_type=UTCDateTime)
