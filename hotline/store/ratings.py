"""Rows of ratings: the versions of a grade, the ways to give one, and the lists of bad ones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.store import paging
from hotline.store.models import (
    BadRating,
    Rating,
    RatingAttempt,
    RatingInvite,
    RatingProbe,
    Ticket,
)
from hotline.store.paging import Order, Page


class Bad(NamedTuple):
    """A bad rating with the grade that opened it and its ticket."""

    bad: BadRating
    rating: Rating
    ticket: Ticket


class Door(NamedTuple):
    """Of one grade of one scale: how many reached the door, and how many were kept."""

    scale: int
    grade: int
    tried: int
    kept: int


# A bad rating stands in one list at a time.
LISTS: Final = ("call", "fix", "asked", "ended")


def versions(session: Session, ticket_id: UUID) -> list[Rating]:
    """Return every grade of a ticket, the first one in front."""
    return list(
        session.exec(
            select(Rating).where(col(Rating.ticket_id) == ticket_id).order_by(col(Rating.version))
        )
    )


def invite_by_token(
    session: Session, token_hash: str, *, lock: bool = False
) -> RatingInvite | None:
    """Return the way to rate that a link stands for."""
    query = select(RatingInvite).where(col(RatingInvite.token_hash) == token_hash)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).one_or_none()


def open_invite(session: Session, ticket_id: UUID, now: datetime) -> RatingInvite | None:
    """Return the newest way to rate a ticket that was not used and has not expired."""
    return session.exec(
        select(RatingInvite)
        .where(
            col(RatingInvite.ticket_id) == ticket_id,
            col(RatingInvite.used_at).is_(None),
            col(RatingInvite.expires_at) > now,
        )
        .order_by(col(RatingInvite.made_at).desc())
        .limit(1)
    ).one_or_none()


def close_invites(session: Session, ticket_id: UUID, now: datetime) -> None:
    """Close every way to rate that is still open: the newest one replaces the earlier ones."""
    session.execute(
        sa.update(RatingInvite)
        .where(col(RatingInvite.ticket_id) == ticket_id, col(RatingInvite.used_at).is_(None))
        .values(used_at=now)
    )


def invites_since(session: Session, ticket_id: UUID, purpose: str, since: datetime) -> int:
    """Return how many ways to rate were made for a purpose since then."""
    found: int = session.execute(
        sa.select(sa.func.count()).where(
            col(RatingInvite.ticket_id) == ticket_id,
            col(RatingInvite.purpose) == purpose,
            col(RatingInvite.made_at) >= since,
        )
    ).scalar_one()
    return found


def open_bad(session: Session, ticket_id: UUID) -> BadRating | None:
    """Return the bad rating of a ticket whose clock is running."""
    return session.exec(
        select(BadRating).where(
            col(BadRating.ticket_id) == ticket_id, col(BadRating.ended_at).is_(None)
        )
    ).one_or_none()


def bad_of(session: Session, ticket_id: UUID) -> list[BadRating]:
    """Return every bad rating of a ticket, the first one in front."""
    return list(
        session.exec(
            select(BadRating)
            .where(col(BadRating.ticket_id) == ticket_id)
            .order_by(col(BadRating.number))
        )
    )


def bad(session: Session, bad_id: UUID) -> Bad | None:
    """Return one bad rating, not locked."""
    row = session.execute(_bad().where(col(BadRating.id) == bad_id)).first()
    return Bad(*row) if row else None


def listed(session: Session, name: str, *, at: str = "", size: int = paging.SIZE) -> Page[Bad]:
    """Return a page of one list, whoever is due first in front; ended ones the newest first."""
    order = {
        "call": Order((col(BadRating.call_due_at), col(BadRating.id))),
        "fix": Order((col(BadRating.fix_due_at), col(BadRating.id))),
        "asked": Order((col(BadRating.opened_at), col(BadRating.id))),
        "ended": Order((col(BadRating.opened_at), col(BadRating.id)), descending=True),
    }[name]
    query = _bad().where(_in_list(name), ~col(Ticket.synthetic))
    found = paging.page(session, query, order, at=at, size=size)
    return replace(found, rows=[Bad(*row) for row in found])


def counts(session: Session) -> dict[str, int]:
    """Return how many bad ratings stand in each list; ended ones are not counted."""
    row = session.execute(
        sa.select(*(sa.func.count().filter(_in_list(name)) for name in LISTS[:-1]))
        .select_from(BadRating)
        .join(Ticket, col(Ticket.id) == col(BadRating.ticket_id))
        .where(col(BadRating.ended_at).is_(None), ~col(Ticket.synthetic))
    ).one()
    return dict(zip(LISTS, row, strict=False))


def to_mend(session: Session, staff_id: UUID, unit: str | None) -> list[Bad]:
    """Return what a person, or their unit, still has to put right, whatever is due first."""
    rows = session.execute(
        _bad()
        .where(
            _in_list("fix") | (_in_list("call") & col(BadRating.fixed_at).is_(None)),
            ~col(Ticket.synthetic),
            sa.or_(
                col(Ticket.submitted_by) == staff_id,
                col(Ticket.officer_id) == staff_id,
                col(Ticket.unit) == unit,
            ),
        )
        .order_by(col(BadRating.fix_due_at))
        .limit(paging.SIZE)
    )
    return [Bad(*row) for row in rows]


def doors(session: Session, since: datetime) -> list[Door]:
    """Return how many grades arrived since then and how many were kept, by scale and grade."""
    rows = session.execute(
        sa.select(
            col(RatingAttempt.scale),
            col(RatingAttempt.grade),
            sa.func.count(),
            sa.func.count().filter(col(RatingAttempt.refused).is_(None)),
        )
        .where(
            col(RatingAttempt.at) >= since,
            col(RatingAttempt.grade).is_not(None),
            ~col(RatingAttempt.synthetic),
        )
        .group_by(col(RatingAttempt.scale), col(RatingAttempt.grade))
        .order_by(col(RatingAttempt.scale).desc(), col(RatingAttempt.grade).desc())
    )
    return [Door(*row) for row in rows if row[0] is not None]


def refused(session: Session, since: datetime) -> Mapping[str, int]:
    """Return how many grades were not kept since then, by reason."""
    rows = session.execute(
        sa.select(col(RatingAttempt.refused), sa.func.count())
        .where(col(RatingAttempt.at) >= since, col(RatingAttempt.refused).is_not(None))
        .group_by(col(RatingAttempt.refused))
    )
    return {str(reason): number for reason, number in rows}


def last_probe(session: Session) -> RatingProbe | None:
    """Return the newest probe of the door."""
    return session.exec(
        select(RatingProbe).order_by(col(RatingProbe.started_at).desc()).limit(1)
    ).one_or_none()


def probe(session: Session, probe_id: UUID) -> RatingProbe | None:
    """Return a probe under its row lock."""
    return session.exec(
        select(RatingProbe)
        .where(col(RatingProbe.id) == probe_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _bad() -> sa.Select[BadRating, Rating, Ticket]:
    return (
        sa.select(BadRating, Rating, Ticket)
        .join(Rating, col(Rating.id) == col(BadRating.rating_id))
        .join(Ticket, col(Ticket.id) == col(BadRating.ticket_id))
    )


def _in_list(name: str) -> sa.ColumnElement[bool]:
    """Return where a bad rating stands: to be called, to be fixed, asked again, or over."""
    called = col(BadRating.called_at).is_not(None)
    fixed = col(BadRating.fixed_at).is_not(None)
    running = col(BadRating.ended_at).is_(None)
    return {
        "call": running & ~called,
        "fix": running & called & ~fixed,
        "asked": running & called & fixed,
        "ended": ~running,
    }[name]
