"""Words of danger (警情): operators are alarmed at once, and the ticket's limits become urgent."""

from hotline.domain.intake import Danger
from hotline.domain.tickets import Action, Role, Status
from hotline.services.handling import attention, timing
from hotline.services.telling import telling
from hotline.store.models import Ticket
from hotline.work import Work

# Where a limit is running that an urgent one must replace.
_WAITING = frozenset({Status.TRIAGE, Status.DISPATCHED})


def alarm(work: Work, ticket: Ticket, danger: Danger) -> None:
    """Tell every operator on duty, put it before the desks, and hasten the ticket.

    Args:
        work: in the role of the citizen.
        ticket: locked and open.
        danger: the word that was said, and the service that it calls for.
    """
    _hasten(work, ticket)
    service = f"{danger.number}{danger.service}"
    told = telling.tell_role(work, ticket, Role.OPERATOR, "alarm", {"service": service})
    facts = {"service": danger.number}
    attention.raise_(work, "danger", f"danger:{ticket.id}", facts, ticket.id)
    work.act(ticket, Action.ALARM, {"service": danger.number, "word": danger.word, "told": told})


def _hasten(work: Work, ticket: Ticket) -> None:
    """What was counted as usual is counted as urgent from here on, and never ends later."""
    if ticket.urgent:
        return
    ticket.urgent = True
    if ticket.status in _WAITING:
        timing.hasten(work, ticket)
