"""Move open tickets from one version of the map to another: looked at first, then ticket by ticket.

Each ticket is moved in a transaction of its own, by one event that says what changed. Whoever is
interrupted begins again: what has moved is no longer of the old version.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hotline.clock import COUNTY_ZONE
from hotline.domain.errors import InvalidError
from hotline.domain.grid.model import GridMap
from hotline.domain.policy.move import (
    HINDERS,
    Running,
    Touch,
    due_by,
    post_by,
    touched,
    unit_by,
)
from hotline.domain.tickets import CLOCK, ENDS, Action, Step
from hotline.services.handling import timing
from hotline.services.telling import telling
from hotline.store import policy as policy_rows
from hotline.store import policy_tickets as rows
from hotline.store.models import PolicyChange, Ticket, Timer, WhistleParty
from hotline.store.rows import NewTimer
from hotline.work import Work

BATCH = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """A running limit that another version ends at another time."""

    timer: Timer
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """What moving one ticket changes, before it is done.

    Attributes:
        ticket: the ticket.
        why: in what the other version differs for it; one that hinders keeps it where it is.
        unit: the unit that has the power by the other version.
        post: the post that has it then.
        limits: the limits that end at another time.
    """

    ticket: Ticket
    why: frozenset[Touch]
    unit: str | None
    post: str | None
    limits: tuple[Limit, ...]

    @property
    def hindered(self) -> bool:
        """Whether the ticket has to stay with its version."""
        return bool(self.why & HINDERS)


def begin(work: Work, old: GridMap, new: GridMap, *, by: UUID, why: str) -> PolicyChange:
    """Put on record that tickets are being moved, by whom and why.

    Raises:
        InvalidError: no reason was given, or both are the same map.
    """
    if not why.strip() or old.version == new.version:
        raise InvalidError(fields=["why" if old.version != new.version else "to"])
    policy_rows.lock(work.session)
    return policy_rows.add_change(
        work.session,
        kind="move",
        version=new.version,
        previous=old.version,
        staff_id=by,
        why=why.strip(),
        at=work.now,
    )


def look(work: Work, old: GridMap, new: GridMap) -> Iterator[Move]:
    """Say, ticket by ticket, what a move would change; nothing is locked or written."""
    after: UUID | None = None
    while found := waiting(work, old, after):
        for ticket_id in found:
            yield _judge(work, work.session.get_one(Ticket, ticket_id), old, new)
        after = found[-1]


def waiting(work: Work, old: GridMap, after: UUID | None) -> list[UUID]:
    """Return the ids of the next open tickets of a version, in order, after one of them."""
    return rows.next_to_move(work.session, old.version, after, BATCH)


def move(work: Work, ticket_id: UUID, old: GridMap, new: GridMap) -> Move | None:
    """Move one ticket; ``None``: it was moved or ended meanwhile. Nothing is done twice.

    The running limits are counted anew by the new version from where they began, under a new
    generation, so that a clock that still holds the old one finds nothing to do.
    """
    ticket = work.ticket_by_id(ticket_id)
    if ticket.map_version != old.version or ticket.status in ENDS:
        return None
    found = _judge(work, ticket, old, new)
    if found.hindered:
        return found
    was_unit, was_post = ticket.unit, ticket.post
    ticket.map_version = new.version
    ticket.unit, ticket.post = found.unit, found.post
    if ticket.rung not in new.ladder and ticket.grid is not None:
        ticket.rung = timing.first_rung(work, ticket, ticket.unit or "")
    limits = [_count_anew(work, ticket, limit) for limit in found.limits]
    if any(limit.timer.step is Step.HANDLE for limit in found.limits) and ticket.due_at:
        # Warnings stand before the limit: they move with it.
        work.cancel_timers(ticket.id, {Step.EARLY, Step.YELLOW})
        timing.warn(work, ticket, ticket.dispatched_at or ticket.received_at, ticket.due_at)
    facts: dict[str, object] = {"from_version": old.version, "to_version": new.version}
    facts |= {"was_unit": was_unit, "unit": ticket.unit} if was_unit != ticket.unit else {}
    if was_post != ticket.post and ticket.post is not None:
        due = telling.local(ticket.due_at) if ticket.due_at else ""
        told = telling.tell(work, ticket, [ticket.post], "dispatched", {"due": due})
        facts |= {"was": was_post, "post": ticket.post, "told": told}
    work.act(ticket, Action.MOVE, facts | {"rung": ticket.rung, "recounted": limits})
    return found


def _count_anew(work: Work, ticket: Ticket, limit: Limit) -> dict[str, object]:
    """Stop a limit and set it again, under the next generation."""
    timer = limit.timer
    rows.cancel(work.session, [timer.id])
    generation = work.next_generation(timer.subject_id, timer.step)
    party = work.books.party(timer.subject_id)
    if party is not None:
        party.generation = generation = max(generation, party.generation + 1)
        if party.due_at == timer.due_at:
            party.due_at = limit.due_at
    work.start_timer(
        NewTimer(
            ticket_id=ticket.id,
            subject_id=timer.subject_id,
            step=timer.step,
            generation=generation,
            due_at=limit.due_at,
            fire_at=limit.due_at,
        )
    )
    if timer.step is CLOCK[ticket.status] and timer.subject_id == ticket.id:
        ticket.due_at = limit.due_at
    return {"step": timer.step, "was_due": timer.due_at, "due": limit.due_at}


def _judge(work: Work, ticket: Ticket, old: GridMap, new: GridMap) -> Move:
    day = work.now.astimezone(COUNTY_ZONE).date()
    why = touched(old, new, ticket, day) | _whistles_gone(work, ticket, new)
    if why & HINDERS:
        return Move(ticket, why, ticket.unit, ticket.post, ())
    limits = tuple(_limits(work, ticket, old, new))
    return Move(ticket, why, unit_by(old, new, ticket), post_by(old, new, ticket, day), limits)


def _whistles_gone(work: Work, ticket: Ticket, new: GridMap) -> frozenset[Touch]:
    """Whether the new version knows the kinds and units of the whistles that are open."""
    still = {one.id: one.kind for one in work.books.whistles(ticket.id) if one.ended_at is None}
    parties = work.books.parties(ticket.id) if still else []
    called = {party.unit for party in parties if party.whistle_id in still}
    known = set(still.values()) <= set(new.whistles) and called <= set(new.units)
    return frozenset() if known else frozenset({Touch.WHISTLE_GONE})


def _limits(work: Work, ticket: Ticket, old: GridMap, new: GridMap) -> Iterator[Limit]:
    """Yield the running limits that end at another time by the new version."""
    before = rows.limits_before(work.session, ticket.id)
    entered = rows.entered_at(work.session, ticket)
    parties = {party.id: party for party in work.books.parties(ticket.id)}
    blown = {whistle.id: whistle for whistle in work.books.whistles(ticket.id)}
    for timer in work.books.running(ticket.id):
        party = parties.get(timer.subject_id)
        whistle = blown.get(party.whistle_id if party else timer.subject_id)
        starts = _starts(ticket, party, entered) + before.get(timer.subject_id, [])
        starts += [whistle.raised_at] if whistle else []
        running = Running(
            timer.step, timer.due_at, tuple(starts), whistle.kind if whistle else None
        )
        due = due_by(old, new, ticket, running, work.kit.calendar)
        if due is not None:
            yield Limit(timer, due)


def _starts(ticket: Ticket, party: WhistleParty | None, entered: datetime | None) -> list[datetime]:
    found: tuple[datetime | None, ...] = (ticket.dispatched_at, entered, ticket.received_at)
    if party is not None:
        found = (party.sounded_at, party.called_at, party.acknowledged_at, party.refused_at)
    return [start for start in found if start is not None]
