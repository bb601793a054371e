"""The auditor: looks at every live chain, finds limits that are not running, and sets them.

In health it finds nothing. It reads without a lock; what it suspects it looks at once more under
the ticket's lock, so that a command which is just being carried out is never taken for a fault.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hotline.domain.chains import WHISTLE, Chain, Need, Owed, Party, Policy, Question, missing
from hotline.domain.supervision import Alert
from hotline.domain.suspicion.frame import FlagState
from hotline.domain.tickets import Action, Shield, Status, Step
from hotline.domain.whistle import PartyState
from hotline.services.handling import attention, restoring, timing
from hotline.store import chains as rows
from hotline.store import tickets as ticket_rows
from hotline.store.chains import Restored
from hotline.store.models import Ticket, WhistleParty
from hotline.work import SYSTEM, Work

# Where a lead stands whose result has been put to the callers (`reception.merging`).
_PUT: Final = frozenset({Status.REVISIT, Status.ARCHIVED, Status.ARCHIVED_UNVERIFIED})


def suspects(work: Work, ids: Collection[UUID]) -> dict[UUID, frozenset[Need]]:
    """Return the tickets of which a limit seems to be missing, and which; nothing is locked."""
    found = rows.read(work.session, ids)
    suspected = {}
    for ticket, lead_status in found.tickets:
        chain = _chain(work, ticket, lead_status, found)
        running = frozenset(found.running.get(ticket.id, ()))
        if needs := missing(chain, _policy(work, ticket), running):
            suspected[ticket.id] = needs
    return suspected


def restore(work: Work, ticket_id: UUID, number: int) -> int:
    """Look at a suspect again under its lock, set what is missing, and return how many.

    What was due long ago is carried out at the clock's next pass. A ticket that somebody holds
    now is left for the next round.

    Args:
        work: the auditor's.
        ticket_id: the suspect.
        number: the round's, in which what is set goes on record.
    """
    ticket = ticket_rows.try_lock(work.session, ticket_id)
    if ticket is None:
        return 0
    needs = suspects(work, [ticket_id]).get(ticket_id)
    if not needs:
        return 0
    in_order = sorted(needs, key=lambda one: (str(one.subject), sorted(one.steps)))
    restored = [
        _set(work, ticket, need, step, due)
        for need, step, due in restoring.limits_of(work, ticket, in_order)
    ]
    rows.add_restored(work.session, number, ticket.id, restored, work.now)
    return len(restored)


def _set(work: Work, ticket: Ticket, need: Need, step: Step, due: restoring.Due) -> Restored:
    party = work.books.party(need.subject) if need.steps == WHISTLE else None
    if party is not None:
        timing.start_party_timer(work, party, step, due)
    else:
        timing.start_timer(work, ticket, step, due, subject_id=need.subject)
    restored = Restored(need.subject, step, due if isinstance(due, datetime) else due.at)
    data: dict[str, object] = {"step": step, "due": restored.due}
    if need.subject != ticket.id:
        data["subject"] = need.subject
    work.act(ticket, Action.RESTORE, data, actor=SYSTEM)
    key = f"chain:{need.subject}:{step}:{ticket.event_seq}"
    attention.raise_(work, "chain_restored", key, {"step": step}, ticket.id)
    return restored


def _policy(work: Work, ticket: Ticket) -> Policy:
    limits = timing.map_of(work, ticket).limits
    return Policy(
        attempts=limits.asking.attempts,
        warns="warn_before" in limits.steps,
        names="circular_after" in limits.steps,
    )


def _chain(work: Work, ticket: Ticket, lead_status: str | None, found: rows.Rows) -> Chain:
    dispatched, submitted = ticket.dispatched_at, ticket.submitted_at
    asked = found.asks.get(ticket.id)
    gaps = tuple(found.gaps.get(ticket.id, ()))
    return Chain(
        id=ticket.id,
        status=ticket.status,
        alert=Alert(ticket.alert),
        dispatched_at=dispatched,
        contacted=ticket.contacted_at is not None,
        submitted=bool(dispatched and submitted and submitted >= dispatched),
        anonymous=ticket.shield == Shield.ANONYMOUS,
        at_window=ticket.window_id is not None,
        lead_done=lead_status in _PUT,
        question=Question(asked[0], asked[1] if asked[2] else None) if asked else None,
        parties=tuple(_parties(work, ticket, found.parties.get(ticket.id, ()))),
        flags=tuple((flag, FlagState(state)) for flag, state in found.flags.get(ticket.id, ())),
        gaps=gaps,
        owed=tuple(_owed(work, ticket, found)),
        done=frozenset(_done(found.once, ticket.id, gaps, dispatched)),
        synthetic=ticket.synthetic,
    )


def _owed(work: Work, ticket: Ticket, found: rows.Rows) -> Iterator[Owed]:
    """Yield what is owed of a ticket; a plan only of the kinds of whistle that need one."""
    kinds = timing.map_of(work, ticket).whistles
    for owed in found.owed.get(ticket.id, ()):
        rule = kinds.get(found.kinds.get(owed.subject, ""))
        if owed.step is not Step.WHISTLE_PLAN or (rule is not None and rule.plan is not None):
            yield owed


def _done(
    once: Mapping[UUID, list[tuple[Step, str, datetime]]],
    ticket_id: UUID,
    gaps: Collection[UUID],
    dispatched: datetime | None,
) -> Iterator[tuple[UUID, Step]]:
    for step, state, due in once.get(ticket_id, ()):
        since = dispatched is not None and due >= dispatched
        if step is not Step.CONTACT or (state == "done" and since):
            yield ticket_id, step
    for gap in gaps:
        yield from ((gap, step) for step, state, _ in once.get(gap, ()) if state != "waiting")


def _parties(
    work: Work, ticket: Ticket, parties: Collection[tuple[WhistleParty, Any]]
) -> Iterator[Party]:
    kinds = timing.map_of(work, ticket).whistles
    for party, kind in parties:
        rule = kinds.get(kind)
        if rule is not None:
            at_top = party.rung == rule.climbs[-1]
            yield Party(
                party.id,
                PartyState(party.state),
                exhausted=at_top and party.reminders >= rule.at_top.at_most,
            )
