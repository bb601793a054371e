"""Ratings: the grades that callers gave, the ways to give one, and the clock of a bad one."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class Rating(Model, table=True):
    """A grade that a caller gave, on the scale on which it was given. Append-only.

    ``version`` counts the grades of a ticket: a change is another row. ``round`` is that of the
    question it belongs to, 0 where nothing was asked; ``of_fix``: it rates what was put right.
    """

    __tablename__ = "rating"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    version: int
    round: int
    scale: int
    grade: int
    by: str
    of_fix: bool = False
    text_id: UUID | None = Field(default=None, foreign_key="ticket_text.id")
    at: datetime = Field(sa_type=UTCDateTime)


class RatingInvite(Model, table=True):
    """A one-time way to rate. Without a token it is used from the number that called."""

    __tablename__ = "rating_invite"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    purpose: str
    token_hash: str | None = Field(default=None, unique=True)
    made_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RatingAttempt(Model, table=True):
    """A grade that reached a door; ``refused`` says why it was not kept. Append-only."""

    __tablename__ = "rating_attempt"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: UUID | None = Field(default=None, foreign_key="ticket.id")
    by: str
    grade: int | None = None
    scale: int | None = None
    refused: str | None = None
    synthetic: bool = False
    at: datetime = Field(sa_type=UTCDateTime)


class BadRating(Model, table=True):
    """The clock of a bad rating: the caller is rung, the fix is made, and rated.

    ``number`` counts them on a ticket; ``content``: the caller said on the telephone that nothing
    needs to be put right. Which person called or fixed is known; who rated is the caller.
    """

    __tablename__ = "bad_rating"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    rating_id: UUID = Field(foreign_key="rating.id")
    number: int
    opened_at: datetime = Field(sa_type=UTCDateTime)
    call_due_at: datetime = Field(sa_type=UTCDateTime)
    fix_due_at: datetime = Field(sa_type=UTCDateTime)
    provisional: bool = False
    tries: int = 0
    called_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    called_by: UUID | None = Field(default=None, foreign_key="staff.id")
    content: bool | None = None
    fixed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    fixed_by: UUID | None = Field(default=None, foreign_key="staff.id")
    asked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    outcome: str | None = None


class RatingProbe(Model, table=True):
    """One test of the rating door by a grade of the hotline's own; ``fault``: what it found."""

    __tablename__ = "rating_probe"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    started_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime = Field(sa_type=UTCDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    fault: str | None = None
