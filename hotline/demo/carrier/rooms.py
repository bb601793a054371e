"""Conversations of two, and conferences: who is in them hears what the others say."""

import time
from collections.abc import Callable
from typing import Final

from hotline.demo.carrier.legs import Leg
from hotline.demo.carrier.people import Step

CALLER_LINGERS_S: Final = 10.0
POLITENESS_S: Final = 20.0
PATIENCE_WITH_PLAYERS_S: Final = 120.0
"""Somebody at the page types, which is slower than speaking."""


class Room:
    """Legs that hear one another.

    A bridge of two closes when either leaves. A conference closes when somebody leaves who was
    to end it, or when nobody is left.
    """

    def __init__(self, name: str, *, bridge: bool) -> None:
        self.name = name
        self.bridge = bridge
        self.members: list[Leg] = []
        self.closed = False
        self.had_company = False
        self.closers: set[str] = set()
        self.changed_at = time.monotonic()
        self.on_event: Callable[[str, Leg], None] = lambda _event, _leg: None

    def join(self, leg: Leg, *, ends_it: bool = False) -> None:
        """Come in; ``ends_it`` closes the room for all when this leg leaves."""
        with leg.changed:
            self.members.append(leg)
            leg.room = self
            self.had_company = self.had_company or len(self.members) > 1
            if ends_it:
                self.closers.add(leg.call.sid)
            self.changed_at = time.monotonic()
            leg.changed.notify_all()
        others = [member.call.person for member in self.members if member is not leg]
        with_whom = f"接通 · connected: {', '.join(others)}"
        leg.note(with_whom if others else "等待对方 · waiting for somebody")
        for member in list(self.members):
            if member is not leg:
                member.note(f"加入 · joined: {leg.call.person}")
        self.on_event("participant-join", leg)

    def part(self, leg: Leg) -> None:
        """Go out, and close the room where that ends it."""
        with leg.changed:
            if leg not in self.members:
                return
            self.members.remove(leg)
            leg.room = None
            self.changed_at = time.monotonic()
            if self.bridge or leg.call.sid in self.closers or not self.members:
                self.closed = True
            leg.changed.notify_all()
        for member in list(self.members):
            member.note(f"离开 · left: {leg.call.person}")
        self.on_event("participant-leave", leg)

    def speak(self, speaker: Leg, text: str) -> None:
        """Say something that everybody hears, the speaker included."""
        for member in list(self.members):
            member.hear(speaker.call.person, text)


def converse(leg: Leg, room: Room) -> None:
    """Talk until the room closes or this end leaves.

    Scripted people say what they have left once somebody is there to hear it, stay a while,
    and go; those who called in go first.

    Raises:
        LeftError: this end hung up.
    """
    try:
        while not room.closed:
            leg.check()
            if leg.is_live:
                _live_moment(leg, room)
            elif leg.steps and len(room.members) > 1:
                _do(leg, room, leg.steps.popleft())
            else:
                _stay(leg, room)
    finally:
        room.part(leg)


def _do(leg: Leg, room: Room, step: Step) -> None:
    if step.kind == "say":
        room.speak(leg, step.text)
        leg.pause(1)
    elif step.kind == "press":
        leg.note(f"按键 · keys: {step.text}")
    elif step.kind in {"hang_up", "hang_up_when_asked"}:
        _let_others_finish(leg, room)
        leg.leave()
    else:
        leg.pause(max(step.seconds, 1))


def _let_others_finish(leg: Leg, room: Room) -> None:
    """Stay while scripted others still have something to say, but not for ever."""
    with leg.changed:
        leg.changed.wait_for(
            lambda: (
                room.closed
                or leg.gone
                or not any(step.kind == "say" for member in room.members for step in member.steps)
            ),
            leg.pace.real(POLITENESS_S),
        )


def _live_moment(leg: Leg, room: Room) -> None:
    with leg.changed:
        if not leg.steps and not leg.gone and not room.closed:
            leg.changed.wait(0.5)
        step = leg.steps.popleft() if leg.steps else None
    leg.check()
    if step is not None:
        _do(leg, room, step)


def _stay(leg: Leg, room: Room) -> None:
    """Wait a moment for somebody to come or to go; leave when it gets long."""
    called_in = leg.call.direction == "inbound"
    patience = CALLER_LINGERS_S if called_in else leg.person.linger_s
    if any(member.is_live for member in room.members):
        patience = max(patience, PATIENCE_WITH_PLAYERS_S)
    alone_from_the_start = bool(leg.steps) and not room.had_company
    if not alone_from_the_start and leg.pace.told(room.changed_at) >= patience:
        leg.leave()
    with leg.changed:
        if not room.closed and not leg.gone:
            leg.changed.wait(leg.pace.real(1))
