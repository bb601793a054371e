"""One end of a running call: what the person there hears, says, presses, and when they go."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from hotline.demo.carrier.people import Person, Step
from hotline.demo.carrier.records import Call, Line
from hotline.demo.carrier.timing import Pace

if TYPE_CHECKING:
    from hotline.demo.carrier.rooms import Room

PATIENCE: Final = 8
"""Questions that somebody without anything left to say lets pass before they hang up."""
TYPING_S: Final = 15.0
SPEAKING_S_PER_SIGN: Final = 0.06


class LeftError(Exception):
    """The call is over at one end: they hung up, or were hung up."""


class RedirectedError(Exception):
    """The customer gave this call other instructions."""


class DequeuedError(Exception):
    """Somebody took this call out of its queue."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back after a question; ``more`` is what they do without being asked again."""

    kind: Literal["speech", "dtmf", "nothing"]
    text: str = ""
    confidence: float = 0.0


class Leg:
    """One end of a call. All of it is guarded by ``changed``, the exchange's one condition."""

    def __init__(
        self, call: Call, person: Person, pace: Pace, changed: threading.Condition
    ) -> None:
        self.call = call
        self.person = person
        self.pace = pace
        self.changed = changed
        self.steps: deque[Step] = deque(person.steps)
        self.is_live = person.manner == "live"
        self.accepted = False
        self.declined = False
        self.gone = False
        self.redirect = ""
        self.room: Room | None = None
        self.dequeued = False
        self.typing_until = 0.0
        self._passed = 0

    # What others do to it.

    def act(self, step: Step) -> None:
        """Let whoever plays this person do something."""
        with self.changed:
            if step.kind == "hang_up":
                self.gone = True
            elif step.kind == "typing":
                self.typing_until = time.monotonic() + TYPING_S
            else:
                self.typing_until = 0.0
                self.steps.append(step)
            self.changed.notify_all()

    def hang_up_from_outside(self) -> None:
        """End this leg: the other end went, or the customer said so."""
        with self.changed:
            self.gone = True
            self.changed.notify_all()

    def send_elsewhere(self, url: str) -> None:
        """Give other instructions to the running call."""
        with self.changed:
            self.redirect = url
            self.changed.notify_all()

    # What happens at it.

    def hear(self, who: str, text: str) -> None:
        """Put a line into what could be heard here."""
        with self.changed:
            self.call.transcript.append(Line(who, text, self.pace.now()))
            self.changed.notify_all()

    def note(self, text: str) -> None:
        """Put a remark of the network between the lines."""
        self.hear("note", text)

    def listen_to(self, text: str, *, barge_in: bool = False) -> None:
        """Hear the machine out; it takes time only where somebody reads along."""
        self.check()
        self.hear("machine", text)
        if self.is_live:
            self._wait(len(text) * SPEAKING_S_PER_SIGN, stop_early=barge_in)

    def check(self) -> None:
        """Stop what is going on when the call was ended or redirected, or when the script says.

        Raises:
            LeftError: this end is gone.
            RedirectedError: there are other instructions.
        """
        with self.changed:
            # In a conversation people let the others finish first; see rooms.
            leaves = self.steps and self.steps[0].kind == "hang_up" and self.room is None
            if leaves and not self.is_live:
                self.gone = True
                self.changed.notify_all()
            if self.gone:
                raise LeftError
            if self.redirect:
                raise RedirectedError

    def pause(self, seconds: float) -> None:
        """Let scaled seconds pass, unless something ends or redirects the call."""
        self.check()
        self._wait(seconds, stop_early=False)

    def leave(self) -> None:
        """Hang up.

        Raises:
            LeftError: always.
        """
        self.hang_up_from_outside()
        raise LeftError

    @property
    def speaks_later(self) -> bool:
        """Whether the person's script goes on with words, or with a silence before more."""
        if not self.steps:
            return False
        kind = self.steps[0].kind
        return kind == "say" or (kind == "silent" and len(self.steps) > 1)

    def next_step(self, timeout_s: float) -> Step | None:
        """Return what the person does now that they are asked; None when they stay silent.

        Somebody who follows a script is silent at once, not after the time-out.
        """
        self.check()
        if self.is_live:
            return self._played_step(timeout_s)
        while self.steps:
            step = self.steps.popleft()
            if step.kind in {"hang_up", "hang_up_when_asked"}:
                self.leave()
            if step.kind != "wait":
                return None if step.kind == "silent" else step
            self.pause(step.seconds)
        self._passed += 1
        if self._passed > PATIENCE:
            self.note("等得太久，挂机 · tired of waiting")
            self.leave()
        return None

    def _played_step(self, timeout_s: float) -> Step | None:
        deadline = time.monotonic() + self.pace.real(timeout_s)
        with self.changed:
            while not self.steps:
                self.check()
                left = max(deadline, self.typing_until) - time.monotonic()
                if left <= 0:
                    return None
                self.changed.wait(left)
            step = self.steps.popleft()
        return None if step.kind == "silent" else step

    def _wait(self, seconds: float, *, stop_early: bool) -> None:
        deadline = time.monotonic() + self.pace.real(seconds)
        with self.changed:
            while (left := deadline - time.monotonic()) > 0:
                self.check()
                if self.dequeued:
                    raise DequeuedError
                if stop_early and self.steps:
                    return
                self.changed.wait(left)
            self.check()
