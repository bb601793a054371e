"""Draws of callers whom a person asks: what they were made from, who asked, what came of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.domain.sampling import Outcome, Why
from hotline.store.columns import UTCDateTime, by_value
from hotline.store.models.base import Model


class SampleDraw(Model, table=True):
    """One draw, from the claims of one county day. Rows are added, never changed.

    ``rules`` is what the map said then, with the method's name and the map's version; with the
    ``seed`` and the members it gives the same tickets again.
    """

    __tablename__ = "sample_draw"

    number: int = Field(primary_key=True)
    day: date = Field(unique=True)
    from_at: datetime = Field(sa_type=UTCDateTime)
    until_at: datetime = Field(sa_type=UTCDateTime)
    drawn_at: datetime = Field(sa_type=UTCDateTime)
    seed: str
    rules: dict[str, Any] = Field(sa_type=JSONB)
    framed: int
    drawn: int


class SampleMember(Model, table=True):
    """A claim that a draw was made from, as it stood then; ``why`` where it was drawn."""

    __tablename__ = "sample_member"

    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    draw: int = Field(foreign_key="sample_draw.number")
    received_on: date
    town: str | None = None
    kind: str | None = None
    why: Why | None = Field(default=None, sa_type=by_value(Why))


class SampleCall(Model, table=True):
    """Who asks about a drawn ticket by when, how often they tried, and what came of it.

    ``lot`` grows with each lot that is cast; ``turn`` counts the lots of this ticket. Nobody may
    have been there to choose: ``verifier`` is ``None`` then.
    """

    __tablename__ = "sample_call"

    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    draw: int = Field(foreign_key="sample_draw.number")
    lot: int = Field(unique=True)
    why: Why = Field(sa_type=by_value(Why))
    unit: str | None = None
    verifier: UUID | None = Field(default=None, foreign_key="staff.id")
    turn: int = 0
    assigned_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime = Field(sa_type=UTCDateTime)
    tries: int = 0
    tried_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    outcome: Outcome | None = Field(default=None, sa_type=by_value(Outcome))
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SampleCell(Model, table=True):
    """A stratum: the claims received in one day or month, and what became of the drawn ones."""

    __tablename__ = "sample_cell"

    grain: str = Field(primary_key=True)
    start: date = Field(primary_key=True)
    town: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    must: bool = Field(primary_key=True)
    framed: int
    drawn: int
    solved: int
    unsolved: int
    unreached: int
