"""Entries of the catalogue that rulings make: proposed, approved by another person, versioned.

An approved entry decides at once and for every door: routing reads it with the demand
(`Work.entries`). What is open keeps what decided for it. Proposal and decision stand in the chain
of the ticket whose dispute they came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.rulings import Scope, faults
from hotline.domain.tickets import Action
from hotline.services.handling import attention, tickets, timing
from hotline.store import hearings
from hotline.store import rulings as rows
from hotline.store.models import CatalogueEntry, Ticket
from hotline.work import Work

# What the supervisors' board says until somebody has decided.
PROPOSED: Final = "entry_proposed"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an entry is to say: for which demands, who leads and helps, and what that settles.

    ``lead`` is ``None`` where the map is to decide again.
    """

    scope: Scope
    lead: str | None
    helpers: tuple[str, ...]
    settles: frozenset[str]


def guard(
    work: Work, ticket: Ticket, scope: Scope, lead: str | None, helpers: Sequence[str]
) -> None:
    """Refuse an entry that makes no sense on the ticket's map.

    Raises:
        InvalidError: it says which fields.
    """
    wrong = faults(scope, lead, helpers, timing.map_of(work, ticket))
    if wrong:
        raise InvalidError(fields=wrong)


def propose(work: Work, ticket: Ticket, proposal: Proposal, text_id: UUID) -> CatalogueEntry:
    """Propose an entry; it decides nothing until somebody else approves it.

    Args:
        work: in the role of a supervisor.
        ticket: locked; the dispute that it comes from.
        proposal: what it is to say.
        text_id: the reasons, a text of the ticket that is already written.

    Raises:
        NotAllowedError: nobody with an account acts.
    """
    scope = proposal.scope
    earlier = rows.versions(work.session, scope, lock=True)
    entry = CatalogueEntry(
        class_code=scope.class_code,
        place=scope.place,
        words=list(scope.words),
        version=earlier[0].version + 1 if earlier else 1,
        lead=proposal.lead,
        helpers=list(proposal.helpers),
        settles=sorted(proposal.settles),
        map_version=ticket.map_version,
        ticket_id=ticket.id,
        text_id=text_id,
        proposed_at=work.now,
        proposed_by=tickets.whoever(work),
    )
    work.books.add(entry)
    work.act(ticket, Action.PROPOSE_ENTRY, facts(entry))
    attention.raise_(work, PROPOSED, f"{PROPOSED}:{entry.id}", {}, ticket.id)
    return entry


def revise(
    work: Work, ticket: Ticket, entry_id: UUID, lead: str | None, helpers: Sequence[str], text: str
) -> CatalogueEntry:
    """Propose the next version of an entry that is in force: another lead, or the map again.

    Raises:
        InvalidError: the map has no such unit.
        NotFoundError: no such entry of this ticket.
        RefusedError: it is not in force.
    """
    entry = _of(work, ticket, entry_id)
    if entry.state != rows.APPROVED or entry.superseded_at is not None:
        raise RefusedError(reason="entry_not_in_force", ticket=ticket.number)
    scope = scope_of(entry)
    guard(work, ticket, scope, lead, helpers)
    written = work.write(ticket, "ruling", tickets.words(text))
    work.session.flush()
    settles = frozenset(entry.settles) if lead is not None else frozenset[str]()
    proposal = Proposal(scope, lead, tuple(helpers), settles)
    return propose(work, ticket, proposal, UUID(written["text"]))


def decide(work: Work, ticket: Ticket, entry_id: UUID, *, approved: bool, text: str) -> None:
    """Approve an entry, which then decides instead of the map, or decline it.

    Raises:
        NotAllowedError: whoever acts proposed it, or is of a unit that it names or that disputed.
        NotFoundError: no such entry of this ticket.
        RefusedError: it was decided before.
    """
    entry = _of(work, ticket, entry_id)
    if entry.proposed_by == work.actor.staff_id:
        raise NotAllowedError(ticket=ticket.number, reason="own_proposal")
    if work.actor.unit in _concerned(work, entry):
        raise NotAllowedError(ticket=ticket.number, reason="own_unit")
    if entry.state != rows.PROPOSED:
        raise RefusedError(reason="entry_decided", ticket=ticket.number)
    data: dict[str, object] = dict(work.write(ticket, "ruling", tickets.words(text)))
    if approved:
        for other in rows.versions(work.session, scope_of(entry), lock=True):
            if other.state == rows.APPROVED and other.superseded_at is None:
                other.superseded_at = work.now
        work.session.flush()
    entry.state = rows.APPROVED if approved else rows.DECLINED
    entry.decided_at, entry.decided_by = work.now, work.actor.staff_id
    attention.settle_key(work, f"{PROPOSED}:{entry.id}")
    action = Action.APPROVE_ENTRY if approved else Action.DECLINE_ENTRY
    work.act(ticket, action, data | facts(entry))


def scope_of(entry: CatalogueEntry) -> Scope:
    """Return for which demands an entry decides."""
    return Scope(entry.class_code, entry.place, tuple(entry.words))


def facts(entry: CatalogueEntry) -> dict[str, object]:
    """Return what the ledger holds of an entry."""
    found: dict[str, object] = {
        "entry": entry.id,
        "entry_version": entry.version,
        "class": entry.class_code,
        "place": entry.place,
        "lead": entry.lead,
    }
    return found | {"words": entry.words, "helpers": entry.helpers, "settles": entry.settles}


def _of(work: Work, ticket: Ticket, entry_id: UUID) -> CatalogueEntry:
    entry = rows.get(work.session, entry_id, lock=True)
    if entry is None or entry.ticket_id != ticket.id:
        raise NotFoundError(entry=entry_id)
    return entry


def _concerned(work: Work, entry: CatalogueEntry) -> set[str | None]:
    """Return the units that gain or lose by an entry."""
    hearing = hearings.of_ticket(work.session, entry.ticket_id)
    parties = hearings.parties(work.session, hearing.id) if hearing is not None else []
    return {entry.lead, *entry.helpers, *(party.unit for party in parties)} - {None}
