"""People and the posts they hold. A post is policy (the map); who holds it is a row."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.domain.tickets import Role
from hotline.store.columns import UTCDateTime, by_value
from hotline.store.models.base import Model


class Staff(Model, table=True):
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


class StaffAddress(Model, table=True):
    """Where a person is reached on a channel: a mailbox, an account. Sealed."""

    __tablename__ = "staff_address"

    staff_id: UUID = Field(foreign_key="staff.id", primary_key=True)
    channel: str = Field(primary_key=True)
    address_sealed: bytes


class PostHolding(Model, table=True):
    """A person holds a post from one instant to another (open: until further notice)."""

    __tablename__ = "post_holding"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    post: str
    from_at: datetime = Field(sa_type=UTCDateTime)
    until_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Leave(Model, table=True):
    """A person is away; whoever is named, or the post's stand-in (AB岗), is called instead."""

    __tablename__ = "leave"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    from_at: datetime = Field(sa_type=UTCDateTime)
    until_at: datetime = Field(sa_type=UTCDateTime)
    stand_in_id: UUID | None = Field(default=None, foreign_key="staff.id")


class PasswordLink(Model, table=True):
    """An address, used once, at which somebody sets a password of their own."""

    __tablename__ = "password_link"

    token_hash: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SignIn(Model, table=True):
    """A signed-in device. Only the hash of its token is kept."""

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class SignInAttempt(Model, table=True):
    """One try to sign in; account and address stand as keyed hashes."""

    __tablename__ = "sign_in_attempt"

    id: int | None = Field(default=None, primary_key=True)
    account_hash: str
    address_hash: str
    at: datetime = Field(sa_type=UTCDateTime)
    succeeded: bool
