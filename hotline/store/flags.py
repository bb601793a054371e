"""Rows of flags: raised once for a claim, answered, ruled; and how often signals were right."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from hotline.domain.suspicion.frame import FlagState, Signal
from hotline.store import paging
from hotline.store.models import FlagRow, Submission, SuspicionRow, Ticket
from hotline.store.paging import Order, Page

# A flag stands in one list of the queue at a time.
QUEUE: Final[Mapping[str, Collection[FlagState]]] = {
    "rule": (FlagState.ANSWERED, FlagState.UNANSWERED),
    "asked": (FlagState.ASKED,),
    "ruled": (FlagState.CONFIRMED, FlagState.CLEARED, FlagState.NOT_ENOUGH),
}


class Queued(NamedTuple):
    """A flag with its claim and its ticket."""

    flag: FlagRow
    claim: Submission
    ticket: Ticket


class Precision(NamedTuple):
    """Of the ruled flags that a signal stood in: how many were confirmed, cleared, undecided."""

    confirmed: int
    cleared: int
    not_enough: int

    @property
    def ruled(self) -> int:
        """How many were decided one way or the other: what a precision is a share of."""
        return self.confirmed + self.cleared


def add(session: Session, row: FlagRow) -> bool:
    """Add a flag unless its claim has one; return whether it is new."""
    added = session.execute(
        insert(FlagRow)
        .values(**row.model_dump())
        .on_conflict_do_nothing(index_elements=["submission_id"])
        .returning(col(FlagRow.id))
    )
    return added.first() is not None


def of_claim(session: Session, submission_id: UUID) -> FlagRow | None:
    """Return the flag of a claim."""
    return session.exec(
        select(FlagRow).where(col(FlagRow.submission_id) == submission_id)
    ).one_or_none()


def get(session: Session, flag_id: UUID) -> Queued | None:
    """Return a flag without a lock, for a page, or to learn which ticket to lock."""
    row = session.execute(
        _queued().where(col(FlagRow.id) == flag_id).execution_options(populate_existing=True)
    ).first()
    return Queued(*row) if row else None


def queue(session: Session, name: str, *, at: str = "", size: int = paging.SIZE) -> Page[Queued]:
    """Return a page of one list of the queue, the oldest first; ruled ones the newest first."""
    order = Order((col(FlagRow.raised_at), col(FlagRow.id)), descending=name == "ruled")
    query = _queued().where(col(FlagRow.state).in_(list(QUEUE[name])))
    found = paging.page(session, query, order, at=at, size=size)
    return replace(found, rows=[Queued(*row) for row in found])


def to_answer(session: Session, staff_id: UUID, unit: str | None) -> list[Queued]:
    """Return the flags that a person, or their unit, may still answer, the oldest first."""
    rows = session.execute(
        _queued()
        .where(
            col(FlagRow.ruled_at).is_(None),
            col(FlagRow.answered_at).is_(None),
            sa.or_(col(Submission.by) == staff_id, col(Submission.unit) == unit),
        )
        .order_by(col(FlagRow.answer_due_at))
        .limit(paging.SIZE)
    )
    return [Queued(*row) for row in rows]


def counts(session: Session) -> dict[str, int]:
    """Return how many flags stand in each list of the queue."""
    rows = session.execute(
        sa.select(col(FlagRow.state), sa.func.count()).group_by(col(FlagRow.state))
    ).all()
    found = {FlagState(state): number for state, number in rows}
    return {name: sum(found.get(state, 0) for state in states) for name, states in QUEUE.items()}


def precision(session: Session) -> dict[Signal, Precision]:
    """Return how often each signal was right so far; a signal under two rules counts once."""
    told = (
        sa.select(col(SuspicionRow.submission_id), col(SuspicionRow.signal)).distinct().subquery()
    )
    rows = session.execute(
        sa.select(told.c.signal, col(FlagRow.state), sa.func.count())
        .join(FlagRow, col(FlagRow.submission_id) == told.c.submission_id)
        .where(col(FlagRow.ruled_at).is_not(None))
        .group_by(told.c.signal, col(FlagRow.state))
    )
    found: dict[Signal, dict[str, int]] = {signal: {} for signal in Signal}
    for signal, state, number in rows:
        found[Signal(signal)][FlagState(state)] = number
    return {
        signal: Precision(
            each.get(FlagState.CONFIRMED, 0),
            each.get(FlagState.CLEARED, 0),
            each.get(FlagState.NOT_ENOUGH, 0),
        )
        for signal, each in found.items()
    }


def _queued() -> sa.Select[FlagRow, Submission, Ticket]:
    return (
        sa.select(FlagRow, Submission, Ticket)
        .join(Submission, col(Submission.id) == col(FlagRow.submission_id))
        .join(Ticket, col(Ticket.id) == col(FlagRow.ticket_id))
    )
