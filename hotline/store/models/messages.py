"""What goes to the carrier and what comes from it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class Outgoing(Model, table=True):
    """A message or call that was promised. The row is the promise; the queue only wakes.

    It holds whom to reach (a person, the caller, an emergency service), never a number: numbers
    are read from identity at the moment of sending.
    """

    __tablename__ = "outbox"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID | None = Field(default=None, foreign_key="ticket.id")
    cause: str
    means: str
    template: str
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    audience: str
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    post: str | None = None
    service: str | None = None
    state: str = "waiting"
    attempts: int = 0
    next_try_at: datetime = Field(sa_type=UTCDateTime)
    sid: str | None = None
    fault: str | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)
    fell_back: bool = False
    channel: str | None = None


class NoticeAttempt(Model, table=True):
    """What became of one try to reach somebody by a channel of the county. Append-only."""

    __tablename__ = "notice_attempt"

    id: int | None = Field(default=None, primary_key=True)
    outbox_id: UUID = Field(foreign_key="outbox.id")
    channel: str
    at: datetime = Field(sa_type=UTCDateTime)
    state: str
    answer: str


class Inbox(Model, table=True):
    """A webhook that was answered, by the carrier's key; a repeat gets ``answer`` again."""

    __tablename__ = "inbox"

    sid: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    body_hash: str
    answer: str
    at: datetime = Field(sa_type=UTCDateTime)


class Call(Model, table=True):
    """A call that came in, and how far the talk with the machine has got (``talk``)."""

    __tablename__ = "call"

    sid: str = Field(primary_key=True)
    number_sealed: bytes | None = None
    number_hash: str | None = None
    ticket_id: UUID | None = Field(default=None, foreign_key="ticket.id")
    state: str
    talk: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    started_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    picked_by: UUID | None = Field(default=None, foreign_key="staff.id")
    line: str | None = None


class Watermark(Model, table=True):
    """How far a sweep has looked, or when an entry of the timetable last ran."""

    __tablename__ = "watermark"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
