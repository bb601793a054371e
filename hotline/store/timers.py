"""Rows of running limits: set, cancelled, taken when due."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from hotline.domain.tickets import Step
from hotline.store import plain
from hotline.store.alone import alone
from hotline.store.models import Ticket, Timer

# How long a step that failed waits for its next try: 5 s, 10 s, 20 s … at most an hour.
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=1)
_IS_ANY_DUE = """
SELECT FROM timer WHERE state = 'waiting' AND fire_at <= (SELECT hotline_now())
ORDER BY fire_at LIMIT 1
"""


# Asked at each pass: built once.
_TIMER: Final = SQLModel.metadata.tables[str(Timer.__tablename__)].c
_TICKET: Final = SQLModel.metadata.tables[str(Ticket.__tablename__)].c
_LATER: Final = SQLModel.metadata.tables[str(Timer.__tablename__)].alias()
_SUPERSEDED: Final = sa.exists().where(
    _LATER.c.subject_id == _TIMER.subject_id,
    _LATER.c.step == _TIMER.step,
    _LATER.c.generation > _TIMER.generation,
)
_DUE: Final = (
    sa.select(*plain.columns(Timer), *plain.columns(Ticket), _SUPERSEDED)
    .where(_TICKET.id == _TIMER.ticket_id)
    .where(_TIMER.state == "waiting", _TIMER.fire_at <= sa.bindparam("now"))
    .order_by(_TIMER.fire_at)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_SUBJECTS: Final = sa.bindparam("subjects", type_=sa.ARRAY(sa.Uuid))
_GENERATIONS: Final = (
    sa.select(_TIMER.subject_id, _TIMER.step, sa.func.max(_TIMER.generation))
    .where(_TIMER.subject_id == sa.func.any(_SUBJECTS))
    .group_by(_TIMER.subject_id, _TIMER.step)
)
_FINISH: Final = sa.text("UPDATE timer SET state = 'done' WHERE id = ANY(:timers)")


class Due(NamedTuple):
    """A timer that is due, and its ticket: plain rows (`hotline.store.plain`), both locked.

    ``superseded``: a later generation of this step was set for the same subject, so that this
    one, whoever woke it, must do nothing.
    """

    timer: Timer
    ticket: Ticket
    superseded: bool = False


def next_generation(session: Session, subject_id: UUID, step: Step) -> int:
    """Return the first generation of ``step`` that this subject has not used yet."""
    last: int | None = session.execute(
        sa.select(sa.func.max(col(Timer.generation))).where(
            col(Timer.subject_id) == subject_id, col(Timer.step) == step
        )
    ).scalar_one()
    return 0 if last is None else last + 1


def generations(session: Session, subject_ids: Collection[UUID]) -> dict[tuple[UUID, str], int]:
    """Return the last generation of each step of several subjects; none where there was none."""
    rows = session.connection().execute(_GENERATIONS, {"subjects": list(subject_ids)})
    return {(subject, step): last for subject, step, last in rows}


def cancel(session: Session, ticket_id: UUID, steps: Collection[Step]) -> None:
    """Stop the running limits of a ticket for ``steps``, whatever their subject."""
    session.execute(
        sa.update(Timer)
        .where(
            col(Timer.ticket_id) == ticket_id,
            col(Timer.state) == "waiting",
            col(Timer.step).in_(list(steps)),
        )
        .values(state="cancelled")
    )


def cancel_of(session: Session, subject_id: UUID) -> None:
    """Stop the running limits of one subject (a whistle's party)."""
    session.execute(
        sa.update(Timer)
        .where(col(Timer.subject_id) == subject_id, col(Timer.state) == "waiting")
        .values(state="cancelled")
    )


def waiting(session: Session, ticket_id: UUID) -> list[Timer]:
    """Return the limits that are running for a ticket, the next one first."""
    return list(
        session.exec(
            select(Timer)
            .where(col(Timer.ticket_id) == ticket_id, col(Timer.state) == "waiting")
            .order_by(col(Timer.due_at))
        )
    )


def is_any_due(engine: sa.Engine) -> bool:
    """Say whether a limit has passed: all that a clock with nothing to do asks, in one round trip.

    Planned each time: a plan that was kept since the table was small would read all of it.
    """
    with alone(engine) as connection:
        found = connection.execute(_IS_ANY_DUE, prepare=False).fetchone()
    return found is not None


def take_due(session: Session, now: datetime, *, limit: int, only: UUID | None = None) -> list[Due]:
    """Lock up to ``limit`` due timers together with their tickets and return them.

    A row that anybody else holds is left for the next pass: nobody waits, so a command and a
    clock can never stand in each other's way. At most one timer of a ticket is taken at a time,
    because two steps of one ticket depend on each other.

    Args:
        session: in the transaction that will carry the steps out.
        now: what is due up to this instant.
        limit: how many rows at most.
        only: one timer's id, to try a row by itself after its batch failed.
    """
    query = _DUE if only is None else _DUE.where(_TIMER.id == only)
    found = session.connection().execute(query, {"now": now, "most": limit}).all()
    mine = plain.read(Timer, (row[: len(_TIMER)] for row in found))
    held = plain.read(Ticket, (row[len(_TIMER) : -1] for row in found))
    taken: dict[UUID, Due] = {}
    for timer, ticket, row in zip(mine, held, found, strict=True):
        taken.setdefault(ticket.id, Due(timer, ticket, row[-1]))
    return list(taken.values())


def finish(session: Session, timer_ids: Sequence[UUID]) -> None:
    """Mark timers as carried out: in the transaction that does so, before it does."""
    if not timer_ids:
        return
    session.connection().execute(_FINISH, {"timers": list(timer_ids)})


def postpone(session: Session, timer_id: UUID, now: datetime, fault: str) -> tuple[int, UUID]:
    """Note that a step failed and when it is tried again.

    Returns:
        How often it has failed, and its ticket.
    """
    timer = session.get_one(Timer, timer_id, with_for_update=True)
    timer.attempts += 1
    timer.fault = fault
    timer.fire_at = now + min(_FIRST_WAIT * 2 ** (timer.attempts - 1), _LONGEST_WAIT)
    session.flush()
    return timer.attempts, timer.ticket_id
