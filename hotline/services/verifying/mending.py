"""What people do about a bad rating (差评): ring the caller, put it right, ask how the fix is.

The caller is rung by somebody who had no part in the handling; the unit that handled it puts it
right and says how; and the caller, by a one-time way of their own, rates the fix.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hotline.domain.errors import NotAllowedError, NotFoundError, RefusedError
from hotline.domain.tickets import Action, Role, Step
from hotline.services.handling import tickets
from hotline.services.verifying import bad_ratings, ratings
from hotline.services.verifying.chain import took_part
from hotline.store import ratings as rows
from hotline.store.models import BadRating, Ticket
from hotline.store.ratings import Bad
from hotline.work import Work


class Call(StrEnum):
    """What became of ringing a dissatisfied caller. Values are stored."""

    REACHED = "reached"  # the caller said what is to be put right
    CONTENT = "content"  # the caller said that nothing is
    UNREACHED = "unreached"


def found(work: Work, bad_id: UUID) -> Bad:
    """Return a bad rating for a desk.

    Raises:
        NotFoundError: no such bad rating.
    """
    row = rows.bad(work.session, bad_id)
    if row is None:
        raise NotFoundError(bad=bad_id)
    return row


def call(work: Work, ticket: Ticket, bad_id: UUID, outcome: Call, note: str = "") -> None:
    """Write down what became of ringing a dissatisfied caller.

    Raises:
        NotAllowedError: whoever rang had a part in the handling.
        RefusedError: the clock has ended, or the caller was spoken with before.
    """
    row = _running(work, ticket, bad_id)
    if work.actor.role not in {Role.OPERATOR, Role.SUPERVISOR} or took_part(work, ticket):
        raise NotAllowedError(ticket=ticket.number, reason="self_verified")
    if row.called_at is not None:
        raise RefusedError(reason="bad_called", ticket=ticket.number)
    row.tries += 1
    data: dict[str, object] = {"bad": row.id, "call_outcome": outcome, "try": row.tries}
    if note.strip():
        data |= work.write(ticket, "note", tickets.words(note))
    work.act(ticket, Action.CALL_BACK, data)
    if outcome is Call.UNREACHED:
        return
    row.called_at, row.called_by = work.now, work.actor.staff_id
    row.content = outcome is Call.CONTENT
    work.cancel_timers(ticket.id, {Step.BAD_CALL})
    if outcome is Call.CONTENT and row.fixed_at is None:
        row.fixed_at, row.fixed_by = work.now, work.actor.staff_id
        _ask(work, ticket, row)


def may_mend(work: Work, bad: Bad) -> bool:
    """Whether whoever acts answers for the fix: the result's officer, or somebody of the unit."""
    if work.actor.role not in tickets.HOLDERS:
        return False
    ticket = bad.ticket
    mine = work.actor.staff_id in {ticket.submitted_by, ticket.officer_id}
    return mine or (ticket.unit is not None and ticket.unit == work.actor.unit)


def mine(work: Work, bad_id: UUID) -> Bad:
    """Return a bad rating for the page of whoever has to put it right.

    Raises:
        NotFoundError: none, or another unit's: its existence is not told either.
    """
    row = rows.bad(work.session, bad_id)
    if row is None or not may_mend(work, row):
        raise NotFoundError(bad=bad_id)
    return row


def mend(
    work: Work,
    ticket: Ticket,
    bad_id: UUID,
    text: str,
    photos: Sequence[UUID] = (),
    *,
    done_at: datetime | None = None,
) -> None:
    """Take down what the unit has put right; the caller is asked to rate it.

    Raises:
        NotFoundError: not theirs to put right.
        RefusedError: the clock has ended, it was put right, or a new result is due instead.
    """
    mine(work, bad_id)
    row = _running(work, ticket, bad_id)
    if row.fixed_at is not None:
        raise RefusedError(reason="bad_fixed", ticket=ticket.number)
    if ticket.closed_at is None:
        # It is being handled again: the new result is the fix, and is put to the caller.
        raise RefusedError(reason="bad_redo", ticket=ticket.number)
    data: dict[str, object] = dict(work.write(ticket, "mend", tickets.words(text)))
    data |= {"bad": row.id, "photos": [str(photo) for photo in photos], "done_at": done_at}
    work.act(ticket, Action.MEND, data)
    row.fixed_at, row.fixed_by = work.now, work.actor.staff_id
    _ask(work, ticket, row)


def _ask(work: Work, ticket: Ticket, row: BadRating) -> None:
    ratings.invite(work, ticket, "fix")
    bad_ratings.asked(work, ticket, row)


def _running(work: Work, ticket: Ticket, bad_id: UUID) -> BadRating:
    row = rows.open_bad(work.session, ticket.id)
    if row is None or row.id != bad_id:
        raise RefusedError(reason="bad_ended", ticket=ticket.number)
    return row
