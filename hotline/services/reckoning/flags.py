"""Flags: raised by signs, answered by the unit, ruled by a supervisor of another unit.

A flag changes nothing by itself. Only a ruling that confirms it does: the claim loses its credit
as a closure, the ticket goes back to work, and the caller is told (docs/suspicion.md).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hotline.domain.deadlines import Deadline
from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.suspicion.frame import OPEN_STATES, RULINGS, Flag, FlagState
from hotline.domain.suspicion.thresholds import SuspicionRules
from hotline.domain.tickets import RULES, Action, Role, Step
from hotline.services.handling import attention, tickets, timing
from hotline.services.telling import telling
from hotline.services.verifying import verification
from hotline.store import flags as rows
from hotline.store.flags import Queued
from hotline.store.models import FlagRow, Submission, Ticket, Timer
from hotline.work import SYSTEM, Work

_ANSWER: Final = "疑点说明"
_RULE: Final = "疑点裁定"


def raise_(
    work: Work, ticket: Ticket, claim: Submission, flag: Flag, policy: SuspicionRules
) -> None:
    """Raise a flag on a claim and ask its unit; a claim that has one keeps it.

    Args:
        work: the judging job's.
        ticket: locked.
        claim: what looks false.
        flag: the signs, and why they are enough.
        policy: the rules that judged.
    """
    if rows.of_claim(work.session, claim.id) is not None:
        return
    limit = timing.deadline(work, work.now, policy.answer)
    due = limit.at
    row = FlagRow(
        submission_id=claim.id,
        ticket_id=ticket.id,
        round=claim.round,
        rules=policy.version,
        grounds=flag.grounds,
        strength=flag.strength,
        state=FlagState.ASKED,
        raised_at=work.now,
        answer_due_at=due,
    )
    work.session.add(row)
    told = _tell(work, ticket, claim, "flagged", {"due": telling.local(due)})
    signs = [sign.signal for sign in flag.suspicions]
    data = {"flag": row.id, "round": claim.round, "grounds": flag.grounds, "signals": signs}
    rules = {"rules": policy.version, "due": due, "told": told}
    work.act(ticket, Action.FLAG, data | rules, actor=SYSTEM)
    timing.start_timer(work, ticket, Step.ANSWER_FLAG, limit, subject_id=row.id, generation=0)


def may_answer(work: Work, found: Queued) -> bool:
    """Whether whoever acts answers for this claim: they made it, or are of the same unit."""
    if work.actor.role not in {Role.OFFICER, Role.UNIT}:
        return False
    mine = found.claim.by is not None and found.claim.by == work.actor.staff_id
    return mine or (found.claim.unit is not None and found.claim.unit == work.actor.unit)


def open_flag(work: Work, flag_id: UUID) -> Queued:
    """Return a flag for its unit's page.

    Raises:
        NotFoundError: no such flag, or another unit's: its existence is not told either.
    """
    found = rows.get(work.session, flag_id)
    if found is None or not may_answer(work, found):
        raise NotFoundError(flag=flag_id)
    return found


def answer(
    work: Work,
    ticket: Ticket,
    flag_id: UUID,
    text: str,
    photos: Sequence[UUID] = (),
    *,
    done_at: datetime | None = None,
) -> None:
    """Take the unit's answer: in words, with photos. One answer, until somebody has ruled.

    Raises:
        NotFoundError: not theirs to answer.
        RefusedError: it was answered, or ruled.
    """
    flag = open_flag(work, flag_id).flag
    if flag.state not in {FlagState.ASKED, FlagState.UNANSWERED}:
        raise RefusedError(reason="flag_answered", ticket=ticket.number)
    written = work.write(ticket, "answer", tickets.words(text))
    data = {"flag": flag.id, "photos": [str(photo) for photo in photos], "done_at": done_at}
    work.act(ticket, Action.CONTEST, data | written)
    # The text is written with the rest of the command; the flag points at it.
    work.session.flush()
    flag.state, flag.answered_at, flag.answered_by = (
        FlagState.ANSWERED,
        work.now,
        work.actor.staff_id,
    )
    flag.answer_id = UUID(written["text"])
    work.cancel_timers_of(flag.id)
    _await_ruling(work, ticket, flag, _ruling_by(work, work.now))


def may_rule(work: Work, found: Queued) -> bool:
    """Whether whoever acts may rule on a flag: a supervisor who is not of the unit."""
    units = {found.claim.unit, found.ticket.unit} - {None}
    return work.actor.role is Role.SUPERVISOR and work.actor.unit not in units


def rule(work: Work, ticket: Ticket, flag_id: UUID, ruling: FlagState, reason: str) -> None:
    """Rule on a flag: by a supervisor who is not of the unit, after the unit could answer.

    Raises:
        InvalidError: no such ruling.
        NotFoundError: no such flag on this ticket.
        NotAllowedError: the supervisor belongs to the unit.
        RefusedError: it was ruled, or the unit may still answer.
    """
    found = rows.get(work.session, flag_id)
    if found is None or found.ticket.id != ticket.id:
        raise NotFoundError(flag=flag_id)
    flag, claim, _ticket = found
    if ruling not in RULINGS:
        raise InvalidError(fields=["ruling"])
    if work.actor.unit in {claim.unit, ticket.unit} - {None}:
        raise NotAllowedError(ticket=ticket.number, reason="own_unit")
    if flag.state not in OPEN_STATES:
        raise RefusedError(reason="flag_ruled", ticket=ticket.number)
    if flag.state is FlagState.ASKED:
        raise RefusedError(reason="flag_asked", ticket=ticket.number)
    written = work.write(ticket, "ruling", tickets.words(reason))
    data = {"flag": flag.id, "round": flag.round, "ruling": ruling}
    work.act(ticket, Action.RULE_FLAG, data | written)
    work.session.flush()
    flag.state, flag.ruled_at, flag.ruled_by = ruling, work.now, work.actor.staff_id
    flag.ruling_id = UUID(written["text"])
    work.cancel_timers_of(flag.id)
    if ruling is FlagState.CONFIRMED:
        _discredit(work, ticket, claim, flag)
    _tell(work, ticket, claim, f"flag_{ruling}", {})


def _discredit(work: Work, ticket: Ticket, claim: Submission, flag: FlagRow) -> None:
    """Take the claim's credit away, send the ticket back to work, tell the caller."""
    claim.discredited_at = work.now
    work.act(ticket, Action.DISCREDIT, {"flag": flag.id, "round": claim.round})
    if (ticket.status, Action.REOPEN) not in RULES:
        return  # It is being handled again already: the caller had said no.
    work.act(ticket, Action.REOPEN, {"flag": flag.id})
    verification.redo(work, ticket)
    telling.tell_caller(work, ticket, "reopened", {})


def unanswered(work: Work, ticket: Ticket, timer: Timer) -> None:
    """The unit let its limit pass: that is said, and a supervisor rules without its answer."""
    found = rows.get(work.session, timer.subject_id)
    if found is None or found.flag.state is not FlagState.ASKED:
        return
    found.flag.state = FlagState.UNANSWERED
    _late(work, ticket, timer, _ANSWER, {})
    _await_ruling(work, ticket, found.flag, _ruling_by(work, timer.due_at))


def unruled(work: Work, ticket: Ticket, timer: Timer) -> None:
    """A supervisor let the limit of a ruling pass: all of them are told, again and again."""
    found = rows.get(work.session, timer.subject_id)
    if found is None or found.flag.state not in OPEN_STATES:
        return
    again = timing.again(work, timer, work.kit.maps.current.suspicion.rule)
    _late(work, ticket, timer, _RULE, {"next": again.at})
    key = f"late:{timer.step}:{timer.subject_id}"
    due = {"due": timer.due_at.isoformat()}
    attention.raise_(work, f"late_{timer.step}", key, due, ticket.id)
    _await_ruling(work, ticket, found.flag, again, timer.generation + 1)


def _await_ruling(
    work: Work, ticket: Ticket, flag: FlagRow, due: Deadline, generation: int = 0
) -> None:
    timing.start_timer(work, ticket, Step.RULE_FLAG, due, subject_id=flag.id, generation=generation)


def _ruling_by(work: Work, start: datetime) -> Deadline:
    return timing.deadline(work, start, work.kit.maps.current.suspicion.rule)


def _late(work: Work, ticket: Ticket, timer: Timer, what: str, data: Mapping[str, object]) -> None:
    params = {"step": what, "rung": "督办"}
    told = telling.tell_role(work, ticket, Role.SUPERVISOR, "overdue", params)
    data = {"flag": timer.subject_id, "told": told} | dict(data)
    data |= {"step": timer.step, "due": timer.due_at, "rule": "suspicion"}
    work.act(ticket, Action.REMIND, data, actor=SYSTEM)


def _tell(
    work: Work, ticket: Ticket, claim: Submission, template: str, params: dict[str, str]
) -> list[dict[str, object]]:
    """Tell whoever made the claim; where nobody is known, whoever answers for the post."""
    if claim.by is not None:
        return [telling.tell_person(work, ticket, claim.by, template, params)]
    posts = [ticket.post] if ticket.post else []
    return telling.tell(work, ticket, posts, template, params)
