"""People and the posts they hold. A post is policy (the map); who holds it is a row."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from hotline.domain.roster import DutyKind
from hotline.domain.tickets import Role
from hotline.store.columns import UTCDateTime, by_value


class Staff(SQLModel, table=True):
    """A person who works on tickets. The number is sealed; `number_hash` finds it.

    ``channels``: by which channels of the county the person is told, in this order; the carrier's
    message comes after them.
    """

    __tablename__ = "staff"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    login: str = Field(unique=True)
    name: str
    role: Role = Field(sa_type=by_value(Role))
    unit: str
    number_sealed: bytes | None = None
    number_hash: str | None = None
    password_hash: str
    active: bool = True
    created_at: datetime = Field(sa_type=UTCDateTime)
    channels: list[str] = Field(default_factory=list, sa_type=JSONB)


class StaffAddress(SQLModel, table=True):
    """Where a person is reached on a channel: a mailbox, an account. Sealed."""

    __tablename__ = "staff_address"

    staff_id: UUID = Field(foreign_key="staff.id", primary_key=True)
    channel: str = Field(primary_key=True)
    address_sealed: bytes


class PostHolding(SQLModel, table=True):
    """A person holds a post from one instant to another (open: until further notice)."""

    __tablename__ = "post_holding"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    post: str
    from_at: datetime = Field(sa_type=UTCDateTime)
    until_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Leave(SQLModel, table=True):
    """A person is away; whoever is named, or the post's stand-in (AB岗), is called instead."""

    __tablename__ = "leave"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    from_at: datetime = Field(sa_type=UTCDateTime)
    until_at: datetime = Field(sa_type=UTCDateTime)
    stand_in_id: UUID | None = Field(default=None, foreign_key="staff.id")


class Duty(SQLModel, table=True):
    """A line of a duty list (值班表): for a while one person answers for a post."""

    __tablename__ = "duty"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    post: str
    staff_id: UUID = Field(foreign_key="staff.id")
    from_at: datetime = Field(sa_type=UTCDateTime)
    until_at: datetime = Field(sa_type=UTCDateTime)
    kind: DutyKind = Field(default=DutyKind.SHIFT, sa_type=by_value(DutyKind))
    batch: UUID | None = None


class DutySwap(SQLModel, table=True):
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


class RosterFeed(SQLModel, table=True):
    """The secret address of a person's own calendar. Only the hash of its token is kept."""

    __tablename__ = "roster_feed"

    token_hash: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)


class PasswordLink(SQLModel, table=True):
    """An address, used once, at which somebody sets a password of their own."""

    __tablename__ = "password_link"

    token_hash: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class StaffUpload(SQLModel, table=True):
    """A staff list that was looked at and not yet applied; sealed: it holds numbers."""

    __tablename__ = "staff_upload"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    name: str
    content_sealed: bytes
    at: datetime = Field(sa_type=UTCDateTime)


class StaffChange(SQLModel, table=True):
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


class SignIn(SQLModel, table=True):
    """A signed-in device. Only the hash of its token is kept."""

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class SignInAttempt(SQLModel, table=True):
    """One try to sign in; account and address stand as keyed hashes."""

    __tablename__ = "sign_in_attempt"

    id: int | None = Field(default=None, primary_key=True)
    account_hash: str
    address_hash: str
    at: datetime = Field(sa_type=UTCDateTime)
    succeeded: bool
