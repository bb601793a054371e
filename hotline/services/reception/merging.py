"""Merge what is one event (并案): one ticket leads, and every caller is still answered.

A merged ticket keeps its number, its caller, the caller's clock, its own question and its own
grade. Only the handling is shared: the lead is dispatched, whistles and submits; its result is put
to each caller by their own channel, and each answers for themselves (ADR 0015).

Locks: leads first, then members, each in the order of their ids; a command that names several
tickets takes them together (`hotline.services.handling.commands.once`). Whoever holds a member and
needs its lead leaves a timer instead of waiting, so that no two commands stand in each other's way.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from hotline.domain.closing import ResultKind
from hotline.domain.errors import InvalidError, RefusedError
from hotline.domain.tickets import ENDS, RULES, Action, Status, Step
from hotline.services.handling import timing
from hotline.services.telling import telling
from hotline.services.verifying import verification
from hotline.store import outbox, whistles
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.work import SYSTEM, Work

UNMERGED: Final = "unmerged"
LEAD_ENDED: Final = "lead_ended"
_RETRY: Final = timedelta(seconds=2)
# Where a lead stands whose result has been put to the callers.
_PUT: Final = frozenset({Status.REVISIT, Status.ARCHIVED, Status.ARCHIVED_UNVERIFIED})
# Where a merged ticket still waits for what its lead does.
_WAITS: Final = frozenset({Status.MERGED, Status.REVISIT})


def merge(work: Work, lead: Ticket, numbers: Sequence[str]) -> None:
    """Merge the tickets called ``numbers`` into ``lead``; what they lead comes with them.

    Args:
        work: in the role of an operator.
        lead: locked.
        numbers: of the tickets that are the same event.

    Raises:
        InvalidError: no ticket was named, or the lead itself.
        NotFoundError: one of them does not exist.
        RefusedError: the lead is merged itself, or one of them has an open whistle of its own.
        WrongStatusError: the lead is submitted or ended, or one of them is.
    """
    wanted = set(ticket_rows.ids_of(work.session, numbers))
    if not wanted or len(wanted) != len(set(numbers)) or lead.id in wanted:
        raise InvalidError(fields=["tickets"])
    if lead.lead_id is not None:
        raise RefusedError(reason="lead_is_merged", ticket=lead.number)
    wanted |= set(ticket_rows.member_ids(work.session, wanted))
    joining = [ticket for ticket in work.tickets_by_id(sorted(wanted)) if _joins(ticket, lead)]
    urgent = any(ticket.urgent for ticket in joining) and not lead.urgent
    facts: dict[str, object] = {"members": [ticket.id for ticket in joining], "urgent": urgent}
    work.act(lead, Action.GATHER, facts | {"numbers": [ticket.number for ticket in joining]})
    lead.members += len(joining)
    for ticket in joining:
        _join(work, ticket, lead)
    if urgent:
        lead.urgent = True
        if lead.status in {Status.TRIAGE, Status.DISPATCHED}:
            timing.hasten(work, lead)


def _joins(ticket: Ticket, lead: Ticket) -> bool:
    """Whether a ticket comes along; a member that has its result already answers for itself."""
    return ticket.lead_id is None or (ticket.lead_id != lead.id and ticket.status in _WAITS)


def _join(work: Work, ticket: Ticket, lead: Ticket) -> None:
    if ticket.status is Status.HANDLING and whistles.open_of_ticket(work.session, ticket.id):
        raise RefusedError(reason="whistle_open", ticket=ticket.number)
    first = ticket.lead_id is None
    work.act(ticket, Action.MERGE, {"lead": lead.id, "lead_number": lead.number})
    ticket.lead_id, ticket.members = lead.id, 0
    ticket.officer_id, ticket.triage_reason = None, None
    outbox.cancel_waiting(work.session, ticket.id, {"dispatched"})
    timing.enter(work, ticket, start=ticket.dispatched_at or ticket.received_at)
    if first:
        telling.tell_caller(work, ticket, "merged", {})


def release(work: Work, lead: Ticket, number: str) -> Ticket:
    """Take a merged ticket out again, while its caller has not been given the lead's result.

    Args:
        work: in the role of an operator.
        lead: locked.
        number: of the ticket that is another event after all; it goes back to triage.

    Raises:
        RefusedError: it is not merged into ``lead``, or its caller was asked about the result.
    """
    ticket = work.ticket(number)
    if ticket.lead_id != lead.id:
        raise RefusedError(reason="not_merged_here", ticket=number)
    if ticket_rows.open_ask(work.session, ticket.id) is not None:
        raise RefusedError(reason="merge_relied_on", ticket=number)
    _leave(work, ticket, lead, UNMERGED)
    return ticket


def _leave(work: Work, ticket: Ticket, lead: Ticket, why: str) -> None:
    actor = work.actor if why == UNMERGED else SYSTEM
    data = {"lead": lead.id, "lead_number": lead.number, "waits": why}
    work.act(ticket, Action.UNMERGE, data, actor=actor)
    ticket.lead_id, ticket.officer_id, ticket.dispatched_at = None, None, None
    ticket.triage_reason = why
    timing.enter(work, ticket)
    facts = {"member": ticket.id, "numbers": [ticket.number]}
    work.act(lead, Action.RELEASE, facts, actor=actor)
    lead.members -= 1


def carry(work: Work, lead: Ticket, kind: ResultKind, submission: str) -> None:
    """Put the lead's result to every merged ticket's own caller.

    Args:
        work: in the role of the officer who submits.
        lead: locked, just submitted.
        kind: what is claimed.
        submission: the hash of the lead's event that claims it: each member's chain names it.
    """
    if lead.members == 0:
        return
    data: dict[str, object] = {"lead": lead.id, "lead_number": lead.number, "kind": kind}
    data |= {"submission": submission, "by": work.actor.staff_id}
    for ticket in ticket_rows.lock_members(work.session, lead.id, _WAITS):
        work.act(ticket, Action.CARRY, data)
        ticket.submitted_by, ticket.submitted_at = work.actor.staff_id, work.now
        timing.enter(work, ticket)
        verification.ask(work, ticket, kind)


def answer_all(work: Work, lead: Ticket, data: dict[str, object], text: str) -> None:
    """Answer every merged ticket as its lead was answered on the spot: each gets the words."""
    if lead.members == 0:
        return
    for ticket in ticket_rows.lock_members(work.session, lead.id, {Status.MERGED}):
        work.act(ticket, Action.ANSWER, data | work.write(ticket, "reply", text))
        timing.enter(work, ticket)


def scatter(work: Work, lead: Ticket) -> None:
    """The lead ends without a result: whoever waits for it goes back to triage at once."""
    if lead.members == 0:
        return
    for ticket in ticket_rows.lock_members(work.session, lead.id, {Status.MERGED}):
        _leave(work, ticket, lead, LEAD_ENDED)


def reopen_lead(work: Work, ticket: Ticket) -> None:
    """A merged ticket's caller has said no: the lead is handled again, once for each result.

    Args:
        work: the clock's.
        ticket: locked, merged again after its caller's no.
    """
    if ticket.lead_id is None or ticket.status is not Status.MERGED:
        return
    lead = ticket_rows.try_lock(work.session, ticket.lead_id)
    if lead is None:
        timing.start_timer(work, ticket, Step.REOPEN, work.now + _RETRY)
    elif lead.status in _PUT:
        data = {"member": ticket.id, "numbers": [ticket.number]}
        work.act(lead, Action.REOPEN, data, actor=SYSTEM)
        verification.redo(work, lead)
    elif lead.status in ENDS:
        _leave(work, ticket, lead, LEAD_ENDED)


def overdue(work: Work, ticket: Ticket) -> bool:
    """Look after a merged ticket whose own limit has passed: its lead may have ended without it.

    Returns:
        Whether it goes on waiting; a ticket whose lead has ended goes back to triage instead.
    """
    if ticket.lead_id is None:
        return True
    lead = ticket_rows.get(work.session, ticket.lead_id)
    if lead is None or lead.status not in ENDS - _PUT:
        return True
    locked = ticket_rows.try_lock(work.session, ticket.lead_id)
    if locked is None:
        return True
    _leave(work, ticket, locked, LEAD_ENDED)
    return False


def may_lead(ticket: Ticket) -> bool:
    """Whether other tickets can be merged into this one."""
    return ticket.lead_id is None and (ticket.status, Action.GATHER) in RULES


def may_join(ticket: Ticket) -> bool:
    """Whether this ticket can be merged into another one."""
    return ticket.lead_id is None and (ticket.status, Action.MERGE) in RULES
