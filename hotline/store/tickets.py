"""Rows of tickets: locked for a command, listed for a desk."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from hotline.domain.tickets import OWNER, Action, Status
from hotline.store import paging, people
from hotline.store.models import (
    Ask,
    Command,
    Media,
    Ticket,
    TicketEvent,
    TicketIdentity,
    TicketText,
)
from hotline.store.paging import Order, Page, endless

PAGE: Final = paging.SIZE
MANY: Final = 1000
MOST: Final = 10_000
# What every list and count leaves out: test demands of our own.
REAL: Final = sa.not_(col(Ticket.synthetic))


def lock(session: Session, number: str) -> Ticket | None:
    """Return the ticket under its row lock, as it is in the database now."""
    return session.exec(
        select(Ticket)
        .where(col(Ticket.number) == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def lock_all(session: Session, ticket_ids: Sequence[UUID]) -> list[Ticket]:
    """Return several tickets under their row locks, taken in the order that everybody keeps to.

    Whoever leads comes before whoever was merged, and among these ids decide.
    """
    return list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.id).in_(ticket_ids))
            .order_by(col(Ticket.lead_id).is_not(None), col(Ticket.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def try_lock(session: Session, ticket_id: UUID) -> Ticket | None:
    """Return a ticket under its row lock, or ``None`` where somebody else holds it now."""
    return session.exec(
        select(Ticket)
        .where(col(Ticket.id) == ticket_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def lock_members(session: Session, lead_id: UUID, statuses: Collection[Status]) -> list[Ticket]:
    """Return what was merged into a ticket and stands in ``statuses``, under row locks."""
    return list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.lead_id) == lead_id, col(Ticket.status).in_(list(statuses)))
            .order_by(col(Ticket.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def ids_of(session: Session, numbers: Collection[str]) -> list[UUID]:
    """Return the ids of the tickets with these numbers."""
    return list(session.exec(select(Ticket.id).where(col(Ticket.number).in_(list(numbers)))))


def member_ids(session: Session, lead_ids: Collection[UUID]) -> list[UUID]:
    """Return the ids of everything that was merged into any of these tickets."""
    return list(session.exec(select(Ticket.id).where(col(Ticket.lead_id).in_(list(lead_ids)))))


def members(session: Session, lead_id: UUID, *, limit: int = 200) -> list[Ticket]:
    """Return what was merged into a ticket, the oldest demand first."""
    return list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.lead_id) == lead_id)
            .order_by(col(Ticket.received_at))
            .limit(limit)
        )
    )


def still_merged(session: Session, lead_id: UUID) -> list[Ticket]:
    """Return all that waits for what a ticket does, the oldest demand first; it may be hundreds."""
    return list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.lead_id) == lead_id, col(Ticket.status) == Status.MERGED)
            .order_by(col(Ticket.received_at))
        )
    )


def find(session: Session, number: str) -> Ticket | None:
    """Return the ticket without a lock, for a page."""
    return session.exec(select(Ticket).where(col(Ticket.number) == number)).one_or_none()


def get(session: Session, ticket_id: UUID) -> Ticket | None:
    """Return the ticket with this id without a lock, for a page."""
    return session.get(Ticket, ticket_id)


def waiting(
    session: Session, statuses: Collection[Status], *, at: str = "", size: int = PAGE
) -> Page[Ticket]:
    """Return a page of the open tickets in ``statuses``, the one that is due first in front.

    Each status is read in the order of its index and the streams are merged: a page of a hundred
    thousand costs what a page of fifty costs.
    """
    return in_order(session, [[col(Ticket.status) == status] for status in statuses], at, size)


def of_officer(
    session: Session,
    staff_id: UUID,
    posts: Collection[str],
    now: datetime,
    *,
    at: str = "",
) -> Page[Ticket]:
    """Return a person's open tickets: accepted by them, or waiting at a post they stand in for.

    Waiting is what nobody has accepted, and what somebody has who is away at ``now``.
    """
    mine = [col(Ticket.officer_id) == staff_id]
    unsigned = sa.and_(col(Ticket.officer_id).is_(None), col(Ticket.status) == Status.DISPATCHED)
    left = sa.and_(col(Ticket.officer_id) != staff_id, people.absent(col(Ticket.officer_id), now))
    waits = sa.or_(unsigned, left)
    streams = [mine, *([col(Ticket.post) == post, waits] for post in sorted(posts))]
    return in_order(session, streams, at, PAGE)


def in_order(
    session: Session, streams: Sequence[Sequence[sa.ColumnElement[bool]]], at: str, size: int
) -> Page[Ticket]:
    """Return a page of open tickets out of several streams, none of which shares a ticket.

    Each stream is cut to a page before they are merged: the planner would read and sort them all.
    Only keys are merged, for a statement with every column of eight streams takes longer to plan
    than to run.
    """
    order = Order((endless(Ticket.due_at), col(Ticket.id)))
    place = paging.read_place(at, order)
    due, ticket_id = endless(Ticket.due_at).label("due"), col(Ticket.id)
    keys = sa.union_all(
        *(
            paging.cut(
                sa.select(due, ticket_id).where(col(Ticket.closed_at).is_(None), REAL, *stream),
                order,
                place,
                size,
            )
            for stream in streams
        )
    ).subquery()
    merged = sa.select(keys.c.due, keys.c.id)
    first = paging.cut(merged, Order((keys.c.due, keys.c.id)), place, size).subquery()
    query = sa.select(Ticket).join(first, first.c.id == Ticket.id)
    return paging.page(session, query, Order((first.c.due, first.c.id)), at=at, size=size)


def open_of_number(session: Session, hashes: Sequence[str]) -> list[Ticket]:
    """Return the tickets of one caller that they may still speak about, the newest first.

    Archived ones are among them for as long as a grade or a late answer may come.
    """
    ends = [Status.ANSWERED, Status.REJECTED, Status.WITHDRAWN, Status.UNREACHED]
    return list(
        session.exec(
            select(Ticket)
            .join(TicketIdentity, col(TicketIdentity.ticket_id) == col(Ticket.id))
            .where(
                col(TicketIdentity.number_hash).in_(list(hashes)),
                col(Ticket.status).not_in(ends),
            )
            .order_by(col(Ticket.received_at).desc())
            .limit(10)
        )
    )


def recent(session: Session, *, at: str = "", size: int = PAGE) -> Page[Ticket]:
    """Return a page of the tickets of any status, the newest first."""
    order = Order((col(Ticket.received_at), col(Ticket.id)), descending=True)
    return paging.page(session, sa.select(Ticket).where(REAL), order, at=at, size=size)


class Figures(NamedTuple):
    """How many open tickets stand in each status, and how many of them are past their limit."""

    counts: Mapping[Status, int]
    overdue: int

    @property
    def said_overdue(self) -> str:
        """The late ones in words: exact, or so many and more."""
        return f"{MANY}+" if self.overdue == MANY else str(self.overdue)

    def said(self, status: Status) -> str:
        """How many stand in a status, in words: exact, or so many and more; none: empty."""
        number = self.counts.get(status, 0)
        return f"{MOST}+" if number == MOST else str(number or "")


def figures(session: Session, now: datetime) -> Figures:
    """Return what stands open, in numbers; closed tickets are for reports to count.

    Late ones are counted up to `MANY`: more of them is a number that nobody acts on. Each status
    is counted up to `MOST`, or every page would read all that is open.
    """
    open_ = col(Ticket.closed_at).is_(None)
    late = (
        sa.select(sa.literal(1))
        .where(open_, col(Ticket.status).in_(list(OWNER)), endless(col(Ticket.due_at)) < now)
        .limit(MANY)
        .subquery()
    )
    overdue = sa.select(sa.func.count()).select_from(late).scalar_subquery()
    found = session.execute(sa.select(overdue, *(_count(status) for status in OWNER))).one()
    counts = {status: number for status, number in zip(OWNER, found[1:], strict=True) if number}
    return Figures(counts, found[0])


def _count(status: Status) -> sa.ColumnElement[int]:
    """Count the open tickets in a status, up to `MOST`."""
    stands = (col(Ticket.closed_at).is_(None), col(Ticket.status) == status)
    # Few, under an index of their own: so that the many are still counted in theirs alone.
    tests = sa.select(sa.func.count()).where(col(Ticket.synthetic), *stands).scalar_subquery()
    some = sa.select(sa.literal(1)).where(*stands).limit(tests + MOST).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery() - tests


def identity(session: Session, ticket_id: UUID) -> TicketIdentity | None:
    """Return who called. Whoever shows it to a person logs the view."""
    return session.get(TicketIdentity, ticket_id)


def texts(session: Session, ticket_id: UUID) -> list[TicketText]:
    """Return the words on a ticket, oldest first."""
    return list(
        session.exec(
            select(TicketText)
            .where(col(TicketText.ticket_id) == ticket_id)
            .order_by(col(TicketText.at), col(TicketText.id))
        )
    )


def texts_by_id(session: Session, text_ids: Collection[UUID]) -> dict[str, TicketText]:
    """Return several texts of any tickets, by id."""
    rows = session.exec(select(TicketText).where(col(TicketText.id).in_(list(text_ids))))
    return {str(row.id): row for row in rows}


def first_words(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what was said first on each ticket, for lists."""
    rows = session.execute(
        sa.select(col(TicketText.ticket_id), col(TicketText.body))
        .where(col(TicketText.ticket_id).in_(list(ticket_ids)), col(TicketText.kind) == "words")
        .order_by(col(TicketText.ticket_id), col(TicketText.at))
        .ext(distinct_on(col(TicketText.ticket_id)))
    )
    return {row.ticket_id: row.body for row in rows}


def events(session: Session, ticket_id: UUID) -> list[TicketEvent]:
    """Return everything that happened to a ticket, in order."""
    return list(
        session.exec(
            select(TicketEvent)
            .where(col(TicketEvent.ticket_id) == ticket_id)
            .order_by(col(TicketEvent.seq))
        )
    )


def last_event(session: Session, ticket_id: UUID, action: Action) -> dict[str, Any] | None:
    """Return the body of the latest event of a kind, parsed; ``None``: there was none."""
    body = session.exec(
        select(TicketEvent.body)
        .where(col(TicketEvent.ticket_id) == ticket_id, col(TicketEvent.action) == action)
        .order_by(col(TicketEvent.seq).desc())
        .limit(1)
    ).one_or_none()
    if body is None:
        return None
    found: dict[str, Any] = json.loads(body)
    return found


def bodies_of(session: Session, ticket_id: UUID, action: Action) -> list[dict[str, Any]]:
    """Return the bodies of all events of a kind, parsed, in their order."""
    bodies = session.exec(
        select(TicketEvent.body)
        .where(col(TicketEvent.ticket_id) == ticket_id, col(TicketEvent.action) == action)
        .order_by(col(TicketEvent.seq))
    )
    return [json.loads(body) for body in bodies]


def media(session: Session, ticket_id: UUID) -> list[Media]:
    """Return the photos and recordings of a ticket that are still kept, oldest first."""
    return list(
        session.exec(
            select(Media)
            .where(col(Media.ticket_id) == ticket_id, col(Media.erased_at).is_(None))
            .order_by(col(Media.at))
        )
    )


def one_media(session: Session, media_id: UUID) -> Media | None:
    """Return a photo's or recording's row, while it is kept."""
    row = session.get(Media, media_id)
    return row if row is not None and row.erased_at is None else None


def has_recording(session: Session, sid: str) -> bool:
    """Say whether a recording of the carrier was kept."""
    return session.exec(select(Media.id).where(col(Media.sid) == sid)).first() is not None


def command(session: Session, command_id: UUID) -> Command | None:
    """Return a command from the field that was carried out under this key."""
    return session.get(Command, command_id)


def open_ask(session: Session, ticket_id: UUID) -> Ask | None:
    """Return the question of the newest round, answered or not."""
    return session.exec(
        select(Ask).where(col(Ask.ticket_id) == ticket_id).order_by(col(Ask.round).desc()).limit(1)
    ).one_or_none()


def asks(session: Session, ticket_id: UUID) -> list[Ask]:
    """Return every question put to the caller, in order."""
    return list(
        session.exec(select(Ask).where(col(Ask.ticket_id) == ticket_id).order_by(col(Ask.round)))
    )


def ask_by_token(session: Session, token_hash: str) -> Ask | None:
    """Return the question that a one-time link belongs to."""
    return session.exec(select(Ask).where(col(Ask.token_hash) == token_hash)).one_or_none()


def next_sequence(session: Session) -> int:
    """Return the next number of the ticket sequence."""
    number: int = session.execute(sa.text("SELECT nextval('ticket_number_seq')")).scalar_one()
    return number
