"""What happens when a limit passes: the decision itself, in the transaction that took the timer.

Each step is anchored to the limit that passed, never to the moment at which a clock noticed, so
that a late clock makes nobody's time longer. Only reminders of the same people are not made up for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from hotline.domain.chains import belongs
from hotline.domain.deadlines import Deadline
from hotline.domain.grid.model import Post
from hotline.domain.limits import Limit
from hotline.domain.tickets import Action, Role, Status, Step, Supervision
from hotline.services.handling import (
    attention,
    catalogue,
    final_reply,
    long_term,
    supervision,
    tickets,
    timing,
)
from hotline.services.handling.climbing import climb
from hotline.services.reception import gaps, merging
from hotline.services.reckoning import flags
from hotline.services.telling import telling
from hotline.services.upkeep import watching
from hotline.services.verifying import bad_ratings, probing, verification, verifying
from hotline.services.whistles import climb as whistle_climb
from hotline.store import tickets as ticket_rows
from hotline.store.books import BatchBooks, DatabaseBooks
from hotline.store.models import Ticket, Timer
from hotline.store.timers import Due
from hotline.work import SYSTEM, Work

STEP_WORDS: Final[Mapping[Step, str]] = {
    Step.TRIAGE: "派单",
    Step.SIGN: "签收",
    Step.CONTACT: "联系来电人",
    Step.HANDLE: "办理",
    Step.RULE_RETURN: "退单裁定",
    Step.RULE_EXTENSION: "延期审批",
    Step.RULE_REJECTION: "不予受理审批",
    Step.MERGED: "并案办理",
    Step.ADJUDICATE: "确责",
    Step.RULE_LONG_TERM: "挂账审批",
    Step.LONG_TERM_REVIEW: "挂账复查",
    Step.RULE_FINAL: "最终答复签发",
    Step.RULE_APPEAL: "申诉裁定",
}

_WHISTLING: Final = frozenset({Step.WHISTLE_ACK, Step.WHISTLE_ARRIVE, Step.WHISTLE_TOP})
# Limits that run for test demands of our own as well: they carry one through to its end.
_OF_TESTS: Final = frozenset({Step.ASK, Step.ASK_SILENCE, Step.PROBE, Step.COME_BACK})
# From so many steps on, what they need is read at once.
_MANY: Final = 4

_Carry = Callable[[Work, Ticket, Timer], None]


def carry_out_all(work: Work, batch: Sequence[Due]) -> None:
    """Carry out the steps of due timers; their tickets and the timers are locked.

    First all together those that ask nothing but the books. The others, each on the session's own
    row of its ticket, then find in the database what these have written.
    """
    together = [due for due in batch if due.timer.step in _BY_BOOKS]
    alone = [due for due in batch if due.timer.step not in _BY_BOOKS]
    if len(together) < _MANY:
        together, alone = [], list(batch)
    if together:
        _read_ahead(work, together)
        for due in together:
            carry_out(work, due)
        work.flush()
        work.read_by(DatabaseBooks(work.session))
    for due in alone:
        carry_out(work, due._replace(ticket=work.ticket_by_id(due.ticket.id)))


def _read_ahead(work: Work, batch: Sequence[Due]) -> None:
    """Read what the steps of a batch need with one query of each kind, not one a step."""
    called = [due.timer.subject_id for due in batch if due.timer.step in _WHISTLING]
    work.read_by(BatchBooks(work.session, work.now, batch, called))
    work.look_up_duty(_posts_of(work, [due.ticket for due in batch]))


def _posts_of(work: Work, tickets: Sequence[Ticket]) -> Iterator[Post]:
    """Yield the posts that the steps of these tickets may tell; a county has thousands more."""
    for ticket in tickets:
        grid_map = timing.map_of(work, ticket)
        if ticket.post is not None:
            post = grid_map.post(ticket.post)
            yield from (grid_map.post(each) for each in (post.id, post.stand_in) if each)
        if ticket.grid is not None and ticket.unit is not None:
            for rung in grid_map.ladder_posts(ticket.grid, ticket.unit):
                yield from rung.posts


def carry_out(work: Work, due: Due) -> None:
    """Carry out the step of one due timer; its ticket and the timer are locked."""
    if due.superseded or not belongs(due.timer.step, due.ticket.status):
        return  # a late step of a limit that ended: the ticket has gone on
    if due.ticket.synthetic and due.timer.step not in _OF_TESTS:
        return  # nobody is late with a demand that nobody was told of
    STEPS[due.timer.step](work, due.ticket, due.timer)


def _remind_role(work: Work, ticket: Ticket, timer: Timer) -> None:
    """An operator or supervisor has let a limit pass: supervisors are told, again and again."""
    told = telling.tell_role(work, ticket, Role.SUPERVISOR, "overdue", _overdue(timer, "督办"))
    again = timing.again(work, timer, timing.limit_of(work, ticket, timer.step))
    _record(work, ticket, timer, Action.REMIND, {"told": told, "next": again.at})
    attention.raise_(
        work,
        f"late_{timer.step}",
        f"late:{timer.step}:{ticket.id}",
        {"due": timer.due_at.isoformat()},
        ticket.id,
    )
    _again(work, ticket, timer, again)


def _sign(work: Work, ticket: Ticket, timer: Timer) -> None:
    """Unsigned: the post, its stand-in and the rung above are told; later it counts as signed."""
    limit = timing.limit_of(work, ticket, "accepted_unsigned")
    counted = timing.deadline(work, ticket.dispatched_at or timer.due_at, limit)
    counts_at = counted.at
    if timer.due_at >= counts_at:
        _accept_unsigned(work, ticket, timer)
        return
    grid_map = timing.map_of(work, ticket)
    posts = [ticket.post] if ticket.post else []
    if ticket.post and (stand_in := grid_map.post(ticket.post).stand_in):
        posts.append(stand_in)
    above = timing.rung_above(work, ticket)
    posts += [post.id for post in above.posts] if above else []
    told = telling.tell(work, ticket, _once(posts), "overdue", _overdue(timer, "上一级"))
    told += _tell_supervisors(work, ticket, timer)
    _record(work, ticket, timer, Action.REMIND, {"told": told, "counts_as_signed": counts_at})
    timing.start_timer(work, ticket, Step.SIGN, counted, generation=timer.generation + 1)


def _accept_unsigned(work: Work, ticket: Ticket, timer: Timer) -> None:
    data = {"rule": "limits.accepted_unsigned", "due": timer.due_at}
    ticket.officer_id = tickets.holder(work, ticket)
    work.act(ticket, Action.ACCEPT, data | {"officer": ticket.officer_id}, actor=SYSTEM)
    tickets.start_handling(work, ticket)
    if ticket.officer_id is None:
        attention.raise_(work, "nobody", f"nobody:{ticket.id}", {"post": ticket.post}, ticket.id)


def _contact(work: Work, ticket: Ticket, timer: Timer) -> None:
    """Nobody has spoken with the caller in time: the holder and the rung above are told."""
    posts = [ticket.post] if ticket.post else []
    above = timing.rung_above(work, ticket)
    posts += [post.id for post in above.posts] if above else []
    told = telling.tell(work, ticket, _once(posts), "overdue", _overdue(timer, "上一级"))
    told += _tell_supervisors(work, ticket, timer)
    _record(work, ticket, timer, Action.REMIND, {"told": told})


def _handle(work: Work, ticket: Ticket, timer: Timer) -> None:
    """Not done in time: it climbs one rung (逐级化解); at the top the top is reminded."""
    supervision.past_limit(work, ticket, timer)
    if timing.rung_above(work, ticket) is None:
        _remind_role(work, ticket, timer)
        supervision.watch_late(ticket)
        return
    again = _next(work, timer, timing.limit_of(work, ticket, "oversight_after"))
    data = _about(timer) | {"why": "overdue", "next": again.at}
    climb(work, ticket, Action.CLIMB, "overdue", {"step": STEP_WORDS[timer.step]}, data)
    if told := [*_tell_supervisors(work, ticket, timer), *_tell_top(work, ticket, timer)]:
        _record(work, ticket, timer, Action.REMIND, {"told": told, "next": again.at})
    supervision.watch_late(ticket)
    _again(work, ticket, timer, again)


def _ask(work: Work, ticket: Ticket, timer: Timer) -> None:
    """The caller did not answer: the question is put once more."""
    del timer
    question = ticket_rows.open_ask(work.session, ticket.id)
    if ticket.status is Status.REVISIT and question is not None and question.answered_at is None:
        verification.put(work, ticket, question, verification.result_words(work, ticket))


def _silence(work: Work, ticket: Ticket, timer: Timer) -> None:
    del timer
    verification.lapse(work, ticket)


def _merged(work: Work, ticket: Ticket, timer: Timer) -> None:
    """A merged ticket's own limit has passed: on record; whoever is late is told by its lead."""
    if merging.overdue(work, ticket):
        again = timing.again(work, timer, timing.limit_of(work, ticket, timer.step))
        _record(work, ticket, timer, Action.REMIND, {"next": again.at})
        _again(work, ticket, timer, again)


def _reopen(work: Work, ticket: Ticket, timer: Timer) -> None:
    del timer
    merging.reopen_lead(work, ticket)


def _react(work: Work, ticket: Ticket, timer: Timer) -> None:
    """Nobody has taken up a matter of a window: the supervisors are alarmed."""
    window = timing.map_of(work, ticket).windows.get(ticket.window_id or "")
    params = {"window": str(window.name) if window else "", "due": telling.local(timer.due_at)}
    told = telling.tell_role(work, ticket, Role.SUPERVISOR, "window_late", params)
    _record(work, ticket, timer, Action.REMIND, {"told": told})
    facts = {"window": ticket.window_id, "due": timer.due_at.isoformat()}
    attention.raise_(work, "late_react", f"late:react:{ticket.id}", facts, ticket.id)


def _gap(work: Work, ticket: Ticket, timer: Timer) -> None:
    gaps.remind(work, ticket, timer.subject_id, timer.due_at)


def _late(work: Work, ticket: Ticket, timer: Timer) -> None:
    """The panel's ruling, or the review of a plan, is late: it climbs, at the top it reminds."""
    if timing.rung_above(work, ticket) is None:
        _remind_role(work, ticket, timer)
        return
    again = _next(work, timer, timing.limit_of(work, ticket, "oversight_after"))
    data = _about(timer) | {"why": "overdue", "next": again.at}
    climb(work, ticket, Action.CLIMB, "overdue", {"step": STEP_WORDS[timer.step]}, data)
    _again(work, ticket, timer, again)


def _milestone(work: Work, ticket: Ticket, timer: Timer) -> None:
    """A milestone of a long-term case is missed: it climbs, until it is done."""
    limit = timing.limit_of(work, ticket, "oversight_after")
    on_top = timing.rung_above(work, ticket) is None
    due = timing.again(work, timer, limit) if on_top else _next(work, timer, limit)
    if long_term.missed(work, ticket, timer, due.at):
        timing.start_timer(
            work,
            ticket,
            timer.step,
            due.at,
            subject_id=timer.subject_id,
            generation=timer.generation + 1,
        )


def _final_appeal(work: Work, ticket: Ticket, timer: Timer) -> None:
    del timer
    final_reply.lapse(work, ticket)


# Steps that ask nothing but the books, and only of their own ticket. Most limits are of these.
_BY_BOOKS: Final[Mapping[Step, _Carry]] = {
    Step.TRIAGE: _remind_role,
    Step.SIGN: _sign,
    Step.CONTACT: _contact,
    Step.HANDLE: _handle,
    Step.RULE_RETURN: _remind_role,
    Step.RULE_EXTENSION: _remind_role,
    Step.RULE_REJECTION: _remind_role,
    Step.RULE_LONG_TERM: _remind_role,
    Step.RULE_FINAL: _remind_role,
    Step.RULE_APPEAL: _remind_role,
    Step.ADJUDICATE: _late,
    Step.LONG_TERM_REVIEW: _late,
    Step.REACT: _react,
    Step.EARLY: supervision.warn,
    Step.YELLOW: supervision.warn,
    Step.CIRCULATE: supervision.circulate,
    Step.WHISTLE_ACK: whistle_climb.run_out,
    Step.WHISTLE_ARRIVE: whistle_climb.run_out,
    Step.WHISTLE_TOP: whistle_climb.run_out,
}
STEPS: Final[Mapping[Step, _Carry]] = {
    **_BY_BOOKS,
    Step.MILESTONE: _milestone,
    Step.LONG_TERM: long_term.last_day,
    Step.FINAL_APPEAL: _final_appeal,
    Step.WARN_ENTRY: catalogue.warn,
    Step.RULE_ENTRY: catalogue.late,
    Step.GAP: _gap,
    Step.MERGED: _merged,
    Step.REOPEN: _reopen,
    Step.ASK: _ask,
    Step.ASK_SILENCE: _silence,
    Step.WHISTLE_ASKED: whistle_climb.late,
    Step.WHISTLE_PLAN: whistle_climb.late,
    Step.WHISTLE_MILESTONE: whistle_climb.late,
    Step.WHISTLE_CLOSE: whistle_climb.late,
    Step.ANSWER_FLAG: flags.unanswered,
    Step.RULE_FLAG: flags.unruled,
    Step.BAD_CALL: bad_ratings.call_late,
    Step.BAD_FIX: bad_ratings.fix_late,
    Step.BAD_SILENCE: bad_ratings.silent,
    Step.PROBE: probing.judge,
    Step.COME_BACK: watching.came_back,
    Step.VERIFY: verifying.late,
}


def _record(
    work: Work, ticket: Ticket, timer: Timer, action: Action, data: Mapping[str, object]
) -> None:
    work.act(ticket, action, _about(timer) | dict(data), actor=SYSTEM)


def _about(timer: Timer) -> dict[str, object]:
    return {"step": timer.step, "due": timer.due_at, "rule": f"limits.{timer.step}"}


def _tell_supervisors(work: Work, ticket: Ticket, timer: Timer) -> list[dict[str, object]]:
    """Tell supervisors of a limit that has passed, where the line is watched (督办)."""
    if ticket.supervised < Supervision.WHEN_LATE:
        return []
    return telling.tell_role(work, ticket, Role.SUPERVISOR, "overdue", _overdue(timer, "督办"))


def _tell_top(work: Work, ticket: Ticket, timer: Timer) -> list[dict[str, object]]:
    """Tell the top of the ladder at once, where the line is watched most closely (提级督办)."""
    if ticket.supervised < Supervision.TO_THE_TOP or ticket.grid is None or ticket.unit is None:
        return []
    top = timing.map_of(work, ticket).ladder_posts(ticket.grid, ticket.unit)[-1]
    posts = [post.id for post in top.posts]
    return telling.tell(work, ticket, posts, "overdue", _overdue(timer, str(top.title)))


def _next(work: Work, timer: Timer, limit: Limit) -> Deadline:
    return timing.deadline(work, timer.due_at, limit)


def _again(work: Work, ticket: Ticket, timer: Timer, due: Deadline) -> None:
    timing.start_timer(work, ticket, timer.step, due, generation=timer.generation + 1)


def _overdue(timer: Timer, rung: str) -> dict[str, str]:
    return {"step": STEP_WORDS[timer.step], "rung": rung}


def _once(posts: list[str]) -> list[str]:
    return list(dict.fromkeys(posts))
