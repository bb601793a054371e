"""Set the limits that a status brings with it, and stop those that it ends."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Required, TypedDict
from uuid import UUID

from hotline.domain.deadlines import Deadline, due_after, due_at
from hotline.domain.grid.model import GridMap, LadderRule, Rung, UnitKind
from hotline.domain.limits import Limit
from hotline.domain.step_limits import step_limit
from hotline.domain.supervision import Alert, early_at, yellow_at
from hotline.domain.tickets import CLOCK, ENDS, PENDING, UNACCEPTED, Status, Step
from hotline.store.models import Ticket, Timer, WhistleParty
from hotline.store.rows import NewTimer
from hotline.work import Work


class Counted(TypedDict, total=False):
    """The columns of a timer that say when a limit ends and what it was counted from."""

    due_at: Required[datetime]
    fire_at: Required[datetime]
    counted_from: datetime | None
    limit_code: str | None
    notice: int | None


# The limits that belong to the course of the ticket; whistles have their own.
_COURSE: Final = frozenset(CLOCK.values()) | {
    *(Step.CONTACT, Step.ASK, Step.REOPEN, Step.REACT, Step.GAP),
    *(Step.EARLY, Step.YELLOW, Step.CIRCULATE),
    *(Step.LONG_TERM, Step.MILESTONE),
}
# Which of them go on in a new status. The first contact is owed whoever holds the ticket, and
# asking for more time stops nothing.
_KEEPS: Final[Mapping[Status, frozenset[Step]]] = {
    Status.DISPATCHED: frozenset({Step.CONTACT}),
    Status.DISPUTED: frozenset({Step.CONTACT}),
    Status.HANDLING: frozenset({Step.CONTACT}),
    Status.ADJUDICATION: frozenset({Step.CONTACT}),
    Status.LONG_TERM: frozenset({Step.CONTACT}),
    **{
        status: frozenset({Step.CONTACT, Step.HANDLE, Step.EARLY, Step.YELLOW, Step.CIRCULATE})
        for status in PENDING
    },
}


def map_of(work: Work, ticket: Ticket) -> GridMap:
    """Return the map that decided for this ticket, as it was then."""
    return work.kit.maps.get(work.session, ticket.map_version)


def limit_of(work: Work, ticket: Ticket, step: str) -> Limit:
    """Return the limit of a step for this ticket, by its own map."""
    return step_limit(map_of(work, ticket), ticket, step)


def deadline(work: Work, start: datetime, limit: Limit) -> Deadline:
    """Return when ``limit`` ends that starts at ``start``."""
    return due_at(start, limit, work.kit.calendar)


def again(work: Work, timer: Timer, limit: Limit) -> Deadline:
    """Return when those who were told of a passed limit are told again.

    In step with the limit that passed; reminders that a stopped clock has missed are left out.
    """
    return due_after(timer.due_at, limit, work.kit.calendar, work.now)


def enter(
    work: Work, ticket: Ticket, *, limit: Limit | None = None, start: datetime | None = None
) -> Deadline | None:
    """Start the clock of the status that the ticket has just come into, and stop the others.

    Args:
        work: the command.
        ticket: locked, already in its new status.
        limit: instead of the map's (a redo gets half of the first one).
        start: instead of now (the unit's clock runs from the dispatch, not from the signing).

    Returns:
        The new limit, or ``None`` at an end of the ticket's life.
    """
    work.cancel_timers(ticket.id, _COURSE - _going_on(ticket.status))
    if ticket.status in ENDS:
        ticket.closed_at, ticket.due_at = work.now, None
        return None
    ticket.closed_at = None
    step = CLOCK[ticket.status]
    due = deadline(work, start or work.now, limit or limit_of(work, ticket, step))
    start_timer(work, ticket, step, due)
    if ticket.status not in PENDING:
        ticket.due_at, ticket.due_provisional = due.at, due.provisional
        ticket.alert = Alert.NONE
    if step is Step.HANDLE:
        warn(work, ticket, start or work.now, due.at)
    return due


def warn(work: Work, ticket: Ticket, start: datetime, due: datetime) -> None:
    """Set the next warning before the limit of a result: the early one, else the yellow one.

    Args:
        work: the command.
        ticket: locked, with the stage that it has come to.
        start: when the limit began to count, or the early warning was given.
        due: when it ends.
    """
    found = next_warning(work, ticket, start, due)
    if found is not None:
        start_timer(work, ticket, *found)


def next_warning(
    work: Work, ticket: Ticket, start: datetime, due: datetime
) -> tuple[Step, datetime] | None:
    """Return which warning comes next and when; maps need not set any."""
    if ticket.alert >= Alert.YELLOW:
        return None
    known = map_of(work, ticket).limits.steps
    calendar = work.kit.calendar
    if ticket.alert < Alert.EARLY and "warn_early" in known:
        early = early_at(start, due, limit_of(work, ticket, "warn_early"), calendar)
        if early is not None:
            return Step.EARLY, early
    if "warn_before" not in known:
        return None
    return Step.YELLOW, yellow_at(start, due, limit_of(work, ticket, "warn_before"), calendar)


def _going_on(status: Status) -> frozenset[Step]:
    """Return which limits of before a status leaves running."""
    kept = _KEEPS.get(status, frozenset())
    if status not in ENDS:
        kept |= {Step.GAP}
    # A matter at a window is taken up when a unit accepts it, whatever happens before.
    return kept | {Step.REACT} if status in UNACCEPTED else kept


def hasten(work: Work, ticket: Ticket) -> None:
    """Count the limits of a ticket that has become urgent anew, from now; none ends later.

    Args:
        work: the command.
        ticket: locked, in triage or dispatched, already urgent.
    """
    steps = [CLOCK[ticket.status]]
    if ticket.status is Status.DISPATCHED and ticket.contacted_at is None:
        steps.append(Step.CONTACT)
    work.flush()
    before = {timer.step: timer.due_at for timer in work.books.running(ticket.id)}
    work.cancel_timers(ticket.id, steps)
    for step in steps:
        counted = deadline(work, work.now, limit_of(work, ticket, step))
        known = before.get(step, counted.at)
        due = min(counted.at, known)
        start_timer(work, ticket, step, counted if due == counted.at else due)
        if step is CLOCK[ticket.status]:
            ticket.due_at, ticket.due_provisional = due, False


def start_timer(
    work: Work,
    ticket: Ticket,
    step: Step,
    due: Deadline | datetime,
    *,
    subject_id: UUID | None = None,
    generation: int | None = None,
) -> None:
    """Set one limit of the ticket, or of a whistle's party.

    Args:
        work: the command.
        ticket: locked.
        step: what the clock does when the limit passes.
        due: the limit; with what it was counted from, where it was counted.
        subject_id: the whistle's party; the ticket itself by default.
        generation: where the caller knows it; else the first that was not used yet.
    """
    subject = subject_id or ticket.id
    if generation is None:
        generation = work.next_generation(subject, step)
    work.start_timer(
        NewTimer(
            ticket_id=ticket.id,
            subject_id=subject,
            step=step,
            generation=generation,
            **_counted(work, due),
        )
    )


def _counted(work: Work, due: Deadline | datetime) -> Counted:
    """Return a limit's instant and what it was counted from, as the columns of a timer."""
    if isinstance(due, datetime):
        return {"due_at": due, "fire_at": due}
    return {
        "due_at": due.at,
        "fire_at": due.at,
        "counted_from": due.start,
        "limit_code": str(due.limit),
        # Natural time asks no calendar.
        "notice": None if due.limit.is_natural else work.kit.calendar.notice,
    }


def start_party_timer(
    work: Work, party: WhistleParty, step: Step, due: Deadline | datetime
) -> None:
    """Set a limit of a called unit; its generation counts the limits and never repeats."""
    party.generation += 1
    work.start_timer(
        NewTimer(
            ticket_id=party.ticket_id,
            subject_id=party.id,
            step=step,
            generation=party.generation,
            **_counted(work, due),
        )
    )


def first_rung(work: Work, ticket: Ticket, unit: str) -> str:
    """Return the rung from which a dispatched ticket, or a whistle of it, begins to climb.

    That is the grid's. Where the town stands in for a grid that is not live yet (试点), the rungs
    below the town know nothing of it: the first to be told is the town's leader.
    """
    grid_map, grid, post = map_of(work, ticket), ticket.grid or "", ticket.post or ""
    order = grid_map.ladder
    rungs = [rung.name for rung in grid_map.ladder_posts(grid, unit)]
    if post == grid_map.grid(grid).officer:
        return rungs[0]
    own = order.index(grid_map.post(post).rung)
    return max((name for name in rungs if order.index(name) < own), key=order.index, default="")


def panel_of(grid_map: GridMap) -> LadderRule | None:
    """Return the rung of the panel for disputed duties; maps need not have one."""
    panels = {unit.id for unit in grid_map.units.values() if unit.kind is UnitKind.PANEL}
    return next((rule for rule in grid_map.rules if rule.unit in panels), None)


def rung_above(work: Work, ticket: Ticket) -> Rung | None:
    """Return the rung of the ladder above the one that was told last, or ``None`` at the top."""
    if ticket.grid is None or ticket.unit is None:
        return None
    grid_map = map_of(work, ticket)
    order = grid_map.ladder
    here = order.index(ticket.rung) if ticket.rung in order else -1
    rungs = grid_map.ladder_posts(ticket.grid, ticket.unit)
    return next((rung for rung in rungs if order.index(rung.name) > here), None)
