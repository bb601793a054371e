"""Hearings of the panel over disputes."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class Hearing(Model, table=True):
    """A dispute before the panel (确责); ``lead`` is the unit that it named."""

    __tablename__ = "hearing"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    opened_at: datetime = Field(sa_type=UTCDateTime)
    ruled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ruled_by: UUID | None = Field(default=None, foreign_key="staff.id")
    lead: str | None = None


class HearingParty(Model, table=True):
    """A unit that the panel hears; ``returned``: it returned the ticket itself."""

    __tablename__ = "hearing_party"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    hearing_id: UUID = Field(foreign_key="hearing.id")
    ticket_id: UUID = Field(foreign_key="ticket.id")
    unit: str
    post: str
    returned: bool
    heard_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
