"""What the public doors keep: gaps on a promise, codes made anew, tries that are limited."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class TicketGap(Model, table=True):
    """Something that is missing and was promised (容缺受理); what it is stands in a text."""

    __tablename__ = "ticket_gap"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    text_id: UUID = Field(foreign_key="ticket_text.id")
    promised_by: str
    due_at: datetime = Field(sa_type=UTCDateTime)
    at: datetime = Field(sa_type=UTCDateTime)
    came_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class TicketCode(Model, table=True):
    """How often the code of a ticket was made anew; without a row, never."""

    __tablename__ = "ticket_code"

    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    generation: int
    at: datetime = Field(sa_type=UTCDateTime)


class DoorTry(Model, table=True):
    """One try at a public door; the address and the subject stand as keyed hashes.

    ``door`` is ``demand`` (the subject is a number), ``code`` (failed only; a ticket's number) or
    ``send_code`` (a ticket's number).
    """

    __tablename__ = "door_try"

    id: int | None = Field(default=None, primary_key=True)
    door: str
    address_hash: str
    subject_hash: str | None = None
    at: datetime = Field(sa_type=UTCDateTime)
