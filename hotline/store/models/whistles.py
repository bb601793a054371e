"""Whistles: records of their own beside the ticket."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from hotline.store.columns import UTCDateTime


class Whistle(SQLModel, table=True):
    """An officer called units in (吹哨); it ends when the whistler says so."""

    __tablename__ = "whistle"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    kind: str
    raised_by: UUID = Field(foreign_key="staff.id")
    reason_id: UUID = Field(foreign_key="ticket_text.id")
    raised_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class WhistleParty(SQLModel, table=True):
    """One unit that was called, and how far it came: called, acknowledged, arrived, done.

    ``rung`` is the highest rung of the ladder that was told; ``generation`` counts the steps up,
    ``reminders`` those that told the last rung again. ``told_posts``: the posts of the rungs that
    were told; who holds one sees the call and acts on it.
    """

    __tablename__ = "whistle_party"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    whistle_id: UUID = Field(foreign_key="whistle.id")
    ticket_id: UUID = Field(foreign_key="ticket.id")
    unit: str
    post: str
    state: str = "called"
    rung: str
    generation: int = 0
    reminders: int = 0
    called_at: datetime = Field(sa_type=UTCDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    acknowledged_by: UUID | None = Field(default=None, foreign_key="staff.id")
    arrived_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    refused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    told_posts: list[str] = Field(default_factory=list, sa_type=JSONB)
