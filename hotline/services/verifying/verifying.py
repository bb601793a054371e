"""Who asks a drawn caller (核实人), by lot, and what came of it.

The verifier stands outside the handling: had no part in it, belongs to no unit that had, and is
never chosen twice running for one unit. Whoever does not ask in time is replaced, by another lot.
An answer is the caller's: "not solved" reopens a ticket, however it was archived.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hotline.domain import sampling
from hotline.domain.errors import NotAllowedError, NotFoundError, RefusedError
from hotline.domain.sampling import Outcome, Why
from hotline.domain.tickets import Action, Role, Shield, Status, Step
from hotline.services.handling import attention, tickets, timing
from hotline.services.verifying import verification
from hotline.store import people
from hotline.store import sampling as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import SampleCall, SampleDraw, SampleMember, Staff, Ticket, Timer
from hotline.store.sampling import Change
from hotline.work import SYSTEM, Work

# Who may be chosen: operators, and the lay supervisors who otherwise only look (监督员).
VERIFIERS: Final = (Role.OPERATOR, Role.OBSERVER)
_LIMIT: Final = "revisit"
_MISSING_LIMIT: Final = "contact"  # maps of before there were draws
_COUNTED: Final[Mapping[Outcome, str]] = {
    Outcome.SOLVED: "solved",
    Outcome.UNSOLVED: "unsolved",
    Outcome.UNREACHED: "unreached",
    Outcome.UNASKABLE: "unreached",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one call: solved, unsolved, or nobody was reached this time."""

    outcome: Outcome
    grade: int | None = None
    note: str = ""


@dataclass(slots=True)
class _Pool:
    """Everybody who may be chosen, who had a part in what, and who was chosen last for whom."""

    verifiers: Sequence[Staff]
    parts: Mapping[UUID, Sequence[rows.Part]]
    called: Mapping[UUID, set[str]]
    last: dict[str, UUID]
    lot: int

    def eligible(self, ticket: Ticket, besides: UUID | None) -> list[Staff]:
        """Return who may ask about a ticket; ``besides``: not this one, who did not ask in time."""
        last = self.last.get(ticket.unit or "")
        out = {ticket.submitted_by, ticket.officer_id, besides, last}
        out |= {part.staff_id for part in self.parts[ticket.id]}
        units = {ticket.unit, *self.called[ticket.id]}
        units |= {part.unit for part in self.parts[ticket.id] if part.handles}
        return [
            person
            for person in self.verifiers
            if person.id not in out
            and person.unit not in units
            # A lay supervisor never learns who a confidential caller is.
            and (person.role is Role.OPERATOR or not ticket.confidential)
        ]


def assign(work: Work, draw: SampleDraw, chosen: Mapping[UUID, Why]) -> None:
    """Cast the lots of a draw: who asks about each ticket, by when.

    Args:
        work: the draw's, in its turn (`store.sampling.take_turn`).
        draw: the draw, already kept.
        chosen: the tickets that were drawn, and why.
    """
    held = work.tickets_by_id(list(chosen))
    pool = _pool(work, held)
    # In an order that nobody can choose; the lots of one unit follow one another.
    for ticket in held:
        pool.lot += 1
        call = SampleCall(
            ticket_id=ticket.id,
            draw=draw.number,
            lot=pool.lot,
            why=chosen[ticket.id],
            unit=ticket.unit,
            assigned_at=work.now,
            due_at=work.now,
        )
        work.session.add(call)
        if ticket.shield == Shield.ANONYMOUS:
            _record(work, ticket, call, {"why_asked": call.why})
            _end(work, ticket, call, Outcome.UNASKABLE)
        else:
            _cast(work, ticket, call, draw.seed, pool)


def _pool(work: Work, held: Sequence[Ticket]) -> _Pool:
    ids = [ticket.id for ticket in held]
    return _Pool(
        [one for role in VERIFIERS for one in people.with_role(work.session, role, work.now)],
        rows.parts(work.session, ids),
        rows.called_units(work.session, ids),
        rows.last_verifiers(work.session, {ticket.unit for ticket in held if ticket.unit}),
        rows.last_lot(work.session),
    )


def _cast(
    work: Work,
    ticket: Ticket,
    call: SampleCall,
    seed: str,
    pool: _Pool,
    generation: int = 0,
) -> None:
    """Choose who asks, set their limit, and put it on record; nobody may be left to choose."""
    among = {str(one.id): one for one in pool.eligible(ticket, call.verifier)}
    winner = sampling.lot(seed, str(ticket.id), call.turn, among)
    call.verifier = among[winner].id if winner else None
    if ticket.unit is not None and call.verifier is not None:
        pool.last[ticket.unit] = call.verifier
    call.assigned_at, call.due_at = work.now, _due(work, ticket)
    data = {"why_asked": call.why, "verifier": call.verifier, "due": call.due_at}
    _record(work, ticket, call, data | {"turn": call.turn, "among": sorted(among)})
    timing.start_timer(work, ticket, Step.VERIFY, call.due_at, generation=generation)
    if call.verifier is None:
        facts = {"unit": ticket.unit, "draw": call.draw}
        attention.raise_(work, "no_verifier", f"no_verifier:{ticket.id}", facts, ticket.id)


def _record(work: Work, ticket: Ticket, call: SampleCall, data: Mapping[str, object]) -> None:
    work.act(ticket, Action.SAMPLE, {"draw": call.draw} | dict(data), actor=SYSTEM)


def _due(work: Work, ticket: Ticket) -> datetime:
    limits = timing.map_of(work, ticket).limits
    step = _LIMIT if _LIMIT in limits.steps else _MISSING_LIMIT
    return timing.deadline(work, work.now, limits.limit(step, urgent=ticket.urgent)).at


def late(work: Work, ticket: Ticket, timer: Timer) -> None:
    """Whoever was chosen did not ask in time: on record, and another lot is cast."""
    rows.take_turn(work.session)
    call = rows.call_of(work.session, ticket.id)
    if call is None or call.outcome is not None:
        return
    draw = rows.get_draw(work.session, call.draw)
    if draw is None:
        raise LookupError(f"ticket {ticket.number} was drawn by no draw")
    data = {"step": timer.step, "due": timer.due_at, "rule": f"limits.steps.{_LIMIT}"}
    work.act(ticket, Action.REMIND, data, actor=SYSTEM)
    if call.verifier is not None:
        facts = {"due": timer.due_at.isoformat()}
        attention.raise_(work, "late_verify", f"late:verify:{ticket.id}", facts, ticket.id)
    pool = _pool(work, [ticket])
    call.turn, call.lot = call.turn + 1, pool.lot + 1
    _cast(work, ticket, call, draw.seed, pool, timer.generation + 1)


def heard(work: Work, ticket: Ticket, found: Heard) -> None:
    """Write down what came of a call; the answer is the caller's.

    Raises:
        NotFoundError: the ticket was not drawn.
        NotAllowedError: somebody else was chosen.
        RefusedError: it was asked already, or the last try was a moment ago.
    """
    call = _mine(work, ticket)
    rules = timing.map_of(work, ticket).limits.revisits
    data: dict[str, object] = {"draw": call.draw, "outcome": found.outcome, "try": call.tries + 1}
    data |= {"grade": found.grade} if found.grade is not None else {}
    if found.outcome is Outcome.UNREACHED:
        again = next_try(work, ticket, call)
        if again is not None and work.now < again:
            raise RefusedError(reason="tried_just_now", ticket=ticket.number)
    if found.note.strip():
        data |= work.write(ticket, "note", tickets.words(found.note))
    work.act(ticket, Action.VERIFY, data)
    call.tries, call.tried_at = call.tries + 1, work.now
    if found.outcome is not Outcome.UNREACHED:
        _end(work, ticket, call, found.outcome)
        _answered(work, ticket, found)
    elif call.tries >= rules.tries:
        _end(work, ticket, call, Outcome.UNREACHED)


def next_try(work: Work, ticket: Ticket, call: SampleCall) -> datetime | None:
    """Return before when another try in vain does not count; ``None`` before the first."""
    if call.tried_at is None:
        return None
    spacing = timing.map_of(work, ticket).limits.revisits.spacing
    return timing.deadline(work, call.tried_at, spacing).at


def _mine(work: Work, ticket: Ticket) -> SampleCall:
    call = rows.call_of(work.session, ticket.id)
    if call is None:
        raise NotFoundError(ticket=ticket.number)
    if work.actor.staff_id is None or call.verifier != work.actor.staff_id:
        raise NotAllowedError(reason="other_verifier", ticket=ticket.number)
    if call.outcome is not None:
        raise RefusedError(reason="not_asked", ticket=ticket.number)
    return call


def to_ring(work: Work, ticket: Ticket) -> SampleCall:
    """Return the call that whoever acts must make about a ticket, before they see a number.

    Raises:
        NotFoundError: the ticket was not drawn.
        NotAllowedError: somebody else was chosen.
        RefusedError: it was asked already.
    """
    return _mine(work, ticket)


def _answered(work: Work, ticket: Ticket, found: Heard) -> None:
    """Let the answer count where the caller is still being asked; a "no" reopens what was ended."""
    solved = found.outcome is Outcome.SOLVED
    question = ticket_rows.open_ask(work.session, ticket.id)
    asked = question is not None and question.answered_at is None
    if asked and ticket.status in {Status.REVISIT, Status.ARCHIVED_UNVERIFIED}:
        verification.answer(
            work,
            ticket,
            solved=solved,
            by="person",
            grade=found.grade,
            heard_by=work.actor.staff_id,
        )
    elif not solved and ticket.status in rows.STANDING:
        work.act(ticket, Action.REOPEN, {"verified": True}, actor=SYSTEM)
        verification.again(work, ticket)


def settle(work: Work, limit: int) -> int:
    """End the calls about claims that do not stand any more; return how many.

    A caller who said "not solved" before the verifier rang is not asked again: the claim is known
    to be false. Who took the demand back can't be asked.
    """
    ids = rows.withdrawn(work.session, limit)
    for ticket in work.tickets_by_id(ids) if ids else ():
        call = rows.call_of(work.session, ticket.id)
        if call is None or call.outcome is not None or ticket.status in rows.STANDING:
            continue
        gone = ticket.status is Status.WITHDRAWN
        outcome = Outcome.UNASKABLE if gone else Outcome.UNSOLVED
        data = {"draw": call.draw, "outcome": outcome, "by_caller": True}
        work.act(ticket, Action.VERIFY, data, actor=SYSTEM)
        _end(work, ticket, call, outcome)
    return len(ids)


def _end(work: Work, ticket: Ticket, call: SampleCall, outcome: Outcome) -> None:
    call.outcome, call.ended_at = outcome, work.now
    work.cancel_timers(ticket.id, [Step.VERIFY])
    work.session.flush()
    member = work.session.get_one(SampleMember, ticket.id)
    here = (member.received_on, member.town, member.kind)
    must = call.why is not Why.LOT
    rows.change(work.session, [Change(*here, must=must, counts=counted(outcome))])


def counted(outcome: Outcome | None) -> dict[str, int]:
    """Return what an outcome adds to its stratum."""
    return {} if outcome is None else {_COUNTED[outcome]: 1}
