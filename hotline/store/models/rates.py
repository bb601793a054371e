"""What each ticket counts for, and the sums: both can be made again from the ledger."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class TicketFact(Model, table=True):
    """What one ticket counts for (`hotline.domain.rates.Fact`), as of its event ``seq``."""

    __tablename__ = "ticket_fact"

    ticket_id: UUID = Field(foreign_key="ticket.id", primary_key=True)
    seq: int
    received_at: datetime = Field(sa_type=UTCDateTime)
    day: date
    grid: str | None = None
    town: str | None = None
    unit: str | None = None
    post: str | None = None
    class_code: str | None = None
    line: str
    status: str
    judged: int
    met: int
    grade: int | None = None
    scale: int = 5
    citizen_s: int | None = None
    unit_s: int | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RateCell(Model, table=True):
    """The sums over the tickets received in one day or month, for one key of one dimension.

    ``*_n`` is the numerator and ``*_d`` the denominator of a measure; ``grade_1`` to ``grade_5``
    count grades of five, ``four_1`` to ``four_4``
    grades of four, each on its own scale; ``gap_s`` sums the seconds that the citizen's clock ran
    longer than the unit's, over ``gap_d`` tickets.
    """

    __tablename__ = "rate_cell"

    dimension: str = Field(primary_key=True)
    grain: str = Field(primary_key=True)
    start: date = Field(primary_key=True)
    key: str = Field(primary_key=True)
    tickets: int
    response_n: int
    response_d: int
    claimed_n: int
    claimed_d: int
    confirmed_n: int
    confirmed_d: int
    solved_n: int
    solved_d: int
    solved_known_n: int
    solved_known_d: int
    reach_n: int
    reach_d: int
    satisfied_n: int
    satisfied_d: int
    graded_n: int
    graded_d: int
    on_time_n: int
    on_time_d: int
    once_n: int
    once_d: int
    redo_n: int
    redo_d: int
    returned_n: int
    returned_d: int
    overturned_n: int
    overturned_d: int
    recurred_7_n: int
    recurred_7_d: int
    recurred_30_n: int
    recurred_30_d: int
    unreached_n: int
    unreached_d: int
    excluded_n: int
    excluded_d: int
    misdispatched_n: int
    misdispatched_d: int
    long_term_n: int
    long_term_d: int
    final_n: int
    final_d: int
    grade_1: int
    grade_2: int
    grade_3: int
    grade_4: int
    grade_5: int
    gap_s: int
    gap_d: int
    satisfied_four_n: int
    satisfied_four_d: int
    graded_four_n: int
    graded_four_d: int
    four_1: int
    four_2: int
    four_3: int
    four_4: int
    discredited_n: int
    discredited_d: int
    withdrawn_n: int
    withdrawn_d: int


class RateRebuild(Model, table=True):
    """How far a count from the beginning has come; there is at most one row."""

    __tablename__ = "rate_rebuild"

    id: int = Field(default=1, primary_key=True)
    last_id: UUID | None = None
    done: int = 0
    total: int
    started_at: datetime = Field(sa_type=UTCDateTime)
