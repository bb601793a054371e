"""Duty lists, swaps and feeds, and what was uploaded and changed about people."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.domain.roster import DutyKind
from hotline.domain.tickets import Role
from hotline.store.columns import UTCDateTime, by_value
from hotline.store.models.base import Model


class Duty(Model, table=True):
    """A line of a duty list (值班表): for a while one person answers for a post."""

    __tablename__ = "duty"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    post: str
    staff_id: UUID = Field(foreign_key="staff.id")
    from_at: datetime = Field(sa_type=UTCDateTime)
    until_at: datetime = Field(sa_type=UTCDateTime)
    kind: DutyKind = Field(default=DutyKind.SHIFT, sa_type=by_value(DutyKind))
    batch: UUID | None = None


class DutySwap(Model, table=True):
    """Somebody asks a colleague to take a line of a duty list, for one of theirs or for nothing."""

    __tablename__ = "duty_swap"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    duty_id: UUID = Field(foreign_key="duty.id", ondelete="CASCADE")
    in_return_id: UUID | None = Field(default=None, foreign_key="duty.id", ondelete="CASCADE")
    asked_by: UUID = Field(foreign_key="staff.id")
    asked_of: UUID = Field(foreign_key="staff.id")
    asked_at: datetime = Field(sa_type=UTCDateTime)
    state: str = "asked"
    answered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RosterFeed(Model, table=True):
    """The secret address of a person's own calendar. Only the hash of its token is kept."""

    __tablename__ = "roster_feed"

    token_hash: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)


class StaffUpload(Model, table=True):
    """A staff list that was looked at and not yet applied; sealed: it holds numbers."""

    __tablename__ = "staff_upload"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    name: str
    content_sealed: bytes
    at: datetime = Field(sa_type=UTCDateTime)


class StaffChange(Model, table=True):
    """What somebody changed about people, before and after. Append-only."""

    __tablename__ = "staff_change"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
    actor: str
    role: Role = Field(sa_type=by_value(Role))
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    post: str | None = None
    what: str
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
