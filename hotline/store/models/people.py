"""People and the posts they hold. A post is policy (the map); who holds it is a row."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, SQLModel

from hotline.domain.tickets import Role
from hotline.store.columns import UTCDateTime, by_value


class Staff(SQLModel, table=True):
    """A person who works on tickets. The number is sealed; `number_hash` finds it."""

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


class PostHolding(SQLModel, table=True):
    """A person holds a post from one instant to another (open: until further notice)."""

    __tablename__ = "post_holding"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    post: str
    from_at: datetime = Field(sa_type=UTCDateTime)
    until_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Leave(SQLModel, table=True):
    """A person is away; the post's stand-in (AB岗) is called instead."""

    __tablename__ = "leave"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    from_at: datetime = Field(sa_type=UTCDateTime)
    until_at: datetime = Field(sa_type=UTCDateTime)


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
