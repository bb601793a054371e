"""A return (退单) is a contest: proof within the limit, a ruling, and a price either way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hotline.domain.disputes import ReturnReason, refusal
from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError
from hotline.domain.tickets import Action
from hotline.services.handling import adjudication, tickets, timing
from hotline.services.reception import intake, rejection
from hotline.services.telling import telling
from hotline.store import hearings, whistles
from hotline.store.models import Ticket
from hotline.work import Work

UPHELD: Final = "return_upheld"


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a unit returns a ticket: the reason's code, words, and photos of papers or places."""

    reason: ReturnReason
    text: str
    photos: Sequence[UUID] = ()


def send_back(work: Work, ticket: Ticket, proof: Proof, *, done_at: datetime | None = None) -> None:
    """Return a ticket with proof; an operator rules on it, or the panel where it is no first one.

    Raises:
        RefusedError: later than the limit after the dispatch (the first receiver owns it), ruled
            by the panel, or for a reason that a ruling has settled for such demands; or a whistle
            is open: whoever called units in stays with them.
    """
    tickets.guard_holder(work, ticket)
    if whistles.open_of_ticket(work.session, ticket.id):
        raise RefusedError(reason="whistle_open", ticket=ticket.number)
    until = may_return_until(work, ticket)
    why_not = refusal(
        proof.reason,
        now=work.now,
        until=until,
        binding=hearings.of_ticket(work.session, ticket.id) is not None,
        settled=settled(ticket),
    )
    if why_not is not None:
        raise RefusedError(reason=why_not, ticket=ticket.number)
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(proof.text)))
    data |= {"dispute": proof.reason, "unit": adjudication.receiving_unit(work, ticket)}
    data |= {"photos": [str(photo) for photo in proof.photos], "until": until, "done_at": done_at}
    work.act(ticket, Action.RETURN, data)
    if not adjudication.open_if_due(work, ticket):
        timing.enter(work, ticket)


def may_return_until(work: Work, ticket: Ticket) -> datetime:
    """Return the last moment at which the first receiver may still return a ticket."""
    limit = timing.limit_of(work, ticket, "return")
    return timing.deadline(work, ticket.dispatched_at or work.now, limit).at


def settled(ticket: Ticket) -> frozenset[str]:
    """Return the reasons for which a ticket can't be returned: a ruling decided where it goes."""
    entry = ticket.routing.get("entry") or {}
    return frozenset(entry.get("settles", ()))


def rule(
    work: Work, ticket: Ticket, *, upheld: bool, reason: str, onward: str | None = None
) -> None:
    """Rule on a return. Upheld: on to another unit, or to triage. Overturned: it stays.

    The unit's clock has run from the first dispatch all the time: a wrong return costs its
    sender that time.

    Args:
        work: in the role of an operator or a supervisor who is not of the unit that returned it.
        ticket: locked.
        upheld: whether the unit is right.
        reason: of the ruling.
        onward: of an upheld return, the unit that it goes to; ``None``: to triage.

    Raises:
        InvalidError: the map has no such unit, or it is the one that returned the ticket.
        NotAllowedError: whoever rules is of that unit.
    """
    sender = adjudication.receiving_unit(work, ticket)
    if work.actor.unit == sender:
        raise NotAllowedError(ticket=ticket.number, reason="own_unit")
    if onward is not None and (
        onward not in timing.map_of(work, ticket).units or onward == sender or not upheld
    ):
        raise InvalidError(fields=["onward"])
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(reason)))
    data |= {"onward": onward} if onward is not None else {}
    work.act(ticket, Action.UPHOLD if upheld else Action.OVERTURN, data)
    if not upheld:
        _stays(work, ticket)
    elif onward is not None:
        _leaves(ticket)
        intake.send_to(work, ticket, onward)
    else:
        _leaves(ticket)
        timing.enter(work, ticket)
        rejection.tell_first_asked(work, ticket)


def _leaves(ticket: Ticket) -> None:
    ticket.returns += 1
    ticket.triage_reason = UPHELD
    ticket.officer_id = None
    ticket.dispatched_at = None


def _stays(work: Work, ticket: Ticket) -> None:
    due = timing.enter(work, ticket)
    if ticket.post is not None:
        params = {"due": telling.local(due.at)} if due else {}
        telling.tell(work, ticket, [ticket.post], "overturned", params)
