"""Rows of whistles and of the units they called."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.whistle import OUT_OF_HAND
from hotline.store import paging, plain
from hotline.store.models import (
    Ticket,
    Whistle,
    WhistleMilestone,
    WhistleParty,
    WhistleRating,
)
from hotline.store.paging import Order, Page

_CALLED: Final = (
    sa.select(*plain.columns(WhistleParty), *plain.columns(Whistle))
    .join_from(WhistleParty, Whistle, col(Whistle.id) == col(WhistleParty.whistle_id))
    .where(col(WhistleParty.id) == sa.func.any(sa.bindparam("parties", type_=sa.ARRAY(sa.Uuid))))
)


class Called(NamedTuple):
    """A whistle as a called unit sees it."""

    party: WhistleParty
    whistle: Whistle
    ticket: Ticket


def of_ticket(session: Session, ticket_id: UUID) -> list[Whistle]:
    """Return the whistles of a ticket, oldest first."""
    return list(
        session.exec(
            select(Whistle)
            .where(col(Whistle.ticket_id) == ticket_id)
            .order_by(col(Whistle.raised_at))
        )
    )


def open_of_ticket(session: Session, ticket_id: UUID) -> list[Whistle]:
    """Return the whistles of a ticket that have not ended."""
    return [whistle for whistle in of_ticket(session, ticket_id) if whistle.ended_at is None]


def parties(session: Session, ticket_id: UUID) -> list[WhistleParty]:
    """Return every unit called for a ticket, in the order of the calls."""
    return list(
        session.exec(
            select(WhistleParty)
            .where(col(WhistleParty.ticket_id) == ticket_id)
            .order_by(col(WhistleParty.called_at), col(WhistleParty.unit))
        )
    )


def party(session: Session, party_id: UUID) -> WhistleParty | None:
    """Return one called unit's row."""
    return session.get(WhistleParty, party_id)


def called(
    session: Session, party_ids: Collection[UUID]
) -> tuple[list[WhistleParty], list[Whistle]]:
    """Return several called units, and their whistles, as plain rows."""
    found = session.connection().execute(_CALLED, {"parties": list(party_ids)}).all()
    width = len(plain.columns(WhistleParty))
    units = plain.read(WhistleParty, (row[:width] for row in found))
    return units, plain.read(Whistle, (row[width:] for row in found))


def whistle(session: Session, whistle_id: UUID) -> Whistle | None:
    """Return a whistle."""
    return session.get(Whistle, whistle_id)


def milestone(session: Session, milestone_id: UUID) -> WhistleMilestone | None:
    """Return one line of a lead unit's plan."""
    return session.get(WhistleMilestone, milestone_id)


def milestones(session: Session, whistle_id: UUID) -> list[WhistleMilestone]:
    """Return the plan of a whistle, in its order; empty where there is none."""
    return list(
        session.exec(
            select(WhistleMilestone)
            .where(col(WhistleMilestone.whistle_id) == whistle_id)
            .order_by(col(WhistleMilestone.place))
        )
    )


def ratings_of(session: Session, party_ids: Collection[UUID]) -> list[WhistleRating]:
    """Return what was said of these called units, and by them."""
    return list(
        session.exec(select(WhistleRating).where(col(WhistleRating.party_id).in_(list(party_ids))))
    )


def number_of(session: Session, party_id: UUID) -> str | None:
    """Return the number of the ticket that a unit was called for, to lock that first."""
    return session.exec(
        select(Ticket.number)
        .join(WhistleParty, col(WhistleParty.ticket_id) == col(Ticket.id))
        .where(col(WhistleParty.id) == party_id)
    ).one_or_none()


class Open(NamedTuple):
    """How many open whistles each ticket has, and how many call a unit or its posts."""

    of_tickets: Mapping[UUID, int]
    calling: int


def count_open(
    session: Session, ticket_ids: Collection[UUID], unit: str | None, posts: Collection[str]
) -> Open:
    """Return what a list of tasks says about whistles, in one query."""
    of_tickets = (
        sa.select(col(Whistle.ticket_id), sa.func.count())
        .where(col(Whistle.ticket_id).in_(list(ticket_ids)), col(Whistle.ended_at).is_(None))
        .group_by(col(Whistle.ticket_id))
    )
    calling = (
        sa.select(sa.null(), sa.func.count())
        .select_from(WhistleParty)
        .join(Whistle, col(Whistle.id) == col(WhistleParty.whistle_id))
        .where(*calls_on(unit, posts))
    )
    found = {ticket_id: int(n) for ticket_id, n in session.execute(of_tickets.union_all(calling))}
    return Open({key: n for key, n in found.items() if key is not None}, found[None])


class Spoken(NamedTuple):
    """A whistle as its whistler sees it: how many units are still to come, and still to rate."""

    whistle: Whistle
    ticket: Ticket
    behind: int
    unrated: int


def spoken_for(
    session: Session,
    staff_id: UUID,
    posts: Collection[str],
    *,
    at: str = "",
    size: int = paging.SIZE,
) -> Page[Spoken]:
    """Return a page of the whistles that wait for the word of a person or of one of their posts.

    Those that were asked of them come first, then the open ones, then those that have ended and
    some of whose units they have not rated yet; of each the oldest first. Who neither came, nor
    refused, nor broke a promise is not to be rated.
    """
    behind = _count(col(WhistleParty.state).in_(["called", "acknowledged", "refused"]))
    rated = sa.exists().where(
        col(WhistleRating.party_id) == col(WhistleParty.id),
        col(WhistleRating.side) == "whistler",
    )
    has_done = sa.or_(
        col(WhistleParty.arrived_at).is_not(None),
        col(WhistleParty.refused_at).is_not(None),
        col(WhistleParty.lapses) > 0,
    )
    unrated = _count(sa.and_(~rated, has_done))
    asked = sa.and_(
        col(Whistle.state) == "asked",
        col(Whistle.asked)["posts"].op("?|", is_comparison=True)(_texts(posts)),
    )
    mine = sa.or_(
        col(Whistle.raised_by) == staff_id, col(Whistle.raised_post).in_(list(posts)), asked
    )
    query = (
        sa.select(Whistle, Ticket, behind.label("behind"), unrated.label("unrated"))
        .join(Ticket, col(Ticket.id) == col(Whistle.ticket_id))
        .where(
            mine,
            sa.or_(
                col(Whistle.ended_at).is_(None),
                sa.and_(col(Whistle.state) == "ended", unrated > 0),
            ),
        )
    )
    turn = sa.case((asked, 0), (col(Whistle.ended_at).is_(None), 1), else_=2)
    order = Order((turn, col(Whistle.raised_at), col(Whistle.id)))
    found = paging.page(session, query, order, at=at, size=size)
    return replace(found, rows=[Spoken(*row) for row in found])


def _count(condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(WhistleParty)
        .where(col(WhistleParty.whistle_id) == col(Whistle.id), condition)
        .correlate(Whistle)
        .scalar_subquery()
    )


def calls_in_hand(session: Session, posts: Collection[str]) -> dict[str, int]:
    """Return how many open whistles each of some posts has to see to; none stand for none."""
    rows = session.execute(
        sa.select(col(WhistleParty.post), sa.func.count())
        .join(Whistle, col(Whistle.id) == col(WhistleParty.whistle_id))
        .where(
            col(WhistleParty.post).in_(list(posts)),
            col(WhistleParty.state).not_in(list(OUT_OF_HAND)),
            col(Whistle.ended_at).is_(None),
        )
        .group_by(col(WhistleParty.post))
    )
    return {row[0]: row[1] for row in rows}


def calls_on(unit: str | None, posts: Collection[str]) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what makes an open whistle call a unit, or one of these posts."""
    return (
        sa.or_(col(WhistleParty.unit) == unit, col(WhistleParty.post).in_(list(posts))),
        col(Whistle.ended_at).is_(None),
    )


def called_on_unit(
    session: Session,
    unit: str | None,
    posts: Collection[str] = (),
    *,
    at: str = "",
    size: int = paging.SIZE,
) -> Page[Called]:
    """Return a page of the open whistles that call ``unit`` or one of ``posts``.

    Those that somebody still has to set out for come first, of these the oldest call.
    """
    query = (
        sa.select(WhistleParty, Whistle, Ticket)
        .join(Whistle, col(Whistle.id) == col(WhistleParty.whistle_id))
        .join(Ticket, col(Ticket.id) == col(WhistleParty.ticket_id))
        .where(
            sa.or_(
                col(WhistleParty.unit) == unit,
                col(WhistleParty.post).in_(list(posts)),
                _told(posts),
            ),
            col(Whistle.ended_at).is_(None),
        )
    )
    settled = sa.case((col(WhistleParty.state).in_(["arrived", "done"]), 1), else_=0)
    order = Order((settled, col(WhistleParty.called_at), col(WhistleParty.id)))
    found = paging.page(session, query, order, at=at, size=size)
    return replace(found, rows=[Called(*row) for row in found])


def _told(posts: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether a climbing whistle has told one of these posts."""
    return col(WhistleParty.told_posts).op("?|", is_comparison=True)(_texts(posts))


def _texts(values: Collection[str]) -> sa.ColumnElement[Any]:
    return sa.bindparam(None, list(values), type_=sa.ARRAY(sa.Text))
