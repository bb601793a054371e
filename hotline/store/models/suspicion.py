"""How photos look, claims of closure, what signals said of them, and flags."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.domain.suspicion.facts import Likeness
from hotline.domain.suspicion.frame import FlagState, Grounds, Group, Signal
from hotline.store.columns import UTCDateTime, by_value
from hotline.store.models.base import Model


class PhotoLooks(Model, table=True):
    """How a photo looks (`hotline.photos.hashes`); ``number`` grows in the order of commits."""

    __tablename__ = "photo_looks"

    number: int = Field(sa_type=sa.BigInteger, primary_key=True)
    media_id: UUID = Field(foreign_key="media.id", unique=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    at: datetime = Field(sa_type=UTCDateTime)
    sha256: str
    phash: bytes
    pdq: bytes
    quality: int


class PhotoTwinRow(Model, table=True):
    """A photo and an earlier one that is the same picture."""

    __tablename__ = "photo_twin"

    media_id: UUID = Field(foreign_key="media.id", primary_key=True)
    other_id: UUID = Field(foreign_key="media.id", primary_key=True)
    likeness: Likeness = Field(sa_type=by_value(Likeness))
    bits: int


class Submission(Model, table=True):
    """A claim of closure as it was made: what signals judge, and rates count.

    ``judged_by`` is the version of the rules that judged it last; ``discredited_at`` is when a
    ruling took its credit as a closure away.
    """

    __tablename__ = "submission"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    round: int
    at: datetime = Field(sa_type=UTCDateTime)
    done_at: datetime = Field(sa_type=UTCDateTime)
    by: UUID | None = Field(default=None, foreign_key="staff.id")
    unit: str | None = None
    class_code: str | None = None
    grid: str | None = None
    words: int
    written: int
    visited: bool
    photo_ids: list[str] = Field(default_factory=list, sa_type=JSONB)
    text_id: UUID | None = Field(default=None, foreign_key="ticket_text.id")
    limit_from: datetime | None = Field(default=None, sa_type=UTCDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    judged_by: str | None = None
    discredited_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SuspicionRow(Model, table=True):
    """What a signal said of a claim under one version of the rules."""

    __tablename__ = "suspicion"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    submission_id: UUID = Field(foreign_key="submission.id")
    ticket_id: UUID = Field(foreign_key="ticket.id")
    round: int
    signal: Signal = Field(sa_type=by_value(Signal))
    rules: str
    group_name: Group = Field(sa_type=by_value(Group))
    strength: int
    rows: list[dict[str, Any]] = Field(sa_type=JSONB)
    innocent: str
    at: datetime = Field(sa_type=UTCDateTime)


class FlagRow(Model, table=True):
    """A claim that a supervisor should look at, the unit's answer, and the ruling."""

    __tablename__ = "flag"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    submission_id: UUID = Field(foreign_key="submission.id", unique=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    round: int
    rules: str
    grounds: Grounds = Field(sa_type=by_value(Grounds))
    strength: int
    state: FlagState = Field(sa_type=by_value(FlagState))
    raised_at: datetime = Field(sa_type=UTCDateTime)
    answer_due_at: datetime = Field(sa_type=UTCDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    answered_by: UUID | None = Field(default=None, foreign_key="staff.id")
    answer_id: UUID | None = Field(default=None, foreign_key="ticket_text.id")
    ruled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ruled_by: UUID | None = Field(default=None, foreign_key="staff.id")
    ruling_id: UUID | None = Field(default=None, foreign_key="ticket_text.id")
