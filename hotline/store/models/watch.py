"""The watch over the hotline itself: rounds of the auditor, beats of the processes, probes."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field

from hotline.domain.tickets import Step
from hotline.store.columns import UTCDateTime, by_value
from hotline.store.models.base import Model


class AuditRound(Model, table=True):
    """One look at every live chain: how many tickets, and how many limits were not running.

    ``last_id`` is how far it has come; at most one round has not ended.
    """

    __tablename__ = "audit_round"

    number: int | None = Field(default=None, primary_key=True)
    started_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_id: UUID
    tickets: int = 0
    found: int = 0


class Heartbeat(Model, table=True):
    """When a process of ours last said that it lives; ``instance`` tells several apart."""

    __tablename__ = "heartbeat"

    process: str = Field(primary_key=True)
    instance: str = Field(primary_key=True)
    started_at: datetime = Field(sa_type=UTCDateTime)
    at: datetime = Field(sa_type=UTCDateTime)


class RestoredLimit(Model, table=True):
    """A limit that the auditor found missing and set again, in which round; append-only."""

    __tablename__ = "restored_limit"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    round: int = Field(foreign_key="audit_round.number")
    ticket_id: UUID = Field(foreign_key="ticket.id")
    subject_id: UUID
    step: Step = Field(sa_type=by_value(Step))
    due_at: datetime = Field(sa_type=UTCDateTime)
    at: datetime = Field(sa_type=UTCDateTime)


class ProbeRun(Model, table=True):
    """A test demand from outside: by which way it came, when it was back, whether in time.

    ``at``: when it came in, or when it was given up if it never did (then without a ticket).
    ``ok`` is ``None`` while it is on its way; ``fault`` is a code.
    """

    __tablename__ = "probe_run"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
    way: str = "web"
    ticket_id: UUID | None = Field(default=None, foreign_key="ticket.id", unique=True)
    limit_ms: int
    back_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ok: bool | None = None
    took_ms: int | None = None
    fault: str | None = None
