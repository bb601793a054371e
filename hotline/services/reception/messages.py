"""A message that comes in: a new demand, more about one, an answer, or “where is my case”."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final, NamedTuple

import psycopg

from hotline.channels import signatures
from hotline.channels.templates import render
from hotline.clock import COUNTY_ZONE
from hotline.domain.intake import Answer, Danger, Intent, clean, read_message
from hotline.domain.ratings import FOUR, is_grade, on_scale
from hotline.domain.routing import Routing, TriageReason
from hotline.domain.tickets import ENDS, Shield, Status
from hotline.kit import Kit
from hotline.services.handling import final_reply, tickets
from hotline.services.handling.timing import map_of
from hotline.services.reception import additions, inbox, intake, withdrawal
from hotline.services.reception.danger import alarm
from hotline.services.reception.intake import Heard
from hotline.services.upkeep import watching
from hotline.services.verifying import ratings, verification
from hotline.store import intake as intake_rows
from hotline.store import ratings as rating_rows
from hotline.store import rows
from hotline.store import tickets as ticket_rows
from hotline.store.alone import alone
from hotline.store.intake import Asked, Glance
from hotline.store.models import Ticket
from hotline.store.rows import AnyRow
from hotline.work import Work

STEP: Final = "message"
# The word with which a caller appeals against a final reply.
_APPEAL: Final = "申诉"
_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>'
STATUS_WORDS: Final[Mapping[Status, str]] = {
    Status.TRIAGE: "正在核实",
    Status.MERGED: "已与同一事项合并办理",
    Status.DISPATCHED: "已派单，待签收",
    Status.DISPUTED: "正在核定承办单位",
    Status.ADJUDICATION: "正在核定承办单位",
    Status.HANDLING: "正在办理",
    Status.EXTENSION_PENDING: "正在办理",
    Status.LONG_TERM_PENDING: "正在办理",
    Status.LONG_TERM: "已列入长期计划，未办结",
    Status.FINAL_PENDING: "正在办理",
    Status.FINAL_REPLIED: "已作出最终答复，您可以申诉一次",
    Status.APPEALED: "申诉正在复核",
    Status.REVISIT: "已答复，等您确认",
    Status.REJECT_PENDING: "正在复核",
    Status.ANSWERED: "已答复",
    Status.REJECTED: "不予受理",
    Status.WITHDRAWN: "已按您的要求撤回",
    Status.UNREACHED: "多次回拨未接通",
    Status.ARCHIVED: "已办结",
    Status.ARCHIVED_UNVERIFIED: "已办结，未经您确认",
    Status.ARCHIVED_FINAL: "已作出最终答复并归档",
}
# 改评2, 评价 5, or a bare number.
_GRADE: Final = re.compile(r"^(?P<word>改评|改为|评价|评分)?[\s:：,，]*(?P<grade>[1-5])[分级]?$")
_NUMBER: Final = re.compile(r"\d{12}")
_MISSING: Final[Mapping[str, str]] = {
    TriageReason.PLACE_MISSING: "哪个乡镇哪个村",
    TriageReason.PLACE_AMBIGUOUS: "哪个乡镇哪个村",
    TriageReason.CLASS_UNKNOWN: "具体是什么事",
    TriageReason.CLASS_AMBIGUOUS: "具体是什么事",
}


class Message(NamedTuple):
    """A message that came in, as far as it can be read before any row is looked at.

    Attributes:
        sid: the carrier's name for it.
        number: the sender's, in E.164.
        hashes: those under which the sender may be known.
        words: cleaned.
        heard: what was made out of them.
        danger: what in them can't wait.
        params: the whole webhook, to tell a repeat from a forgery.
        kit: by which it was read, and is decided.
        tests: whether our own prober has sent it.
    """

    sid: str
    number: str
    hashes: Sequence[str]
    words: str
    heard: Heard
    danger: Danger | None
    params: Mapping[str, str]
    kit: Kit
    tests: bool = False


def read(kit: Kit, sid: str, number: str, words: str, params: Mapping[str, str]) -> Message:
    """Read a message: its place, its class, whether there is danger."""
    tests = signatures.unmarked(words, kit.probe_key)
    words = clean(tests or words)
    hashes, danger = kit.keys.lookups(number), kit.maps.danger_words.danger(words)
    return Message(
        sid, number, hashes, words, intake.hear(kit, words), danger, params, kit, tests is not None
    )


def incoming(work: Work, message: Message) -> str:
    """Take a message in and return the answer as TwiML; a repeat gets the first answer.

    Args:
        work: in the role of the citizen, with the message's kit.
        message: as `read` made it out.

    Raises:
        RepeatedError: the same message came before with other words.
    """
    with alone(work.engine) as connection:
        seen = look(work, [message], connection)
    [known] = seen.known
    if known.answer is not None and known.body_hash is not None:
        inbox.refuse_other(message.sid, STEP, known.body_hash, message.params)
        return known.answer
    if message.tests:
        return _answer(work, message, _tested(work, message))
    if not known.has_open:
        # Nothing will be locked: the instant of this command is that of its first look.
        work.begin_at(seen.now, seen.duty, seen.entries)
        return _begin(work, message, known.sequence)
    mine = ticket_rows.open_of_number(work.session, message.hashes)
    text = _appeal(work, mine, message.words) or _heed(work, mine, message)
    if text is None:
        return _begin(work, message, None)
    return _answer(work, message, text)


def look(work: Work, messages: Sequence[Message], on: psycopg.Connection[Any]) -> Glance:
    """Return what rows know of messages and their senders, asked at one instant.

    Args:
        work: whose map they were read by.
        messages: in any order.
        on: a connection on which the look is a transaction of its own.
    """
    grid_map = work.kit.maps.current
    posts = (post for message in messages for post in message.heard.posts(grid_map))
    stand_ins = {post.id: post.stand_in for post in posts}
    asked = [Asked(one.sid, one.hashes, one.heard.clazz.code) for one in messages]
    return intake_rows.glance(on, STEP, asked, stand_ins)


def _answer(work: Work, message: Message, text: str) -> str:
    """Answer a message, and remember the answer."""
    answer = reply(text)
    work.session.add(inbox.row(work, message.sid, STEP, message.params, answer))
    return answer


def reply(text: str) -> str:
    """Return the TwiML that answers a message."""
    # Written out: the carrier's library makes a tree of it, which costs as much as our routing.
    return f"{_XML}<Response><Message>{escape(text, quote=False)}</Message></Response>"


class Fresh(NamedTuple):
    """A message of somebody who has nothing open: its answer, what it writes, its ticket if any."""

    answer: str
    rows: list[AnyRow]
    ticket: Ticket | None


def _begin(work: Work, message: Message, sequence: int | None) -> str:
    """Take a new demand in by itself.

    Where nobody is in danger this is the command's only statement: a transaction of its own.
    """
    if sequence is None:
        sequence = ticket_rows.next_sequence(work.session)
    fresh = make(work, message, sequence)
    if message.danger is None or fresh.ticket is None:
        work.write_all(fresh.rows)
    else:
        rows.insert(work.session, fresh.rows)
        alarm(work, work.ticket_by_id(fresh.ticket.id), message.danger)
    return fresh.answer


def make(work: Work, message: Message, sequence: int) -> Fresh:
    """Make a ticket; words that only ask after a case, and of no one's, are answered."""
    reading = read_message(message.words, asked=False, has_open=False)
    asks = reading.intent is Intent.WHERE and not message.heard.clazz.scores
    if asks or reading.intent in {Intent.EMPTY, Intent.WITHDRAW}:
        answer = reply(render("no_ticket", {}))
        return Fresh(answer, [_remembered(work, message, answer)], None)
    answers: list[str] = []

    def remember(ticket: Ticket, routing: Routing) -> tuple[AnyRow]:
        answers.append(reply(_received(ticket, routing, message.danger)))
        return (_remembered(work, message, answers[0]),)

    waits = tickets.RING_BACK if reading.intent is Intent.PERSON else None
    demand = intake.Demand("message", message.number, message.words, waits=waits)
    ticket, _, made = intake.prepare(work, demand, message.heard, sequence, remember)
    return Fresh(answers[0], made, ticket)


def _remembered(work: Work, message: Message, answer: str) -> AnyRow:
    return inbox.plain(work, message.sid, STEP, message.params, answer)


def _received(ticket: Ticket, routing: Routing, danger: Danger | None = None) -> str:
    if danger is not None:
        service = f"{danger.number}{danger.service}"
        return render("received_danger", {"number": ticket.number, "service": service})
    missing = _MISSING.get(routing.triage) if routing.triage else None
    if missing is None:
        return render("received", {"number": ticket.number})
    return render("received_more", {"number": ticket.number, "missing": missing})


def _tested(work: Work, message: Message) -> str:
    """Take a test demand of our prober in, or say where the one stands that it names."""
    named = _NUMBER.search(message.words)
    ticket = ticket_rows.find(work.session, named[0]) if named is not None else None
    if ticket is not None and ticket.synthetic:
        return signatures.standing(ticket.number, ticket.status)
    demand = intake.Demand("message", None, message.words, shield=Shield.ANONYMOUS, synthetic=True)
    ticket, routing = intake.receive(work, demand)
    watching.expect_back(work, work.ticket(ticket.number), "message")
    return _received(ticket, routing) + signatures.standing(ticket.number, ticket.status)


def _heed(work: Work, mine: Sequence[Ticket], message: Message) -> str | None:
    """Return the answer to somebody who has tickets; ``None``: it is a new demand."""
    words = message.words
    asked = _asked(work, mine)
    graded = _grade(work, mine, words) if asked is None else None
    if graded is not None:
        return graded
    reading = read_message(words, asked=asked is not None, has_open=True)
    named = [ticket for ticket in mine if ticket.number == reading.ticket_number]
    ticket = work.ticket_by_id((named or [asked or mine[0]])[0].id)
    if reading.intent is Intent.ANSWER and asked is not None and reading.answer is not None:
        return _answered(work, work.ticket_by_id(asked.id), reading.answer)
    if reading.intent in {Intent.WHERE, Intent.WITHDRAW}:
        where = reading.intent is Intent.WHERE
        return _progress(work, ticket) if where else _withdraw(work, named or mine)
    adds = reading.intent is Intent.ADDITION or _completes(work, ticket, words)
    if adds and ticket.status not in ENDS:
        routing = additions.say_more(work, ticket, words)
        if message.danger is not None:
            alarm(work, ticket, message.danger)
        if routing is not None:
            return _received(ticket, routing, message.danger)
        return render("added", {"number": ticket.number})
    return None


def _withdraw(work: Work, meant: Sequence[Ticket]) -> str:
    """Withdraw what was written from this number; of several, the one that is named."""
    written = [
        ticket
        for ticket in meant
        if withdrawal.may(ticket, "message") and ticket.status not in ENDS
    ]
    if not written:
        return render("withdraw_elsewhere", {})
    if len(written) > 1:
        return render("withdraw_which", {})
    ticket = work.ticket_by_id(written[0].id)
    withdrawal.withdraw(work, ticket, "message")
    return render("withdrawn", {"number": ticket.number})


def _appeal(work: Work, mine: Sequence[Ticket], words: str) -> str | None:
    """Take an appeal against a final reply; ``None``: it is none, or there is none to appeal."""
    ticket = next((one for one in mine if one.status is Status.FINAL_REPLIED), None)
    if ticket is None or not words.startswith(_APPEAL):
        return None
    final_reply.appeal(work, work.ticket_by_id(ticket.id), words, "message")
    return render("appeal_taken", {"number": ticket.number})


def _completes(work: Work, ticket: Ticket, words: str) -> bool:
    """Whether words that were not marked as an addition belong to this ticket all the same.

    A ticket that waits for its place or class takes what the next message says. Otherwise
    words that speak for no class, or for the ticket's own, are about it: 水还没来.
    """
    if ticket.status is Status.TRIAGE:
        return ticket.triage_reason in _MISSING
    router = work.kit.maps.router_of(work.session, ticket.map_version)
    reading = router.route(words, work.now.astimezone(COUNTY_ZONE).date())
    elsewhere = reading.grid_code not in {None, ticket.grid}
    return not elsewhere and reading.class_code in {None, ticket.class_code}


def _asked(work: Work, mine: Sequence[Ticket]) -> Ticket | None:
    for ticket in mine:
        if ticket.status in {Status.REVISIT, Status.ARCHIVED_UNVERIFIED}:
            question = ticket_rows.open_ask(work.session, ticket.id)
            if question is not None and question.answered_at is None:
                return ticket
    return None


def _grade(work: Work, mine: Sequence[Ticket], words: str) -> str | None:
    """Take a grade from somebody who was asked for one, or who changes the one they gave (改评).

    A bare number is a grade only where one was asked for; with the word before it, it changes one.
    """
    said = _GRADE.match(words)
    if said is None:
        return None
    for ticket in mine:
        if not _awaits_grade(work, ticket, changes=said["word"] is not None):
            continue
        locked = work.ticket_by_id(ticket.id)
        grade = int(said["grade"])
        if not is_grade(grade, ratings.scale_of(work, locked)):
            return _ask_grade(work, locked)
        refused = ratings.from_number(work, locked, grade, by="message")
        return render("not_rated" if refused else "thanks", {"number": locked.number})
    return None


def _awaits_grade(work: Work, ticket: Ticket, *, changes: bool) -> bool:
    question = ticket_rows.open_ask(work.session, ticket.id)
    if question is not None and question.answered_at is not None and question.grade is None:
        return True
    if rating_rows.open_invite(work.session, ticket.id, work.now) is not None:
        return True
    return changes and ratings.may_rate(work, ticket)


def _ask_grade(work: Work, ticket: Ticket) -> str:
    return render("grade_four" if ratings.scale_of(work, ticket) == FOUR else "grade", {})


def _answered(work: Work, ticket: Ticket, answer: Answer) -> str:
    if answer.solved is None:
        return render("ask", {"number": ticket.number, "result": "请回复1或2"})
    grade = _on_scale(work, ticket, answer)
    verification.answer(work, ticket, solved=answer.solved, by="message", grade=grade)
    if not answer.solved:
        return render("reopened", {"number": ticket.number})
    if grade is None:
        return _ask_grade(work, ticket)
    return render("thanks", {"number": ticket.number})


def _on_scale(work: Work, ticket: Ticket, answer: Answer) -> int | None:
    """Return the grade of an answer on the ticket's scale; one that it does not have is none."""
    if answer.grade is None:
        return None
    scale = ratings.scale_of(work, ticket)
    grade = on_scale(answer.grade, scale, in_words=answer.in_words)
    return grade if is_grade(grade, scale) else None


def _progress(work: Work, ticket: Ticket) -> str:
    unit = str(map_of(work, ticket).unit(ticket.unit).name) if ticket.unit else "12345热线"
    status = STATUS_WORDS[ticket.status]
    return render("progress", {"number": ticket.number, "status": status, "unit": unit})
