"""Whistles counted: by town, by unit and year; and what a wall shows of them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hotline.domain.tickets import Action, Step
from hotline.store import paging
from hotline.store.models import (
    Ticket,
    TicketEvent,
    TicketText,
    Timer,
    Whistle,
    WhistleParty,
    WhistleRating,
)
from hotline.store.paging import Order, Page
from hotline.store.tickets import REAL
from hotline.store.whistles import calls_on

# Limits that somebody has to keep; the others only ask again or count silence.
_KEPT_BY_PEOPLE = (
    *(Step.TRIAGE, Step.SIGN, Step.CONTACT, Step.HANDLE, Step.RULE_RETURN, Step.RULE_EXTENSION),
    *(Step.RULE_REJECTION, Step.REACT, Step.WHISTLE_ACK, Step.WHISTLE_ARRIVE, Step.WHISTLE_TOP),
    *(Step.WHISTLE_ASKED, Step.WHISTLE_PLAN, Step.WHISTLE_MILESTONE, Step.WHISTLE_CLOSE),
    *(Step.ADJUDICATE, Step.RULE_LONG_TERM, Step.LONG_TERM_REVIEW, Step.MILESTONE),
    *(Step.RULE_FINAL, Step.RULE_APPEAL, Step.BAD_CALL, Step.BAD_FIX, Step.VERIFY),
)
_BEHIND = ("called", "acknowledged", "refused")


class TownCount(NamedTuple):
    """How many tickets of a town were dispatched, and how many of these were whistled for."""

    town: str
    dispatched: int
    whistled: int


def by_town(
    session: Session, since: datetime, until: datetime, town: str | None = None
) -> list[TownCount]:
    """Return the counts of every town, or of one, for tickets received in between."""
    blown = sa.exists().where(
        col(Whistle.ticket_id) == col(Ticket.id), col(Whistle.state).in_(["open", "ended"])
    )
    query = (
        sa.select(
            col(Ticket.town),
            sa.func.count(),
            sa.func.count().filter(blown),
        )
        .where(
            col(Ticket.received_at) >= since,
            col(Ticket.received_at) < until,
            col(Ticket.dispatched_at).is_not(None),
            col(Ticket.town).is_not(None),
            REAL,
        )
        .group_by(col(Ticket.town))
        .order_by(col(Ticket.town))
    )
    if town is not None:
        query = query.where(col(Ticket.town) == town)
    return [TownCount(*row) for row in session.execute(query)]


class UnitYear(NamedTuple):
    """What stands on a unit's record of one year. Grades are means from 1 to 5, with their count.

    ``owed`` are the calls whose limit for arriving has passed or that were kept; ``on_time`` of
    these were on site within it. Calls that it was let off in time count in neither; who was let
    off when it was already late stays late.
    """

    unit: str
    calls: int
    owed: int
    on_time: int
    refused: int
    lapses: int
    rated: int
    arrival: float | None
    conduct: float | None
    result: float | None
    valid: int
    wrong_unit: int
    premature: int


def unit_years(
    session: Session, since: datetime, until: datetime, now: datetime, unit: str | None = None
) -> list[UnitYear]:
    """Return the records of every unit that was called in between, or of one; one query."""
    party, by_whistler, by_unit = WhistleParty, aliased(WhistleRating), aliased(WhistleRating)
    judged = sa.or_(
        col(party.arrived_at).is_not(None),
        col(party.arrive_by) < sa.func.coalesce(col(party.excused_at), now),
    )
    count = sa.func.count()
    verdicts = [
        count.filter(col(by_unit.verdict) == verdict)
        for verdict in ("valid", "wrong_unit", "premature")
    ]
    means = [
        sa.cast(sa.func.avg(column), sa.Float)
        for column in (by_whistler.arrival, by_whistler.conduct, by_whistler.result)
    ]
    query = (
        sa.select(
            col(party.unit),
            count,
            count.filter(judged, col(party.arrive_by).is_not(None)),
            count.filter(col(party.arrived_at) <= col(party.arrive_by)),
            count.filter(col(party.refused_at).is_not(None)),
            sa.func.coalesce(sa.func.sum(col(party.lapses)), 0),
            count.filter(col(by_whistler.id).is_not(None)),
            *means,
            *verdicts,
        )
        .outerjoin(by_whistler, _said(by_whistler, "whistler"))
        .outerjoin(by_unit, _said(by_unit, "unit"))
        .where(col(party.called_at) >= since, col(party.called_at) < until)
        .group_by(col(party.unit))
        .order_by(col(party.unit))
    )
    if unit is not None:
        query = query.where(col(party.unit) == unit)
    return [UnitYear(*row) for row in session.execute(query)]


def _said(rating: Any, side: str) -> sa.ColumnElement[bool]:  # noqa: ANN401  an aliased class
    return sa.and_(rating.party_id == col(WhistleParty.id), rating.side == side)


def blemishes(
    session: Session, unit: str, since: datetime, until: datetime, *, at: str = ""
) -> Page[tuple[WhistleParty, Whistle, Ticket]]:
    """Return a page of a unit's calls of a year that it refused or let lapse, newest first."""
    query = (
        sa.select(WhistleParty, Whistle, Ticket)
        .join(Whistle, col(Whistle.id) == col(WhistleParty.whistle_id))
        .join(Ticket, col(Ticket.id) == col(WhistleParty.ticket_id))
        .where(
            col(WhistleParty.unit) == unit,
            col(WhistleParty.called_at) >= since,
            col(WhistleParty.called_at) < until,
            sa.or_(col(WhistleParty.refused_at).is_not(None), col(WhistleParty.lapses) > 0),
        )
    )
    order = Order((col(WhistleParty.called_at), col(WhistleParty.id)), descending=True)
    return paging.page(session, query, order, at=at)


def calls_of(
    session: Session, unit: str | None, posts: Collection[str], *, limit: int = 300
) -> list[tuple[WhistleParty, Whistle, Ticket]]:
    """Return every open call of a unit and its posts at once, for its clashes."""
    query = (
        sa.select(WhistleParty, Whistle, Ticket)
        .join(Whistle, col(Whistle.id) == col(WhistleParty.whistle_id))
        .join(Ticket, col(Ticket.id) == col(WhistleParty.ticket_id))
        .where(*calls_on(unit, posts), col(WhistleParty.state).in_([*_BEHIND, "arrived"]))
        .order_by(col(WhistleParty.called_at))
        .limit(limit)
    )
    return [(party, whistle, ticket) for party, whistle, ticket in session.execute(query)]


class TownLoad(NamedTuple):
    """The open tickets of a town: how many, late, due soon; and its running limits."""

    town: str | None
    tickets: int
    late: int
    soon: int
    clocks: int


def loads(session: Session, now: datetime, soon: datetime) -> list[TownLoad]:
    """Return what is open in each town, the fullest first, with one query."""
    running = (
        sa.select(sa.func.count())
        .select_from(Timer)
        .where(
            col(Timer.ticket_id) == col(Ticket.id),
            col(Timer.state) == "waiting",
            col(Timer.step).in_(_KEPT_BY_PEOPLE),
        )
        .correlate(Ticket)
        .scalar_subquery()
    )
    due, count = col(Ticket.due_at), sa.func.count()
    query = (
        sa.select(
            col(Ticket.town),
            count,
            count.filter(due < now),
            count.filter(due >= now, due < soon),
            sa.cast(sa.func.coalesce(sa.func.sum(running), 0), sa.Integer),
        )
        .where(col(Ticket.closed_at).is_(None), REAL)
        .group_by(col(Ticket.town))
        .order_by(count.filter(due < soon).desc(), count.desc(), col(Ticket.town))
    )
    return [TownLoad(*row) for row in session.execute(query)]


class Running(NamedTuple):
    """A limit that runs out next, and its ticket."""

    step: Step
    due_at: datetime
    ticket: Ticket


def next_limits(session: Session, *, limit: int) -> list[Running]:
    """Return the limits of people that run out next."""
    query = (
        sa.select(col(Timer.step), col(Timer.due_at), Ticket)
        .join(Ticket, col(Ticket.id) == col(Timer.ticket_id))
        .where(
            col(Timer.state) == "waiting",
            col(Timer.step).in_(_KEPT_BY_PEOPLE),
            col(Ticket.closed_at).is_(None),
            REAL,
        )
        .order_by(col(Timer.fire_at))
        .limit(limit)
    )
    return [Running(*row) for row in session.execute(query)]


def unanswered(session: Session, *, limit: int) -> list[tuple[WhistleParty, Whistle, Ticket, int]]:
    """Return the calls that nobody has answered, the longest first, and how many there are."""
    query = (
        sa.select(WhistleParty, Whistle, Ticket, sa.func.count().over())
        .join(Whistle, col(Whistle.id) == col(WhistleParty.whistle_id))
        .join(Ticket, col(Ticket.id) == col(WhistleParty.ticket_id))
        .where(
            col(Whistle.ended_at).is_(None),
            col(WhistleParty.state).in_(["called", "refused"]),
            REAL,
        )
        .order_by(col(WhistleParty.sounded_at), col(WhistleParty.id))
        .limit(limit)
    )
    return [(one, blown, ticket, total) for one, blown, ticket, total in session.execute(query)]


def places_in_hand(
    session: Session,
    towns: Collection[str],
    grids: Collection[str],
    hidden: Collection[str] = (),
    *,
    at: str = "",
) -> Page[Ticket]:
    """Return a page of the tickets in hand in these towns or grids, whoever holds them.

    Those of callers who wished to stay unknown are left out: a neighbour would know them. So are
    those of the classes in ``hidden``.
    """
    query = sa.select(Ticket).where(
        sa.or_(col(Ticket.town).in_(list(towns)), col(Ticket.grid).in_(list(grids))),
        col(Ticket.status) == "handling",
        col(Ticket.closed_at).is_(None),
        col(Ticket.shield).is_(None),
        col(Ticket.class_code).not_in(list(hidden)),
        REAL,
    )
    order = Order((paging.endless(col(Ticket.due_at)), col(Ticket.id)))
    return paging.page(session, query, order, at=at)


class Reach(NamedTuple):
    """What somebody on a rung of the ladder answers for: units, and the grids of these."""

    rung: str
    units: Collection[str]
    grids: Collection[str]


def climbed_to(
    session: Session, reaches: Collection[Reach], posts: Collection[str], *, at: str = ""
) -> Page[Ticket]:
    """Return a page of the open tickets that have climbed to one of these rungs.

    What one of ``posts`` holds stands on its own list. A ticket may also have begun on a rung: only
    its chain says that it has climbed there.
    """
    told = sa.cast(col(TicketEvent.body), JSONB)["data"]
    has_climbed = sa.exists().where(
        col(TicketEvent.ticket_id) == col(Ticket.id),
        col(TicketEvent.action).in_([Action.CLIMB, Action.RAISE]),
        told["to"].astext == col(Ticket.rung),
        told["party"].astext.is_(None),  # a whistle climbs on its own
    )
    reached = [
        sa.and_(
            col(Ticket.rung) == reach.rung,
            sa.or_(
                col(Ticket.town).in_(list(reach.units)),
                col(Ticket.unit).in_(list(reach.units)),
                col(Ticket.grid).in_(list(reach.grids)),
            ),
        )
        for reach in reaches
    ]
    query = sa.select(Ticket).where(
        sa.or_(sa.false(), *reached),
        col(Ticket.closed_at).is_(None),
        col(Ticket.post).not_in(list(posts)),
        has_climbed,
        REAL,
    )
    order = Order((paging.endless(col(Ticket.due_at)), col(Ticket.id)))
    return paging.page(session, query, order, at=at)


def refusals_of(session: Session, ticket_ids: Collection[UUID]) -> dict[str, TicketText]:
    """Return the words of the refusals of whistles of these tickets, by the called unit's row."""
    body = sa.cast(col(TicketEvent.body), JSONB)["data"]
    query = (
        sa.select(body["party"].astext, TicketText)
        .join(TicketText, sa.cast(col(TicketText.id), sa.Text) == body["text"].astext)
        .where(
            col(TicketEvent.ticket_id).in_(list(ticket_ids)),
            col(TicketEvent.action) == Action.REFUSE,
        )
        .order_by(col(TicketEvent.seq))
    )
    return {str(party): text for party, text in session.execute(query)}
