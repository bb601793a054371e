"""What happened, who looked, and what a supervisor must look at."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.domain.tickets import Action, Role, Status
from hotline.store.columns import UTCDateTime, by_value
from hotline.store.models.base import Model


class TicketEvent(Model, table=True):
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


class Attention(Model, table=True):
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
