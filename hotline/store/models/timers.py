"""Limits that are running."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field

from hotline.domain.tickets import Step
from hotline.store.columns import UTCDateTime, by_value
from hotline.store.models.base import Model


class Timer(Model, table=True):
    """One limit of one subject (a ticket or a whistle's party).

    ``due_at`` is the limit itself and never moves; ``fire_at`` is the next try, later only when
    a try has failed. The unique key (subject, step, generation) makes a step happen once.
    ``counted_from`` and ``limit_code`` say what ``due_at`` was counted from; ``notice`` by which
    state of the calendar, of working time only.
    """

    __tablename__ = "timer"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    subject_id: UUID
    step: Step = Field(sa_type=by_value(Step))
    generation: int = 0
    due_at: datetime = Field(sa_type=UTCDateTime)
    fire_at: datetime = Field(sa_type=UTCDateTime)
    state: str = "waiting"
    attempts: int = 0
    fault: str | None = None
    counted_from: datetime | None = Field(default=None, sa_type=UTCDateTime)
    limit_code: str | None = None
    notice: int | None = None
