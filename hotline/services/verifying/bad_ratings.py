"""The clock of a bad rating (差评): it starts by itself, and says when its limits pass.

The caller is rung within the map's ``bad_rating_call``, what was wrong is put right within
``bad_rating_fix``, both in working time by the map's calendar; then the caller rates the fix. The
limits are timers of the ticket: they survive whatever happens to the processes. What people do
about a bad rating is in `hotline.services.verifying.mending`.
"""

from typing import Final

from hotline.domain.deadlines import Deadline
from hotline.domain.limits import Limit
from hotline.domain.ratings import Outcome, is_bad
from hotline.domain.tickets import Action, Role, Step
from hotline.services.handling import attention, timing
from hotline.services.telling import telling
from hotline.store import ratings as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import BadRating, Rating, Ticket, Timer
from hotline.work import SYSTEM, Work

STEPS: Final = frozenset({Step.BAD_CALL, Step.BAD_FIX, Step.BAD_SILENCE})
_WORDS: Final = {Step.BAD_CALL: "差评回访", Step.BAD_FIX: "差评整改"}
# Which limit of the map a step has; maps of before ratings had clocks use the one beside it.
_LIMITS: Final = {
    Step.BAD_CALL: ("bad_rating_call", "contact"),
    Step.BAD_FIX: ("bad_rating_fix", "handle"),
}


def rated(work: Work, ticket: Ticket, rating: Rating) -> None:
    """Let a grade that was just kept start the clock of a bad rating, or end the one that runs.

    A grade of the fix ends the clock, whatever it says; if it is bad again, another one starts and
    supervisors are told. Any other change leaves a running clock alone: whoever is asked to change
    a grade before anything was put right gains nothing.
    """
    bad = is_bad(rating.grade, rating.scale)
    running = rows.open_bad(work.session, ticket.id)
    if running is not None:
        opened = work.session.get_one(Rating, running.rating_id)
        if not rating.of_fix and rating.round <= opened.round:
            return
        end(work, ticket, running, Outcome.STILL_BAD if bad else Outcome.BETTER)
    if bad:
        _start(work, ticket, rating)


def _start(work: Work, ticket: Ticket, rating: Rating) -> None:
    number = len(rows.bad_of(work.session, ticket.id)) + 1
    call, fix = (_deadline(work, ticket, step) for step in (Step.BAD_CALL, Step.BAD_FIX))
    row = BadRating(
        ticket_id=ticket.id,
        rating_id=rating.id,
        number=number,
        opened_at=work.now,
        call_due_at=call.at,
        fix_due_at=fix.at,
        provisional=fix.provisional,
    )
    work.session.add(row)
    work.session.flush()
    data: dict[str, object] = {"bad": row.id, "grade_was": rating.grade, "scale": rating.scale}
    data |= {"number": number, "call_by": call.at, "fix_by": fix.at}
    if ticket.synthetic:
        work.act(ticket, Action.BAD_RATING, data, actor=SYSTEM)
        return
    told = telling.tell(work, ticket, _posts(work, ticket), "bad_rating", _due(fix))
    if number > 1:
        told += telling.tell_role(
            work, ticket, Role.SUPERVISOR, "bad_again", {"count": str(number)}
        )
        facts = {"number": number, "grade": rating.grade}
        attention.raise_(work, "bad_again", f"bad_again:{row.id}", facts, ticket.id)
    work.act(ticket, Action.BAD_RATING, data | {"told": told}, actor=SYSTEM)
    for step, due in ((Step.BAD_CALL, call), (Step.BAD_FIX, fix)):
        timing.start_timer(work, ticket, step, due, subject_id=row.id, generation=0)


def _due(deadline: Deadline) -> dict[str, str]:
    return {"due": telling.local(deadline.at)}


def end(work: Work, ticket: Ticket, row: BadRating, outcome: Outcome) -> None:
    """End the clock of a bad rating and every limit of it."""
    row.ended_at, row.outcome = work.now, outcome
    work.session.flush()
    work.cancel_timers_of(row.id)
    work.act(ticket, Action.END_BAD, {"bad": row.id, "bad_outcome": outcome}, actor=SYSTEM)


def withdrawn(work: Work, ticket: Ticket) -> None:
    """The caller takes the whole demand back: nothing is left to put right."""
    row = rows.open_bad(work.session, ticket.id)
    if row is not None:
        end(work, ticket, row, Outcome.WITHDRAWN)


def submitted(work: Work, ticket: Ticket) -> None:
    """A new result is put to the caller: it is the fix, and the next grade rates it."""
    row = rows.open_bad(work.session, ticket.id)
    if row is None or row.fixed_at is not None:
        return
    row.fixed_at, row.fixed_by = work.now, ticket.submitted_by
    work.act(ticket, Action.MEND, {"bad": row.id, "by_result": True}, actor=SYSTEM)
    asked(work, ticket, row)


def asked(work: Work, ticket: Ticket, row: BadRating) -> None:
    """The caller is being asked how the fix is; a silence has its limit."""
    row.asked_at = work.now
    work.cancel_timers(ticket.id, {Step.BAD_FIX, Step.BAD_SILENCE})
    silence = timing.map_of(work, ticket).limits.asking.silence
    due = timing.deadline(work, work.now, silence)
    timing.start_timer(work, ticket, Step.BAD_SILENCE, due, subject_id=row.id)


def denied(work: Work, ticket: Ticket) -> None:
    """The caller says that it is not solved: the fix was none, and its limit was never extended."""
    row = rows.open_bad(work.session, ticket.id)
    if row is None or row.fixed_at is None:
        return
    row.fixed_at = row.fixed_by = row.asked_at = None
    work.cancel_timers(ticket.id, {Step.BAD_SILENCE})
    again = timing.deadline(work, row.opened_at, _limit(work, ticket, Step.BAD_FIX))
    timing.start_timer(work, ticket, Step.BAD_FIX, again, subject_id=row.id)


# --- what the clock does --------------------------------------------------------------------------


def call_late(work: Work, ticket: Ticket, timer: Timer) -> None:
    """Nobody has rung the caller in time: supervisors are told, again and again."""
    row = rows.open_bad(work.session, ticket.id)
    if row is None or row.id != timer.subject_id or row.called_at is not None:
        return
    _late(work, ticket, timer, [])


def fix_late(work: Work, ticket: Ticket, timer: Timer) -> None:
    """Nothing was put right in time: the unit, the rung above and supervisors are told."""
    row = rows.open_bad(work.session, ticket.id)
    if row is None or row.id != timer.subject_id or row.fixed_at is not None:
        return
    above = timing.rung_above(work, ticket)
    posts = [*_posts(work, ticket), *(post.id for post in (above.posts if above else ()))]
    params = {"step": _WORDS[timer.step], "rung": "上一级"}
    told = telling.tell(work, ticket, list(dict.fromkeys(posts)), "overdue", params)
    _late(work, ticket, timer, told)


def silent(work: Work, ticket: Ticket, timer: Timer) -> None:
    """The caller was asked to rate the fix and did not: that is silence, and no satisfaction."""
    row = rows.open_bad(work.session, ticket.id)
    if row is not None and row.id == timer.subject_id and row.fixed_at is not None:
        end(work, ticket, row, Outcome.SILENT)


def _late(work: Work, ticket: Ticket, timer: Timer, told: list[dict[str, object]]) -> None:
    params = {"step": _WORDS[timer.step], "rung": "督办"}
    told = told + telling.tell_role(work, ticket, Role.SUPERVISOR, "overdue", params)
    name, _instead = _LIMITS[timer.step]
    # Once for each limit of a call: an hourly reminder of an urgent matter would be noise here.
    again = timing.again(work, timer, _limit(work, ticket, Step.BAD_CALL))
    data = {"step": timer.step, "due": timer.due_at, "rule": f"limits.{name}", "told": told}
    data |= {"bad": timer.subject_id, "next": again.at}
    work.act(ticket, Action.REMIND, data, actor=SYSTEM)
    key, facts = f"late:{timer.step}:{timer.subject_id}", {"due": timer.due_at.isoformat()}
    attention.raise_(work, f"late_{timer.step}", key, facts, ticket.id)
    timing.start_timer(
        work,
        ticket,
        timer.step,
        again,
        subject_id=timer.subject_id,
        generation=timer.generation + 1,
    )


def _deadline(work: Work, ticket: Ticket, step: Step) -> Deadline:
    return timing.deadline(work, work.now, _limit(work, ticket, step))


def _limit(work: Work, ticket: Ticket, step: Step) -> Limit:
    name, instead = _LIMITS[step]
    known = name in timing.map_of(work, ticket).limits.steps
    return timing.limit_of(work, ticket, name if known else instead)


def _posts(work: Work, ticket: Ticket) -> list[str]:
    """Return the post that has to put it right: of a merged ticket, its lead's."""
    if ticket.lead_id is not None:
        lead = ticket_rows.get(work.session, ticket.lead_id)
        return [lead.post] if lead is not None and lead.post is not None else []
    return [ticket.post] if ticket.post is not None else []
