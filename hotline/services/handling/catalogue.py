"""Entries of the catalogue that rulings make: proposed, approved by another person, versioned.

An approved entry decides at once and for every door: routing reads it with the demand
(`Work.entries`). What is open keeps what decided for it. Proposal and decision stand in the chain
of the ticket whose dispute they came from. Deciding has a limit like every other duty: before it
supervisors are warned, at it they and the rung above the panel are told, and then the next ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hotline.domain.deadlines import Deadline
from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.grid.model import Rung
from hotline.domain.rulings import Scope, faults
from hotline.domain.supervision import yellow_at
from hotline.domain.tickets import Action, Role, Step
from hotline.services.handling import attention, tickets, timing
from hotline.services.telling import telling
from hotline.store import rulings as rows
from hotline.store.models import CatalogueEntry, Ticket, Timer
from hotline.work import SYSTEM, Work

# What the supervisors' board says until somebody has decided.
PROPOSED: Final = "entry_proposed"
_LATE: Final = f"late_{Step.RULE_ENTRY}"
_WORDS: Final = "确责条目审批"


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
    due = decide_by(work, ticket, entry)
    entry.due_at = due.at
    work.books.add(entry)
    work.act(ticket, Action.PROPOSE_ENTRY, facts(entry) | {"due": due.at})
    warns = warn_at(work, ticket, entry)
    timing.start_timer(work, ticket, Step.WARN_ENTRY, warns, subject_id=entry.id, generation=0)
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
    for kind in (PROPOSED, _LATE):
        attention.settle_key(work, f"{kind}:{entry.id}")
    work.cancel_timers_of(entry.id)
    action = Action.APPROVE_ENTRY if approved else Action.DECLINE_ENTRY
    work.act(ticket, action, data | facts(entry))


def decide_by(work: Work, ticket: Ticket, entry: CatalogueEntry) -> Deadline:
    """Return by when somebody must have decided on an entry."""
    limit = timing.limit_of(work, ticket, Step.RULE_ENTRY)
    return timing.deadline(work, entry.proposed_at, limit)


def warn_at(work: Work, ticket: Ticket, entry: CatalogueEntry) -> datetime:
    """Return when supervisors are warned that nobody has decided yet."""
    due = entry.due_at or decide_by(work, ticket, entry).at
    known = "warn_before" in timing.map_of(work, ticket).limits.steps
    limit = timing.limit_of(work, ticket, "warn_before" if known else Step.RULE_ENTRY)
    return yellow_at(entry.proposed_at, due, limit, work.kit.calendar)


def warn(work: Work, ticket: Ticket, timer: Timer) -> None:
    """The limit for deciding comes near: supervisors are told, and it begins to run."""
    entry = _waiting(work, timer)
    if entry is None:
        return
    due = decide_by(work, ticket, entry)
    entry.due_at = due.at
    params = {"step": _WORDS, "due": telling.local(due.at)}
    told = telling.tell_role(work, ticket, Role.SUPERVISOR, "ruling_due", params)
    data = {"entry": entry.id, "step": timer.step, "due": due.at, "told": told}
    work.act(ticket, Action.REMIND, data | {"rule": "limits.warn_before"}, actor=SYSTEM)
    timing.start_timer(work, ticket, Step.RULE_ENTRY, due, subject_id=entry.id)


def late(work: Work, ticket: Ticket, timer: Timer) -> None:
    """Nobody has decided in time: supervisors and the next rung above the panel, again and again.

    The entry climbs by itself; where its ticket stands, which may have ended, is left alone.
    """
    entry = _waiting(work, timer)
    if entry is None:
        return
    above = _rung_above(work, ticket, entry)
    entry.rung = above.name if above is not None else entry.rung
    title = str(above.title) if above is not None else "督办"
    params = {"step": _WORDS, "rung": title}
    told = telling.tell_role(work, ticket, Role.SUPERVISOR, "overdue", params)
    posts = [post.id for post in above.posts] if above is not None else []
    told += telling.tell(work, ticket, posts, "overdue", params)
    again = timing.deadline(work, timer.due_at, timing.limit_of(work, ticket, "oversight_after"))
    data = {"entry": entry.id, "step": timer.step, "due": timer.due_at, "next": again.at}
    data |= {"rule": f"limits.{timer.step}", "rung": entry.rung, "told": told}
    work.act(ticket, Action.REMIND, data, actor=SYSTEM)
    facts_ = {"due": timer.due_at.isoformat()}
    attention.raise_(work, _LATE, f"{_LATE}:{entry.id}", facts_, ticket.id)
    timing.start_timer(work, ticket, timer.step, again, subject_id=entry.id)


def _waiting(work: Work, timer: Timer) -> CatalogueEntry | None:
    entry = rows.get(work.session, timer.subject_id, lock=True)
    return entry if entry is not None and entry.state == rows.PROPOSED else None


def _rung_above(work: Work, ticket: Ticket, entry: CatalogueEntry) -> Rung | None:
    """Return the rung above whoever was told last, at the top that one again; first, the panel."""
    grid_map = timing.map_of(work, ticket)
    if ticket.grid is None or ticket.unit is None:
        return None
    panel = timing.panel_of(grid_map)
    before = entry.rung or (panel.rung if panel is not None else "")
    here = grid_map.ladder.index(before) if before in grid_map.ladder else -1
    rungs = grid_map.ladder_posts(ticket.grid, ticket.unit)
    higher = (rung for rung in rungs if grid_map.ladder.index(rung.name) > here)
    return next(higher, rungs[-1] if rungs else None)


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
    # The clock reminds of entries and hears nobody: it need not load what hearings are kept in.
    from hotline.store import hearings  # noqa: PLC0415

    hearing = hearings.of_ticket(work.session, entry.ticket_id)
    parties = hearings.parties(work.session, hearing.id) if hearing is not None else []
    return {entry.lead, *entry.helpers, *(party.unit for party in parties)} - {None}
