"""Rows of checks of the whole ledger: asked for, taken by one worker at a time, ended."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.store.models.proofs import LedgerCheck, LedgerRoot

# Asking takes turns by this key; it collides with nobody else's.
_ASKING: Final = 12349


def take_turn(session: Session) -> None:
    """Wait until nobody else asks for a check; the turn ends with the transaction."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ASKING})


def under_way(session: Session) -> LedgerCheck | None:
    """Return the check that has not ended."""
    return session.exec(
        select(LedgerCheck).where(col(LedgerCheck.ended_at).is_(None)).limit(1)
    ).one_or_none()


def take(session: Session) -> LedgerCheck | None:
    """Lock the check that has not ended; ``None`` where there is none, or a worker holds it."""
    return session.exec(
        select(LedgerCheck)
        .where(col(LedgerCheck.ended_at).is_(None))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def root_after(session: Session, number: int, until: datetime) -> LedgerRoot | None:
    """Return the first root behind ``number`` that was made before ``until``."""
    return session.exec(
        select(LedgerRoot)
        .where(col(LedgerRoot.number) > number, col(LedgerRoot.at) < until)
        .order_by(col(LedgerRoot.number))
        .limit(1)
    ).one_or_none()


def newest(session: Session, limit: int) -> list[LedgerCheck]:
    """Return the newest checks."""
    query = select(LedgerCheck).order_by(col(LedgerCheck.asked_at).desc()).limit(limit)
    return list(session.exec(query))
