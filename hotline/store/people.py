"""Rows of people: who they are, who is on duty at a post now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col, select

from hotline.domain.roster import DutyKind
from hotline.domain.tickets import Role
from hotline.store import plain
from hotline.store.columns import UTCDateTime
from hotline.store.models import (
    Leave,
    PasswordLink,
    PostHolding,
    SignIn,
    SignInAttempt,
    Staff,
)


class OnDuty(NamedTuple):
    """Who answers for a post now: by `on_duty_question`, there or at the stand-in post.

    Attributes:
        staff_id: ``None`` where nobody is on duty at either.
        post: where the person was found: the post itself, or its stand-in.
        as_stand_in: found at the stand-in post (AB岗).
        how: ``list`` (a duty list names them), ``holder``, or ``leave`` (the holder is away and
            has named them).
        channels: by which channels of the county they are told, in this order.
    """

    staff_id: UUID | None
    post: str
    as_stand_in: bool
    how: str = "holder"
    channels: tuple[str, ...] = ()


_HOW: Final = (*("list" for _ in DutyKind), "holder", "leave")
_DUTY_RANK: Final = (
    "CASE d.kind" + "".join(f" WHEN '{kind}' THEN {kind.rank}" for kind in DutyKind) + " END"
)
_HOLDER: Final = len(DutyKind)


class _There(NamedTuple):
    """A row of `on_duty_question`."""

    post: str
    staff_id: UUID
    rank: int
    channels: tuple[str, ...]


def on_duty_question(now: str, posts: str) -> str:
    """Return the SQL that asks who answers for some posts, the first row of each post.

    Whom a duty list (值班表) names (an override before a holiday's list, that before the
    shifts), else who holds it, else whom an absent holder has named; never
    anybody who is away. The rule stands here alone: whoever asks for more in one round trip
    embeds this. Its columns: post, id, rank, channels.

    Args:
        now: SQL of the instant at which they must be on duty; it is repeated.
        posts: SQL of an array of posts.
    """
    held = f"h.from_at <= {now} AND (h.until_at IS NULL OR h.until_at > {now})"
    away = f"a.from_at <= {now} AND a.until_at > {now}"
    return f"""
SELECT f.post, s.id, f.rank, s.channels FROM (
  SELECT d.post, d.staff_id, {_DUTY_RANK} AS rank FROM duty d
   WHERE d.post = ANY({posts}) AND d.from_at <= {now} AND d.until_at > {now}
  UNION ALL
  SELECT h.post, h.staff_id, {_HOLDER} FROM post_holding h WHERE h.post = ANY({posts}) AND {held}
  UNION ALL
  SELECT h.post, a.stand_in_id, {_HOLDER + 1} FROM post_holding h
   JOIN leave a ON a.staff_id = h.staff_id
   JOIN staff p ON p.id = h.staff_id AND p.active
   WHERE h.post = ANY({posts}) AND {held} AND {away} AND a.stand_in_id IS NOT NULL
) f JOIN staff s ON s.id = f.staff_id AND s.active
WHERE NOT EXISTS (SELECT FROM leave a WHERE a.staff_id = s.id AND {away})
ORDER BY f.post, f.rank, s.login"""  # noqa: S608  nothing in it comes from outside


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


def is_absent(session: Session, staff_id: UUID, now: datetime) -> bool:
    """Say whether a person is on leave now, or has left for good."""
    return bool(session.execute(sa.select(absent(sa.literal(staff_id), now))).scalar_one())


def with_absence(
    session: Session, staff_ids: Collection[UUID], now: datetime
) -> list[tuple[Staff, bool]]:
    """Return people as plain rows, and whether they are on leave now or have left for good."""
    asked = {"people": list(staff_ids), "now": now}
    found = session.connection().execute(_WITH_ABSENCE, asked).all()
    staff = plain.read(Staff, (row[:-1] for row in found))
    return [(person, row[-1]) for person, row in zip(staff, found, strict=True)]


def absent(staff_id: sa.SQLColumnExpression[Any], now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that a person is on leave at an instant, or has left for good."""
    return sa.exists().where(
        col(Staff.id) == staff_id, sa.or_(sa.not_(col(Staff.active)), _away(now))
    )


def posts_of(session: Session, staff_id: UUID, now: datetime) -> frozenset[str]:
    """Return the posts that a person answers for now.

    Those that they hold, those that a duty list gives them now, and those of people who are away
    and have named them.
    """
    return frozenset(session.execute(_POSTS_OF, {"person": staff_id, "now": now}).scalars())


def _posts_question(now: str, person: str) -> str:
    """Return the SQL that asks for `posts_of`; both arguments are SQL."""
    held = f"h.from_at <= {now} AND (h.until_at IS NULL OR h.until_at > {now})"
    return f"""
SELECT h.post FROM post_holding h WHERE h.staff_id = {person} AND {held}
UNION
SELECT d.post FROM duty d
 WHERE d.staff_id = {person} AND d.from_at <= {now} AND d.until_at > {now}
UNION
SELECT h.post FROM leave a JOIN post_holding h ON h.staff_id = a.staff_id
 JOIN staff p ON p.id = h.staff_id AND p.active
 WHERE a.stand_in_id = {person} AND a.from_at <= {now} AND a.until_at > {now} AND {held}
"""  # noqa: S608  nothing in it comes from outside


_POSTS_OF: Final = sa.text(_posts_question(":now", ":person"))
_POSTS_OF_STAFF: Final = sa.literal_column(
    f"ARRAY({_posts_question('hotline_now()', 'staff.id')})", sa.ARRAY(sa.Text)
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
    rows = session.connection().execute(_ON_DUTY, asked).all()
    return answering(stand_ins, (tuple(row) for row in rows))


def asked_for(stand_ins: Mapping[str, str | None]) -> set[str]:
    """Return every post at which somebody may answer for one of these, stand-ins' included."""
    return set(stand_ins) | {post for post in stand_ins.values() if post}


def answering(
    stand_ins: Mapping[str, str | None], found: Iterable[Sequence[Any]]
) -> dict[str, OnDuty]:
    """Return who answers for each post, from the rows of `on_duty_question` for all of them."""
    there: dict[str, _There] = {}
    for post, staff_id, rank, channels in found:
        person = staff_id if isinstance(staff_id, UUID) else UUID(staff_id)
        there.setdefault(post, _There(post, person, rank, tuple(channels)))
    return {post: _answers(post, stand_in, there) for post, stand_in in stand_ins.items()}


def _answers(post: str, stand_in: str | None, there: Mapping[str, _There]) -> OnDuty:
    found = there.get(post) or (there.get(stand_in) if stand_in else None)
    if found is None:
        return OnDuty(None, post, as_stand_in=False)
    as_stand_in = found.post != post
    return OnDuty(found.staff_id, found.post, as_stand_in, _HOW[found.rank], found.channels)


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
    found = session.execute(
        sa.select(SignIn, Staff, _POSTS_OF_STAFF, now)
        .join(Staff, col(Staff.id) == col(SignIn.staff_id))
        .where(col(SignIn.token_hash) == token_hash)
    ).one_or_none()
    if found is None:
        return None
    row, staff, posts, at = found
    return Device(row, staff, frozenset(posts), at)


def link(session: Session, token_hash: str, *, lock: bool = False) -> PasswordLink | None:
    """Return the link of a token, under its row lock if asked for."""
    return session.get(PasswordLink, token_hash, with_for_update=lock or None)


def drop_links(session: Session, staff_id: UUID) -> None:
    """Forget every link of a person that was not used."""
    session.execute(
        sa.delete(PasswordLink).where(
            col(PasswordLink.staff_id) == staff_id, col(PasswordLink.used_at).is_(None)
        )
    )


def drop_sign_ins(session: Session, staff_id: UUID) -> None:
    """Sign a person out of every device."""
    session.execute(sa.delete(SignIn).where(col(SignIn.staff_id) == staff_id))


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


def _away(now: datetime | sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        col(Leave.staff_id) == col(Staff.id),
        col(Leave.from_at) <= now,
        col(Leave.until_at) > now,
    )


_PEOPLE: Final = sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))
_WITH_ABSENCE: Final = sa.select(
    *plain.columns(Staff),
    sa.or_(sa.not_(col(Staff.active)), _away(sa.bindparam("now", type_=UTCDateTime))),
).where(col(Staff.id) == sa.func.any(_PEOPLE))


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


_ON_DUTY: Final = (
    sa.text(on_duty_question(":now", ":posts"))
    .bindparams(
        sa.bindparam("posts", type_=sa.ARRAY(sa.Text)),
        sa.bindparam("now", type_=sa.DateTime(timezone=True)),
    )
    .columns(post=sa.Text, id=sa.Uuid, rank=sa.Integer, channels=JSONB)
)
