"""The final reply (最终答复): an end against the caller's word, signed outside, with one appeal.

Nobody proposes one before the caller has said no. It is told to the caller with the way to appeal,
once, by the channel of theirs; silence ends the case. It counts as closed and never as solved.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hotline.domain.closing import final_refusal
from hotline.domain.errors import NotAllowedError, RefusedError
from hotline.domain.tickets import Action, Step
from hotline.services.handling import attention, tickets, timing
from hotline.services.reception import withdrawal
from hotline.services.telling import telling
from hotline.services.verifying import verification
from hotline.store import tickets as ticket_rows
from hotline.store import whistles
from hotline.store.models import Ticket
from hotline.work import CITIZEN, SYSTEM, Work

APPEALED: Final = "appealed"


def propose(
    work: Work,
    ticket: Ticket,
    text: str,
    photos: Sequence[UUID] = (),
    *,
    done_at: datetime | None = None,
) -> None:
    """Propose a final reply; the unit's limit runs on until it is signed.

    Raises:
        RefusedError: the caller has not said no yet, a whistle is open, or other callers' tickets
            were merged into it: each of them has a right of their own.
    """
    tickets.guard_holder(work, ticket)
    redo = timing.map_of(work, ticket).limits.redo
    why_not = final_refusal(ticket.redos, redo.before_final)
    if why_not is None and ticket.members:
        why_not = "final_merged"
    if why_not is None and whistles.open_of_ticket(work.session, ticket.id):
        why_not = "whistle_open"
    if why_not is not None:
        raise RefusedError(reason=why_not, ticket=ticket.number)
    data: dict[str, object] = dict(work.write(ticket, "final", tickets.words(text)))
    data |= {"photos": [str(photo) for photo in photos], "done_at": done_at}
    work.act(ticket, Action.CONCLUDE, data)
    tickets.await_ruling(work, ticket, "最终答复待签发")


def sign(work: Work, ticket: Ticket, *, signed: bool, reason: str) -> None:
    """Sign a final reply (签发), which tells the caller; or send it back to be handled.

    The signature is the event: it names who signed, and the hash of the very words.

    Raises:
        NotAllowedError: the supervisor is of the unit.
    """
    tickets.guard_outside(work, ticket)
    proposed = ticket_rows.last_event(work.session, ticket.id, Action.CONCLUDE) or {"data": {}}
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(reason)))
    data |= {"reply": proposed["data"].get("text"), "reply_hash": proposed["data"].get("text_hash")}
    if not signed:
        work.act(ticket, Action.REFUSE_FINAL, data)
        work.cancel_timers(ticket.id, {Step.RULE_FINAL})
        if ticket.officer_id is not None:
            telling.tell_person(work, ticket, ticket.officer_id, "final_refused", {})
        return
    limit = timing.limit_of(work, ticket, Step.FINAL_APPEAL)
    until = timing.deadline(work, work.now, limit).at
    told = telling.tell_caller(work, ticket, "final", {"due": telling.local(until)})
    work.act(ticket, Action.SIGN_FINAL, data | {"appeal_until": until} | told)
    timing.enter(work, ticket)


def appeal(work: Work, ticket: Ticket, text: str, way: str, **evidence: object) -> None:
    """The citizen appeals, once; somebody who did not sign looks at it anew.

    Args:
        work: the command; whoever sits at the machine, the citizen is who acts.
        ticket: locked, with a final reply.
        text: why, in their words.
        way: ``web``, ``message`` or ``operator``.
        evidence: for the ledger: the call, who sat there.
    """
    data: dict[str, object] = dict(work.write(ticket, "addition", tickets.words(text)))
    work.act(ticket, Action.APPEAL, data | {"by": way} | evidence, actor=CITIZEN)
    tickets.await_ruling(work, ticket, "最终答复申诉待裁定")
    attention.raise_(work, APPEALED, f"{APPEALED}:{ticket.id}:{ticket.event_seq}", {}, ticket.id)


def appeal_on_call(work: Work, ticket: Ticket, text: str) -> None:
    """Appeal at the word of a caller whom the acting operator has on the line.

    Raises:
        NotAllowedError: no such call is going on.
    """
    sid = withdrawal.live_call(work, ticket)
    if sid is None:
        raise NotAllowedError(reason="not_on_the_line", ticket=ticket.number)
    appeal(work, ticket, text, "operator", call=sid, operator=work.actor.staff_id)


def rule(work: Work, ticket: Ticket, *, upheld: bool, reason: str) -> None:
    """Rule on an appeal. Upheld: handled anew, as after any no. Dismissed: the reply stands.

    Raises:
        NotAllowedError: the supervisor signed the reply, or is of the unit.
    """
    tickets.guard_outside(work, ticket)
    signed = ticket_rows.last_event(work.session, ticket.id, Action.SIGN_FINAL)
    if signed is not None and signed["actor"] == work.actor.ref:
        raise NotAllowedError(ticket=ticket.number, reason="own_signature")
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(reason)))
    words = "appeal_upheld" if upheld else "appeal_dismissed"
    told = telling.tell_caller(work, ticket, words, {})
    work.act(ticket, Action.UPHOLD_APPEAL if upheld else Action.DISMISS_APPEAL, data | told)
    if upheld:
        verification.redo(work, ticket)
    else:
        timing.enter(work, ticket)


def lapse(work: Work, ticket: Ticket) -> None:
    """Nobody has appealed: the reply stands, and the case is archived as what it is."""
    work.act(ticket, Action.LAPSE, {"rule": f"limits.{Step.FINAL_APPEAL}"}, actor=SYSTEM)
    timing.enter(work, ticket)
