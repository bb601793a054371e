"""First asked is responsible (首问负责): whoever took a demand first, until a unit has it."""

from dataclasses import dataclass

from hotline.domain.tickets import UNACCEPTED
from hotline.store import people
from hotline.store.models import Staff, Ticket
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class FirstAsked:
    """Who was asked first, and whether the demand is still theirs."""

    staff: Staff
    responsible: bool


def of(work: Work, ticket: Ticket) -> FirstAsked | None:
    """Return who was asked first; ``None``: the machine or the web was."""
    if ticket.first_asked is None:
        return None
    staff = people.get(work.session, ticket.first_asked)
    return FirstAsked(staff, ticket.status in UNACCEPTED) if staff is not None else None
