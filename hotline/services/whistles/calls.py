"""Whom a whistle calls and how: it is sounded at once, or first asked for and then granted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hotline.domain import joining, load
from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.grid.model import Join, Post, WhistleKind
from hotline.domain.joining import Joining, Slots, Terms
from hotline.domain.tickets import Action, Step
from hotline.domain.whistle import PartyState, WhistleState
from hotline.services.handling import tickets, timing
from hotline.services.telling import telling
from hotline.services.whistles import whistlers
from hotline.services.whistles.climb import climb
from hotline.store.models import Ticket, Whistle, WhistleParty
from hotline.work import Work

AS_USUAL = Terms()


def wanted_units(
    work: Work,
    ticket: Ticket,
    rule: WhistleKind,
    units: Sequence[str],
    terms: Terms,
    *,
    decided: bool,
) -> list[str]:
    """Return whom a whistle calls, in a fixed order.

    Raises:
        InvalidError: the units and the terms do not fit each other, the kind or the map.
        RefusedError: one of the units is already called by an open whistle of this ticket.
    """
    grid_map, wanted = timing.map_of(work, ticket), sorted(set(units))
    latest = timing.deadline(work, work.now, rule.arrive).at
    wrong = joining.faults(rule, wanted, terms, Slots(work.now, latest), decided=decided)
    if not set(wanted) <= set(grid_map.units) and "units" not in wrong:
        wrong.append("units")
    if terms.leader is not None and terms.leader not in grid_map.posts:
        wrong.append("leader")
    if wrong:
        raise InvalidError(fields=wrong)
    still_open = {one.id for one in work.books.whistles(ticket.id) if one.ended_at is None}
    busy = {
        party.unit
        for party in work.books.parties(ticket.id)
        if party.whistle_id in still_open and party.state != PartyState.EXCUSED
    }
    if busy & set(wanted):
        raise RefusedError(reason="already_whistled", ticket=ticket.number)
    return wanted


def ask(
    work: Work,
    ticket: Ticket,
    whistle: Whistle,
    units: Sequence[str],
    terms: Terms,
    data: dict[str, object],
) -> None:
    """Ask the lowest rung that may blow it; nobody is called before that."""
    grid_map = timing.map_of(work, ticket)
    rule = grid_map.whistle_kind(whistle.kind)
    posts = whistlers.asked_posts(grid_map, ticket, rule)
    how = terms.joining(rule)
    whistle.asked = {"units": list(units), "lead": terms.lead, "posts": posts}
    whistle.join_rule, whistle.needed = how.join, how.needed
    due = timing.deadline(work, work.now, rule.ack).at
    params = {"due": telling.local(due)}
    told = telling.tell(work, ticket, posts, "whistle_asked", params, urgent=rule.danger)
    data = data | {"whistle": whistle.id, "kind": whistle.kind, "units": list(units)}
    work.act(ticket, Action.ASK_WHISTLE, data | {"due": due, "told": told})
    timing.start_timer(work, ticket, Step.WHISTLE_ASKED, due, subject_id=whistle.id)


def grant(
    work: Work,
    ticket: Ticket,
    whistle: Whistle,
    *,
    terms: Terms = AS_USUAL,
    done_at: datetime | None = None,
) -> None:
    """Blow a whistle that was asked for; whoever does is its whistler from now on.

    Args:
        work: in the role of somebody of the place whose rung may blow it.
        ticket: locked.
        whistle: only asked for so far.
        terms: an appointment, a leader and a decision; whom and how stays as it was asked.
        done_at: when the device says so.

    Raises:
        RefusedError: it was answered before.
        NotAllowedError: their posts do not blow this kind here.
        InvalidError: the terms do not fit.
    """
    rule, here = _answer_ask(work, ticket, whistle)
    lead = whistle.asked.get("lead")
    terms = replace(terms, join=Join(whistle.join_rule), needed=whistle.needed, lead=lead)
    decided = not any(rung in here and rung not in rule.decided for rung in rule.by)
    wanted = wanted_units(work, ticket, rule, whistle.asked["units"], terms, decided=decided)
    work.cancel_timers_of(whistle.id)
    data: dict[str, object] = {"asked_by": whistle.raised_by, "done_at": done_at}
    whistle.raised_by = work.actor.staff_id or whistle.raised_by
    whistle.raised_post = next(here[rung] for rung in rule.by if rung in here)
    whistle.raised_at, whistle.state, whistle.asked = work.now, WhistleState.OPEN, {}
    sound(work, ticket, whistle, wanted, terms, data)


def decline(
    work: Work, ticket: Ticket, whistle: Whistle, reason: str, *, done_at: datetime | None = None
) -> None:
    """Do not blow a whistle that was asked for; whoever asked is told why.

    Raises:
        RefusedError: it was answered before.
        NotAllowedError: their posts do not blow this kind here.
    """
    rule, _ = _answer_ask(work, ticket, whistle)
    text = work.write(ticket, "reason", tickets.words(reason))
    told = telling.tell_person(work, ticket, whistle.raised_by, "whistle_declined", {})
    data = text | {"whistle": whistle.id, "kind": rule.name, "told": [told]}
    work.act(ticket, Action.DECLINE_WHISTLE, data | {"done_at": done_at})
    whistle.state, whistle.ended_at = WhistleState.DECLINED, work.now
    work.cancel_timers_of(whistle.id)


def _answer_ask(work: Work, ticket: Ticket, whistle: Whistle) -> tuple[WhistleKind, dict[str, str]]:
    if whistle.ticket_id != ticket.id:
        raise NotFoundError(whistle=whistle.id)
    if whistle.state != WhistleState.ASKED:
        raise RefusedError(reason="ask_answered", ticket=ticket.number)
    if not whistlers.may_answer_ask(work, ticket, whistle):
        raise NotAllowedError(reason="other_whistle", ticket=ticket.number)
    rule = timing.map_of(work, ticket).whistle_kind(whistle.kind)
    return rule, dict(whistlers.of_place(work, ticket))


def sound(
    work: Work,
    ticket: Ticket,
    whistle: Whistle,
    units: Sequence[str],
    terms: Terms,
    data: dict[str, object],
) -> None:
    """Call every unit, and start each one's limit and that of the whole."""
    rule = timing.map_of(work, ticket).whistle_kind(whistle.kind)
    how = _agree(work, ticket, whistle, rule, terms)
    if terms.decision.strip():
        decision = work.write(ticket, "decision", tickets.words(terms.decision))
        work.flush()  # before the row that refers to it
        whistle.decision_id = UUID(decision["text"])
        data = data | {"decision": decision["text"], "decision_hash": decision["text_hash"]}
    ack = timing.deadline(work, work.now, rule.ack)
    due = ack.at
    called = [_call(work, ticket, whistle, unit, (how, terms.lead, due)) for unit in units]
    parties = [
        {"party": party.id, "unit": party.unit, "role": party.role, "told": told} | why
        for party, told, why in called
    ]
    data = data | {"whistle": whistle.id, "kind": rule.name, "parties": parties, "due": due}
    data |= {"join": how.join, "needed": how.needed, "leader": whistle.leader_post}
    data |= {"slot_from": whistle.slot_from, "close_by": whistle.close_by}
    work.act(ticket, Action.WHISTLE, data)
    timing.start_timer(
        work, ticket, Step.WHISTLE_CLOSE, whistle.close_by or due, subject_id=whistle.id
    )
    if rule.plan is not None:
        plan_by = timing.deadline(work, work.now, rule.plan)
        timing.start_timer(work, ticket, Step.WHISTLE_PLAN, plan_by, subject_id=whistle.id)
    for party, told, _ in called:
        if telling.nobody(told):
            climb(work, ticket, party, rule, why="nobody_on_duty", due=work.now)
        else:
            timing.start_party_timer(work, party, Step.WHISTLE_ACK, ack)


def _agree(
    work: Work, ticket: Ticket, whistle: Whistle, rule: WhistleKind, terms: Terms
) -> Joining:
    """Write down how the units are joined, the appointment, the leader and the whole's limit."""
    how = terms.joining(rule)
    whistle.join_rule, whistle.needed = how.join, how.needed
    if how.join is Join.LEAD:
        whistle.leader_post = terms.leader or whistle.raised_post
    if terms.slot_from is not None and rule.slot is not None:
        whistle.slot_from = terms.slot_from
        whistle.slot_until = timing.deadline(work, terms.slot_from, rule.slot).at
    close = rule.close or timing.limit_of(work, ticket, "handle")
    whistle.close_by = timing.deadline(work, work.now, close).at
    return how


def _call(
    work: Work,
    ticket: Ticket,
    whistle: Whistle,
    unit: str,
    how: tuple[Joining, str | None, datetime],
) -> tuple[WhistleParty, list[dict[str, object]], dict[str, object]]:
    grid_map = timing.map_of(work, ticket)
    rule = grid_map.whistle_kind(whistle.kind)
    joined, lead, due = how
    post, why = _post(work, grid_map.able_posts(rule.name, _grid(ticket), unit))
    party = WhistleParty(
        whistle_id=whistle.id,
        ticket_id=ticket.id,
        unit=unit,
        post=post.id,
        role=joining.role_of(unit, joined, lead),
        rung=timing.first_rung(work, ticket, unit),
        called_at=work.now,
        sounded_at=work.now,
        due_at=due,
        arrive_by=whistle.slot_from or timing.deadline(work, work.now, rule.arrive).at,
    )
    work.books.add(party)
    params = {"unit": str(grid_map.unit(unit).name), "due": telling.local(due)}
    template = "whistle"
    if whistle.slot_from is not None:
        template, params = "whistle_slot", params | {"slot": telling.local(whistle.slot_from)}
    told = telling.tell(work, ticket, [post.id], template, params, urgent=rule.danger)
    return party, told, why


def _post(work: Work, able: Sequence[Post]) -> tuple[Post, dict[str, object]]:
    """Return which of a unit's able posts is called, and why, where there was a choice."""
    if len(able) == 1:
        return able[0], {}
    work.look_up_duty(able)
    answers = {post.id: work.on_duty(post).staff_id is not None for post in able}
    in_hand = work.books.calls_in_hand([post.id for post in able])
    found = load.candidates([post.id for post in able], answers, in_hand)
    chosen = load.choose(found)
    return next(post for post in able if post.id == chosen.post), {
        "post": chosen.post,
        "able": [each._asdict() for each in found],
    }


def _grid(ticket: Ticket) -> str:
    if ticket.grid is None:
        raise RefusedError(reason="no_grid", ticket=ticket.number)
    return ticket.grid
