"""Rows of who works where and when, for the pages and commands of those who look after people."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.roster import Absence, Book, DutyKind, Span
from hotline.store.models import Leave, PostHolding, Staff, StaffAddress
from hotline.store.models.rosters import Duty, DutySwap, RosterFeed, StaffChange, StaffUpload


class Holder(NamedTuple):
    """A holding with its person."""

    holding: PostHolding
    person: Staff


class Listed(NamedTuple):
    """A line of a duty list with its person."""

    duty: Duty
    person: Staff


def lock(session: Session, staff_id: UUID) -> Staff | None:
    """Return a person under their row lock, so that two changes stand in line."""
    return session.exec(
        select(Staff).where(col(Staff.id) == staff_id).with_for_update()
    ).one_or_none()


def lock_all(session: Session) -> list[Staff]:
    """Return everybody under their row locks, in one order: a staff list is applied alone."""
    return list(session.exec(select(Staff).order_by(col(Staff.id)).with_for_update()))


def everyone(session: Session) -> list[Staff]:
    """Return everybody who ever worked here, those who left among them."""
    return list(session.exec(select(Staff)))


def of_units(session: Session, units: Collection[str]) -> list[Staff]:
    """Return the active people of some units, by name."""
    return list(
        session.exec(
            select(Staff)
            .where(col(Staff.active), col(Staff.unit).in_(list(units)))
            .order_by(col(Staff.name), col(Staff.login))
        )
    )


def of_unit_or(session: Session, unit: str, staff_ids: Collection[UUID]) -> list[Staff]:
    """Return the active people of a unit, and several others by id, by name."""
    mine = sa.and_(col(Staff.active), col(Staff.unit) == unit)
    return list(
        session.exec(
            select(Staff)
            .where(sa.or_(mine, col(Staff.id).in_(list(staff_ids))))
            .order_by(col(Staff.name), col(Staff.login))
        )
    )


def lasting(session: Session, now: datetime) -> list[PostHolding]:
    """Return every holding that has not ended, those of the future among them."""
    return list(
        session.exec(
            select(PostHolding)
            .where(_not_over(PostHolding, now))
            .order_by(col(PostHolding.post), col(PostHolding.from_at))
        )
    )


def holders(session: Session, posts: Collection[str], now: datetime) -> list[Holder]:
    """Return who holds some posts now or will, with their people."""
    rows = session.exec(
        select(PostHolding, Staff)
        .join(Staff, col(Staff.id) == col(PostHolding.staff_id))
        .where(
            col(PostHolding.post).in_(list(posts)), _not_over(PostHolding, now), col(Staff.active)
        )
        .order_by(col(PostHolding.post), col(Staff.login))
    )
    return [Holder(*row) for row in rows]


def listed(session: Session, posts: Collection[str], now: datetime) -> list[Listed]:
    """Return the lines of duty lists that have not passed, the next one first."""
    rows = session.exec(
        select(Duty, Staff)
        .join(Staff, col(Staff.id) == col(Duty.staff_id))
        .where(col(Duty.post).in_(list(posts)), col(Duty.until_at) > now)
        .order_by(col(Duty.from_at))
    )
    return [Listed(*row) for row in rows]


def duty(session: Session, duty_id: UUID) -> Duty | None:
    """Return a line of a duty list."""
    return session.get(Duty, duty_id)


def lock_duties(session: Session, duty_ids: Collection[UUID]) -> list[Duty]:
    """Return lines of duty lists under their row locks, taken in one order."""
    return list(
        session.exec(
            select(Duty)
            .where(col(Duty.id).in_(list(duty_ids)))
            .order_by(col(Duty.id))
            .with_for_update()
        )
    )


def batch(session: Session, batch_id: UUID, now: datetime) -> list[Duty]:
    """Return the lines of one batch that are not over, the next one first."""
    return list(
        session.exec(
            select(Duty)
            .where(col(Duty.batch) == batch_id, col(Duty.until_at) > now)
            .order_by(col(Duty.from_at))
        )
    )


def duties_of(session: Session, staff_ids: Collection[UUID], now: datetime) -> list[Duty]:
    """Return the lines that name some people and are not over, the next one first."""
    return list(
        session.exec(
            select(Duty)
            .where(col(Duty.staff_id).in_(list(staff_ids)), col(Duty.until_at) > now)
            .order_by(col(Duty.from_at))
        )
    )


def lock_swap(session: Session, swap_id: UUID) -> DutySwap | None:
    """Return a swap under its row lock."""
    return session.get(DutySwap, swap_id, with_for_update=True)


def open_swap(session: Session, duty_id: UUID) -> DutySwap | None:
    """Return what was asked about a turn and not answered yet."""
    return session.exec(
        select(DutySwap).where(col(DutySwap.duty_id) == duty_id, col(DutySwap.state) == "asked")
    ).one_or_none()


class Swap(NamedTuple):
    """A swap with its turn."""

    row: DutySwap
    turn: Duty

    @property
    def people(self) -> tuple[UUID, UUID]:
        """Who asked and who is asked."""
        return self.row.asked_by, self.row.asked_of


def swaps_of(session: Session, staff_id: UUID, now: datetime) -> list[Swap]:
    """Return what a person asked or was asked about turns that have not begun, newest first."""
    rows = session.exec(
        select(DutySwap, Duty)
        .join(Duty, col(Duty.id) == col(DutySwap.duty_id))
        .where(
            sa.or_(col(DutySwap.asked_by) == staff_id, col(DutySwap.asked_of) == staff_id),
            col(Duty.from_at) > now,
        )
        .order_by(col(DutySwap.asked_at).desc())
        .limit(50)
    )
    return [Swap(*row) for row in rows]


def set_feed(session: Session, staff_id: UUID, token_hash: str, now: datetime) -> None:
    """Give a person's calendar a new secret address; the former one ends."""
    session.execute(sa.delete(RosterFeed).where(col(RosterFeed.staff_id) == staff_id))
    session.add(RosterFeed(token_hash=token_hash, staff_id=staff_id, created_at=now))


def feed_owner(session: Session, token_hash: str) -> Staff | None:
    """Return the active person whose calendar has this secret address."""
    return session.exec(
        select(Staff)
        .join(RosterFeed, col(RosterFeed.staff_id) == col(Staff.id))
        .where(col(RosterFeed.token_hash) == token_hash, col(Staff.active))
    ).one_or_none()


def has_duty(
    session: Session, post: str, kind: DutyKind, from_at: datetime, until_at: datetime
) -> bool:
    """Say whether a duty list of one kind names somebody for a post at any time between."""
    return (
        session.exec(
            select(Duty.id)
            .where(
                col(Duty.post) == post,
                col(Duty.kind) == kind,
                col(Duty.from_at) < until_at,
                col(Duty.until_at) > from_at,
            )
            .limit(1)
        ).first()
        is not None
    )


def holding(session: Session, holding_id: UUID) -> PostHolding | None:
    """Return a holding."""
    return session.get(PostHolding, holding_id)


def leave(session: Session, leave_id: UUID) -> Leave | None:
    """Return an absence."""
    return session.get(Leave, leave_id)


def leaves(session: Session, staff_ids: Collection[UUID], now: datetime) -> list[Leave]:
    """Return the absences of people that are not over, the next one first."""
    return list(
        session.exec(
            select(Leave)
            .where(col(Leave.staff_id).in_(list(staff_ids)), col(Leave.until_at) > now)
            .order_by(col(Leave.from_at))
        )
    )


def is_away(session: Session, staff_id: UUID, from_at: datetime, until_at: datetime) -> bool:
    """Say whether a person is away at any time between two instants."""
    return (
        session.exec(
            select(Leave.id)
            .where(
                col(Leave.staff_id) == staff_id,
                col(Leave.from_at) < until_at,
                col(Leave.until_at) > from_at,
            )
            .limit(1)
        ).first()
        is not None
    )


def book(session: Session, now: datetime) -> Book:
    """Return who answers when, from now on, for every post; three queries."""
    by_kind = sa.case({kind.value: kind.rank for kind in DutyKind}, value=col(Duty.kind))
    return Book(
        _spans(session, Duty, now, by_kind),
        _spans(session, PostHolding, now),
        absences(session, now),
    )


def absences(session: Session, now: datetime) -> dict[UUID, list[Absence]]:
    """Return when everybody is away from now on; people who are not stand for none."""
    found: dict[UUID, list[Absence]] = {}
    for away in session.execute(
        sa.select(
            col(Leave.staff_id),
            col(Leave.from_at),
            col(Leave.until_at),
            col(Staff.id).label("named"),
        )
        .join(
            Staff, sa.and_(col(Staff.id) == col(Leave.stand_in_id), col(Staff.active)), isouter=True
        )
        .where(col(Leave.until_at) > now)
    ):
        absence = Absence(away.from_at, away.until_at, away.named)
        found.setdefault(away.staff_id, []).append(absence)
    return found


def _spans(
    session: Session,
    model: type[PostHolding] | type[Duty],
    now: datetime,
    *first: sa.ColumnElement[int],
) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for row in session.execute(
        sa.select(col(model.post), col(model.staff_id), col(model.from_at), col(model.until_at))
        .join(Staff, col(Staff.id) == col(model.staff_id))
        .where(_not_over(model, now), col(Staff.active))
        .order_by(*first, col(Staff.login))
    ):
        found.setdefault(row.post, []).append(Span(row.staff_id, row.from_at, row.until_at))
    return found


def changes(
    session: Session,
    *,
    staff_id: UUID | None = None,
    post: str | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> Sequence[StaffChange]:
    """Return what was changed about people, newest first.

    Args:
        session: any.
        staff_id: only about this person.
        post: only about this post.
        before_id: only older than this one, for the next page.
        limit: how many at most.
    """
    query = select(StaffChange).order_by(col(StaffChange.id).desc()).limit(limit)
    if staff_id is not None:
        query = query.where(col(StaffChange.staff_id) == staff_id)
    if post is not None:
        query = query.where(col(StaffChange.post) == post)
    if before_id is not None:
        query = query.where(col(StaffChange.id) < before_id)
    return session.exec(query).all()


def _not_over(model: type[PostHolding] | type[Duty], now: datetime) -> sa.ColumnElement[bool]:
    until = col(model.until_at)
    return sa.or_(until.is_(None), until > now)


def addresses(session: Session, channel: str) -> list[StaffAddress]:
    """Return everybody's address on a channel, sealed."""
    return list(session.exec(select(StaffAddress).where(col(StaffAddress.channel) == channel)))


def addresses_of(session: Session, staff_id: UUID) -> list[StaffAddress]:
    """Return a person's addresses on all channels, sealed."""
    return list(session.exec(select(StaffAddress).where(col(StaffAddress.staff_id) == staff_id)))


def drop_address(session: Session, staff_id: UUID, channel: str) -> None:
    """Forget a person's address on a channel."""
    session.execute(
        sa.delete(StaffAddress).where(
            col(StaffAddress.staff_id) == staff_id, col(StaffAddress.channel) == channel
        )
    )


def upload(session: Session, upload_id: UUID, staff_id: UUID) -> StaffUpload | None:
    """Return a staff list that this person uploaded."""
    return session.exec(
        select(StaffUpload).where(
            col(StaffUpload.id) == upload_id, col(StaffUpload.staff_id) == staff_id
        )
    ).one_or_none()


def drop_uploads(session: Session, staff_id: UUID, before: datetime) -> None:
    """Throw away a person's uploads, and everybody's that are older than ``before``."""
    session.execute(
        sa.delete(StaffUpload).where(
            sa.or_(col(StaffUpload.staff_id) == staff_id, col(StaffUpload.at) < before)
        )
    )
