"""Put before an operator what may be the same event: a ticket's neighbours, and whole groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from hotline.domain import duplicates
from hotline.domain.duplicates import Facts, Likeness
from hotline.services.reception import merging
from hotline.store import desk
from hotline.store.desk import Known
from hotline.store.models import Ticket
from hotline.store.paging import Page
from hotline.work import Work

# What is older than this is the same matter again, not the same event.
_LOOK_BACK: Final = timedelta(days=7)
_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Suggested:
    """A ticket that may be the same event, what its caller said, and why it is suggested."""

    ticket: Ticket
    words: str
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Event:
    """Tickets that may be one event: the one that would lead, and the others."""

    lead: Ticket
    words: str
    others: tuple[Suggested, ...]


def of_ticket(work: Work, ticket: Ticket) -> list[Suggested]:
    """Return what may be the same event as ``ticket``, the likest first; one query.

    A ticket that can neither lead nor join another one has no neighbours.
    """
    if not (merging.may_lead(ticket) or merging.may_join(ticket)):
        return []
    known = desk.near(work.session, ticket, work.now - _LOOK_BACK)
    facts = {row.ticket.id: _facts(row) for row in known}
    if ticket.id not in facts:
        return []
    rows = {row.ticket.id: row for row in known if row.ticket.lead_id is None}
    found = duplicates.alike(facts[ticket.id], [facts[key] for key in rows])
    return [_suggested(rows[other.id], how) for other, how in found[:_MOST]]


def events(work: Work, *, at: str = "", size: int = 400) -> Page[Event]:
    """Return the open tickets that may be one event each, the largest group first; one query.

    A page looks at so many tickets, the newest first: what is one event comes in within hours.
    The lead is the one that is furthest on its way, then the oldest: what an officer has in hand
    already is not taken away from them.
    """
    page = desk.mergeable(work.session, work.now - _LOOK_BACK, at=at, size=size)
    rows = {row.ticket.id: row for row in page if row.ticket.lead_id is None}
    found = duplicates.groups([_facts(row) for row in rows.values()])
    groups = [event for group in found if (event := _event(group, rows)).others]
    return Page(groups, page.earlier, page.later)


def _event(group: duplicates.Group, rows: Mapping[UUID, Known]) -> Event:
    everyone = [group.lead, *(facts for facts, _ in group.others)]
    first = max(everyone, key=lambda facts: _led_by(rows[facts.id].ticket))
    others = [
        _suggested(rows[facts.id], duplicates.likeness(first, facts))
        for facts in everyone
        if facts.id != first.id and merging.may_join(rows[facts.id].ticket)
    ]
    return Event(rows[first.id].ticket, rows[first.id].words, tuple(others))


def _led_by(ticket: Ticket) -> tuple[bool, int, bool, float]:
    """How good a lead a ticket is: what leads already, is in hand, is routed; then the oldest."""
    return (
        merging.may_lead(ticket),
        ticket.members,
        ticket.officer_id is not None or ticket.post is not None,
        -ticket.received_at.timestamp(),
    )


def _suggested(row: Known, how: Likeness) -> Suggested:
    return Suggested(row.ticket, row.words, how)


def _facts(row: Known) -> Facts:
    ticket = row.ticket
    return Facts(
        id=ticket.id,
        received_at=ticket.received_at,
        words=duplicates.bigrams(row.words),
        grid=ticket.grid,
        town=ticket.town,
        class_code=ticket.class_code,
        caller=row.caller,
    )
