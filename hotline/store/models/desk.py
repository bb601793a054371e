"""What the operators' desk holds besides tickets: who is looking at what, and hand-overs."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class Presence(Model, table=True):
    """Somebody has a ticket's page open; counts while ``seen_at`` is fresh."""

    __tablename__ = "presence"

    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", primary_key=True)
    since: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)


class Handover(Model, table=True):
    """What one shift left to the next (交接班), as it stood then, and who took it over.

    ``facts`` holds ticket numbers by what they wait for, never what callers said.
    """

    __tablename__ = "handover"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    from_id: UUID = Field(foreign_key="staff.id")
    at: datetime = Field(sa_type=UTCDateTime)
    notes: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    to_id: UUID | None = Field(default=None, foreign_key="staff.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
