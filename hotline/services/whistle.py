"""Whistle and report in (吹哨报到): units are called; they answer, come, finish; or it climbs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hotline.domain import whistle as ladder
from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.grid import GridMap, Rung, WhistleKind
from hotline.domain.tickets import Action, Step
from hotline.domain.whistle import PartyState
from hotline.services import attention, sight, telling, tickets, timing
from hotline.store.models import Ticket, Whistle, WhistleParty
from hotline.work import SYSTEM, Work


def blow(
    work: Work,
    ticket: Ticket,
    kind: str,
    units: Sequence[str],
    reason: str,
    *,
    done_at: datetime | None = None,
) -> Whistle:
    """Whistle for one or several units; all of them must come.

    Where nobody is on duty at a called post nor its stand-in's, that is put on record and the
    whistle climbs at once.

    Raises:
        InvalidError: no unit, or one that the map does not know, or an unknown kind.
        RefusedError: one of the units is already called by an open whistle of this ticket.
    """
    tickets.guard_holder(work, ticket)
    grid_map = timing.map_of(work, ticket)
    rule = _kind(grid_map, kind)
    if not _rungs(work, ticket, grid_map) & set(rule.by):
        raise NotAllowedError(reason="other_whistle", ticket=ticket.number)
    wanted = _wanted(work, ticket, grid_map, units)
    if work.actor.staff_id is None:
        raise NotAllowedError(reason="nobody", ticket=ticket.number)
    text = work.write(ticket, "reason", tickets.words(reason))
    whistle = Whistle(
        ticket_id=ticket.id,
        kind=kind,
        raised_by=work.actor.staff_id,
        reason_id=UUID(text["text"]),
        raised_at=work.now,
    )
    work.books.add(whistle)
    due = timing.deadline(work, work.now, rule.ack).at
    called = [_call(work, ticket, whistle, rule, unit, due) for unit in wanted]
    parties = [{"party": party.id, "unit": party.unit, "told": told} for party, told in called]
    data = text | {"whistle": whistle.id, "kind": kind, "parties": parties}
    work.act(ticket, Action.WHISTLE, data | {"due": due, "done_at": done_at})
    for party, told in called:
        if telling.nobody(told):
            climb(work, ticket, party, rule, why="nobody_on_duty", due=work.now)
        else:
            timing.start_party_timer(work, party, Step.WHISTLE_ACK, due)
    return whistle


def _rungs(work: Work, ticket: Ticket, grid_map: GridMap) -> set[str]:
    """Return the rungs on which whoever acts may whistle: those of their posts.

    Who stands in for a grid that is not live yet (试点) whistles as its officer would.
    """
    rungs = {grid_map.post(post).rung for post in work.actor.posts if post in grid_map.posts}
    officer = grid_map.post(grid_map.grid(_grid(ticket)).officer)
    if ticket.post is not None and ticket.post != officer.id:
        post = grid_map.post(ticket.post)
        if work.actor.posts & {post.id, post.stand_in}:
            rungs.add(officer.rung)
    return rungs


def _kind(grid_map: GridMap, kind: str) -> WhistleKind:
    try:
        return grid_map.whistle_kind(kind)
    except NotFoundError as error:
        raise InvalidError(fields=["kind"]) from error


def _wanted(work: Work, ticket: Ticket, grid_map: GridMap, units: Sequence[str]) -> list[str]:
    wanted = sorted(set(units))
    if not wanted or not set(wanted) <= set(grid_map.units):
        raise InvalidError(fields=["units"])
    still_open = {one.id for one in work.books.whistles(ticket.id) if one.ended_at is None}
    busy = {party.unit for party in work.books.parties(ticket.id) if party.whistle_id in still_open}
    if busy & set(wanted):
        raise RefusedError(reason="already_whistled", ticket=ticket.number)
    return wanted


def _call(
    work: Work, ticket: Ticket, whistle: Whistle, rule: WhistleKind, unit: str, due: datetime
) -> tuple[WhistleParty, list[dict[str, object]]]:
    grid_map = timing.map_of(work, ticket)
    post = grid_map.called_post(rule.name, _grid(ticket), unit)
    party = WhistleParty(
        whistle_id=whistle.id,
        ticket_id=ticket.id,
        unit=unit,
        post=post.id,
        rung=timing.first_rung(work, ticket, unit),
        called_at=work.now,
    )
    work.books.add(party)
    params = {"unit": str(grid_map.unit(unit).name), "due": telling.local(due)}
    return party, telling.tell(work, ticket, [post.id], "whistle", params, urgent=rule.danger)


def acknowledge(
    work: Work, ticket: Ticket, party: WhistleParty, *, done_at: datetime | None = None
) -> None:
    """The unit has heard the whistle. It has not come yet: a limit for arriving starts."""
    whistle, rule = _answering(work, ticket, party)
    party.state = ladder.party_step(PartyState(party.state), Action.ACKNOWLEDGE)
    due = _arrive_by(work, party, rule, work.now)
    work.act(
        ticket, Action.ACKNOWLEDGE, _about(work, whistle, party) | {"due": due, "done_at": done_at}
    )
    party.acknowledged_at, party.acknowledged_by = work.now, work.actor.staff_id
    work.cancel_timers_of(party.id)
    timing.start_party_timer(work, party, Step.WHISTLE_ARRIVE, due)


def due_of(work: Work, ticket: Ticket, party: WhistleParty, kind: str) -> datetime | None:
    """Return when a called unit must have acknowledged or, once it has, be on site.

    The unit's own limit: it stands still while the whistle climbs past it. ``None``: the unit is
    on site, or has refused.

    Args:
        work: any.
        ticket: the whistle's; it need not be locked.
        party: the called unit.
        kind: the kind of the whistle.
    """
    rule = timing.map_of(work, ticket).whistle_kind(kind)
    if party.state == PartyState.CALLED:
        return timing.deadline(work, party.called_at, rule.ack).at
    if party.state == PartyState.ACKNOWLEDGED and party.acknowledged_at is not None:
        return _arrive_by(work, party, rule, party.acknowledged_at)
    return None


def _arrive_by(
    work: Work, party: WhistleParty, rule: WhistleKind, acknowledged_at: datetime
) -> datetime:
    """Acknowledging buys no time to arrive; who was late already gets the time once more."""
    due = timing.deadline(work, party.called_at, rule.arrive).at
    if due <= acknowledged_at:
        due = timing.deadline(work, acknowledged_at, rule.arrive).at
    return due


def arrive(
    work: Work,
    ticket: Ticket,
    party: WhistleParty,
    position: tickets.Position | None,
    *,
    place_note: str = "",
    done_at: datetime | None = None,
) -> None:
    """A named person of the unit stands on site (报到)."""
    whistle, _ = _answering(work, ticket, party)
    party.state = ladder.party_step(PartyState(party.state), Action.ARRIVE)
    where = tickets.where(work, ticket, position, place_note)
    work.act(ticket, Action.ARRIVE, _about(work, whistle, party) | where | {"done_at": done_at})
    party.arrived_at = work.now
    if party.acknowledged_at is None:
        party.acknowledged_at, party.acknowledged_by = work.now, work.actor.staff_id
    work.cancel_timers_of(party.id)


def finish(
    work: Work, ticket: Ticket, party: WhistleParty, text: str, *, done_at: datetime | None = None
) -> None:
    """The unit's part is done, in its own words; the whistler still has to say so too."""
    whistle, _ = _answering(work, ticket, party)
    party.state = ladder.party_step(PartyState(party.state), Action.FINISH)
    data = work.write(ticket, "result", tickets.words(text))
    work.act(ticket, Action.FINISH, _about(work, whistle, party) | data | {"done_at": done_at})
    party.done_at = work.now


def refuse(
    work: Work, ticket: Ticket, party: WhistleParty, reason: str, *, done_at: datetime | None = None
) -> None:
    """The unit refuses, with a reason. That stays on record, and the whistle climbs a rung."""
    whistle, rule = _answering(work, ticket, party)
    if not sight.is_asked(work, party):
        raise NotAllowedError(reason="other_unit", party=party.id)
    party.state = ladder.party_step(PartyState(party.state), Action.REFUSE)
    data = work.write(ticket, "reason", tickets.words(reason))
    work.act(ticket, Action.REFUSE, _about(work, whistle, party) | data | {"done_at": done_at})
    party.refused_at = work.now
    work.cancel_timers_of(party.id)
    climb(work, ticket, party, rule, why="refused", due=work.now)


def end(
    work: Work, ticket: Ticket, whistle: Whistle, *, danger_gone: bool, done_at: datetime | None
) -> None:
    """The whistler ends a whistle: every unit is done, and in an emergency the danger is gone.

    Raises:
        RefusedError: a unit that came has not finished, or the danger was not said to be gone
            (事不完，人不走).
    """
    tickets.guard_holder(work, ticket)
    if whistle.ended_at is not None:
        raise RefusedError(reason="whistle_ended", ticket=ticket.number)
    mine = [p for p in work.books.parties(ticket.id) if p.whistle_id == whistle.id]
    if not ladder.is_over([PartyState(party.state) for party in mine]):
        raise RefusedError(reason="whistle_not_done", ticket=ticket.number)
    if timing.map_of(work, ticket).whistle_kind(whistle.kind).danger and not danger_gone:
        raise RefusedError(reason="danger_not_gone", ticket=ticket.number)
    work.act(
        ticket,
        Action.END_WHISTLE,
        {"whistle": whistle.id, "danger_gone": danger_gone, "done_at": done_at},
    )
    whistle.ended_at = work.now
    for party in mine:
        work.cancel_timers_of(party.id)


def climb(
    work: Work, ticket: Ticket, party: WhistleParty, rule: WhistleKind, *, why: str, due: datetime
) -> None:
    """Tell the next rung of the ladder that a unit has not answered, refused, or is not there.

    A rung where nobody is on duty is recorded, and the next one is told at once. The limit of
    the new rung counts from ``due``, the limit that passed, never from when we noticed.
    The last rung is reminded, as often as the map says; then it stands before a supervisor.
    """
    grid_map = timing.map_of(work, ticket)
    rungs = {rung.name: rung for rung in grid_map.ladder_posts(_grid(ticket), party.unit)}
    while True:
        found = ladder.climb(rule, party.rung, party.reminders, tuple(rungs))
        if found is None:
            break
        told = _tell_rung(work, ticket, party, rule, found, rungs[found.rung], why=why, due=due)
        party.rung, party.reminders = found.rung, found.repeat
        party.generation += 1
        if found.step is Step.WHISTLE_TOP or not telling.nobody(told):
            break
        why = "nobody_on_duty"
    if found is None or found.limit is None:
        facts = {"unit": party.unit, "rung": party.rung, "reminders": party.reminders}
        attention.raise_(work, "whistle_unanswered", f"whistle:{party.id}", facts, ticket.id)
        return
    step = found.step
    if step is Step.WHISTLE_ACK and party.state == PartyState.ACKNOWLEDGED:
        step = Step.WHISTLE_ARRIVE
    timing.start_party_timer(work, party, step, timing.deadline(work, due, found.limit).at)


def _tell_rung(  # noqa: PLR0913  one step up, with its reason
    work: Work,
    ticket: Ticket,
    party: WhistleParty,
    rule: WhistleKind,
    found: ladder.Climb,
    rung: Rung,
    *,
    why: str,
    due: datetime,
) -> list[dict[str, object]]:
    unit = timing.map_of(work, ticket).unit(party.unit)
    params = {"unit": str(unit.name), "rung": str(rung.title)}
    posts = [post.id for post in rung.posts]
    party.told_posts = list(dict.fromkeys([*party.told_posts, *posts, *_stand_ins(rung)]))
    template = "refused" if why == "refused" else "climbed"
    told = telling.tell(work, ticket, posts, template, params, urgent=rule.danger)
    data = {"whistle": party.whistle_id, "party": party.id, "unit": party.unit, "why": why}
    data |= {"from": party.rung, "to": found.rung, "repeat": found.repeat, "due": due}
    action = Action.REMIND if found.repeat else Action.CLIMB
    work.act(ticket, action, data | {"rule": f"whistles.{rule.name}", "told": told}, actor=SYSTEM)
    return told


def _answering(work: Work, ticket: Ticket, party: WhistleParty) -> tuple[Whistle, WhistleKind]:
    whistle = work.books.whistle(party.whistle_id)
    if whistle is None or party.ticket_id != ticket.id:
        raise NotFoundError(party=party.id)
    if whistle.ended_at is not None:
        raise RefusedError(reason="whistle_ended", ticket=ticket.number)
    if not sight.is_called(work, party):
        raise NotAllowedError(reason="other_unit", party=party.id)
    return whistle, timing.map_of(work, ticket).whistle_kind(whistle.kind)


def _stand_ins(rung: Rung) -> list[str]:
    return [post.stand_in for post in rung.posts if post.stand_in]


def _about(work: Work, whistle: Whistle, party: WhistleParty) -> dict[str, object]:
    """Return what the ledger holds of an answer; of a leader's, that it came from above."""
    data = {"whistle": whistle.id, "party": party.id, "unit": party.unit}
    return data if sight.is_asked(work, party) else data | {"from_above": True}


def _grid(ticket: Ticket) -> str:
    if ticket.grid is None:
        raise RefusedError(reason="no_grid", ticket=ticket.number)
    return ticket.grid
