"""Rows of the watch over the hotline: beats, probes, and its vital signs in one query.

Beats and their ages are in the server's own time: a demonstration that moves the hotline's time
does not make processes look dead.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.store import paging
from hotline.store.models import ProbeRun, Ticket
from hotline.store.paging import Order, Page

# A count that goes further says only that it is too many.
MANY: Final = 10_000
_BEAT: Final = sa.text(
    "INSERT INTO heartbeat (process, instance, started_at, at)"
    " VALUES (:process, :instance, clock_timestamp(), clock_timestamp())"
    " ON CONFLICT (process, instance) DO UPDATE SET at = clock_timestamp()"
    " WHERE heartbeat.at < clock_timestamp() - interval '5 s'"
)
_BEATS: Final = sa.text(
    "SELECT process, extract(epoch FROM clock_timestamp() - max(at))::float, max(at)"
    " FROM heartbeat WHERE at > clock_timestamp() - interval '1 day' GROUP BY process"
)
_PROCESSES: Final = sa.text(
    "SELECT process, instance, started_at, at,"
    " extract(epoch FROM clock_timestamp() - at)::float FROM heartbeat"
    " WHERE at > clock_timestamp() - interval '1 day' ORDER BY process, at DESC LIMIT 100"
)
_FORGET: Final = sa.text("DELETE FROM heartbeat WHERE at < clock_timestamp() - interval '2 days'")
# Each part reads one small index, however many tickets there are.
_VITALS: Final = sa.text(
    """
    WITH n AS MATERIALIZED (SELECT hotline_now() AS now)
    SELECT
      (SELECT count(*) FROM (SELECT FROM timer, n WHERE state = 'waiting' AND fire_at <= n.now
        LIMIT :many) AS due) AS timers_due,
      coalesce(extract(epoch FROM n.now - (SELECT min(fire_at) FROM timer
        WHERE state = 'waiting')), 0)::float AS timers_lag_s,
      (SELECT count(*) FROM (SELECT FROM outbox, n WHERE state IN ('waiting','sending','unknown')
        AND next_try_at <= n.now LIMIT :many) AS due) AS outbox_due,
      coalesce(extract(epoch FROM n.now - (SELECT min(next_try_at) FROM outbox
        WHERE state IN ('waiting','sending','unknown'))), 0)::float AS outbox_lag_s,
      (SELECT count(*) FROM (SELECT FROM attention WHERE settled_at IS NULL LIMIT :many) AS open)
        AS attention_open,
      (SELECT count(*) FROM (SELECT FROM ticket WHERE closed_at IS NULL AND supervised > 0
        LIMIT :many) AS watched) AS tickets_supervised,
      (SELECT count(*) FROM (SELECT FROM ticket WHERE closed_at IS NULL AND alert >= 3
        LIMIT :many) AS red) AS tickets_red,
      coalesce((SELECT found FROM audit_round WHERE ended_at IS NOT NULL
        ORDER BY number DESC LIMIT 1), 0) AS auditor_last_found,
      coalesce((SELECT tickets FROM audit_round WHERE ended_at IS NOT NULL
        ORDER BY number DESC LIMIT 1), 0) AS auditor_last_tickets,
      coalesce(extract(epoch FROM n.now - (SELECT ended_at FROM audit_round
        WHERE ended_at IS NOT NULL ORDER BY number DESC LIMIT 1)), -1)::float AS auditor_age_s,
      coalesce(extract(epoch FROM n.now - (SELECT max(at) FROM ledger_root)), -1)::float
        AS root_age_s,
      coalesce((SELECT ok::int FROM probe_run WHERE ok IS NOT NULL
        ORDER BY at DESC LIMIT 1), -1) AS probe_ok,
      coalesce((SELECT took_ms FROM probe_run WHERE ok IS NOT NULL
        ORDER BY at DESC LIMIT 1), -1) AS probe_took_ms,
      coalesce(extract(epoch FROM n.now - (SELECT max(at) FROM probe_run)), -1)::float
        AS probe_age_s
    FROM n
    """
)


class Beat(NamedTuple):
    """The newest beat of all processes of a kind: how old it is, and when it came."""

    age_s: float
    at: datetime


class Living(NamedTuple):
    """A process of ours: its kind and name, since when it runs, its newest beat and how old."""

    process: str
    instance: str
    started_at: datetime
    at: datetime
    age_s: float


class Sent(NamedTuple):
    """A test demand, and the number of its ticket if it got as far as that."""

    run: ProbeRun
    number: str | None


def beat(session: Session, process: str, instance: str) -> None:
    """Say that a process lives; more often than every five seconds costs no write."""
    session.execute(_BEAT, {"process": process, "instance": instance})


def beats(session: Session) -> dict[str, Beat]:
    """Return the newest beat of each kind of process that beat within a day."""
    return {process: Beat(age, at) for process, age, at in session.execute(_BEATS)}


def forget(session: Session) -> None:
    """Delete the beats of processes that ended days ago."""
    session.execute(_FORGET)


def vitals(session: Session) -> Mapping[str, float]:
    """Return the vital signs by name: one query, with a cost that does not grow.

    A lag below zero means that the next one is due in the future.
    """
    row = session.execute(_VITALS, {"many": MANY}).one()
    return {name: float(value) for name, value in row._mapping.items()}  # noqa: SLF001  documented


def add_probe(session: Session, run: ProbeRun) -> None:
    """Keep a test demand that came in, or one that never did."""
    session.add(run)


def probe_of(session: Session, ticket_id: UUID) -> ProbeRun | None:
    """Return the record of a test demand, under its row lock."""
    query = select(ProbeRun).where(col(ProbeRun.ticket_id) == ticket_id)
    return session.exec(query.with_for_update()).one_or_none()


def last_probe(session: Session) -> ProbeRun:
    """Return the newest test demand; there is one."""
    return session.exec(select(ProbeRun).order_by(col(ProbeRun.at).desc()).limit(1)).one()


def overdue_probes(session: Session, now: datetime) -> list[ProbeRun]:
    """Return the test demands that are on their way for longer than they may, locked."""
    limit = sa.cast(sa.func.concat(ProbeRun.limit_ms, " ms"), sa.Interval)
    return list(
        session.exec(
            select(ProbeRun)
            .where(col(ProbeRun.ok).is_(None), col(ProbeRun.at) + limit < now)
            .with_for_update(skip_locked=True)
        )
    )


def probes(session: Session, *, at: str = "", size: int = paging.SIZE) -> Page[Sent]:
    """Return a page of the test demands, the newest first, each with its ticket if it got one."""
    query = sa.select(ProbeRun, col(Ticket.number)).outerjoin(
        Ticket, col(Ticket.id) == col(ProbeRun.ticket_id)
    )
    order = Order((col(ProbeRun.at), col(ProbeRun.id)), descending=True)
    found = paging.page(session, query, order, at=at, size=size)
    return Page([Sent(*row) for row in found], earlier=found.earlier, later=found.later)


def processes(session: Session) -> list[Living]:
    """Return every process that beat within a day: how long ago, and since when it runs."""
    return [Living(*row) for row in session.execute(_PROCESSES)]
