"""Reject a demand (不予受理): with a reason, with the lawful route told, and never alone.

An operator proposes; a supervisor of another unit approves or sends it back to triage. Every
refusal stays on record (否定备案), and the caller may object once.
"""

from dataclasses import dataclass
from typing import Final

from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError, WrongStatusError
from hotline.domain.refusal import RejectReason
from hotline.domain.tickets import Action
from hotline.services.handling import attention, tickets, timing
from hotline.services.telling import telling
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.work import SYSTEM, Work

DECLINED: Final = "rejection_declined"
OBJECTED: Final = "objected"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an operator proposes: the reason, the route by its id in the map, and the words."""

    reason: RejectReason
    route: str
    text: str


def propose(work: Work, ticket: Ticket, refusal: Refusal) -> None:
    """Propose to reject a demand; it waits for approval, with a limit of its own.

    Raises:
        InvalidError: the map has no such route.
    """
    if refusal.route not in timing.map_of(work, ticket).routes:
        raise InvalidError(fields=["route"])
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(refusal.text)))
    data |= {"reason": refusal.reason, "route": refusal.route}
    work.act(ticket, Action.REJECT, data)
    tickets.await_ruling(work, ticket, "不予受理待批")


def rule(work: Work, ticket: Ticket, *, approved: bool, reason: str) -> None:
    """Approve a rejection, and tell the caller the lawful route; or send it back to triage.

    Raises:
        NotAllowedError: the supervisor proposed it, or is of the unit that it concerns.
    """
    proposed = ticket_rows.last_event(work.session, ticket.id, Action.REJECT)
    if proposed is None:
        raise WrongStatusError(status=ticket.status, action=Action.APPROVE)
    mine = proposed["actor"] == work.actor.ref
    if mine or (ticket.unit is not None and work.actor.unit == ticket.unit):
        raise NotAllowedError(ticket=ticket.number, reason="own_unit")
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(reason)))
    if not approved:
        work.act(ticket, Action.DISAPPROVE, data)
        ticket.triage_reason = DECLINED
        timing.enter(work, ticket)
        tell_first_asked(work, ticket)
        return
    route = str(proposed["data"]["route"])
    work.act(ticket, Action.APPROVE, data | {"route": route} | _tell(work, ticket, route))
    timing.enter(work, ticket)


def object_to(work: Work, ticket: Ticket, text: str) -> None:
    """The citizen disagrees with an answer or a rejection: a person looks again, once.

    Raises:
        RefusedError: they have objected before.
    """
    if ticket_rows.last_event(work.session, ticket.id, Action.OBJECT) is not None:
        raise RefusedError(reason="objected_before", ticket=ticket.number)
    work.act(ticket, Action.OBJECT, work.write(ticket, "addition", tickets.words(text)))
    # Whoever objects is looked at alone: a merged caller no longer waits for the lead.
    ticket.triage_reason, ticket.lead_id = OBJECTED, None
    timing.enter(work, ticket)
    attention.raise_(work, OBJECTED, f"objected:{ticket.id}", {}, ticket.id)


def tell_first_asked(work: Work, ticket: Ticket) -> None:
    """Tell whoever was asked first that the demand is theirs again (首问负责)."""
    if ticket.first_asked is None:
        return
    due = telling.local(ticket.due_at) if ticket.due_at else ""
    told = telling.tell_person(work, ticket, ticket.first_asked, "first_asked", {"due": due})
    work.act(ticket, Action.REMIND, {"first_asked": True, "told": [told]}, actor=SYSTEM)


def _tell(work: Work, ticket: Ticket, route: str) -> dict[str, object]:
    found = timing.map_of(work, ticket).routes[route]
    words = f"{found.name.zh}（{found.contact}）" if found.contact else found.name.zh
    return telling.tell_caller(work, ticket, "rejected", {"route": words})
