"""The ticket as it stands now, and what hangs on it. Its history is in `TicketEvent`."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.domain.tickets import Shield, Status
from hotline.store.columns import IntegerArray, UTCDateTime, by_value
from hotline.store.models.base import Model


class Ticket(Model, table=True):
    """A caller's request (工单). Changed only by `hotline.work.Work` under its row lock.

    ``due_at`` is the unit's clock; the citizen's clock runs from ``received_at`` and never stops.
    ``version`` grows with every change that a screen must not overlook; ``event_seq`` with
    every event. ``lead_id`` is the ticket that carries the handling of a merged one (并案);
    ``members`` counts, on that ticket, what was merged into it. ``shield`` is
    ``confidential`` or ``anonymous`` where the caller wished so;
    ``first_asked`` is whoever took the demand first (首问负责). ``rooted_seq`` and
    ``counted_seq`` say up to which event it is sealed and counted. ``synthetic`` marks a test
    demand of our own (a prober's): it takes the way of every other one, and is in no list, no
    rate and on nobody's telephone. ``supervised`` says how closely people watch it, ``alert``
    how far the limit of its result has come (`hotline.domain.supervision`), ``urged`` how often
    supervisors have urged it on (催办).
    """

    __tablename__ = "ticket"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(unique=True)
    status: Status = Field(sa_type=by_value(Status))
    channel: str
    line: str
    class_code: str | None = None
    grid: str | None = None
    town: str | None = None
    unit: str | None = None
    post: str | None = None
    officer_id: UUID | None = Field(default=None, foreign_key="staff.id")
    urgent: bool = False
    supervised: int = 0
    triage_reason: str | None = None
    rung: str = "grid"
    routing: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    map_version: str
    received_at: datetime = Field(sa_type=UTCDateTime)
    dispatched_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    contacted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    due_provisional: bool = False
    submitted_by: UUID | None = Field(default=None, foreign_key="staff.id")
    submitted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    returns: int = 0
    redos: int = 0
    extensions: int = 0
    lead_id: UUID | None = Field(default=None, foreign_key="ticket.id")
    members: int = 0
    version: int = 1
    event_seq: int = 0
    head_hash: str
    last_event_at: datetime = Field(sa_type=UTCDateTime)
    rooted_seq: int = 0
    shield: str | None = None
    window_id: str | None = None
    first_asked: UUID | None = Field(default=None, foreign_key="staff.id")
    counted_seq: int = 0
    synthetic: bool = False
    alert: int = 0
    urged: int = 0

    @property
    def confidential(self) -> bool:
        """Whether nobody but the hotline may learn who called."""
        return self.shield == Shield.CONFIDENTIAL


class TicketIdentity(Model, table=True):
    """Who called, apart from what was said; each field sealed, the number found by its hash."""

    __tablename__ = "ticket_identity"

    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    number_sealed: bytes | None = None
    number_hash: str | None = None
    name_sealed: bytes | None = None
    address_sealed: bytes | None = None
    found_sealed: bytes | None = None
    erased_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class TicketText(Model, table=True):
    """Words on a ticket. They can be redacted; the chain keeps only their salted hash."""

    __tablename__ = "ticket_text"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    kind: str
    salt: str
    body: str
    at: datetime = Field(sa_type=UTCDateTime)
    redacted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Media(Model, table=True):
    """A photo or a recording. The original lies sealed in the media folder under its hash.

    ``sid`` is the carrier's name of a recording, so that none is fetched twice; ``hashed_at`` is
    when a worker looked at what a photo shows.
    """

    __tablename__ = "media"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    purpose: str
    sha256: str
    kind: str
    size: int
    width: int | None = None
    height: int | None = None
    at: datetime = Field(sa_type=UTCDateTime)
    by: UUID | None = Field(default=None, foreign_key="staff.id")
    sid: str | None = Field(default=None, unique=True)
    erased_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    hashed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Ask(Model, table=True):
    """The question put to the caller after a submission: whether it is solved, how satisfied.

    ``grade`` is 5 (非常满意) to 1 (非常不满意), the five national grades.
    """

    __tablename__ = "ask"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    round: int
    token_hash: str | None = Field(default=None, unique=True)
    tries: int = 0
    asked_at: datetime = Field(sa_type=UTCDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    answered_by: str | None = None
    solved: bool | None = None
    grade: int | None = None


class Command(Model, table=True):
    """A command from the field under the device's own key; a repeat gets ``answer`` again."""

    __tablename__ = "command"

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    ticket_id: UUID = Field(foreign_key="ticket.id")
    action: str
    body_hash: str
    answer: dict[str, Any] = Field(sa_type=JSONB)
    seen_version: int | None = None
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    at: datetime = Field(sa_type=UTCDateTime)


class TicketSearch(Model, table=True):
    """What a ticket is found by (`hotline.domain.terms`): derived, it may be made again.

    ``received_at`` is the ticket's, so that the newest come first without a look at the ticket.
    """

    __tablename__ = "ticket_search"

    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    received_at: datetime = Field(sa_type=UTCDateTime)
    terms: list[int] = Field(sa_type=IntegerArray)
