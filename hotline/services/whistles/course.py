"""What is put on record while a whistle is open, by whoever speaks for it, and how it ends."""

from collections.abc import Iterable
from datetime import datetime

from hotline.domain import joining
from hotline.domain import whistle as ladder
from hotline.domain.errors import NotAllowedError, NotFoundError, RefusedError
from hotline.domain.grid.model import Ends, Join, WhistleKind
from hotline.domain.joining import Joining, OnRecord
from hotline.domain.tickets import Action
from hotline.domain.whistle import BEHIND, PartyState, WhistleState
from hotline.services.handling import sight, tickets, timing
from hotline.services.telling import telling
from hotline.services.whistles import whistlers
from hotline.store.models import Ticket, Whistle, WhistleParty
from hotline.work import SYSTEM, Work


def danger_gone(
    work: Work, ticket: Ticket, whistle: Whistle, *, done_at: datetime | None = None
) -> None:
    """Put on record that the danger is gone: from now on units may leave, and none has to come.

    Raises:
        RefusedError: the kind knows no danger, or it was recorded before.
    """
    rule = _open(work, ticket, whistle)
    if rule.ends is not Ends.DANGER_GONE or whistle.danger_gone_at is not None:
        raise RefusedError(reason="no_danger", ticket=ticket.number)
    whistle.danger_gone_at = work.now
    there = [party for party in parties_of(work, whistle) if party.state == PartyState.ARRIVED]
    told = telling.tell(work, ticket, [party.post for party in there], "danger_gone", {})
    data = {"whistle": whistle.id, "kind": rule.name, "told": told, "done_at": done_at}
    work.act(ticket, Action.DANGER_GONE, data)
    _stand_down(work, ticket, whistle, _behind(work, whistle), why="danger_gone")


def excuse(
    work: Work, ticket: Ticket, party: WhistleParty, reason: str, *, done_at: datetime | None = None
) -> None:
    """Let a called unit off: it need not come. What it did until then stays on its record.

    Raises:
        WrongStatusError: it stands on site already, or was let off before.
    """
    whistle = work.books.whistle(party.whistle_id)
    if whistle is None:
        raise NotFoundError(party=party.id)
    _open(work, ticket, whistle)
    party.state = ladder.party_step(PartyState(party.state), Action.EXCUSE)
    text = work.write(ticket, "reason", tickets.words(reason))
    told = telling.tell(work, ticket, [party.post], "stood_down", {})
    data = text | {"whistle": whistle.id, "party": party.id, "unit": party.unit, "told": told}
    work.act(ticket, Action.EXCUSE, data | {"done_at": done_at})
    _forget(work, party)
    stand_down_rest(work, ticket, whistle)


def stand_down_rest(work: Work, ticket: Ticket, whistle: Whistle) -> None:
    """Where enough of the called units have come (*k of n*), tell the others to stay."""
    called = parties_of(work, whistle)
    how = Joining(Join(whistle.join_rule), whistle.needed)
    places = joining.not_needed([PartyState(party.state) for party in called], how)
    _stand_down(work, ticket, whistle, [called[place] for place in places], why="enough")


def _stand_down(
    work: Work, ticket: Ticket, whistle: Whistle, parties: Iterable[WhistleParty], *, why: str
) -> None:
    for party in parties:
        party.state = ladder.party_step(PartyState(party.state), Action.EXCUSE)
        told = telling.tell(work, ticket, [party.post], "stood_down", {})
        data = {"whistle": whistle.id, "party": party.id, "unit": party.unit, "why": why}
        work.act(ticket, Action.EXCUSE, data | {"told": told}, actor=SYSTEM)
        _forget(work, party)


def _forget(work: Work, party: WhistleParty) -> None:
    party.excused_at, party.due_at = work.now, None
    work.cancel_timers_of(party.id)


def record_act(
    work: Work,
    ticket: Ticket,
    whistle: Whistle,
    text: str,
    *,
    done_at: datetime | None = None,
) -> None:
    """Put on record what was done with the powers of the units: every one of them is on site.

    The whistler does, or one of the units on site.

    Raises:
        RefusedError: the kind records no act, or somebody has not come yet.
        NotAllowedError: neither the whistler nor one of the units.
    """
    mine = parties_of(work, whistle)
    if not any(sight.is_asked(work, party) and party.arrived_at for party in mine):
        whistlers.guard(work, ticket, whistle)
    rule = _running(work, ticket, whistle)
    if rule.ends is not Ends.ACT_RECORDED:
        raise RefusedError(reason="no_act", ticket=ticket.number)
    how = Joining(Join(whistle.join_rule), whistle.needed)
    if not joining.is_joined([PartyState(party.state) for party in mine], how):
        raise RefusedError(reason="not_joined", ticket=ticket.number)
    data = work.write(ticket, "act", tickets.words(text))
    data |= {"whistle": str(whistle.id), "kind": rule.name}
    work.act(ticket, Action.RECORD_ACT, data | {"done_at": done_at})
    whistle.act_at = work.now


def end(
    work: Work,
    ticket: Ticket,
    whistle: Whistle,
    *,
    called_off: str = "",
    done_at: datetime | None = None,
) -> None:
    """End a whistle by the rule of its kind, or take it back while nobody has come.

    Args:
        work: in the role of the whistler.
        ticket: locked.
        whistle: open, or only asked for.
        called_off: why it is taken back; empty where it has done its work.
        done_at: when the device says so.

    Raises:
        RefusedError: a unit is not done, the danger not gone, no act recorded, a milestone open;
            or somebody stands on site and cannot be called off.
    """
    whistlers.guard(work, ticket, whistle)
    rule = _running(work, ticket, whistle, asked=True)
    mine = parties_of(work, whistle)
    left = called_off.strip() or whistle.state == WhistleState.ASKED
    reason = joining.why_not_ended(
        rule.ends,
        [PartyState(party.state) for party in mine],
        _record(work, whistle),
        called_off=bool(left),
    )
    if reason is not None:
        raise RefusedError(reason=reason, ticket=ticket.number)
    data: dict[str, object] = {"whistle": whistle.id, "kind": rule.name, "done_at": done_at}
    if left:
        posts = [party.post for party in mine if party.state in BEHIND]
        data |= {"called_off": True, "told": telling.tell(work, ticket, posts, "stood_down", {})}
        data |= work.write(ticket, "reason", tickets.words(called_off)) if called_off else {}
    work.act(ticket, Action.END_WHISTLE, data)
    whistle.ended_at, whistle.state = work.now, WhistleState.ENDED
    work.cancel_timers_of(whistle.id)
    for party in mine:
        party.due_at = None
        work.cancel_timers_of(party.id)
    for milestone in work.books.milestones(whistle.id):
        work.cancel_timers_of(milestone.id)


def why_open(work: Work, whistle: Whistle, kind: WhistleKind) -> str | None:
    """Return the reason why a whistle may not be ended yet; ``None``: it may."""
    states = [PartyState(party.state) for party in parties_of(work, whistle)]
    return joining.why_not_ended(kind.ends, states, _record(work, whistle))


def _record(work: Work, whistle: Whistle) -> OnRecord:
    still = None
    if whistle.planned_at is not None:
        plan = work.books.milestones(whistle.id)
        still = sum(milestone.met_at is None for milestone in plan)
    return OnRecord(
        danger_gone=whistle.danger_gone_at is not None,
        act_recorded=whistle.act_at is not None,
        milestones_open=still,
    )


def parties_of(work: Work, whistle: Whistle) -> list[WhistleParty]:
    """Return the units that one whistle called, in the order of the calls."""
    called = work.books.parties(whistle.ticket_id)
    return [party for party in called if party.whistle_id == whistle.id]


def _behind(work: Work, whistle: Whistle) -> list[WhistleParty]:
    return [party for party in parties_of(work, whistle) if party.state in BEHIND]


def _open(work: Work, ticket: Ticket, whistle: Whistle) -> WhistleKind:
    whistlers.guard(work, ticket, whistle)
    return _running(work, ticket, whistle)


def _running(work: Work, ticket: Ticket, whistle: Whistle, *, asked: bool = False) -> WhistleKind:
    """Refuse a whistle that has ended, or that nobody has blown yet; return its kind."""
    if whistle.ticket_id != ticket.id:
        raise NotFoundError(whistle=whistle.id)
    if whistle.ended_at is not None:
        raise RefusedError(reason="whistle_ended", ticket=ticket.number)
    if whistle.state == WhistleState.ASKED and not asked:
        raise RefusedError(reason="not_blown", ticket=ticket.number)
    return timing.map_of(work, ticket).whistle_kind(whistle.kind)


def guard_unit(work: Work, ticket: Ticket, party: WhistleParty) -> Whistle:
    """Refuse whoever is not of a called unit; return the whistle that called it, open or not.

    Raises:
        NotAllowedError: another unit was called.
    """
    whistle = work.books.whistle(party.whistle_id)
    if whistle is None or party.ticket_id != ticket.id:
        raise NotFoundError(party=party.id)
    if not sight.is_asked(work, party):
        raise NotAllowedError(reason="other_unit", party=party.id)
    return whistle
