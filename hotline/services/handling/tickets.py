"""What an officer does with a ticket in hand, and what an operator or supervisor rules on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID

from hotline.domain.deferral import extension_refusal
from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError
from hotline.domain.limits import Limit
from hotline.domain.tickets import Action, Role, Step
from hotline.services.handling import timing
from hotline.services.telling import telling
from hotline.store import desk
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.work import Work

LONGEST_TEXT: Final = 2000
# Why a ticket waits in triage whose caller must be rung back.
RING_BACK: Final = "ring_back"
# In which roles people hold tickets; the others look at them from their desks.
HOLDERS: Final = frozenset({Role.OFFICER, Role.UNIT})


@dataclass(frozen=True, slots=True)
class Position:
    """Where a device says it is: degrees as decimal text, accuracy in whole metres.

    Text, because a float has no canonical form in the ledger.
    """

    latitude: str
    longitude: str
    accuracy_m: int | None


def words(text: str) -> str:
    """Return ``text`` trimmed, or refuse it.

    Raises:
        InvalidError: nothing is left, or it is longer than 2,000 characters.
    """
    clean = text.strip()
    if not clean or len(clean) > LONGEST_TEXT:
        raise InvalidError(fields=["text"], longest=LONGEST_TEXT)
    return clean


def guard_holder(work: Work, ticket: Ticket) -> None:
    """Refuse an officer, or a person of a unit, who does not hold the ticket.

    Before it is accepted, whoever answers for the ticket's post or its stand-in's may act; and so
    they may while whoever accepted it is away.

    Raises:
        NotAllowedError: another person's ticket.
    """
    if work.actor.role not in HOLDERS:
        return
    if ticket.officer_id is not None and ticket.officer_id == work.actor.staff_id:
        return
    if officer_there(work, ticket) is not None:
        raise NotAllowedError(ticket=ticket.number, reason="other_officer")
    if ticket.post is None:
        raise NotAllowedError(ticket=ticket.number, reason="no_post")
    post = timing.map_of(work, ticket).post(ticket.post)
    if not work.actor.posts & {post.id, post.stand_in}:
        raise NotAllowedError(ticket=ticket.number, reason="other_post")


def holds(work: Work, ticket: Ticket) -> bool:
    """Whether whoever acts is an officer, or of a unit, and has the ticket in hand."""
    if work.actor.role not in HOLDERS:
        return False
    try:
        guard_holder(work, ticket)
    except NotAllowedError:
        return False
    return True


def officer_there(work: Work, ticket: Ticket) -> UUID | None:
    """Return who has accepted a ticket, unless nobody has or they are away now."""
    if ticket.officer_id is None or work.books.is_absent(ticket.officer_id, work.now):
        return None
    return ticket.officer_id


def officer_of(work: Work, ticket: Ticket) -> UUID | None:
    """Return who has a ticket in hand: of a merged one, whoever has its lead."""
    if ticket.lead_id is None:
        return None if ticket.officer_id is None else holder(work, ticket)
    lead = ticket_rows.get(work.session, ticket.lead_id)
    return None if lead is None or lead.officer_id is None else holder(work, lead)


def accept(work: Work, ticket: Ticket, *, done_at: datetime | None = None) -> None:
    """Sign for a ticket (签收). The unit's clock has been running since the dispatch."""
    guard_holder(work, ticket)
    work.act(ticket, Action.ACCEPT, {"post": ticket.post, "done_at": done_at})
    ticket.officer_id = work.actor.staff_id
    start_handling(work, ticket)


def start_handling(work: Work, ticket: Ticket) -> None:
    """Start the unit's clock, which runs from the dispatch, not from the signing."""
    timing.enter(work, ticket, start=ticket.dispatched_at or work.now)


def contact(
    work: Work, ticket: Ticket, outcome: str, *, note: str = "", done_at: datetime | None = None
) -> None:
    """Record a call to the caller: ``reached`` or ``unreached``.

    Raises:
        InvalidError: another outcome.
        RefusedError: the caller is confidential, and whoever acts is not of the hotline.
    """
    guard_holder(work, ticket)
    if ticket.confidential and work.actor.role not in {Role.OPERATOR, Role.SUPERVISOR}:
        raise RefusedError(reason="confidential", ticket=ticket.number)
    if outcome not in {"reached", "unreached"}:
        raise InvalidError(fields=["outcome"])
    data: dict[str, object] = {"outcome": outcome, "done_at": done_at}
    if note.strip():
        data |= work.write(ticket, "note", words(note))
    work.act(ticket, Action.CONTACT, data)
    if outcome == "reached" and ticket.contacted_at is None:
        ticket.contacted_at = work.now
        work.cancel_timers(ticket.id, {Step.CONTACT})


def ring_back_failed(work: Work, ticket: Ticket) -> None:
    """Record that ringing a caller back failed once more; after so many tries it ends.

    The caller is told, and is rung again on saying so (`reception.rejection.object_to`).
    What is urgent, and what has words that a person may settle, never ends like this.
    """
    contact(work, ticket, "unreached")
    if ticket.urgent or ticket.triage_reason != RING_BACK:
        return
    tries = 1 + desk.unreached(work.session, ticket.id)
    if tries < timing.map_of(work, ticket).limits.ring_backs:
        return
    told = telling.tell_caller(work, ticket, "unreached", {"tries": str(tries)})
    data: dict[str, object] = {"rule": "limits.ring_backs", "tries": tries}
    work.act(ticket, Action.GIVE_UP, data | told)
    timing.enter(work, ticket)


def check_in(
    work: Work,
    ticket: Ticket,
    position: Position | None,
    *,
    place_note: str = "",
    done_at: datetime | None = None,
) -> None:
    """Record that the officer stands on site; without a position it says so."""
    guard_holder(work, ticket)
    data = where(work, ticket, position, place_note)
    work.act(ticket, Action.CHECK_IN, data | {"done_at": done_at})


def where(
    work: Work, ticket: Ticket, position: Position | None, place_note: str
) -> dict[str, object]:
    """Return what the ledger holds of where somebody stands: the device's position, or words.

    Args:
        work: the command.
        ticket: locked.
        position: what the device says; ``None`` where it says nothing.
        place_note: where that is, in words; may be empty.
    """
    data: dict[str, object] = {"position": "none"}
    if position is not None:
        data = {
            "latitude": position.latitude,
            "longitude": position.longitude,
            "accuracy_m": position.accuracy_m,
        }
    if place_note.strip():
        data |= work.write(ticket, "note", words(place_note))
    return data


def relay(work: Work, ticket: Ticket, text: str, *, done_at: datetime | None = None) -> None:
    """Ask the hotline to tell a confidential caller something, or to ask them (转达).

    Raises:
        RefusedError: the caller is not confidential: whoever holds the ticket calls them.
    """
    guard_holder(work, ticket)
    if not ticket.confidential:
        raise RefusedError(reason="not_confidential", ticket=ticket.number)
    told = telling.tell_role(work, ticket, Role.OPERATOR, "relay", {})
    data: dict[str, object] = dict(work.write(ticket, "note", words(text)))
    work.act(ticket, Action.NOTE, data | {"relay": True, "told": told, "done_at": done_at})


def note(work: Work, ticket: Ticket, text: str, *, done_at: datetime | None = None) -> None:
    """Write a note on the ticket."""
    guard_holder(work, ticket)
    data: dict[str, object] = dict(work.write(ticket, "note", words(text)))
    work.act(ticket, Action.NOTE, data | {"done_at": done_at})


def ask_for_time(
    work: Work, ticket: Ticket, reason: str, *, done_at: datetime | None = None
) -> None:
    """Ask for more time (延期), before the limit, at most as often as the map allows.

    Raises:
        RefusedError: too late, or too often.
    """
    guard_holder(work, ticket)
    extensions = timing.map_of(work, ticket).limits.extensions
    why_not = extension_refusal(work.now, ticket.due_at, ticket.extensions, extensions)
    if why_not is not None:
        raise RefusedError(reason=why_not, ticket=ticket.number)
    data = work.write(ticket, "reason", words(reason))
    work.act(ticket, Action.EXTEND, data | {"each": str(extensions.each), "done_at": done_at})
    await_ruling(work, ticket, "延期申请待批")


def await_ruling(work: Work, ticket: Ticket, asked: str) -> None:
    """Start the clock of whoever rules on what was just asked for, and tell the supervisors."""
    due = timing.enter(work, ticket)
    params = {"step": asked, "due": telling.local(due.at) if due is not None else "—"}
    telling.tell_role(work, ticket, Role.SUPERVISOR, "to_rule", params)


def rule_extension(work: Work, ticket: Ticket, *, granted: bool, reason: str) -> None:
    """Grant or decline more time: by a supervisor who is not of the ticket's unit.

    Granted, the unit's limit ends later, and the caller is told until when. The citizen's own
    clock knows nothing of it.

    Raises:
        NotAllowedError: the supervisor belongs to the unit that asks, or handles it.
    """
    guard_outside(work, ticket)
    due = ticket.due_at or work.now
    data: dict[str, object] = dict(work.write(ticket, "reason", words(reason)))
    data |= {"before": due}
    if granted:
        each = timing.map_of(work, ticket).limits.extensions.each
        longer = _lengthened(work, ticket, each, due)
        until = telling.local(timing.deadline(work, longer["start"], longer["limit"]).at)
        data |= {"told": telling.tell_callers(work, ticket, "extended", {"due": until})}
        work.act(ticket, Action.GRANT, data | {"counted_from": longer["start"]})
        ticket.extensions += 1
        timing.enter(work, ticket, **longer)
    else:
        work.act(ticket, Action.DECLINE, data)
        work.cancel_timers(ticket.id, {Step.RULE_EXTENSION})
    officer = officer_of(work, ticket)
    if officer is not None:
        telling.tell_person(work, ticket, officer, "granted" if granted else "declined", {})


def guard_outside(work: Work, ticket: Ticket) -> None:
    """Refuse whoever is of the unit that has the power over a ticket, or of the one that has it.

    Raises:
        NotAllowedError: they are.
    """
    if not is_outside(work, ticket):
        raise NotAllowedError(ticket=ticket.number, reason="own_unit")


def is_outside(work: Work, ticket: Ticket) -> bool:
    """Whether whoever acts is neither of the unit with the power nor of the one that has it."""
    post = timing.map_of(work, ticket).post(ticket.post) if ticket.post else None
    return work.actor.unit not in {ticket.unit, post.unit if post else None}


def whoever(work: Work) -> UUID:
    """Return the person who acts.

    Raises:
        NotAllowedError: nobody with an account does.
    """
    if work.actor.staff_id is None:
        raise NotAllowedError(reason="nobody")
    return work.actor.staff_id


class _Longer(TypedDict):
    limit: Limit
    start: datetime


def _lengthened(work: Work, ticket: Ticket, more: Limit, due: datetime) -> _Longer:
    """Return the limit with more time, from where it began: a notice then moves all of it.

    A limit of another kind, or one that was not counted, goes on from where it ends.
    """
    for timer in work.books.running(ticket.id):
        if timer.step is Step.HANDLE and timer.due_at == due and timer.counted_from is not None:
            first = Limit.parse(timer.limit_code or "")
            if first.kind is more.kind:
                whole = Limit(first.kind, first.amount + more.amount)
                return {"limit": whole, "start": timer.counted_from}
    return {"limit": more, "start": due}


def holder(work: Work, ticket: Ticket) -> UUID | None:
    """Return the person who must act on a ticket in an officer's hands now.

    Of one whose officer is away, whoever answers for its post.
    """
    there = officer_there(work, ticket)
    if there is not None or ticket.post is None:
        return there
    return work.on_duty(timing.map_of(work, ticket).post(ticket.post)).staff_id
