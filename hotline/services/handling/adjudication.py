"""The panel for disputed duties (确责小组): a second dispute or a third unit is ruled for good.

A hearing stands on record: which units were asked and which were heard, in their own words and by
the panel. The ruling binds: it names the lead unit and its helpers, the lead has the ticket from
that moment, and a catalogue entry is proposed, so that the same dispute never comes twice.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hotline.domain.disputes import ReturnReason, needs_panel, settled_by
from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError
from hotline.domain.grid.model import LadderRule, UnitKind
from hotline.domain.rulings import Scope
from hotline.domain.tickets import Action, Step
from hotline.services.handling import catalogue, tickets, timing
from hotline.services.reception import intake
from hotline.services.telling import telling
from hotline.store import hearings
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.store.models.hearings import Hearing, HearingParty
from hotline.work import SYSTEM, Work


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the panel rules.

    Attributes:
        lead: the unit that leads.
        helpers: the units that help it.
        text: the reasons.
        place: where the rule is to hold: a grid, a town, or empty for the whole county.
        words: a feature of the case that the rule is to hold for; none: all of the class.
    """

    lead: str
    helpers: tuple[str, ...]
    text: str
    place: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A hearing as pages show it: itself, and the units that it concerns."""

    hearing: Hearing
    parties: tuple[HearingParty, ...]


def record(work: Work, ticket: Ticket) -> Record | None:
    """Return the newest hearing of a ticket; ``None``: its disputes never came so far."""
    found = hearings.of_ticket(work.session, ticket.id)
    if found is None:
        return None
    return Record(found, tuple(hearings.parties(work.session, found.id)))


def receiving_unit(work: Work, ticket: Ticket) -> str | None:
    """Return the unit of the post that a ticket was sent to: whoever disputes it speaks for it."""
    return timing.map_of(work, ticket).post(ticket.post).unit if ticket.post else None


def open_if_due(work: Work, ticket: Ticket) -> bool:
    """Hand a return that was just recorded to the panel, where it is more than a first dispute.

    Returns:
        Whether the panel has it now. A map without a panel leaves every return to the operators.
    """
    grid_map = timing.map_of(work, ticket)
    panel = timing.panel_of(grid_map)
    work.flush()
    bodies = _bodies(work, ticket)
    sent = _receivers(work, ticket, bodies)
    returns = [body for body in bodies if body["action"] == Action.RETURN]
    if panel is None or not needs_panel(len(returns), sent, grid_map.limits.panel):
        return False
    _open(work, ticket, panel, sent, {body["data"].get("unit") for body in returns})
    return True


def _open(
    work: Work,
    ticket: Ticket,
    panel: LadderRule,
    sent: Mapping[str, str],
    returned: Collection[str | None],
) -> None:
    """Open a hearing: the units that had the ticket, and the one with the power by the map."""
    grid_map = timing.map_of(work, ticket)
    hearing = Hearing(ticket_id=ticket.id, opened_at=work.now)
    work.books.add(hearing)
    concerned = dict(sent)
    if ticket.class_code is not None and ticket.grid is not None:
        competent = grid_map.competent_unit(ticket.class_code, ticket.grid)
        concerned.setdefault(competent.id, competent.duty)
    for unit, post in sorted(concerned.items()):
        party = HearingParty(
            hearing_id=hearing.id,
            ticket_id=ticket.id,
            unit=unit,
            post=post,
            returned=unit in returned,
        )
        work.books.add(party)
    due = timing.deadline(work, work.now, timing.limit_of(work, ticket, Step.ADJUDICATE)).at
    params = {"due": telling.local(due)}
    told = telling.tell(work, ticket, [grid_map.unit(str(panel.unit)).duty], "hearing", params)
    told += telling.tell(work, ticket, sorted(concerned.values()), "statement", params)
    data: dict[str, object] = {"hearing": hearing.id, "from": ticket.rung, "to": panel.rung}
    ticket.rung = panel.rung
    data |= {"sent_to": sorted(sent), "told": told}
    work.act(ticket, Action.ADJUDICATE, data, actor=SYSTEM)
    timing.enter(work, ticket)


def _bodies(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    return [json.loads(event.body) for event in ticket_rows.events(work.session, ticket.id)]


def _receivers(work: Work, ticket: Ticket, bodies: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the units that a ticket was sent to, each with the post that had it."""
    grid_map = timing.map_of(work, ticket)
    posts = [str(b["data"]["post"]) for b in bodies if b["action"] == Action.DISPATCH]
    posts += [ticket.post] if ticket.post is not None else []
    return {grid_map.post(post).unit: post for post in posts if post in grid_map.posts}


def guard_panel(work: Work, ticket: Ticket) -> None:
    """Refuse whoever is not of the panel, nor of a rung that the dispute has climbed to since.

    Raises:
        NotAllowedError: they are not.
    """
    if not may_rule(work, ticket):
        raise NotAllowedError(ticket=ticket.number, reason="not_the_panel")


def may_rule(work: Work, ticket: Ticket) -> bool:
    """Whether whoever acts is of the panel, or answers for a rung that has it by now."""
    grid_map = timing.map_of(work, ticket)
    unit = grid_map.units.get(work.actor.unit or "")
    if unit is not None and unit.kind is UnitKind.PANEL:
        return True
    rungs = grid_map.ladder_posts(ticket.grid or "", ticket.unit or "")
    reached = [rung for rung in rungs if rung.name == ticket.rung]
    return any(
        work.actor.posts & {post.id, post.stand_in} for rung in reached for post in rung.posts
    )


def open_hearing(work: Work, ticket: Ticket) -> Hearing:
    """Return the hearing of a ticket that is not ruled yet.

    Raises:
        NotFoundError: none is open.
    """
    found = hearings.of_ticket(work.session, ticket.id)
    if found is None or found.ruled_at is not None:
        raise NotFoundError(what="hearing", ticket=ticket.number)
    return found


def my_party(work: Work, party_id: UUID) -> HearingParty:
    """Return the part in a hearing of whoever acts, for their own page.

    Raises:
        NotFoundError: no such part, or another unit's: its existence is not told either.
    """
    party = hearings.party(work.session, party_id)
    mine = party is not None and (party.unit == work.actor.unit or party.post in work.actor.posts)
    if party is None or not mine:
        raise NotFoundError(party=party_id)
    return party


def disputed(work: Work, party_id: UUID) -> Ticket:
    """Return the ticket of a hearing at which whoever acts is to be heard, without a lock.

    Raises:
        NotFoundError: no such part, or another unit's.
    """
    ticket = ticket_rows.get(work.session, my_party(work, party_id).ticket_id)
    if ticket is None:
        raise NotFoundError(party=party_id)
    return ticket


def state(
    work: Work,
    ticket: Ticket,
    party_id: UUID,
    text: str,
    papers: Sequence[UUID] = (),
    *,
    done_at: datetime | None = None,
) -> None:
    """A unit says in its own words whose job it is; it may say more until the ruling.

    Raises:
        NotFoundError: not a part of whoever acts, or of another ticket.
    """
    party = my_party(work, party_id)
    if party.ticket_id != ticket.id or party.hearing_id != open_hearing(work, ticket).id:
        raise NotFoundError(party=party_id)
    data: dict[str, object] = dict(work.write(ticket, "statement", tickets.words(text)))
    data |= {"hearing": party.hearing_id, "unit": party.unit, "done_at": done_at}
    work.act(ticket, Action.STATE, data | {"photos": [str(paper) for paper in papers]})
    party.heard_at = party.heard_at or work.now


def hear(work: Work, ticket: Ticket, unit: str, text: str) -> None:
    """The panel writes down whom it heard, and what they said.

    Raises:
        InvalidError: the map has no such unit.
        NotAllowedError: whoever acts is not of the panel.
    """
    guard_panel(work, ticket)
    hearing = open_hearing(work, ticket)
    if unit not in timing.map_of(work, ticket).units:
        raise InvalidError(fields=["unit"])
    data: dict[str, object] = dict(work.write(ticket, "statement", tickets.words(text)))
    work.act(ticket, Action.HEAR, data | {"hearing": hearing.id, "unit": unit})
    for party in hearings.parties(work.session, hearing.id):
        if party.unit == unit:
            party.heard_at = party.heard_at or work.now


def rule(work: Work, ticket: Ticket, ruling: Ruling) -> None:
    """Rule for good: the lead has it from now on, and the catalogue gets a proposal.

    The lead's signature is not waited for: where somebody is on duty, the ruling signs.

    Raises:
        InvalidError: the map has no such unit or place, or the rule would not hold for this case.
        NotAllowedError: whoever acts is not of the panel, or is of a unit that disputes.
    """
    guard_panel(work, ticket)
    hearing = open_hearing(work, ticket)
    parties = hearings.parties(work.session, hearing.id)
    if work.actor.unit in {party.unit for party in parties}:
        raise NotAllowedError(ticket=ticket.number, reason="own_unit")
    scope = Scope(ticket.class_code or "", ruling.place, ruling.words)
    catalogue.guard(work, ticket, scope, ruling.lead, ruling.helpers)
    _covers(work, ticket, scope)
    sender = receiving_unit(work, ticket)
    upheld = ruling.lead != sender
    written = work.write(ticket, "ruling", tickets.words(ruling.text))
    data: dict[str, object] = dict(written)
    data |= {"hearing": hearing.id, "lead": ruling.lead, "helpers": list(ruling.helpers)}
    data |= {"upheld": upheld, "heard": [party.unit for party in parties if party.heard_at]}
    data |= {"told": _tell_others(work, ticket, parties, ruling)}
    work.act(ticket, Action.RULE_DUTY, data)
    hearing.ruled_at, hearing.ruled_by, hearing.lead = work.now, work.actor.staff_id, ruling.lead
    disputed = {
        ReturnReason(body["data"]["dispute"])
        for body in _bodies(work, ticket)
        if body["action"] == Action.RETURN and "dispute" in body["data"]
    }
    settles = settled_by(disputed, place=scope.place, words=scope.words)
    work.session.flush()
    catalogue.propose(
        work,
        ticket,
        catalogue.Proposal(scope, ruling.lead, ruling.helpers, frozenset(map(str, settles))),
        UUID(written["text"]),
    )
    _give(work, ticket, ruling, upheld=upheld)


def _tell_others(
    work: Work, ticket: Ticket, parties: Sequence[HearingParty], ruling: Ruling
) -> list[dict[str, object]]:
    """Tell the units that disputed and have no more to do with it; the others get their part."""
    named = {ruling.lead, *ruling.helpers}
    posts = [party.post for party in parties if party.unit not in named]
    unit = str(timing.map_of(work, ticket).unit(ruling.lead).name)
    return telling.tell(work, ticket, sorted(posts), "ruled", {"unit": unit})


def _covers(work: Work, ticket: Ticket, scope: Scope) -> None:
    """Refuse a rule that the very next such demand would fall outside of.

    Raises:
        InvalidError: its place is not the ticket's, or its words were not said.
    """
    if scope.place and scope.place not in {ticket.town, ticket.grid}:
        raise InvalidError(fields=["place"], reason="rule_elsewhere")
    texts = ticket_rows.texts(work.session, ticket.id)
    said = " ".join(text.body for text in texts if text.kind in {"words", "addition"})
    if scope.words and not any(word in said for word in scope.words):
        raise InvalidError(fields=["words"], reason="rule_elsewhere")


def _give(work: Work, ticket: Ticket, ruling: Ruling, *, upheld: bool) -> None:
    """Send the ticket to the lead, whose it is by the ruling; the helpers are told."""
    ticket.returns += int(upheld)
    ticket.officer_id = None
    # It begins where the lead stands: the panel's own rung was that of the dispute.
    ticket.rung = ""
    intake.send_to(work, ticket, ruling.lead, ruling.helpers)
    holder = tickets.holder(work, ticket)
    if holder is None:
        return
    data: dict[str, object] = {"rule": "limits.panel", "binding": True, "officer": holder}
    ticket.officer_id = holder
    work.act(ticket, Action.ACCEPT, data, actor=SYSTEM)
    tickets.start_handling(work, ticket)
