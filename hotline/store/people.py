"""Rows of people: who they are, who is on duty at a post now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.tickets import Role
from hotline.store.models import Leave, PostHolding, SignIn, SignInAttempt, Staff


class OnDuty(NamedTuple):
    """Who answers for a post now: the holder or, when nobody is there, the stand-in's holder.

    ``staff_id`` is None where nobody is on duty at either; ``post`` is where the person was found.
    """

    staff_id: UUID | None
    post: str
    as_stand_in: bool


def get(session: Session, staff_id: UUID) -> Staff | None:
    """Return a person."""
    return session.get(Staff, staff_id)


def by_login(session: Session, login: str) -> Staff | None:
    """Return the active person who signs in as ``login``."""
    return session.exec(
        select(Staff).where(col(Staff.login) == login, col(Staff.active))
    ).one_or_none()


def named(session: Session, staff_ids: Collection[UUID]) -> dict[UUID, Staff]:
    """Return several people by id."""
    rows = session.exec(select(Staff).where(col(Staff.id).in_(list(staff_ids))))
    return {row.id: row for row in rows}


def by_number(session: Session, hashes: Collection[str]) -> Staff | None:
    """Return the active person whose telephone this is."""
    return session.exec(
        select(Staff).where(col(Staff.number_hash).in_(list(hashes)), col(Staff.active)).limit(1)
    ).one_or_none()


def with_role(session: Session, role: Role, now: datetime) -> list[Staff]:
    """Return everybody with ``role`` who is not on leave."""
    return list(
        session.exec(
            select(Staff)
            .where(col(Staff.role) == role, col(Staff.active), ~_away(now))
            .order_by(col(Staff.login))
        )
    )


def posts_of(session: Session, staff_id: UUID, now: datetime) -> frozenset[str]:
    """Return the posts that a person holds now."""
    return frozenset(
        session.exec(
            select(PostHolding.post).where(col(PostHolding.staff_id) == staff_id, *_holding(now))
        )
    )


def on_duty(
    session: Session, stand_ins: Mapping[str, str | None], now: datetime
) -> dict[str, OnDuty]:
    """Return who answers for each post now, with one query for all of them.

    Args:
        session: any.
        stand_ins: each post wanted, with its stand-in post (AB岗) from the map.
        now: the instant at which they must be on duty.
    """
    asked = {"posts": list(asked_for(stand_ins)), "now": now}
    return answering(stand_ins, session.connection().execute(_ON_DUTY, asked))


def asked_for(stand_ins: Mapping[str, str | None]) -> set[str]:
    """Return every post at which somebody may answer for one of these, stand-ins' included."""
    return set(stand_ins) | {post for post in stand_ins.values() if post}


def answering(
    stand_ins: Mapping[str, str | None], found: Iterable[tuple[str, UUID | str]]
) -> dict[str, OnDuty]:
    """Return who answers for each post, where ``found`` are the posts and people there are."""
    there: dict[str, UUID] = {}
    for post, staff_id in found:
        there.setdefault(post, staff_id if isinstance(staff_id, UUID) else UUID(staff_id))
    return {post: _answers(post, stand_in, there) for post, stand_in in stand_ins.items()}


def _answers(post: str, stand_in: str | None, there: Mapping[str, UUID]) -> OnDuty:
    if post in there:
        return OnDuty(there[post], post, as_stand_in=False)
    if stand_in and stand_in in there:
        return OnDuty(there[stand_in], stand_in, as_stand_in=True)
    return OnDuty(None, post, as_stand_in=False)


def sign_in(session: Session, token_hash: str) -> SignIn | None:
    """Return a signed-in device."""
    return session.get(SignIn, token_hash)


class Device(NamedTuple):
    """A device that signed in, whose it is, which posts they hold, and what time it is."""

    row: SignIn
    staff: Staff
    posts: frozenset[str]
    now: datetime


def device(session: Session, token_hash: str) -> Device | None:
    """Return a device with all that every request needs to know of its owner, in one query."""
    now = sa.func.hotline_now(type_=sa.DateTime(timezone=True))
    held = (
        sa.select(col(PostHolding.post))
        .where(
            col(PostHolding.staff_id) == col(Staff.id),
            col(PostHolding.from_at) <= now,
            sa.or_(col(PostHolding.until_at).is_(None), col(PostHolding.until_at) > now),
        )
        .scalar_subquery()
    )
    found = session.execute(
        sa.select(SignIn, Staff, sa.func.array(held, type_=sa.ARRAY(sa.Text)), now)
        .join(Staff, col(Staff.id) == col(SignIn.staff_id))
        .where(col(SignIn.token_hash) == token_hash)
    ).one_or_none()
    if found is None:
        return None
    row, staff, posts, at = found
    return Device(row, staff, frozenset(posts), at)


def failures(
    session: Session, since: datetime, *, account_hash: str, address_hash: str
) -> tuple[int, int]:
    """Return how often this account and this address failed to sign in since then.

    An account's count starts again at its last success.
    """
    last_success = (
        sa.select(sa.func.max(col(SignInAttempt.at)))
        .where(col(SignInAttempt.account_hash) == account_hash, col(SignInAttempt.succeeded))
        .scalar_subquery()
    )
    account = sa.select(sa.func.count()).where(
        col(SignInAttempt.account_hash) == account_hash,
        ~col(SignInAttempt.succeeded),
        col(SignInAttempt.at) > sa.func.greatest(since, sa.func.coalesce(last_success, since)),
    )
    address = sa.select(sa.func.count()).where(
        col(SignInAttempt.address_hash) == address_hash,
        ~col(SignInAttempt.succeeded),
        col(SignInAttempt.at) > since,
    )
    return session.execute(account).scalar_one(), session.execute(address).scalar_one()


def _holding(now: datetime | sa.ColumnElement[datetime]) -> tuple[sa.ColumnElement[bool], ...]:
    until = col(PostHolding.until_at)
    return (col(PostHolding.from_at) <= now, sa.or_(until.is_(None), until > now))


def _away(now: datetime | sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        col(Leave.staff_id) == col(Staff.id),
        col(Leave.from_at) <= now,
        col(Leave.until_at) > now,
    )


def holdings(session: Session, staff_ids: Collection[UUID]) -> dict[UUID, list[PostHolding]]:
    """Return every post that these people hold or ever held, for pages about the past."""
    rows = session.exec(
        select(PostHolding)
        .where(col(PostHolding.staff_id).in_(list(staff_ids)))
        .order_by(col(PostHolding.from_at))
    )
    found: dict[UUID, list[PostHolding]] = {}
    for row in rows:
        found.setdefault(row.staff_id, []).append(row)
    return found


def on_duty_question(
    now: sa.ColumnElement[datetime], posts: sa.ColumnElement[Sequence[str]]
) -> sa.Select[str, UUID]:
    """Return the question who is at some posts now, for a statement that asks more besides.

    Args:
        now: the instant at which they must be on duty.
        posts: an array of posts.
    """
    return (
        sa.select(col(PostHolding.post), col(Staff.id))
        .join(Staff, col(Staff.id) == col(PostHolding.staff_id))
        .where(
            col(PostHolding.post) == sa.any_(posts), col(Staff.active), ~_away(now), *_holding(now)
        )
        .order_by(col(PostHolding.post), col(Staff.login))
    )


# What every dispatch and every climb asks, built once.
_ON_DUTY: Final = on_duty_question(
    sa.bindparam("now", type_=sa.DateTime(timezone=True)),
    sa.bindparam("posts", type_=sa.ARRAY(sa.Text)),
)
