"""Rows for the auditor: slices of live chains read without a lock, and the record of its rounds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hotline.domain.chains import Owed
from hotline.domain.tickets import Step
from hotline.store import paging
from hotline.store.models import (
    Ask,
    AuditRound,
    FlagRow,
    RestoredLimit,
    Ticket,
    TicketGap,
    Timer,
    Whistle,
    WhistleParty,
)
from hotline.store.paging import Order, Page

# What lives: open tickets, and ended ones of which somebody still owes something.
_LIVES_ON: Final = (
    ("flag", "ruled_at IS NULL"),
    ("bad_rating", "ended_at IS NULL"),
    ("sample_call", "outcome IS NULL"),
    ("catalogue_entry", "state = 'proposed'"),
    ("rating_probe", "settled_at IS NULL"),
)
_OPEN: Final = "(SELECT id FROM ticket WHERE closed_at IS NULL AND id > :after"
_MORE: Final = "".join(
    f" UNION (SELECT ticket_id FROM {table} WHERE {open_} AND ticket_id > :after"  # noqa: S608
    " ORDER BY ticket_id LIMIT :limit)"
    for table, open_ in _LIVES_ON
)
_NEXT: Final = sa.text(
    f"SELECT id FROM ({_OPEN} ORDER BY id LIMIT :limit){_MORE}) AS live"  # noqa: S608  our own
    " ORDER BY id LIMIT :limit"
)
_BEGIN: Final = sa.text(
    "INSERT INTO audit_round (started_at, last_id) SELECT :now, :first"
    " WHERE NOT EXISTS (SELECT FROM audit_round WHERE ended_at IS NULL OR started_at > :before)"
    " ON CONFLICT DO NOTHING"
)
# What is still owed of some tickets: the ticket, the subject, the step, by when or since when.
_OWED: Final = sa.text(
    "SELECT ticket_id, id, 'bad_call', call_due_at FROM bad_rating"
    " WHERE ticket_id = ANY(:ids) AND ended_at IS NULL AND called_at IS NULL"
    " UNION ALL SELECT ticket_id, id, 'bad_fix', fix_due_at FROM bad_rating"
    " WHERE ticket_id = ANY(:ids) AND ended_at IS NULL AND fixed_at IS NULL"
    " UNION ALL SELECT ticket_id, id, 'bad_silence', asked_at FROM bad_rating"
    " WHERE ticket_id = ANY(:ids) AND ended_at IS NULL AND fixed_at IS NOT NULL"
    " UNION ALL SELECT ticket_id, id, CASE state WHEN 'asked' THEN 'whistle_asked'"
    " ELSE 'whistle_close' END, coalesce(close_by, raised_at) FROM whistle"
    " WHERE ticket_id = ANY(:ids) AND ended_at IS NULL"
    " UNION ALL SELECT ticket_id, id, 'whistle_plan', raised_at FROM whistle"
    " WHERE ticket_id = ANY(:ids) AND ended_at IS NULL AND state = 'open' AND planned_at IS NULL"
    " UNION ALL SELECT m.ticket_id, m.id, 'whistle_milestone', m.due_at FROM whistle_milestone m"
    " JOIN whistle w ON w.id = m.whistle_id"
    " WHERE m.ticket_id = ANY(:ids) AND m.met_at IS NULL AND w.ended_at IS NULL"
    " UNION ALL SELECT ticket_id, ticket_id, 'long_term', began_at FROM long_term"
    " WHERE ticket_id = ANY(:ids) AND began_at IS NOT NULL AND ended_at IS NULL"
    " UNION ALL SELECT p.ticket_id, m.id, 'milestone', m.due_at FROM milestone m"
    " JOIN long_term p ON p.id = m.plan_id WHERE p.ticket_id = ANY(:ids) AND m.done_at IS NULL"
    " AND p.began_at IS NOT NULL AND p.ended_at IS NULL"
    " UNION ALL SELECT ticket_id, ticket_id, 'verify', due_at FROM sample_call"
    " WHERE ticket_id = ANY(:ids) AND outcome IS NULL"
    " UNION ALL SELECT ticket_id, id, 'rule_entry', coalesce(due_at, proposed_at)"
    " FROM catalogue_entry WHERE ticket_id = ANY(:ids) AND state = 'proposed'"
    " UNION ALL SELECT ticket_id, id, 'probe', due_at FROM rating_probe"
    " WHERE ticket_id = ANY(:ids) AND settled_at IS NULL"
    " UNION ALL SELECT ticket_id, ticket_id, 'come_back', at FROM probe_run"
    " WHERE ticket_id = ANY(:ids) AND back_at IS NULL"
)
_ONCE: Final = (Step.CONTACT, Step.REACT, Step.GAP)


class SetAgain(NamedTuple):
    """A limit that was set again, on record, and the number of its ticket."""

    limit: RestoredLimit
    number: str


class Restored(NamedTuple):
    """A limit that was set again: of what, which, and when it is due."""

    subject: UUID
    step: Step
    due: datetime


@dataclass(slots=True)
class Rows:
    """Everything that the limits of some tickets depend on, by ticket; ``kinds`` by whistle."""

    tickets: Sequence[Any]
    running: dict[UUID, set[tuple[UUID, Step]]] = field(default_factory=dict)
    once: dict[UUID, list[tuple[Step, str, datetime]]] = field(default_factory=dict)
    parties: dict[UUID, list[tuple[WhistleParty, str]]] = field(default_factory=dict)
    flags: dict[UUID, list[tuple[UUID, str]]] = field(default_factory=dict)
    gaps: dict[UUID, list[UUID]] = field(default_factory=dict)
    owed: dict[UUID, list[Owed]] = field(default_factory=dict)
    kinds: dict[UUID, str] = field(default_factory=dict)
    asks: dict[UUID, tuple[int, bool | None, bool]] = field(default_factory=dict)


def next_ids(session: Session, after: UUID, limit: int) -> list[UUID]:
    """Return the next tickets with a live chain, in the order of their ids."""
    return list(session.execute(_NEXT, {"after": after, "limit": limit}).scalars())


def read(session: Session, ids: Collection[UUID]) -> Rows:
    """Read what the limits of these tickets depend on: a fixed number of queries, no lock."""
    wanted, lead = list(ids), aliased(Ticket)
    found = Rows(
        session.execute(
            sa.select(Ticket, col(lead.status))
            .join(lead, col(lead.id) == col(Ticket.lead_id), isouter=True)
            .where(col(Ticket.id).in_(wanted))
        ).all()
    )
    for gap, ticket_id in session.execute(
        sa.select(col(TicketGap.id), col(TicketGap.ticket_id)).where(
            col(TicketGap.ticket_id).in_(wanted), col(TicketGap.came_at).is_(None)
        )
    ):
        found.gaps.setdefault(ticket_id, []).append(gap)
    _read_timers(session, wanted, found)
    _read_parties(session, wanted, found)
    for ticket_id, subject, step, due in session.execute(_OWED, {"ids": wanted}):
        found.owed.setdefault(ticket_id, []).append(Owed(subject, Step(step), due))
    flags = sa.select(col(FlagRow.ticket_id), col(FlagRow.id), col(FlagRow.state))
    for ticket_id, flag, state in session.execute(
        flags.where(col(FlagRow.ticket_id).in_(wanted), col(FlagRow.ruled_at).is_(None))
    ):
        found.flags.setdefault(ticket_id, []).append((flag, state))
    for ask in session.exec(
        select(Ask).where(col(Ask.ticket_id).in_(wanted)).order_by(col(Ask.round))
    ):
        found.asks[ask.ticket_id] = (ask.tries, ask.solved, ask.answered_at is not None)
    return found


def _read_timers(session: Session, ids: list[UUID], found: Rows) -> None:
    waiting = sa.select(col(Timer.ticket_id), col(Timer.subject_id), col(Timer.step))
    for ticket_id, subject, step in session.execute(
        waiting.where(col(Timer.ticket_id).in_(ids), col(Timer.state) == "waiting")
    ):
        found.running.setdefault(ticket_id, set()).add((subject, step))
    subjects = [*ids, *(gap for gaps in found.gaps.values() for gap in gaps)]
    once = sa.select(col(Timer.subject_id), col(Timer.step), col(Timer.state), col(Timer.due_at))
    for subject, step, state, due in session.execute(
        once.where(col(Timer.subject_id).in_(subjects), col(Timer.step).in_(_ONCE))
    ):
        found.once.setdefault(subject, []).append((step, state, due))


def _read_parties(session: Session, ids: list[UUID], found: Rows) -> None:
    query = (
        sa.select(WhistleParty, col(Whistle.kind))
        .join(Whistle, col(Whistle.id) == col(WhistleParty.whistle_id))
        .where(col(WhistleParty.ticket_id).in_(ids), col(Whistle.ended_at).is_(None))
    )
    for party, kind in session.execute(query):
        found.parties.setdefault(party.ticket_id, []).append((party, kind))
        found.kinds[party.whistle_id] = kind


def take_round(session: Session) -> AuditRound | None:
    """Lock the round that is under way; ``None``: none is, or another clock has it."""
    return session.exec(
        select(AuditRound)
        .where(col(AuditRound.ended_at).is_(None))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def add_restored(
    session: Session, number: int, ticket_id: UUID, restored: Collection[Restored], at: datetime
) -> None:
    """Keep which limits of a ticket were set again in a round, and count them there."""
    session.add_all(
        RestoredLimit(
            round=number,
            ticket_id=ticket_id,
            subject_id=one.subject,
            step=one.step,
            due_at=one.due,
            at=at,
        )
        for one in restored
    )
    session.execute(
        sa.update(AuditRound)
        .where(col(AuditRound.number) == number)
        .values(found=AuditRound.found + len(restored))
    )


def rounds(session: Session, *, at: str = "", size: int = paging.SIZE) -> Page[AuditRound]:
    """Return a page of the rounds, the newest first."""
    order = Order((col(AuditRound.number),), descending=True)
    return paging.page(session, sa.select(AuditRound), order, at=at, size=size)


def restored(session: Session, *, at: str = "", size: int = paging.SIZE) -> Page[SetAgain]:
    """Return a page of the limits that were set again, the newest first, with their tickets."""
    query = sa.select(RestoredLimit, col(Ticket.number)).join(
        Ticket, col(Ticket.id) == col(RestoredLimit.ticket_id)
    )
    order = Order((col(RestoredLimit.at), col(RestoredLimit.id)), descending=True)
    found = paging.page(session, query, order, at=at, size=size)
    return Page([SetAgain(*row) for row in found], earlier=found.earlier, later=found.later)


def begin_round(session: Session, now: datetime, before: datetime) -> None:
    """Begin a round where the last one began ``before`` an instant; of several clocks, one does."""
    session.execute(_BEGIN, {"now": now, "before": before, "first": UUID(int=0)})
