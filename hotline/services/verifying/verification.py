"""Ask the caller whether it is true (回访), by the channel used; and believe the answer.

Whoever submitted a result never answers for the caller: answers come from the caller's own number
or through a one-time link, in the role of the citizen, which no account has.
"""

import json
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind
from hotline.domain.errors import NotFoundError, RefusedError
from hotline.domain.ratings import NoRating
from hotline.domain.tickets import Action, Shield, Status, Step
from hotline.keys import token_hash
from hotline.services.handling import timing
from hotline.services.handling.climbing import climb
from hotline.services.telling import telling
from hotline.services.verifying import bad_ratings, ratings
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ask, Ticket
from hotline.work import CITIZEN, SYSTEM, Work

RESULT_WORDS: Final = {
    ResultKind.ACTED: "已处理",
    ResultKind.EXPLAINED: "已解释说明",
    ResultKind.PROMISED_BY_DATE: "已承诺限期办理",
    ResultKind.PLANNED: "已列入计划",
    ResultKind.IMPOSSIBLE: "暂无法办理",
}


def ask(work: Work, ticket: Ticket, kind: ResultKind) -> Ask:
    """Open a new round of asking and put the question for the first time.

    Where the map keeps quiet hours, what is not urgent is asked in the morning.
    """
    last = ticket_rows.open_ask(work.session, ticket.id)
    question = Ask(
        ticket_id=ticket.id,
        round=1 if last is None else last.round + 1,
        asked_at=work.now,
    )
    work.session.add(question)
    bad_ratings.submitted(work, ticket)
    wakes = wake(work, ticket, work.now)
    if wakes > work.now:
        timing.start_timer(work, ticket, Step.ASK, wakes)
    else:
        put(work, ticket, question, RESULT_WORDS[kind])
    return question


def wake(work: Work, ticket: Ticket, at: datetime) -> datetime:
    """Return when the caller may be asked who would be at ``at``: quiet hours wait."""
    if ticket.urgent:
        return at
    asking = timing.map_of(work, ticket).limits.asking
    return max(at, asking.wake_at(at.astimezone(COUNTY_ZONE)))


def result_words(work: Work, ticket: Ticket) -> str:
    """Return what the unit claims, in the words the caller is asked with."""
    return RESULT_WORDS[result_kind(work, ticket)]


def result_kind(work: Work, ticket: Ticket) -> ResultKind:
    """Return the kind of result that was claimed last.

    Raises:
        RefusedError: nothing was submitted yet.
    """
    for event in reversed(ticket_rows.events(work.session, ticket.id)):
        if event.action in {Action.SUBMIT, Action.CARRY}:
            return ResultKind(json.loads(event.body)["data"]["kind"])
    raise RefusedError(reason="not_submitted", ticket=ticket.number)


def put(work: Work, ticket: Ticket, question: Ask, result: str) -> None:
    """Put an open question to the caller once more, and set when to try again.

    A caller who telephoned is rung; one who wrote is written to, where the carrier lets people
    write back or open a link, and rung otherwise. Who is anonymous is asked on the status page.
    """
    if ticket.shield == Shield.ANONYMOUS:
        # Nobody can be rung: the question stands on the status page, and silence is silence.
        question.tries += 1
        data = {"round": question.round, "try": question.tries, "unaskable": True}
        work.record(ticket, Action.ASK, data | _scale(work, ticket), actor=SYSTEM)
        return
    capable = work.kit.capabilities
    writes = ticket.channel in {"message", "web"}
    written = writes and (capable.two_way_messages or capable.links)
    params = {"result": result}
    template = "ask"
    if written and capable.links:
        token = secrets.token_urlsafe(16)
        question.token_hash = token_hash(token)
        params["link"] = f"{work.kit.public_url}/c/{token}"
        template = "ask_link"
    told = telling.tell_caller(
        work, ticket, template, params, means="message" if written else "call"
    )
    question.tries += 1
    tried = {"round": question.round, "try": question.tries} | told
    work.record(ticket, Action.ASK, tried | _scale(work, ticket), actor=SYSTEM)
    if question.tries < timing.map_of(work, ticket).limits.asking.attempts:
        timing.start_timer(work, ticket, Step.ASK, again_at(work, ticket, work.now))


def again_at(work: Work, ticket: Ticket, asked_at: datetime) -> datetime:
    """Return when a question that was put in vain is put again."""
    spacing = timing.map_of(work, ticket).limits.asking.spacing
    return wake(work, ticket, timing.deadline(work, asked_at, spacing).at)


def _scale(work: Work, ticket: Ticket) -> dict[str, object]:
    """Return what the ledger keeps of the scale: the rates count each scale apart."""
    return {"scale": ratings.scale_of(work, ticket)}


def answer(  # noqa: PLR0913  one answer, named fields
    work: Work,
    ticket: Ticket,
    *,
    solved: bool,
    by: str,
    grade: int | None = None,
    heard_by: UUID | None = None,
    comment: str = "",
) -> NoRating | None:
    """Take the caller's word: solved ends the ticket, not solved sends it back (退回重办).

    A redo gets a share of the first limit; after so many of them the matter goes up a rung.

    Args:
        work: in the role of the citizen; of whoever spoke with them, where ``heard_by`` is given.
        ticket: locked, being asked about or archived without an answer.
        solved: what the caller says.
        by: the channel of the answer: ``call``, ``message``, ``link``, ``web`` or ``person``.
        grade: on the ticket's own scale, 1 the worst, if the caller gave one.
        heard_by: who took the answer down (`hotline.services.verifying.revisits` says who may).
        comment: what the caller says with the grade.

    Returns:
        Why the grade was not kept, as a code; the answer itself counts all the same.

    Raises:
        InvalidError: the ticket's scale has no such grade.
        RefusedError: nothing is being asked.
    """
    question = ticket_rows.open_ask(work.session, ticket.id)
    if question is None or question.answered_at is not None:
        raise RefusedError(reason="not_asked", ticket=ticket.number)
    kept = ratings.weigh(work, ticket, grade, by=by, round_=question.round, comment=comment)
    work.act(
        ticket,
        Action.CONFIRM if solved else Action.DENY,
        {"round": question.round, "by": by, **kept.data} | _taken_down(heard_by),
        actor=CITIZEN if heard_by is not None else None,
    )
    question.answered_at, question.answered_by = work.now, by
    question.solved = solved
    question.grade = kept.rating.grade if kept.rating is not None else None
    question.token_hash = None
    if solved:
        timing.enter(work, ticket)
    else:
        again(work, ticket)
        bad_ratings.denied(work, ticket)
    ratings.follow(work, ticket, kept)
    return kept.refused


def again(work: Work, ticket: Ticket) -> None:
    """Handle a ticket again that just came back; what was merged waits for its lead again."""
    if ticket.lead_id is not None:
        _wait_again(work, ticket)
    else:
        redo(work, ticket)


def _taken_down(heard_by: UUID | None) -> dict[str, object]:
    return {"heard_by": heard_by} if heard_by is not None else {}


def lapse(work: Work, ticket: Ticket) -> None:
    """The caller stayed silent: archived without verification. Silence is not satisfaction."""
    work.act(ticket, Action.LAPSE, {"rule": "limits.asking.silence"}, actor=SYSTEM)
    timing.enter(work, ticket)


def by_token(work: Work, token: str) -> tuple[Ask, Ticket]:
    """Return the question and the locked ticket that a one-time link belongs to.

    Raises:
        NotFoundError: the link was used, replaced, or never existed.
    """
    question = ticket_rows.ask_by_token(work.session, token_hash(token))
    if question is None:
        raise NotFoundError(what="link")
    ticket = work.ticket_by_id(question.ticket_id)
    if question.answered_at is not None or ticket.status not in {
        Status.REVISIT,
        Status.ARCHIVED_UNVERIFIED,
    }:
        raise NotFoundError(what="link")
    return question, ticket


def _wait_again(work: Work, ticket: Ticket) -> None:
    """A merged ticket's caller says no: it waits for its lead again, which the clock reopens."""
    ticket.redos += 1
    work.act(ticket, Action.MERGE, {"lead": ticket.lead_id, "again": True}, actor=SYSTEM)
    timing.enter(work, ticket)
    timing.start_timer(work, ticket, Step.REOPEN, work.now)


def redo(work: Work, ticket: Ticket) -> None:
    """Send a ticket back for handling (退回重办) with a share of its first limit."""
    redo = timing.map_of(work, ticket).limits.redo
    ticket.redos += 1
    limit = timing.limit_of(work, ticket, "handle").scaled(redo.share)
    due = timing.enter(work, ticket, limit=limit)
    params = {"count": str(ticket.redos), "due": telling.local(due.at) if due else ""}
    if ticket.post is not None:
        telling.tell(work, ticket, [ticket.post], "redo", params)
    if ticket.redos >= redo.before_raise:
        raise_rung(work, ticket)


def raise_rung(work: Work, ticket: Ticket) -> None:
    """Take the ticket up one rung of the ladder and tell whoever stands there (提级).

    A rung where nobody is on duty is put on record, and the next one is told at once.
    """
    data = {"rule": "limits.redo.before_raise", "redos": ticket.redos}
    climb(work, ticket, Action.RAISE, "raised", {"count": str(ticket.redos)}, data)
