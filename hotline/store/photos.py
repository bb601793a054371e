"""Rows of how photos look, and of which earlier photos they are twins of."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.store.models import Media, PhotoLooks, PhotoTwinRow

# Looking at photos takes turns by this key, so that their numbers grow in the order of commits.
_LOOKING: Final = 12347
_RECORDING: Final = "recording"


class Known(NamedTuple):
    """A photo that was looked at before."""

    number: int
    media_id: UUID
    ticket_id: UUID
    pdq: bytes
    quality: int


class Hashes(NamedTuple):
    """A photo's number and the pHashes of all its variants."""

    number: int
    phash: bytes


def take_turn(session: Session) -> None:
    """Wait until nobody else is looking at photos; the turn ends with the transaction."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOOKING})


def unhashed(session: Session, limit: int) -> list[Media]:
    """Return photos that nobody has looked at, the oldest first."""
    return list(
        session.exec(
            select(Media)
            .where(col(Media.hashed_at).is_(None), col(Media.purpose) != _RECORDING)
            .order_by(col(Media.at), col(Media.id))
            .limit(limit)
        )
    )


def any_unhashed(session: Session) -> bool:
    """Whether there are photos that nobody has looked at."""
    return bool(unhashed(session, 1))


def next_number(session: Session) -> int:
    """Return the next photo's number, in the turn that will commit it."""
    number: int = session.execute(sa.text("SELECT nextval('photo_looks_number_seq')")).scalar_one()
    return number


def of_file(session: Session, sha256: str) -> list[Known]:
    """Return the photos that are this very file."""
    return _known(session, col(PhotoLooks.sha256) == sha256)


def with_numbers(session: Session, numbers: Collection[int]) -> list[Known]:
    """Return photos by number; those that were removed since are left out."""
    return _known(session, col(PhotoLooks.number).in_(list(numbers))) if numbers else []


def _known(session: Session, which: sa.ColumnElement[bool]) -> list[Known]:
    rows = session.execute(
        sa.select(
            col(PhotoLooks.number),
            col(PhotoLooks.media_id),
            col(PhotoLooks.ticket_id),
            col(PhotoLooks.pdq),
            col(PhotoLooks.quality),
        ).where(which)
    )
    return [Known(*row) for row in rows]


def hashes_after(session: Session, number: int, limit: int | None = None) -> list[Hashes]:
    """Return the pHashes of the photos behind ``number``, in the order of their numbers."""
    rows = session.execute(
        sa.select(col(PhotoLooks.number), col(PhotoLooks.phash))
        .where(col(PhotoLooks.number) > number)
        .order_by(col(PhotoLooks.number))
        .limit(limit)
    )
    return [Hashes(*row) for row in rows]


def how_many_after(session: Session, number: int) -> int:
    """Return how many photos have a number behind ``number``."""
    query = sa.select(sa.func.count()).where(col(PhotoLooks.number) > number)
    found: int = session.execute(query).scalar_one()
    return found


class Twin(NamedTuple):
    """A twin pair, and what must be known of the earlier photo."""

    row: PhotoTwinRow
    other_ticket: UUID
    other_at: datetime


def twins(session: Session, photo_ids: Sequence[UUID]) -> list[Twin]:
    """Return the earlier twins of these photos."""
    rows = session.execute(
        sa.select(PhotoTwinRow, col(Media.ticket_id), col(Media.at))
        .join(Media, col(Media.id) == col(PhotoTwinRow.other_id))
        .where(col(PhotoTwinRow.media_id).in_(list(photo_ids)))
        .order_by(col(Media.at), col(Media.id))
    )
    return [Twin(*row) for row in rows]
