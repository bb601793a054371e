"""Roots over the ledger, who looked at callers, what was verified and what was erased."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class LedgerRoot(Model, table=True):
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


class LedgerHead(Model, table=True):
    """The head of one ticket's chain that a root covers. Rows are added, never changed."""

    __tablename__ = "ledger_head"

    root: int = Field(foreign_key="ledger_root.number", primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    seq: int
    hash: str


class LedgerView(Model, table=True):
    """Which root covers a view of an identity. Rows are added, never changed."""

    __tablename__ = "ledger_view"

    view_id: UUID = Field(foreign_key="identity_view.id", primary_key=True)
    root: int = Field(foreign_key="ledger_root.number")


class IdentityView(Model, table=True):
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


class LedgerCheck(Model, table=True):
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


class Erasure(Model, table=True):
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
