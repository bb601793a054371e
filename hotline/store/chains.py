"""Rows for the auditor: slices of live chains read without a lock, and the record of its rounds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hotline.domain.chains import Owed
from hotline.domain.tickets import Step
from hotline.store.models import (
    Ask,
    AuditRound,
    FlagRow,
    Ticket,
    TicketGap,
    Timer,
    Whistle,
    WhistleParty,
)

# What lives: open tickets, and ended ones with a flag that nobody has ruled on or a bad rating.
_NEXT: Final = sa.text(
    "SELECT id FROM ("
    " (SELECT id FROM ticket WHERE closed_at IS NULL AND NOT synthetic AND id > :after"
    "  ORDER BY id LIMIT :limit)"
    " UNION (SELECT ticket_id FROM flag WHERE ruled_at IS NULL AND ticket_id > :after"
    "  ORDER BY ticket_id LIMIT :limit)"
    " UNION (SELECT ticket_id FROM bad_rating WHERE ended_at IS NULL AND ticket_id > :after"
    "  ORDER BY ticket_id LIMIT :limit)) AS live ORDER BY id LIMIT :limit"
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
    " UNION ALL SELECT m.ticket_id, m.id, 'whistle_milestone', m.due_at FROM whistle_milestone m"
    " JOIN whistle w ON w.id = m.whistle_id"
    " WHERE m.ticket_id = ANY(:ids) AND m.met_at IS NULL AND w.ended_at IS NULL"
    " UNION ALL SELECT ticket_id, ticket_id, 'long_term', began_at FROM long_term"
    " WHERE ticket_id = ANY(:ids) AND began_at IS NOT NULL AND ended_at IS NULL"
    " UNION ALL SELECT p.ticket_id, m.id, 'milestone', m.due_at FROM milestone m"
    " JOIN long_term p ON p.id = m.plan_id WHERE p.ticket_id = ANY(:ids) AND m.done_at IS NULL"
    " AND p.began_at IS NOT NULL AND p.ended_at IS NULL"
)
_ONCE: Final = (Step.CONTACT, Step.REACT, Step.GAP)


@dataclass(slots=True)
class Rows:
    """Everything that the limits of some tickets depend on, by ticket."""

    tickets: Sequence[Any]
    running: dict[UUID, set[tuple[UUID, Step]]] = field(default_factory=dict)
    once: dict[UUID, list[tuple[Step, str, datetime]]] = field(default_factory=dict)
    parties: dict[UUID, list[tuple[WhistleParty, str]]] = field(default_factory=dict)
    flags: dict[UUID, list[tuple[UUID, str]]] = field(default_factory=dict)
    gaps: dict[UUID, list[UUID]] = field(default_factory=dict)
    owed: dict[UUID, list[Owed]] = field(default_factory=dict)
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


def take_round(session: Session) -> AuditRound | None:
    """Lock the round that is under way; ``None``: none is, or another clock has it."""
    return session.exec(
        select(AuditRound)
        .where(col(AuditRound.ended_at).is_(None))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def rounds(session: Session, *, limit: int) -> list[AuditRound]:
    """Return the last rounds, the newest first."""
    return list(
        session.exec(select(AuditRound).order_by(col(AuditRound.number).desc()).limit(limit))
    )


def begin_round(session: Session, now: datetime, before: datetime) -> None:
    """Begin a round where the last one began ``before`` an instant; of several clocks, one does."""
    session.execute(_BEGIN, {"now": now, "before": before, "first": UUID(int=0)})


def add_found(session: Session, number: int, restored: int) -> None:
    """Count what was restored in a round."""
    session.execute(
        sa.update(AuditRound)
        .where(col(AuditRound.number) == number)
        .values(found=AuditRound.found + restored)
    )
