"""Rows of what the carrier sent: webhooks already answered, and calls that are going on."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from hotline.store.models import Call, Inbox, Watermark


def answered(session: Session, sid: str, step: str) -> Inbox | None:
    """Return the answer that a webhook was given before."""
    return session.get(Inbox, (sid, step))


def lock(session: Session, sid: str) -> Call | None:
    """Return a call under its row lock."""
    return session.exec(
        select(Call)
        .where(col(Call.sid) == sid)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def waiting(session: Session, *, limit: int = 50) -> list[Call]:
    """Return the calls in the operators' queue, the longest wait first."""
    return list(
        session.exec(
            select(Call)
            .where(col(Call.state) == "queued", col(Call.ended_at).is_(None))
            .order_by(col(Call.started_at))
            .limit(limit)
        )
    )


def with_operator(session: Session, staff_id: UUID, number_hash: str) -> str | None:
    """Return the call from a number that this operator has picked up and that is not over."""
    return session.exec(
        select(Call.sid)
        .where(
            col(Call.picked_by) == staff_id,
            col(Call.number_hash) == number_hash,
            col(Call.ended_at).is_(None),
        )
        .limit(1)
    ).one_or_none()


def ended(session: Session, sids: Collection[str]) -> set[str]:
    """Return which of these calls we know to be over."""
    return set(
        session.exec(
            select(Call.sid).where(col(Call.sid).in_(list(sids)), col(Call.ended_at).is_not(None))
        )
    )


def taken(session: Session, sids: Collection[str], step: str) -> set[str]:
    """Return which of these messages were taken in."""
    return set(
        session.exec(
            select(Inbox.sid).where(col(Inbox.sid).in_(list(sids)), col(Inbox.step) == step)
        )
    )


def claim(session: Session, name: str, now: datetime, every: timedelta) -> bool:
    """Say whether an entry of the timetable is due, and if so take it: one process does."""
    taken = session.execute(
        insert(Watermark)
        .values(name=f"timetable:{name}", at=now)
        .on_conflict_do_update(
            index_elements=["name"], set_={"at": now}, where=col(Watermark.at) <= now - every
        )
        .returning(col(Watermark.name))
    ).first()
    return taken is not None


def watermark(session: Session, name: str) -> datetime | None:
    """Return how far a sweep has looked, by the carrier's clock; ``None``: never yet."""
    row = session.get(Watermark, name)
    return row.at if row else None


def set_watermark(session: Session, name: str, at: datetime) -> None:
    """Note how far a sweep has looked; it never goes back."""
    session.execute(
        insert(Watermark)
        .values(name=name, at=at)
        .on_conflict_do_update(
            index_elements=["name"], set_={"at": at}, where=col(Watermark.at) < at
        )
    )
