"""Long-term cases (挂账): a plan, milestones, a named leader, a last day; never counted as closed.

Asked for by whoever handles the case, granted from outside its unit, looked at again and again. A
milestone or a review that is missed climbs; on the last day the case is handled as any other.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from hotline.clock import COUNTY_ZONE
from hotline.domain.deadlines import rest_until
from hotline.domain.deferral import Milestone, Plan, change_faults, plan_faults, time_left
from hotline.domain.errors import InvalidError, NotFoundError, RefusedError
from hotline.domain.grid.model import UnitKind
from hotline.domain.limits import Limit
from hotline.domain.supervision import Alert
from hotline.domain.tickets import Action, Step
from hotline.services.handling import attention, climbing, plans, tickets, timing
from hotline.services.telling import telling
from hotline.store import long_term as rows
from hotline.store.models import LongTerm, MilestoneRow, Ticket, Timer
from hotline.work import SYSTEM, Work

# A milestone's day ends with the offices.
_EVENING: Final = time(18)
_LEADS: Final = frozenset({UnitKind.TOWN, UnitKind.DEPARTMENT, UnitKind.UTILITY, UnitKind.COUNTY})


def leaders(work: Work, ticket: Ticket) -> tuple[str, ...]:
    """Return the posts of the leaders above a ticket, of whom a plan names one; lowest first."""
    if ticket.grid is None or ticket.unit is None:
        return ()
    grid_map = timing.map_of(work, ticket)
    posts = (
        post for rung in grid_map.ladder_posts(ticket.grid, ticket.unit) for post in rung.posts
    )
    return tuple(
        dict.fromkeys(post.id for post in posts if grid_map.unit(post.unit).kind in _LEADS)
    )


def left(work: Work, ticket: Ticket) -> timedelta:
    """Return how long a ticket may still stand on the list."""
    longest = timing.limit_of(work, ticket, Step.LONG_TERM).as_natural()
    plans = rows.of_ticket(work.session, ticket.id)
    spent = [(plan.began_at, plan.ended_at) for plan in plans if plan.began_at and plan.ended_at]
    return time_left(timedelta(seconds=longest.amount), spent)


def propose(work: Work, ticket: Ticket, plan: Plan, *, done_at: datetime | None = None) -> None:
    """Ask for a place on the list, with the plan; the unit's limit runs on until it is granted.

    Raises:
        InvalidError: the plan falls short; it says in which fields.
    """
    tickets.guard_holder(work, ticket)
    today = work.now.astimezone(COUNTY_ZONE).date()
    wrong = plan_faults(plan, today=today, left=left(work, ticket), leaders=leaders(work, ticket))
    if wrong:
        raise InvalidError(fields=wrong)
    written = work.write(ticket, "plan", tickets.words(plan.text))
    steps = [
        work.write(ticket, "milestone", tickets.words(one.what)) | {"by": one.by_day.isoformat()}
        for one in plan.milestones
    ]
    until = _evening(plan.milestones[-1].by_day)
    row = LongTerm(
        ticket_id=ticket.id,
        text_id=UUID(written["text"]),
        leader=plan.leader,
        until=until,
        proposed_at=work.now,
        proposed_by=tickets.whoever(work),
    )
    work.books.add(row)
    for position, (one, step) in enumerate(zip(plan.milestones, steps, strict=True), start=1):
        due = _evening(one.by_day)
        work.books.add(
            MilestoneRow(plan_id=row.id, text_id=UUID(step["text"]), position=position, due_at=due)
        )
    data: dict[str, object] = {"plan": row.id, "leader": plan.leader, "ends": until}
    data |= {"milestones": steps, "done_at": done_at}
    work.act(ticket, Action.DEFER, data | written)
    tickets.await_ruling(work, ticket, "挂账申请待批")


def rule(work: Work, ticket: Ticket, *, granted: bool, reason: str) -> None:
    """Grant a place on the list, or not: by a supervisor who is not of the unit.

    Raises:
        NotAllowedError: the supervisor is of the unit that asks, or handles it.
        RefusedError: the plan's last day went by while it waited; it can only be declined.
    """
    tickets.guard_outside(work, ticket)
    plan = _plan(work, ticket)
    if granted and plan.until <= work.now:
        raise RefusedError(reason="plan_over", ticket=ticket.number)
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(reason)))
    data |= {"plan": plan.id}
    if not granted:
        work.act(ticket, Action.REFUSE_DEFERRAL, data)
        work.cancel_timers(ticket.id, {Step.RULE_LONG_TERM})
        _tell_officer(work, ticket, "plan_declined", {})
        return
    plan.began_at = work.now
    rest = _rest(work, ticket)
    plan.rest = str(rest) if rest is not None else None
    post = timing.map_of(work, ticket).post(plan.leader)
    plan.leader_id = work.on_duty(post).staff_id
    until = telling.local(plan.until)
    told = telling.tell(work, ticket, [plan.leader], "leads_plan", {"until": until})
    told += telling.tell_callers(work, ticket, "long_term", {"until": until})
    data |= {"leader": plan.leader, "ends": plan.until, "rest": plan.rest, "told": told}
    work.act(ticket, Action.SHELVE, data)
    last_day = work.now + left(work, ticket)
    timing.enter(work, ticket)
    timing.start_timer(work, ticket, Step.LONG_TERM, last_day)
    for milestone in rows.milestones(work.session, plan.id):
        timing.start_timer(
            work, ticket, Step.MILESTONE, milestone.due_at, subject_id=milestone.id, generation=0
        )
    _show_nearest(work, ticket, plan)
    _tell_officer(work, ticket, "plan_granted", {"until": until})


def _rest(work: Work, ticket: Ticket) -> Limit | None:
    """Return what is left of the unit's limit; ``None``: nothing is, and it gets a new one."""
    running = (timer for timer in work.books.running(ticket.id) if timer.step is Step.HANDLE)
    timer = next(running, None)
    if timer is None or timer.due_at <= work.now or ticket.alert >= Alert.RED:
        return None
    natural = timing.limit_of(work, ticket, "handle").is_natural
    return rest_until(work.now, timer.due_at, work.kit.calendar, natural=natural)


def milestone_done(
    work: Work,
    ticket: Ticket,
    milestone_id: UUID,
    text: str,
    photos: Sequence[UUID] = (),
    *,
    done_at: datetime | None = None,
) -> None:
    """A step of the plan is done, in words and photos; late or not, it stops climbing.

    Raises:
        NotFoundError: the running plan has no such milestone left to do.
    """
    tickets.guard_holder(work, ticket)
    plan = _plan(work, ticket)
    milestone = rows.milestone(work.session, milestone_id)
    if milestone is None or milestone.plan_id != plan.id or milestone.done_at is not None:
        raise NotFoundError(milestone=milestone_id)
    data: dict[str, object] = dict(work.write(ticket, "result", tickets.words(text)))
    data |= {"milestone": milestone.id, "milestone_no": milestone.position}
    data |= {"late": work.now > milestone.due_at, "photos": [str(photo) for photo in photos]}
    work.act(ticket, Action.MILESTONE, data | {"done_at": done_at})
    milestone.done_at = work.now
    work.cancel_timers_of(milestone.id)
    _show_nearest(work, ticket, plan)


def change(work: Work, ticket: Ticket, milestone_id: UUID, promise: Milestone, reason: str) -> None:
    """Change what a milestone promises, or by when, from outside the unit; both values are kept.

    Args:
        work: in the role of a supervisor.
        ticket: locked, on the list.
        milestone_id: which; not done yet.
        promise: what it says from now on.
        reason: why.

    Raises:
        InvalidError: the day is past, behind the last one, or out of its turn.
        NotAllowedError: the supervisor is of the unit.
        NotFoundError: the running plan has no such milestone left to do.
        RefusedError: nothing would be changed.
    """
    tickets.guard_outside(work, ticket)
    plan = _plan(work, ticket)
    steps = rows.milestones(work.session, plan.id)
    found = next((one for one in steps if one.id == milestone_id and one.done_at is None), None)
    if found is None:
        raise NotFoundError(milestone=milestone_id)
    due = _evening(promise.by_day)
    data: dict[str, object] = {"plan": plan.id, "milestone": found.id}
    data |= {"milestone_no": found.position}
    data |= plans.rewritten(work, ticket, found.text_id, promise.what)
    if due != found.due_at:
        _guard_day(work, ticket, plan, [one.due_at for one in steps], found.position - 1, due)
        data |= {"before": found.due_at, "due": due}
    if not {"words", "before"} & set(data):
        raise RefusedError(reason="nothing_changed", ticket=ticket.number)
    told = telling.tell(work, ticket, [plan.leader], "plan_changed", {})
    why = work.write(ticket, "reason", tickets.words(reason))
    work.act(ticket, Action.CHANGE_PLAN, data | why | {"told": told})
    _tell_officer(work, ticket, "plan_changed", {})
    _put(work, ticket, plan, found, data)


def _guard_day(
    work: Work, ticket: Ticket, plan: LongTerm, dues: Sequence[datetime], place: int, due: datetime
) -> None:
    days = [each.astimezone(COUNTY_ZONE).date() for each in dues]
    last = ((plan.began_at or work.now) + left(work, ticket)).astimezone(COUNTY_ZONE).date()
    today = work.now.astimezone(COUNTY_ZONE).date()
    wrong = change_faults(days, place, due.date(), today=today, last=last)
    if wrong:
        raise InvalidError(fields=wrong)


def _put(
    work: Work, ticket: Ticket, plan: LongTerm, milestone: MilestoneRow, data: Mapping[str, object]
) -> None:
    """Write down what a milestone promises from now on, and let its limit run anew."""
    if "words" in data:
        work.flush()  # before the row that refers to it
        milestone.text_id = UUID(str(data["words"]))
    due = data.get("due")
    if isinstance(due, datetime):
        milestone.due_at, milestone.missed_at = due, None
        work.cancel_timers_of(milestone.id)
        timing.start_timer(work, ticket, Step.MILESTONE, due, subject_id=milestone.id)
        work.session.flush()
        plan.until = max(one.due_at for one in rows.milestones(work.session, plan.id))
        _show_nearest(work, ticket, plan)


def review(work: Work, ticket: Ticket, *, goes_on: bool, text: str) -> None:
    """Look whether the plan goes on, from outside the unit; else it is handled as any other.

    Raises:
        NotAllowedError: the supervisor is of the unit.
    """
    tickets.guard_outside(work, ticket)
    plan = _plan(work, ticket)
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(text)))
    work.act(ticket, Action.REVIEW, data | {"plan": plan.id, "goes_on": goes_on})
    if not goes_on:
        _resume(work, ticket, plan, {})
        _tell_officer(work, ticket, "plan_ended", {})
        return
    work.cancel_timers(ticket.id, {Step.LONG_TERM_REVIEW})
    limit = timing.limit_of(work, ticket, Step.LONG_TERM_REVIEW)
    due = timing.deadline(work, work.now, limit).at
    timing.start_timer(work, ticket, Step.LONG_TERM_REVIEW, due)
    _show_nearest(work, ticket, plan)


def resume(work: Work, ticket: Ticket, text: str, *, done_at: datetime | None = None) -> None:
    """Whoever handles it takes it off the list, usually to submit the result."""
    tickets.guard_holder(work, ticket)
    data: dict[str, object] = dict(work.write(ticket, "note", tickets.words(text)))
    _resume(work, ticket, _plan(work, ticket), data | {"done_at": done_at})


def last_day(work: Work, ticket: Ticket, timer: Timer) -> None:
    """The longest time is over, done or not: it is handled again, a rung up."""
    data = {"step": timer.step, "due": timer.due_at, "rule": f"limits.{timer.step}"}
    _resume(work, ticket, _plan(work, ticket), data, by_system=True)
    _tell_officer(work, ticket, "plan_ended", {})
    climbing.climb(
        work, ticket, Action.CLIMB, "overdue", {"step": "挂账"}, data | {"why": "overdue"}
    )


def missed(work: Work, ticket: Ticket, timer: Timer, again: datetime) -> bool:
    """A milestone was not met by its day: its leader is told, and it climbs.

    Args:
        work: the clock's.
        ticket: locked.
        timer: the milestone's.
        again: when it is looked at next.

    Returns:
        Whether it is still to be met: it is looked at again after a while.
    """
    milestone = rows.milestone(work.session, timer.subject_id)
    if milestone is None or milestone.done_at is not None:
        return False
    milestone.missed_at = milestone.missed_at or timer.due_at
    plan = _plan(work, ticket)
    params = {"step": "挂账节点", "rung": "责任领导"}
    told = telling.tell(work, ticket, [plan.leader], "overdue", params)
    data = {"step": timer.step, "due": timer.due_at, "rule": f"limits.{timer.step}"}
    data |= {"milestone_no": milestone.position, "milestone": milestone.id, "next": again}
    work.act(ticket, Action.REMIND, data | {"told": told}, actor=SYSTEM)
    if timing.rung_above(work, ticket) is not None:
        params = {"step": "挂账节点"}
        climbing.climb(work, ticket, Action.CLIMB, "overdue", params, data | {"why": "missed"})
    attention.raise_(
        work,
        "late_milestone",
        f"late:milestone:{milestone.id}",
        {"milestone_no": milestone.position, "due": timer.due_at.isoformat()},
        ticket.id,
    )
    return True


def _resume(
    work: Work,
    ticket: Ticket,
    plan: LongTerm,
    data: Mapping[str, object],
    *,
    by_system: bool = False,
) -> None:
    actor = SYSTEM if by_system else None
    work.act(ticket, Action.RESUME, {"plan": plan.id} | dict(data), actor=actor)
    plan.ended_at = work.now
    # The unit's clock goes on where it stood; the caller's never stopped.
    timing.enter(work, ticket, limit=Limit.parse(plan.rest) if plan.rest else None)


def _plan(work: Work, ticket: Ticket) -> LongTerm:
    found = rows.newest(work.session, ticket.id)
    if found is None or found.ended_at is not None:
        raise NotFoundError(what="plan", ticket=ticket.number)
    return found


def _show_nearest(work: Work, ticket: Ticket, plan: LongTerm) -> None:
    """Sort the ticket by what comes first: its next milestone, or its review."""
    work.flush()
    steps = {Step.MILESTONE, Step.LONG_TERM_REVIEW, Step.LONG_TERM}
    running = [timer.due_at for timer in work.books.running(ticket.id) if timer.step in steps]
    ticket.due_at, ticket.due_provisional = min(running, default=plan.until), False


def _tell_officer(work: Work, ticket: Ticket, template: str, params: Mapping[str, str]) -> None:
    if ticket.officer_id is not None:
        telling.tell_person(work, ticket, ticket.officer_id, template, params)


def _evening(day: date) -> datetime:
    return datetime.combine(day, _EVENING, COUNTY_ZONE)
