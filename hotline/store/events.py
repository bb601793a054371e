"""Search the ledger's events: who did what, when, for which unit, about which ticket."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from hotline.domain.tickets import Action
from hotline.store import paging
from hotline.store.models import Staff, Ticket, TicketEvent
from hotline.store.paging import Order, Page

# As the indexes of the table say it, word for word: a bound value would not find them.
_BY_STAFF: Final = sa.text("ticket_event.role NOT IN ('system','citizen')")
_ORDER: Final = Order(
    (col(TicketEvent.at), col(TicketEvent.ticket_id), col(TicketEvent.seq)), descending=True
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are wanted; what is ``None`` does not matter.

    Attributes:
        since: from then on.
        until: before then.
        everybody: what callers and the system did as well, not staff alone.
        who: a login or a name.
        unit: whose staff.
        action: what.
        number: of which ticket.
        classes: of which classes of demands.
    """

    since: datetime
    until: datetime
    everybody: bool = False
    who: str | None = None
    unit: str | None = None
    action: Action | None = None
    number: str | None = None
    classes: Collection[str] | None = None


class Found(NamedTuple):
    """An event, its ticket, and who did it where that was a person of the staff."""

    event: TicketEvent
    ticket: Ticket
    person: Staff | None


def search(session: Session, wanted: Wanted, *, at: str = "") -> Page[Found]:
    """Return a page of events, the newest first; one query."""
    found = paging.page(session, _query(wanted), _ORDER, at=at)
    return replace(found, rows=[Found(*row) for row in found])


def export(session: Session, wanted: Wanted, limit: int) -> Iterator[Found]:
    """Yield up to ``limit`` events, the newest first."""
    ordered = _query(wanted).order_by(*(column.desc() for column in _ORDER.columns)).limit(limit)
    for row in session.execute(ordered):
        yield Found(*row)


def _query(wanted: Wanted) -> Any:  # noqa: ANN401  a select of three entities
    query = (
        sa.select(TicketEvent, Ticket, Staff)
        .join(Ticket, col(Ticket.id) == col(TicketEvent.ticket_id))
        .join(Staff, sa.cast(col(Staff.id), sa.Text) == col(TicketEvent.actor), isouter=True)
        .where(col(TicketEvent.at) >= wanted.since, col(TicketEvent.at) < wanted.until)
    )
    if not wanted.everybody:
        query = query.where(_BY_STAFF)
    if wanted.who is not None or wanted.unit is not None:
        query = query.where(col(TicketEvent.actor).in_(_people(wanted)))
    if wanted.action is not None:
        query = query.where(col(TicketEvent.action) == wanted.action)
    if wanted.number is not None:
        query = query.where(col(Ticket.number) == wanted.number)
    if wanted.classes is not None:
        query = query.where(col(Ticket.class_code).in_(list(wanted.classes)))
    return query


def _people(wanted: Wanted) -> sa.Select[str]:
    people = sa.select(sa.cast(col(Staff.id), sa.Text))
    if wanted.who is not None:
        people = people.where(sa.or_(col(Staff.login) == wanted.who, col(Staff.name) == wanted.who))
    if wanted.unit is not None:
        people = people.where(col(Staff.unit) == wanted.unit)
    return people
