"""A return (退单) is a contest: proof within the limit, a ruling, and a price either way."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hotline.domain.errors import RefusedError
from hotline.domain.tickets import Action
from hotline.services import rejection, telling, tickets, timing
from hotline.store.models import Ticket
from hotline.work import Work

UPHELD: Final = "return_upheld"


def send_back(
    work: Work,
    ticket: Ticket,
    reason: str,
    photos: Sequence[UUID] = (),
    *,
    done_at: datetime | None = None,
) -> None:
    """Return a ticket with proof; an operator rules on it.

    Raises:
        RefusedError: later than the limit after the dispatch: the first receiver owns it.
    """
    tickets.guard_holder(work, ticket)
    limit = timing.limit_of(work, ticket, "return")
    until = timing.deadline(work, ticket.dispatched_at or work.now, limit).at
    if work.now > until:
        raise RefusedError(reason="return_too_late", ticket=ticket.number)
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(reason)))
    data |= {"photos": [str(photo) for photo in photos], "until": until, "done_at": done_at}
    work.act(ticket, Action.RETURN, data)
    timing.enter(work, ticket)


def rule(work: Work, ticket: Ticket, *, upheld: bool, reason: str) -> None:
    """Rule on a return. Upheld: back to triage. Overturned: the officer signs for it after all.

    The unit's clock has run from the first dispatch all the time: a wrong return costs its
    sender that time.
    """
    data = work.write(ticket, "reason", tickets.words(reason))
    work.act(ticket, Action.UPHOLD if upheld else Action.OVERTURN, data)
    if upheld:
        ticket.returns += 1
        ticket.triage_reason = UPHELD
        ticket.officer_id = None
        ticket.dispatched_at = None
        timing.enter(work, ticket)
        rejection.tell_first_asked(work, ticket)
        return
    due = timing.enter(work, ticket)
    if ticket.post is not None:
        params = {"due": telling.local(due.at)} if due else {}
        telling.tell(work, ticket, [ticket.post], "overturned", params)
