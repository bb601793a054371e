"""Calls that the hotline makes: alerts to staff, the question to a caller, an operator's telephone.

Each function is one webhook of such a call and returns the TwiML that answers it.
"""

from typing import Final
from uuid import UUID

from hotline.channels import voice
from hotline.channels.templates import render
from hotline.domain.errors import NotFoundError
from hotline.domain.intake import Answer, read_answer
from hotline.domain.ratings import is_grade, on_scale
from hotline.domain.tickets import Status
from hotline.services.telling import outbox
from hotline.services.verifying import ratings, verification
from hotline.store import calls as call_rows
from hotline.store import outbox as rows
from hotline.store import ratings as rating_rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Outgoing, Ticket
from hotline.work import Work

# What the carrier says of who answered, when it was not a person. `unknown` may be one.
_MACHINES: Final = ("machine", "fax")


def answered(work: Work, outgoing_id: UUID, by: str, base: str) -> str:
    """Somebody, or a machine, has answered a call that we made.

    Args:
        work: in the role of the citizen; staff acts on its own pages only.
        outgoing_id: the promise that this call keeps.
        by: what the carrier believes answered: ``human``, ``machine_start`` …
        base: the public address of the voice webhooks.
    """
    row = _row(work, outgoing_id)
    if by.startswith(_MACHINES):
        outbox.voicemail(work, row.id)
        return voice.say_and_hang_up(voice.GOODBYE)
    if row.template == "ring_operator":
        outbox.heard(work, row.id)
        waiting = call_rows.waiting(work.session)
        if not waiting:
            return voice.say_and_hang_up(voice.NOBODY_WAITS)
        return voice.pick_up(f"{base}/picked?operator={row.staff_id}")
    if row.template == "ask":
        return _question(work, row, base)
    if row.template in {"rate", "rate_four"}:
        return _grade_question(work, row, base)
    text = render(row.template, {name: str(value) for name, value in row.params.items()})
    return voice.listen(voice.ALERT.format(text=text), f"{base}/heard?outbox={row.id}")


def heard(work: Work, outgoing_id: UUID, speech: str, digits: str) -> str:
    """A person pressed a key or spoke after an alert; silence does not count as heard."""
    if speech.strip() or digits:
        outbox.heard(work, outgoing_id)
    return voice.say_and_hang_up(voice.GOODBYE)


def solved(work: Work, outgoing_id: UUID, speech: str, digits: str, base: str) -> str:
    """The caller says whether it is solved; an unclear answer leaves the question open."""
    row = _row(work, outgoing_id)
    ticket = _ticket(work, row)
    reading = read_answer(speech, digits)
    if reading is None or reading.solved is None or not _is_asked(work, ticket):
        return voice.say_and_hang_up(voice.GOODBYE)
    outbox.heard(work, row.id)
    grade = _on_scale(work, ticket, reading)
    verification.answer(work, ticket, solved=reading.solved, by="call", grade=grade)
    prompt = voice.ask_grade(ratings.scale_of(work, ticket), solved=reading.solved)
    return voice.listen(prompt, f"{base}/graded?outbox={row.id}")


def graded(work: Work, outgoing_id: UUID, speech: str, digits: str) -> str:
    """The caller gives a grade from 5 to 1, or hangs up without one."""
    row = _row(work, outgoing_id)
    ticket = _ticket(work, row)
    scale = ratings.scale_of(work, ticket)
    grade = int(digits) if digits in {"1", "2", "3", "4", "5"} else None
    if grade is None and (reading := read_answer(speech)) is not None:
        grade = _on_scale(work, ticket, reading)
    if grade is None or not is_grade(grade, scale) or not _awaits_grade(work, ticket):
        return voice.say_and_hang_up(voice.THANKS)
    outbox.heard(work, row.id)
    refused = ratings.from_number(work, ticket, grade, by="call")
    return voice.say_and_hang_up(voice.NOT_RATED if refused else voice.THANKS)


def _on_scale(work: Work, ticket: Ticket, reading: Answer) -> int | None:
    """Return the grade that was said or keyed, on the ticket's scale."""
    if reading.grade is None:
        return None
    scale = ratings.scale_of(work, ticket)
    grade = on_scale(reading.grade, scale, in_words=reading.in_words)
    return grade if is_grade(grade, scale) else None


def _awaits_grade(work: Work, ticket: Ticket) -> bool:
    question = ticket_rows.open_ask(work.session, ticket.id)
    missing = question is not None and question.answered_at is not None and question.grade is None
    return missing or rating_rows.open_invite(work.session, ticket.id, work.now) is not None


def _grade_question(work: Work, row: Outgoing, base: str) -> str:
    """A caller is rung to rate, or to rate what was put right; one key, once."""
    ticket = _ticket(work, row)
    if not _awaits_grade(work, ticket):
        return voice.say_and_hang_up(voice.GOODBYE)
    text = voice.ask_rating(ratings.scale_of(work, ticket), ticket.number)
    return voice.listen(text, f"{base}/graded?outbox={row.id}")


def _question(work: Work, row: Outgoing, base: str) -> str:
    ticket = _ticket(work, row)
    if not _is_asked(work, ticket):
        return voice.say_and_hang_up(voice.GOODBYE)
    text = voice.ASK.format(
        number=voice.spoken_number(ticket.number), result=str(row.params.get("result", ""))
    )
    return voice.listen(text, f"{base}/solved?outbox={row.id}")


def _is_asked(work: Work, ticket: Ticket) -> bool:
    question = ticket_rows.open_ask(work.session, ticket.id)
    return (
        ticket.status in {Status.REVISIT, Status.ARCHIVED_UNVERIFIED}
        and question is not None
        and question.answered_at is None
    )


def _row(work: Work, outgoing_id: UUID) -> Outgoing:
    row = rows.get(work.session, outgoing_id)
    if row is None:
        raise NotFoundError(what="message", id=outgoing_id)
    return row


def _ticket(work: Work, row: Outgoing) -> Ticket:
    if row.ticket_id is None:
        raise NotFoundError(what="ticket", message=row.id)
    return work.ticket_by_id(row.ticket_id)
