"""Rows of claims of closure, of what may be known about them, and of what signals said."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hotline.domain.suspicion.facts import Share
from hotline.domain.suspicion.frame import Suspicion
from hotline.domain.tickets import Action
from hotline.store.models import (
    Media,
    Submission,
    SuspicionRow,
    Ticket,
    TicketEvent,
    TicketIdentity,
)
from hotline.store.tickets import REAL

_LATE: Final = (
    "at BETWEEN due_at - (due_at - limit_from) * {share} AND due_at AND due_at > limit_from"
)
# Returns are looked for among so many later tickets of a place or a caller, the earliest first.
_MOST_RETURNS: Final = 20


def submission(session: Session, submission_id: UUID) -> Submission | None:
    """Return a claim."""
    return session.get(Submission, submission_id)


def of_ticket(session: Session, ticket_id: UUID) -> list[Submission]:
    """Return the claims of a ticket, in order."""
    return list(
        session.exec(
            select(Submission)
            .where(col(Submission.ticket_id) == ticket_id)
            .order_by(col(Submission.round))
        )
    )


def by_account(
    session: Session, staff_id: UUID, since: datetime, until: datetime
) -> list[Submission]:
    """Return what one account claimed, by the device's own time."""
    return list(
        session.exec(
            select(Submission)
            .where(
                col(Submission.by) == staff_id,
                col(Submission.done_at) >= since,
                col(Submission.done_at) <= until,
            )
            .order_by(col(Submission.done_at), col(Submission.id))
            .limit(500)
        )
    )


def late_shares(
    session: Session, staff_id: UUID, since: datetime, until: datetime, percent: int
) -> list[tuple[Share, Share]]:
    """Return, for each class, this account's late closings and everybody else's.

    Args:
        session: any.
        staff_id: the account; only classes that it has closed in are counted.
        since: the first instant that counts.
        until: the last one.
        percent: what is the last stretch of a limit.
    """
    stretch = _LATE.format(share=percent / 100)
    late: sa.ColumnElement[int] = sa.literal_column(f"(count(*) FILTER (WHERE {stretch}))")
    mine = (
        sa.select(col(Submission.class_code))
        .where(col(Submission.by) == staff_id, col(Submission.at).between(since, until))
        .distinct()
    )
    is_mine = (col(Submission.by) == staff_id).label("is_mine")
    rows = session.execute(
        sa.select(col(Submission.class_code), is_mine, late, sa.func.count())
        .where(
            col(Submission.class_code).in_(mine),
            col(Submission.at).between(since, until),
            col(Submission.due_at).is_not(None),
        )
        .group_by(col(Submission.class_code), is_mine)
    )
    found: dict[str, dict[bool, Share]] = {}
    for class_code, own, hits, total in rows:
        found.setdefault(class_code, {})[bool(own)] = Share(hits, total)
    nothing = Share(0, 0)
    return [(pair.get(True, nothing), pair.get(False, nothing)) for pair in found.values()]


def unjudged(session: Session, rules: str, limit: int) -> list[UUID]:
    """Return claims that these rules have not judged: new ones first, then history backwards.

    A claim whose photos nobody has looked at yet waits for that.
    """
    unseen = sa.exists().where(
        col(Media.ticket_id) == col(Submission.ticket_id),
        col(Media.hashed_at).is_(None),
        col(Media.purpose) != "recording",
    )
    new = sa.select(col(Submission.id)).where(col(Submission.judged_by).is_(None), ~unseen)
    fresh = session.execute(new.order_by(col(Submission.at)).limit(limit)).scalars().all()
    if fresh:
        return list(fresh)
    older = sa.select(col(Submission.id)).where(
        sa.or_(col(Submission.judged_by) < rules, col(Submission.judged_by) > rules)
    )
    return list(session.execute(older.order_by(col(Submission.at).desc()).limit(limit)).scalars())


def any_new(session: Session) -> bool:
    """Whether there are claims that no rules have judged."""
    query = sa.select(col(Submission.id)).where(col(Submission.judged_by).is_(None)).limit(1)
    return session.execute(query).first() is not None


def come_back_since(session: Session, since: datetime, window: timedelta) -> list[UUID]:
    """Return the claims whose place and class, or caller and class, were reported again.

    Args:
        session: any.
        since: only reports from this instant on.
        window: how long before the report a claim may lie.
    """
    return list(
        session.execute(
            sa.text("""
            SELECT DISTINCT s.id FROM ticket t
            LEFT JOIN ticket_identity i ON i.ticket_id = t.id
            JOIN submission s ON s.class_code = t.class_code
              AND s.at < t.received_at AND s.at >= t.received_at - CAST(:length AS interval)
              AND s.ticket_id <> t.id
            LEFT JOIN ticket_identity o ON o.ticket_id = s.ticket_id
            WHERE t.received_at >= :since AND NOT t.synthetic
              AND (s.grid = t.grid OR o.number_hash = i.number_hash)
            """),
            {"since": since, "length": window},
        ).scalars()
    )


class Later(NamedTuple):
    """A ticket that came after a claim, with the same class, at the same grid or caller."""

    ticket: Ticket
    same_caller: bool
    like_that_day: int


def later(session: Session, claim: Submission, until: datetime) -> list[Later]:
    """Return what came after a claim, the earliest first."""
    caller = (
        sa.select(col(TicketIdentity.number_hash))
        .where(col(TicketIdentity.ticket_id) == claim.ticket_id)
        .scalar_subquery()
    )
    # Two look-ups in two indexes; one condition with OR would read a month of the whole class.
    of_grid = sa.select(col(Ticket.id)).where(
        col(Ticket.grid) == claim.grid,
        col(Ticket.class_code) == claim.class_code,
        col(Ticket.received_at).between(claim.at, until),
    )
    of_caller = sa.select(col(TicketIdentity.ticket_id)).where(
        col(TicketIdentity.number_hash) == caller
    )
    same = sa.func.coalesce(col(TicketIdentity.number_hash) == caller, sa.false())
    rows = session.execute(
        sa.select(Ticket, same, _like_that_day())
        .join(TicketIdentity, col(TicketIdentity.ticket_id) == col(Ticket.id), isouter=True)
        .where(
            col(Ticket.id).in_(sa.union(of_grid, of_caller)),
            col(Ticket.class_code) == claim.class_code,
            col(Ticket.received_at) > claim.at,
            col(Ticket.received_at) <= until,
            col(Ticket.id) != claim.ticket_id,
            REAL,
        )
        .order_by(col(Ticket.received_at), col(Ticket.id))
        .limit(_MOST_RETURNS)
    )
    return [Later(*row) for row in rows]


def _like_that_day() -> sa.ScalarSelect[int]:
    """Return how many other tickets of its class came from its town around a ticket's instant."""
    other = aliased(Ticket)
    half_day = sa.literal(timedelta(hours=12), sa.Interval)
    return (
        sa.select(sa.func.count())
        .where(
            col(other.class_code) == col(Ticket.class_code),
            col(other.town) == col(Ticket.town),
            col(other.id) != col(Ticket.id),
            sa.not_(col(other.synthetic)),
            col(other.received_at).between(
                col(Ticket.received_at) - half_day, col(Ticket.received_at) + half_day
            ),
        )
        .correlate(Ticket)
        .scalar_subquery()
    )


def like_before(session: Session, ticket: Ticket, since: datetime) -> int:
    """Return how many other tickets of its class and grid came before a ticket, from ``since``."""
    found: int = session.execute(
        sa.select(sa.func.count()).where(
            col(Ticket.class_code) == ticket.class_code,
            col(Ticket.grid) == ticket.grid,
            col(Ticket.received_at).between(since, ticket.received_at),
            col(Ticket.id) != ticket.id,
            REAL,
        )
    ).scalar_one()
    return found


def visits(session: Session, ticket_ids: Collection[UUID]) -> list[TicketEvent]:
    """Return the events in which somebody stood on site, in order."""
    return list(
        session.exec(
            select(TicketEvent)
            .where(
                col(TicketEvent.ticket_id).in_(list(ticket_ids)),
                col(TicketEvent.action).in_([Action.CHECK_IN, Action.ARRIVE]),
            )
            .order_by(col(TicketEvent.ticket_id), col(TicketEvent.seq))
        )
    )


def submissions(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Submission]:
    """Return claims by id."""
    if not ids:
        return {}
    rows = session.exec(select(Submission).where(col(Submission.id).in_(list(ids))))
    return {claim.id: claim for claim in rows}


def tickets(session: Session, ticket_ids: Collection[UUID]) -> Mapping[UUID, Ticket]:
    """Return tickets by id, without locks."""
    rows = session.exec(select(Ticket).where(col(Ticket.id).in_(list(ticket_ids))))
    return {ticket.id: ticket for ticket in rows}


def keep(
    session: Session, claim: Submission, found: Iterable[Suspicion], rules: str, at: datetime
) -> int:
    """Keep what signals said; what the same rules said before is left. Return how many are new."""
    values: Sequence[dict[str, Any]] = [
        {
            "id": uuid4(),
            "submission_id": claim.id,
            "ticket_id": claim.ticket_id,
            "round": claim.round,
            "signal": sign.signal,
            "rules": rules,
            "group_name": sign.group,
            "strength": sign.strength,
            "rows": [
                {
                    "what": row.what,
                    "id": row.id,
                    "at": row.at.isoformat() if row.at else None,
                    **dict(row.numbers),
                }
                for row in sign.rows
            ],
            "innocent": sign.innocent_reason,
            "at": at,
        }
        for sign in found
    ]
    if not values:
        return 0
    kept = session.execute(
        insert(SuspicionRow)
        .values(values)
        .on_conflict_do_nothing(index_elements=["ticket_id", "round", "signal", "rules"])
        .returning(col(SuspicionRow.id))
    )
    return len(kept.all())


def signs(
    session: Session, submission_ids: Collection[UUID], rules: str | None = None
) -> list[SuspicionRow]:
    """Return what was said of claims, the strongest first; by one version of the rules, or all."""
    query = select(SuspicionRow).where(col(SuspicionRow.submission_id).in_(list(submission_ids)))
    if rules is not None:
        query = query.where(col(SuspicionRow.rules) == rules)
    return list(session.exec(query.order_by(col(SuspicionRow.strength).desc())))
