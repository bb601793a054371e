"""Rows of the sample: what a draw is made from, who may ask, who asks, and the strata's sums."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.sampling import Cell, Outcome, Why
from hotline.domain.suspicion.frame import FlagState
from hotline.domain.tickets import Action, Status
from hotline.store import paging
from hotline.store.models import (
    FlagRow,
    SampleCall,
    SampleCell,
    SampleDraw,
    SampleMember,
    Staff,
    Ticket,
    WhistleParty,
)
from hotline.store.paging import Order, Page
from hotline.store.spans import covering

# Draws and lots take turns by this key; it collides with nobody else's.
_DRAWING: Final = 12348
# A claim that stands: nobody has said no to it yet.
STANDING: Final = (Status.REVISIT, Status.ARCHIVED, Status.ARCHIVED_UNVERIFIED)
# Whoever only took something down, or asked a caller, had no part in the handling.
_NO_PART: Final = (
    *(Action.RECEIVE, Action.ADD, Action.LOCATE, Action.INFORM, Action.NOTE, Action.CODE),
    *(Action.ASK, Action.VERIFY),
)
COUNTS: Final = ("framed", "drawn", "solved", "unsolved", "unreached")
_ADD_CELLS: Final = sa.text(
    "INSERT INTO sample_cell SELECT * FROM jsonb_populate_recordset(NULL::sample_cell,"
    " CAST(:rows AS jsonb)) ON CONFLICT (grain, start, town, kind, must) DO UPDATE SET"
    " framed = sample_cell.framed + EXCLUDED.framed, drawn = sample_cell.drawn + EXCLUDED.drawn,"
    " solved = sample_cell.solved + EXCLUDED.solved,"
    " unsolved = sample_cell.unsolved + EXCLUDED.unsolved,"
    " unreached = sample_cell.unreached + EXCLUDED.unreached"
)
_PARTS: Final = sa.text(
    "SELECT e.ticket_id, s.id, s.unit, s.role IN ('officer','unit') AS handles FROM ("
    " SELECT DISTINCT ticket_id, actor FROM ticket_event WHERE ticket_id = ANY(:ids)"
    "  AND role NOT IN ('system','citizen') AND action <> ALL(:no_part)"
    ") e JOIN staff s ON s.id::text = e.actor"
)


class Framed(NamedTuple):
    """A claim that stands, whether it is flagged, and where and when it was received."""

    ticket_id: UUID
    class_code: str | None
    map_version: str
    town: str | None
    received_at: datetime
    flagged: bool


class Part(NamedTuple):
    """Somebody who had a part in a ticket; ``handles``: they belong to who handles tickets."""

    staff_id: UUID
    unit: str
    handles: bool


class Called(NamedTuple):
    """A drawn ticket with who asks about it."""

    call: SampleCall
    ticket: Ticket
    verifier: Staff | None


def take_turn(session: Session) -> None:
    """Wait until nobody else draws or casts lots; the turn ends with the transaction."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _DRAWING})


def last_draw(session: Session) -> SampleDraw | None:
    """Return the newest draw."""
    return session.exec(
        select(SampleDraw).order_by(col(SampleDraw.number).desc()).limit(1)
    ).one_or_none()


def get_draw(session: Session, number: int) -> SampleDraw | None:
    """Return a draw."""
    return session.get(SampleDraw, number)


def draws(session: Session, *, at: str = "") -> Page[SampleDraw]:
    """Return a page of the draws, the newest first."""
    order = Order((col(SampleDraw.number),), descending=True)
    return paging.page(session, sa.select(SampleDraw), order, at=at)


def standing(session: Session, start: datetime, end: datetime) -> list[Framed]:
    """Return the claims made in a span that still stand and that no draw was made from yet."""
    flagged = sa.exists().where(
        col(FlagRow.ticket_id) == col(Ticket.id), col(FlagRow.state) != FlagState.CLEARED
    )
    framed = sa.exists().where(col(SampleMember.ticket_id) == col(Ticket.id))
    rows = session.execute(
        sa.select(
            col(Ticket.id),
            col(Ticket.class_code),
            col(Ticket.map_version),
            col(Ticket.town),
            col(Ticket.received_at),
            flagged,
        )
        .where(
            col(Ticket.submitted_at) >= start,
            col(Ticket.submitted_at) < end,
            col(Ticket.status).in_(STANDING),
            sa.not_(col(Ticket.synthetic)),
            ~framed,
        )
        .order_by(col(Ticket.id))
    )
    return [Framed(*row) for row in rows]


def add_draw(session: Session, draw: SampleDraw, members: Sequence[SampleMember]) -> None:
    """Keep a draw with everything it was made from."""
    session.add(draw)
    session.flush()
    if members:
        session.execute(sa.insert(SampleMember), [member.model_dump() for member in members])


def members(session: Session, number: int) -> list[SampleMember]:
    """Return what a draw was made from."""
    return list(
        session.exec(
            select(SampleMember)
            .where(col(SampleMember.draw) == number)
            .order_by(col(SampleMember.ticket_id))
        )
    )


def flagged_since(session: Session) -> list[tuple[SampleMember, SampleCall | None]]:
    """Return claims that were flagged after they could be drawn, unless all of that is known."""
    flagged = sa.exists().where(
        col(FlagRow.ticket_id) == col(SampleMember.ticket_id),
        col(FlagRow.state) != FlagState.CLEARED,
    )
    rows = session.execute(
        sa.select(SampleMember, SampleCall)
        .join(SampleCall, col(SampleCall.ticket_id) == col(SampleMember.ticket_id), isouter=True)
        .where(flagged, sa.func.coalesce(col(SampleCall.why), Why.LOT.value) == Why.LOT.value)
        .order_by(col(SampleMember.ticket_id))
    )
    return [(member, call) for member, call in rows]


# --- who asks -----------------------------------------------------------------------------------


def parts(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[Part]]:
    """Return who had a part in the handling of each ticket."""
    asked = {"ids": list(ids), "no_part": [action.value for action in _NO_PART]}
    found: dict[UUID, list[Part]] = {ticket_id: [] for ticket_id in ids}
    for ticket_id, staff_id, unit, handles in session.execute(_PARTS, asked):
        found[ticket_id].append(Part(staff_id, unit, handles))
    return found


def called_units(session: Session, ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Return the units that were called by a whistle for each ticket."""
    found: dict[UUID, set[str]] = {ticket_id: set() for ticket_id in ids}
    rows = session.execute(
        sa.select(col(WhistleParty.ticket_id), col(WhistleParty.unit)).where(
            col(WhistleParty.ticket_id).in_(list(ids))
        )
    )
    for ticket_id, unit in rows:
        found[ticket_id].add(unit)
    return found


def last_verifiers(session: Session, units: Collection[str]) -> dict[str, UUID]:
    """Return who was chosen last for each of these units."""
    rows = session.execute(
        sa.text(
            "SELECT u.unit, c.verifier FROM unnest(CAST(:units AS text[])) AS u(unit)"
            " CROSS JOIN LATERAL (SELECT verifier FROM sample_call WHERE unit = u.unit"
            "  AND verifier IS NOT NULL ORDER BY lot DESC LIMIT 1) c"
        ),
        {"units": list(units)},
    )
    return {row.unit: row.verifier for row in rows}


def last_lot(session: Session) -> int:
    """Return the number of the last lot that was cast."""
    return session.execute(sa.select(sa.func.max(col(SampleCall.lot)))).scalar_one() or 0


def call_of(session: Session, ticket_id: UUID) -> SampleCall | None:
    """Return who asks about a ticket; the ticket is locked, and with it this."""
    return session.get(SampleCall, ticket_id, populate_existing=True)


def withdrawn(session: Session, limit: int) -> list[UUID]:
    """Return drawn tickets that are being asked about and whose claim does not stand any more."""
    rows = session.execute(
        sa.select(col(SampleCall.ticket_id))
        .join(Ticket, col(Ticket.id) == col(SampleCall.ticket_id))
        .where(col(SampleCall.outcome).is_(None), col(Ticket.status).not_in(STANDING))
        .order_by(col(SampleCall.ticket_id))
        .limit(limit)
    )
    return [ticket_id for (ticket_id,) in rows]


def to_ask(session: Session, verifier: UUID, *, at: str = "") -> Page[Called]:
    """Return a page of the tickets that somebody must ask about, whose limit is first in front."""
    query = _called().where(col(SampleCall.outcome).is_(None), col(SampleCall.verifier) == verifier)
    order = Order((col(SampleCall.due_at), col(SampleCall.ticket_id)))
    return _page(session, query, order, at)


def calls_of(session: Session, draw: int, *, at: str = "") -> Page[Called]:
    """Return a page of the tickets that a draw drew, in the order of their lots."""
    query = _called().where(col(SampleCall.draw) == draw)
    return _page(session, query, Order((col(SampleCall.lot),)), at)


def _called() -> sa.Select[SampleCall, Ticket, Staff]:
    return (
        sa.select(SampleCall, Ticket, Staff)
        .join(Ticket, col(Ticket.id) == col(SampleCall.ticket_id))
        .join(Staff, col(Staff.id) == col(SampleCall.verifier), isouter=True)
    )


def _page(session: Session, query: Any, order: Order, at: str) -> Page[Called]:  # noqa: ANN401
    found = paging.page(session, query, order, at=at)
    return Page([Called(*row) for row in found], found.earlier, found.later)


# --- strata -------------------------------------------------------------------------------------


class Change(NamedTuple):
    """What is added to one stratum of the day on which a ticket was received."""

    received_on: date
    town: str | None
    kind: str | None
    must: bool
    counts: Mapping[str, int]


def change(session: Session, changes: Iterable[Change]) -> None:
    """Add to strata, by day and by month; always in one order: no two writers can cross."""
    rows: dict[tuple[str, str, str, str, bool], dict[str, int]] = {}
    for one in changes:
        for grain, start in (("day", one.received_on), ("month", one.received_on.replace(day=1))):
            key = (grain, start.isoformat(), one.town or "", one.kind or "", one.must)
            counts = rows.setdefault(key, dict.fromkeys(COUNTS, 0))
            for name, amount in one.counts.items():
                counts[name] += amount
    if rows:
        names = ("grain", "start", "town", "kind", "must")
        ordered = [dict(zip(names, key, strict=True)) | rows[key] for key in sorted(rows)]
        session.execute(_ADD_CELLS, {"rows": json.dumps(ordered)})


def cells(session: Session, start: date, end: date) -> list[Cell]:
    """Return the strata of the claims received from ``start`` until before ``end``; one query.

    Whole months are read as one row each.
    """
    cell = SampleCell.__table__.c  # type: ignore[attr-defined]
    sums = [sa.cast(sa.func.sum(cell[name]), sa.Integer) for name in COUNTS]
    rows = session.execute(
        sa.select(cell.town, cell.kind, cell.must, *sums)
        .where(covering(cell, start, end))
        .group_by(cell.town, cell.kind, cell.must)
        .order_by(cell.kind, cell.town)
    )
    return [Cell(*row) for row in rows]


def recounted(session: Session) -> list[tuple[date, Cell]]:
    """Return the strata by day as members and calls tell them: what `SampleCell` must equal."""
    must = sa.func.coalesce(col(SampleCall.why), col(SampleMember.why), Why.LOT.value) != Why.LOT
    keys = (
        col(SampleMember.received_on),
        sa.func.coalesce(col(SampleMember.town), ""),
        sa.func.coalesce(col(SampleMember.kind), ""),
        must,
    )
    outcome = col(SampleCall.outcome)
    sums = (
        sa.func.count(),
        sa.func.count(col(SampleCall.ticket_id)),
        sa.func.count().filter(outcome == Outcome.SOLVED),
        sa.func.count().filter(outcome == Outcome.UNSOLVED),
        sa.func.count().filter(outcome.in_([Outcome.UNREACHED, Outcome.UNASKABLE])),
    )
    rows = session.execute(
        sa.select(*keys, *sums)
        .select_from(SampleMember)
        .join(SampleCall, col(SampleCall.ticket_id) == col(SampleMember.ticket_id), isouter=True)
        .group_by(*keys)
    )
    return [(row[0], Cell(*row[1:])) for row in rows]


def cells_of_draw(session: Session, number: int) -> list[Cell]:
    """Return the strata of one draw as it was made; answers are those of now."""
    must = sa.func.coalesce(col(SampleMember.why), Why.LOT.value) != Why.LOT.value
    keys = (
        sa.func.coalesce(col(SampleMember.town), ""),
        sa.func.coalesce(col(SampleMember.kind), ""),
        must,
    )
    outcome = col(SampleCall.outcome)
    here = col(SampleCall.draw) == number
    rows = session.execute(
        sa.select(
            *keys,
            sa.func.count(),
            sa.func.count().filter(col(SampleMember.why).is_not(None)),
            sa.func.count().filter(here, outcome == Outcome.SOLVED),
            sa.func.count().filter(here, outcome == Outcome.UNSOLVED),
            sa.func.count().filter(here, outcome.in_([Outcome.UNREACHED, Outcome.UNASKABLE])),
        )
        .select_from(SampleMember)
        .join(SampleCall, col(SampleCall.ticket_id) == col(SampleMember.ticket_id), isouter=True)
        .where(col(SampleMember.draw) == number)
        .group_by(*keys)
        .order_by(keys[1], keys[0])
    )
    return [Cell(*row) for row in rows]
