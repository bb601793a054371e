"""Rows of the counting: one fact a ticket, and cells that sum them by place, unit and time.

Statements work on whole batches, so that counting a month costs a few round trips.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.rates import RECURRENCE, Fact, Keys, Measure
from hotline.domain.tickets import Status
from hotline.store import paging
from hotline.store.models import Ticket, TicketEvent
from hotline.store.models.rates import RateCell, RateRebuild, TicketFact
from hotline.store.paging import Order, Page
from hotline.store.spans import covering, written
from hotline.store.tickets import REAL

# Stored: a new measure goes to the end.
BITS: Final[Mapping[Measure, int]] = {measure: 1 << n for n, measure in enumerate(Measure)}
# Counting takes turns by this key; it collides with nobody else's.
_COUNTING: Final = 12347
_WINDOW: Final = max(RECURRENCE.values())
# Which column of a fact holds the key of a dimension; the county needs none.
_COLUMN_OF: Final = {
    "town": "town",
    "grid": "grid",
    "unit": "unit",
    "post": "post",
    "class": "class_code",
    "line": "line",
}

# The columns of a cell that are summed.
SUMS: Final = tuple(
    name for name in RateCell.model_fields if name not in {"dimension", "grain", "start", "key"}
)
_UPSERT: Final = (
    "INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table},"
    " CAST(:rows AS jsonb)) ON CONFLICT ({key}) DO UPDATE SET {changes}"
)
_ADD_CELLS: Final = sa.text(
    _UPSERT.format(
        table="rate_cell",
        key="dimension, grain, start, key",
        changes=", ".join(f"{name} = rate_cell.{name} + EXCLUDED.{name}" for name in SUMS),
    )
)
_PUT_FACTS: Final = sa.text(
    _UPSERT.format(
        table="ticket_fact",
        key="ticket_id",
        changes=", ".join(f"{name} = EXCLUDED.{name}" for name in TicketFact.model_fields),
    )
)
# Demands of one place and class; what was rejected or withdrawn is nobody's recurrence.
_CAME_BACK: Final = sa.text(
    "SELECT f.ticket_id, min(n.received_at) - f.closed_at AS gap FROM ticket_fact f"
    " JOIN ticket_fact n ON n.grid = f.grid AND n.class_code = f.class_code"
    " AND n.received_at > f.closed_at AND n.received_at <= f.closed_at + :within"
    " AND n.judged <> :excluded"
    " WHERE f.ticket_id = ANY(:ids) GROUP BY f.ticket_id, f.closed_at"
)
_BEFORE: Final = sa.text(
    "SELECT DISTINCT f.ticket_id FROM jsonb_to_recordset(CAST(:demands AS jsonb))"
    " AS d(grid text, class_code text, received_at timestamptz)"
    " JOIN ticket_fact f ON f.grid = d.grid AND f.class_code = d.class_code"
    " AND f.closed_at < d.received_at AND f.closed_at >= d.received_at - CAST(:within AS interval)"
)


class Behind(NamedTuple):
    """A number whose tickets are wanted.

    ``measure``: which rate, or ``None`` for all tickets; ``met``: its numerator, the rest of its
    denominator, or both (``None``); ``dimension`` and ``key``: of which town, unit …
    """

    dimension: str
    key: str
    measure: Measure | None = None
    met: bool | None = None


class Demand(NamedTuple):
    """Where and when a demand was made, for finding what it comes back to."""

    grid: str
    class_code: str
    received_at: str


def take_turn(session: Session) -> None:
    """Wait until nobody else is counting; the turn ends with the transaction."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _COUNTING})


def uncounted(session: Session, limit: int) -> list[UUID]:
    """Lock up to ``limit`` tickets with uncounted events; one in somebody's hands waits."""
    rows = session.execute(
        sa.select(col(Ticket.id))
        .where(col(Ticket.counted_seq) < col(Ticket.event_seq), REAL)
        .order_by(col(Ticket.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [ticket_id for (ticket_id,) in rows]


def after(session: Session, last: UUID | None, limit: int) -> list[UUID]:
    """Lock up to ``limit`` tickets behind ``last`` in the order of their ids."""
    query = sa.select(col(Ticket.id)).where(REAL).order_by(col(Ticket.id)).limit(limit)
    if last is not None:
        query = query.where(col(Ticket.id) > last)
    return [ticket_id for (ticket_id,) in session.execute(query.with_for_update())]


def bodies(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Return the parsed bodies of each ticket's events, in order, with one query."""
    found: dict[UUID, list[dict[str, Any]]] = {ticket_id: [] for ticket_id in ids}
    rows = session.execute(
        sa.select(col(TicketEvent.ticket_id), col(TicketEvent.body))
        .where(col(TicketEvent.ticket_id).in_(ids))
        .order_by(col(TicketEvent.ticket_id), col(TicketEvent.seq))
    )
    for ticket_id, body in rows:
        found[ticket_id].append(json.loads(body))
    return found


def facts(session: Session, ids: Iterable[UUID]) -> dict[UUID, Fact]:
    """Return the facts of tickets as they are stored."""
    rows = session.exec(select(TicketFact).where(col(TicketFact.ticket_id).in_(list(ids))))
    found = {row.ticket_id: _fact(row) for row in rows}
    session.expunge_all()
    return found


def put(session: Session, found: Mapping[UUID, Fact]) -> None:
    """Store facts over those that stood there."""
    if not found:
        return
    rows = [_row(ticket_id, fact) for ticket_id, fact in found.items()]
    session.execute(_PUT_FACTS, {"rows": json.dumps(rows, default=str)})


def before(session: Session, demands: Iterable[Demand]) -> set[UUID]:
    """Return the tickets that these demands may have come back to."""
    asked = [demand._asdict() for demand in set(demands)]
    if not asked:
        return set()
    params = {"demands": json.dumps(asked), "within": _WINDOW}
    return {ticket_id for (ticket_id,) in session.execute(_BEFORE, params)}


def came_back(session: Session, ids: Iterable[UUID]) -> dict[UUID, timedelta]:
    """Return how soon after its end each ticket's matter came back, where it did in time."""
    excluded = BITS[Measure.EXCLUDED]
    params = {"ids": list(ids), "within": _WINDOW, "excluded": excluded}
    return {row.ticket_id: row.gap for row in session.execute(_CAME_BACK, params)}


def mark_counted(session: Session, seqs: Mapping[UUID, int]) -> None:
    """Note how far tickets are counted."""
    session.execute(
        sa.text(
            "UPDATE ticket t SET counted_seq = s.seq FROM"
            " unnest(CAST(:ids AS uuid[]), CAST(:seqs AS int[])) AS s(id, seq) WHERE t.id = s.id"
        ),
        {"ids": list(seqs), "seqs": list(seqs.values())},
    )


def add(session: Session, cells: Sequence[Mapping[str, object]]) -> None:
    """Add sums to cells; sums may be negative. Always in one order: no two writers can cross."""
    if not cells:
        return
    ordered = sorted(cells, key=lambda c: (c["dimension"], c["grain"], str(c["start"]), c["key"]))
    session.execute(_ADD_CELLS, {"rows": json.dumps(ordered, default=str)})


def forget(session: Session) -> None:
    """Delete every fact and every sum."""
    session.execute(sa.delete(RateCell))
    session.execute(sa.delete(TicketFact))


def rebuild_row(session: Session) -> RateRebuild | None:
    """Return the count from the beginning that is under way, locked."""
    return session.exec(select(RateRebuild).with_for_update()).one_or_none()


def rebuild_under_way(session: Session) -> RateRebuild | None:
    """Return the count from the beginning that is under way, if one is."""
    return session.exec(select(RateRebuild)).one_or_none()


def tickets(session: Session) -> int:
    """Return how many tickets there are to count."""
    query = sa.select(sa.func.count()).select_from(Ticket).where(REAL)
    found: int = session.execute(query).scalar_one()
    return found


def sums(
    session: Session, dimension: str, start: date, end: date, part: tuple[int, int] | None = None
) -> dict[str, dict[str, int]]:
    """Return the sums of each key of a dimension over the days from ``start`` until ``end``.

    Whole months are read as months, what is left as days. Of a part, the other keys are not summed
    at all: the index says which there are.

    Args:
        session: to read with.
        dimension: ``county``, ``town``, ``grid``, ``unit``, ``post``, ``class`` or ``line``.
        start: the first day.
        end: the day after the last.
        part: how many keys are passed over in their order, and how many follow at most.
    """
    cell = RateCell.__table__.c  # type: ignore[attr-defined]
    here = cell.dimension == written(dimension)
    query = (
        sa.select(cell.key, *(sa.cast(sa.func.sum(cell[n]), sa.BigInteger) for n in SUMS))
        .where(here, covering(cell, start, end))
        .group_by(cell.key)
        .order_by(cell.key)
    )
    if part is not None:
        passed, most = part
        # Whatever has a day has its month: a tenth of the rows tells every key.
        keys = (
            sa.select(cell.key)
            .where(
                here,
                cell.grain == written("month"),
                cell.start >= written(start.replace(day=1)),
                cell.start < written(end),
            )
            .group_by(cell.key)
            .order_by(cell.key)
            .offset(written(passed))
            .limit(written(most))
        )
        query = query.where(cell.key.in_(keys.scalar_subquery()))
    return {row[0]: dict(zip(SUMS, row[1:], strict=True)) for row in session.execute(query)}


def tickets_behind(
    session: Session, behind: Behind, days: tuple[date, date], *, at: str = ""
) -> Page[Ticket]:
    """Return a page of the tickets that make up a number, the newest first.

    Args:
        session: to read with.
        behind: which number.
        days: the first day, and the day after the last.
        at: where the page begins (`hotline.store.paging`).
    """
    fact = TicketFact.__table__.c  # type: ignore[attr-defined]
    query = (
        sa.select(Ticket)
        .join(TicketFact, col(TicketFact.ticket_id) == col(Ticket.id))
        .where(fact.day >= days[0], fact.day < days[1])
    )
    column = _COLUMN_OF.get(behind.dimension)
    if column is not None:
        query = query.where(fact[column] == behind.key)
    if behind.measure is not None:
        bit = BITS[behind.measure]
        query = query.where(fact.judged.bitwise_and(bit) != 0)
        if behind.met is not None:
            met = fact.met.bitwise_and(bit) != 0
            query = query.where(met if behind.met else ~met)
    order = Order((fact.received_at, fact.ticket_id), descending=True)
    return paging.page(session, query, order, at=at)


def _row(ticket_id: UUID, fact: Fact) -> dict[str, object]:
    return {
        "ticket_id": ticket_id,
        "seq": fact.seq,
        "received_at": fact.received_at,
        "day": fact.day,
        "grid": fact.keys.grid,
        "town": fact.keys.town,
        "unit": fact.keys.unit,
        "post": fact.keys.post,
        "class_code": fact.keys.clazz,
        "line": fact.keys.line,
        "status": fact.status,
        "judged": sum(BITS[measure] for measure in fact.counts),
        "met": sum(BITS[measure] for measure, met in fact.counts.items() if met),
        "grade": fact.grade,
        "scale": fact.scale,
        "citizen_s": fact.citizen_s,
        "unit_s": fact.unit_s,
        "closed_at": fact.closed_at,
    }


def _fact(row: TicketFact) -> Fact:
    return Fact(
        seq=row.seq,
        received_at=row.received_at,
        day=row.day,
        keys=Keys(row.grid, row.town, row.unit, row.post, row.class_code, row.line),
        status=Status(row.status),
        counts={m: int(bool(row.met & bit)) for m, bit in BITS.items() if row.judged & bit},
        grade=row.grade,
        citizen_s=row.citizen_s,
        unit_s=row.unit_s,
        closed_at=row.closed_at,
        scale=row.scale,
    )
