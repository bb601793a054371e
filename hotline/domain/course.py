"""The ladder and the whistles of one ticket as they happened, step by step: what a picture shows.

Pure: events come in, in the order of the chain; each that moves something becomes a `Frame`. It
depends on the events up to it and on nothing else, so a replay can stop anywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from hotline.domain.tickets import Action
from hotline.domain.whistle import PARTY_RULES, PartyState, WhistleState


class Happening(NamedTuple):
    """One event of a chain, as far as a picture needs it."""

    seq: int
    at: datetime
    action: Action
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnitMark:
    """A called unit in the picture: how far it came, and to which rung its call has climbed."""

    party: str
    whistle: str
    unit: str
    state: PartyState
    rung: str | None = None
    lapses: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """The picture after one event.

    Attributes:
        happening: what moved it.
        rung: the rung that the ticket itself has been told to; ``None``: not dispatched yet.
        told: how often each rung was told of it or of one of its whistles.
        units: the called units, in the order of the calls.
        whistles: every whistle and where it stands.
        lit: what this step touched: names of rungs and ids of parties.
    """

    happening: Happening
    rung: str | None = None
    told: Mapping[str, int] = field(default_factory=dict)
    units: tuple[UnitMark, ...] = ()
    whistles: Mapping[str, WhistleState] = field(default_factory=dict)
    lit: frozenset[str] = frozenset()


# Events beside the picture: messages, notes, sealing and erasing.
_UNSEEN: Final = frozenset(
    {Action.DELIVER, Action.RECORD, Action.NOTE, Action.CODE, Action.REDACT, Action.ERASE}
)


# What sends a ticket to a rung at once, without climbing there.
_SENT: Final = frozenset({Action.DISPATCH, Action.ADJUDICATE, Action.MOVE})


def frames(happenings: Iterable[Happening]) -> tuple[Frame, ...]:
    """Return the picture after each event that belongs into it, in the order of the chain."""
    made: list[Frame] = []
    for happening in happenings:
        if happening.action in _UNSEEN:
            continue
        before = made[-1] if made else Frame(happening)
        made.append(_moved(replace(before, happening=happening, lit=frozenset())))
    return tuple(made)


def _moved(frame: Frame) -> Frame:
    action, data = frame.happening.action, frame.happening.data
    if action in _SENT:
        rung = str(data.get("rung") or data.get("to") or frame.rung or "grid")
        return replace(frame, rung=rung, lit=frozenset({rung}))
    if action in {Action.WHISTLE, Action.ASK_WHISTLE, Action.DECLINE_WHISTLE, Action.END_WHISTLE}:
        return _whistled(frame)
    if action in {Action.CLIMB, Action.RAISE, Action.REMIND} and "to" in data:
        return _climbed(frame)
    if action is Action.WITHDRAW:
        return _called_off(frame)
    if "party" in data:
        return _answered(frame)
    return frame


def _whistled(frame: Frame) -> Frame:
    action, data = frame.happening.action, frame.happening.data
    whistle = str(data["whistle"])
    after = {
        Action.ASK_WHISTLE: WhistleState.ASKED,
        Action.DECLINE_WHISTLE: WhistleState.DECLINED,
        Action.END_WHISTLE: WhistleState.ENDED,
    }.get(action, WhistleState.OPEN)
    called = tuple(
        UnitMark(str(party["party"]), whistle, str(party["unit"]), PartyState.CALLED)
        for party in (data.get("parties") or ())
    )
    lit = frozenset(mark.party for mark in called) or frozenset(
        mark.party for mark in frame.units if mark.whistle == whistle
    )
    return replace(
        frame,
        whistles=dict(frame.whistles) | {whistle: after},
        units=(*frame.units, *called),
        lit=lit,
    )


def _called_off(frame: Frame) -> Frame:
    """The caller has taken the demand back: whatever was open ends with it."""
    going = {WhistleState.OPEN, WhistleState.ASKED}
    ended = {
        whistle: WhistleState.ENDED if state in going else state
        for whistle, state in frame.whistles.items()
    }
    return replace(frame, whistles=ended)


def _climbed(frame: Frame) -> Frame:
    data = frame.happening.data
    rung, party = str(data["to"]), data.get("party")
    told = dict(frame.told) | {rung: frame.told.get(rung, 0) + 1}
    if party is None:
        return replace(frame, rung=rung, told=told, lit=frozenset({rung}))
    units = tuple(
        replace(mark, rung=rung) if mark.party == str(party) else mark for mark in frame.units
    )
    return replace(frame, told=told, units=units, lit=frozenset({rung, str(party)}))


def _answered(frame: Frame) -> Frame:
    party, action = str(frame.happening.data["party"]), frame.happening.action
    units = tuple(_stepped(mark, action) if mark.party == party else mark for mark in frame.units)
    return replace(frame, units=units, lit=frozenset({party}))


def _stepped(mark: UnitMark, action: Action) -> UnitMark:
    after = PARTY_RULES.get((mark.state, action), mark.state)
    return replace(mark, state=after, lapses=mark.lapses + (action is Action.EXPIRE))
