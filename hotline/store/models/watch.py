"""The watch over the hotline itself: rounds of the auditor, beats of the processes, probes."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field

from hotline.store.columns import UTCDateTime
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


class ProbeRun(Model, table=True):
    """A test demand from outside, and whether it came back in time; ``fault`` is a code."""

    __tablename__ = "probe_run"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
    ok: bool
    took_ms: int
    fault: str | None = None
