"""Who may see a ticket: desks see all, officers their own, units what a whistle called them for."""

from typing import Final

from hotline.domain.errors import NotFoundError
from hotline.domain.tickets import Role
from hotline.services.handling import tickets
from hotline.store import tickets as ticket_rows
from hotline.store import whistles
from hotline.store.models import Ticket, WhistleParty
from hotline.work import Work

_DESKS: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN, Role.OBSERVER})
# Whoever talks with the caller or judges the work; a called unit needs neither voice nor face.
_IDENTITY: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR})


def mine(work: Work, number: str) -> Ticket:
    """Return an officer's own ticket, without a lock, for a page.

    Raises:
        NotFoundError: no such ticket, or another's: its existence is not told either.
    """
    ticket = ticket_rows.find(work.session, number)
    if ticket is None or not tickets.holds(work, ticket):
        raise NotFoundError(ticket=number)
    return ticket


def is_called(work: Work, party: WhistleParty) -> bool:
    """Whether a whistle calls the unit of whoever acts, or a post that they answer for.

    A whistle that has climbed to one of their posts calls them as well: they press, or go.
    """
    return is_asked(work, party) or bool(work.actor.posts & set(party.told_posts))


def is_asked(work: Work, party: WhistleParty) -> bool:
    """Whether whoever acts is of the called unit itself, which alone can refuse."""
    return work.actor.unit == party.unit or party.post in work.actor.posts


def may_see(work: Work, ticket: Ticket) -> bool:
    """Whether whoever acts may see what stands on a ticket, small copies of photos included."""
    if work.actor.role in _DESKS or tickets.holds(work, ticket):
        return True
    return any(is_called(work, party) for party in whistles.parties(work.session, ticket.id))


def may_identify(work: Work, ticket: Ticket) -> bool:
    """Whether whoever acts may see and hear what can tell who a caller is: originals, recordings.

    Every such view is logged (`identity.log_view`). Of a confidential ticket only the hotline may.
    """
    if work.actor.role in _IDENTITY:
        return True
    return not ticket.confidential and tickets.holds(work, ticket)
