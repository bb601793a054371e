"""Whistle and report in (吹哨报到): units are called; they answer, come, finish; or it climbs.

Who may blow which kind: `hotline.services.whistles.whistlers`. Whom it calls, and how: `calls`.
What runs out: `climb`. What is put on record while units are on site, and the end:
`course`. The plan of a joint whistle: `plan`. What both sides say of each other:
`rating`.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hotline.domain import joining
from hotline.domain import whistle as ladder
from hotline.domain.deadlines import Deadline
from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.grid.model import GridMap, WhistleKind
from hotline.domain.joining import Terms
from hotline.domain.tickets import Action, Step
from hotline.domain.whistle import PartyState, WhistleState
from hotline.services.handling import sight, tickets, timing
from hotline.services.telling import telling
from hotline.services.whistles import calls as whistle_calls
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import whistlers
from hotline.services.whistles.calls import AS_USUAL
from hotline.services.whistles.climb import climb
from hotline.store.models import Ticket, Whistle, WhistleParty
from hotline.work import Work


def blow(  # noqa: PLR0913  whom, why, how
    work: Work,
    ticket: Ticket,
    kind: str,
    units: Sequence[str],
    reason: str,
    *,
    terms: Terms = AS_USUAL,
    done_at: datetime | None = None,
) -> Whistle:
    """Whistle for one or several units; or ask whoever may, where one may only ask.

    Where nobody is on duty at a called post nor its stand-in's, that is put on record and the
    whistle climbs at once.

    Raises:
        NotAllowedError: another's ticket, or a kind that their posts neither blow nor ask for.
        InvalidError: the units, the kind or the terms do not fit each other or the map.
        RefusedError: one of the units is already called by an open whistle of this ticket.
    """
    here = whistlers.posts(work, ticket)
    grid_map = timing.map_of(work, ticket)
    rule = _kind(grid_map, kind)
    mine = [here[rung] for rung in rule.by if rung in here]
    asks = [here[rung] for rung in rule.asked_by if rung in here]
    if not mine and not asks:
        raise NotAllowedError(reason="other_whistle", ticket=ticket.number)
    if work.actor.staff_id is None:
        raise NotAllowedError(reason="nobody", ticket=ticket.number)
    decided = bool(mine) and not any(r in here and r not in rule.decided for r in rule.by)
    wanted = whistle_calls.wanted_units(work, ticket, rule, units, terms, decided=decided)
    text = work.write(ticket, "reason", tickets.words(reason))
    whistle = Whistle(
        ticket_id=ticket.id,
        kind=kind,
        raised_by=work.actor.staff_id,
        raised_post=(mine or asks)[0],
        reason_id=UUID(text["text"]),
        raised_at=work.now,
        state=WhistleState.OPEN if mine else WhistleState.ASKED,
    )
    work.books.add(whistle)
    if mine:
        whistle_calls.sound(work, ticket, whistle, wanted, terms, text | {"done_at": done_at})
    else:
        whistle_calls.ask(work, ticket, whistle, wanted, terms, text | {"done_at": done_at})
    return whistle


def _kind(grid_map: GridMap, kind: str) -> WhistleKind:
    try:
        return grid_map.whistle_kind(kind)
    except NotFoundError as error:
        raise InvalidError(fields=["kind"]) from error


def acknowledge(
    work: Work, ticket: Ticket, party: WhistleParty, *, done_at: datetime | None = None
) -> None:
    """The unit has heard the whistle. It has not come yet: a limit for arriving starts."""
    whistle, rule = _answering(work, ticket, party)
    party.state = ladder.party_step(PartyState(party.state), Action.ACKNOWLEDGE)
    due = _arrive_by(work, whistle, party, rule)
    party.due_at = due if isinstance(due, datetime) else due.at
    data = _about(work, whistle, party) | {"due": party.due_at, "done_at": done_at}
    work.act(ticket, Action.ACKNOWLEDGE, data)
    party.acknowledged_at, party.acknowledged_by = work.now, work.actor.staff_id
    work.cancel_timers_of(party.id)
    timing.start_party_timer(work, party, Step.WHISTLE_ARRIVE, due)


def _arrive_by(
    work: Work, whistle: Whistle, party: WhistleParty, rule: WhistleKind
) -> Deadline | datetime:
    """Acknowledging buys no time to arrive; who was late already gets the time once more."""
    if whistle.slot_from is not None and work.now < whistle.slot_from:
        return whistle.slot_from
    due = timing.deadline(work, party.sounded_at, rule.arrive)
    return due if due.at > work.now else timing.deadline(work, work.now, rule.arrive)


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
    party.arrived_at, party.due_at = work.now, None
    if party.acknowledged_at is None:
        party.acknowledged_at, party.acknowledged_by = work.now, work.actor.staff_id
    work.cancel_timers_of(party.id)
    whistle_course.stand_down_rest(work, ticket, whistle)


def finish(
    work: Work, ticket: Ticket, party: WhistleParty, text: str, *, done_at: datetime | None = None
) -> None:
    """The unit's part is done, in its own words; the whistler still has to say so too.

    Raises:
        RefusedError: the danger was not recorded as gone (事不完，人不走).
    """
    whistle, rule = _answering(work, ticket, party)
    after = ladder.party_step(PartyState(party.state), Action.FINISH)
    if not joining.may_leave(rule.ends, danger_gone=whistle.danger_gone_at is not None):
        raise RefusedError(reason="danger_not_gone", ticket=ticket.number)
    party.state = after
    data = work.write(ticket, "result", tickets.words(text))
    work.act(ticket, Action.FINISH, _about(work, whistle, party) | data | {"done_at": done_at})
    party.done_at = work.now


def refuse(
    work: Work, ticket: Ticket, party: WhistleParty, reason: str, *, done_at: datetime | None = None
) -> None:
    """The unit refuses, with a reason. That stays on record, and the whistle climbs a rung.

    Whoever whistled is told at once: they are the ones who stand there and wait.
    """
    whistle, rule = _answering(work, ticket, party)
    if not sight.is_asked(work, party):
        raise NotAllowedError(reason="other_unit", party=party.id)
    party.state = ladder.party_step(PartyState(party.state), Action.REFUSE)
    data: dict[str, object] = dict(work.write(ticket, "reason", tickets.words(reason)))
    unit = str(timing.map_of(work, ticket).unit(party.unit).name)
    told = telling.tell_person(work, ticket, whistle.raised_by, "whistle_refused", {"unit": unit})
    data |= {"told": [told], "done_at": done_at}
    work.act(ticket, Action.REFUSE, _about(work, whistle, party) | data)
    party.refused_at, party.due_at = work.now, None
    work.cancel_timers_of(party.id)
    climb(work, ticket, party, rule, why="refused", due=work.now)


def _answering(work: Work, ticket: Ticket, party: WhistleParty) -> tuple[Whistle, WhistleKind]:
    whistle = work.books.whistle(party.whistle_id)
    if whistle is None or party.ticket_id != ticket.id:
        raise NotFoundError(party=party.id)
    if whistle.ended_at is not None:
        raise RefusedError(reason="whistle_ended", ticket=ticket.number)
    if not sight.is_called(work, party):
        raise NotAllowedError(reason="other_unit", party=party.id)
    return whistle, timing.map_of(work, ticket).whistle_kind(whistle.kind)


def _about(work: Work, whistle: Whistle, party: WhistleParty) -> dict[str, object]:
    """Return what the ledger holds of an answer; of a leader's, that it came from above."""
    data = {"whistle": whistle.id, "party": party.id, "unit": party.unit}
    return data if sight.is_asked(work, party) else data | {"from_above": True}
