"""The exchange: numbers, people, calls that ring and end, recordings, queues and rooms."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from hashlib import md5
from typing import Final

from hotline.demo.carrier import params
from hotline.demo.carrier.legs import DequeuedError, LeftError, Leg, RedirectedError
from hotline.demo.carrier.people import Person, answers
from hotline.demo.carrier.profiles import TWILIO, Profile
from hotline.demo.carrier.records import (
    ENDED,
    Call,
    Message,
    Recording,
    Template,
    new_sid,
)
from hotline.demo.carrier.rooms import Room
from hotline.demo.carrier.timing import Pace
from hotline.demo.carrier.webhooks import Webhooks

EVENT_OF: Final = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}
SIGNS_PER_SECOND: Final = 4
EMERGENCY: Final = frozenset({"110", "119", "120", "122"})


@dataclass(slots=True)
class Number:
    """A number that the customer rents, and where its calls and messages go."""

    number: str
    voice_url: str
    voice_fallback_url: str
    status_callback: str
    message_url: str
    message_fallback_url: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone that the page shows: whose it is, and what they are (caller, officer, unit)."""

    number: str
    name: str
    name_en: str = ""
    role: str = "caller"


@dataclass(eq=False, slots=True)
class Queued:
    """A call that waits in a queue until somebody dials the queue."""

    leg: Leg
    since: float
    room: Room | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Who the customer is: one account, one token that signs, and those that may sign in."""

    account: str
    token: str
    more_tokens: tuple[str, ...] = ()
    stranger: Person = field(default_factory=lambda: answers(after_s=1))
    """Whoever holds a number that nobody described."""
    live_pace: Pace = field(default_factory=Pace)
    """How fast people are who are played at the page: as fast as the wall clock, usually."""


class Exchange:
    """The state of the carrier, guarded by one condition; calls run in threads of their own."""

    def __init__(self, config: Config, pace: Pace, webhooks: Webhooks) -> None:
        self.config = config
        self.pace = pace
        self.webhooks = webhooks
        self.profile: Profile = TWILIO
        self.changed = threading.Condition()
        self.numbers: dict[str, Number] = {}
        self.people: dict[str, deque[Person]] = {}
        self.calls: dict[str, Call] = {}
        self.legs: dict[str, Leg] = {}
        self.messages: dict[str, Message] = {}
        self.recordings: dict[str, Recording] = {}
        self.templates: dict[str, Template] = {}
        self.conferences: dict[str, Room] = {}
        self.queues: dict[str, list[Queued]] = {}
        self.bins: dict[str, str] = {}
        self.phones: list[Phone] = []
        self._threads: list[threading.Thread] = []
        webhooks.on_change = self.notify

    @property
    def account(self) -> str:
        """The SID of the one account."""
        return self.config.account

    def notify(self) -> None:
        """Wake whoever waits for something to be true."""
        with self.changed:
            self.changed.notify_all()

    def close(self) -> None:
        """Hang everything up and wait for its threads."""
        for leg in list(self.legs.values()):
            leg.hang_up_from_outside()
        for thread in self._threads:
            thread.join(timeout=20)
        self.webhooks.close()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way: no call, no message, no callback."""
        with self.changed:
            running = any(thread.is_alive() for thread in self._threads)
        return not running and self.webhooks.is_idle

    def start(self, work: Callable[[], None], name: str) -> None:
        """Run something beside the requests."""
        thread = threading.Thread(target=work, name=name, daemon=True)
        with self.changed:
            self._threads = [old for old in self._threads if old.is_alive()]
            self._threads.append(thread)
            thread.start()

    # People.

    def person_at(self, number: str) -> Person:
        """Return how the person at a number behaves at the next call."""
        with self.changed:
            manners = self.people.get(number)
            if not manners:
                return self.config.stranger
            return manners.popleft() if len(manners) > 1 else manners[0]

    def texter_at(self, number: str) -> Person:
        """Return how they take messages, which uses up none of their manners."""
        with self.changed:
            manners = self.people.get(number)
            return manners[0] if manners else self.config.stranger

    def leg_of(self, number: str) -> Leg | None:
        """Return the call that a number is in or is rung by."""
        with self.changed:
            legs = [leg for leg in self.legs.values() if leg.call.person == number]
            return legs[-1] if legs else None

    # Calls.

    def new_call(self, call: Call, person: Person) -> Leg:
        """Write a call down, with the leg of the person in it."""
        pace = self.config.live_pace if person.manner == "live" else self.pace
        leg = Leg(call, person, pace, self.changed)
        with self.changed:
            self.calls[call.sid] = call
            self.legs[call.sid] = leg
            self.changed.notify_all()
        return leg

    def status(self, call: Call, status: str, **more: str) -> None:
        """Change the status of a call, and tell the customer if they asked to be told."""
        with self.changed:
            if call.over:
                return
            if status != "initiated":
                call.status = status
            if status == "in-progress":
                call.answered = time.monotonic()
            if status in ENDED:
                call.ended_at = self.pace.now()
                call.duration_s = 0 if call.answered is None else self.pace.told(call.answered)
            self.changed.notify_all()
        if EVENT_OF.get(status, "completed") in call.status_events and call.status_callback:
            self._call_back(call, status, more)

    def _call_back(self, call: Call, status: str, more: dict[str, str]) -> None:
        form = params.voice(self.account, call) | {
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(call.callbacks_made),
            "Timestamp": format_datetime(self.pace.now()),
            **more,
        }
        call.callbacks_made += 1
        if call.over:
            form |= {"CallDuration": str(call.duration_s), "Duration": "1"}
        self.webhooks.tell(call.sid, "call-status", call.status_callback, form)

    def ring(
        self, leg: Leg, timeout_s: float, work: Callable[[Leg], None], *, detect: bool = False
    ) -> None:
        """Ring somebody; when they answer, do ``work`` with their end until it is over."""
        call = leg.call
        try:
            self.status(call, "initiated")
            outcome = self._ring_out(leg, timeout_s)
            if outcome:
                self.status(call, outcome)
                return
            if detect:
                is_machine = leg.person.manner == "voicemail"
                call.answered_by = "machine_start" if is_machine else "human"
            self.status(call, "in-progress")
            leg.note("接听 · answered")
            work(leg)
        except (LeftError, RedirectedError, DequeuedError):
            pass
        finally:
            self.end(leg)

    def _ring_out(self, leg: Leg, timeout_s: float) -> str:
        """Return how ringing ended; empty when it was answered."""
        manner = leg.person.manner
        if manner == "unreachable":
            return "failed"
        if manner == "busy" or self._is_engaged(leg):
            return "busy"
        self.status(leg.call, "ringing")
        leg.note("响铃 · ringing")
        try:
            if manner == "live":
                return self._wait_for_hand(leg, timeout_s)
            leg.pause(min(timeout_s, leg.person.after_s if manner != "never_answers" else 1e6))
        except LeftError:
            return "canceled"
        late = leg.person.after_s > timeout_s
        return "no-answer" if manner == "never_answers" or late else ""

    def _is_engaged(self, leg: Leg) -> bool:
        """Whether somebody was on this telephone before; of two calls the first one wins."""
        with self.changed:
            same = [other for other in self.legs.values() if other.call.person == leg.call.person]
        return bool(same) and same[0] is not leg

    def _wait_for_hand(self, leg: Leg, timeout_s: float) -> str:
        deadline = time.monotonic() + leg.pace.real(timeout_s)
        with self.changed:
            while not leg.accepted:
                if leg.gone:
                    return "busy" if leg.declined else "canceled"
                left = deadline - time.monotonic()
                if left <= 0:
                    return "no-answer"
                self.changed.wait(left)
        return ""

    def end(self, leg: Leg) -> None:
        """End one leg: out of its room, its recordings complete, its status told."""
        if leg.room is not None:
            leg.room.part(leg)
        with self.changed:
            leg.gone = True
            self.legs.pop(leg.call.sid, None)
        if not leg.call.over:
            leg.note("挂机 · hung up")
        for made in list(self.recordings.values()):
            if made.call_sid == leg.call.sid and made.status == "in-progress":
                self.complete(made, words_in(leg.call))
        self.status(leg.call, "completed")

    # Recordings.

    def record(self, call: Call, source: str, callback: str) -> Recording:
        """Start to record a call."""
        made = Recording(new_sid("RE"), call.sid, source, self.pace.now(), callback=callback)
        with self.changed:
            self.recordings[made.sid] = made
            self.changed.notify_all()
        return made

    def complete(self, made: Recording, words: str) -> None:
        """End a recording; the customer hears of it by callback."""
        with self.changed:
            made.words = words
            made.status = "completed"
            made.duration_s = max(1, len(words) // SIGNS_PER_SECOND)
            self.changed.notify_all()
        form = params.recording(self.account, made)
        self.webhooks.tell(made.call_sid, "recording-status", made.callback, form)

    # Rooms.

    def conference(self, name: str) -> Room:
        """Return the running conference of that name, or a new one."""
        with self.changed:
            room = self.conferences.get(name)
            if room is None or room.closed:
                room = self.conferences[name] = Room(name, bridge=False)
            return room

    def conference_event(
        self, room: Room, callback: str, events: frozenset[str], event: str, leg: Leg
    ) -> None:
        """Tell the customer who joined or left, if they asked to be told."""
        if event.removeprefix("participant-") not in events:
            return
        form = {
            "AccountSid": self.account,
            "CallSid": leg.call.sid,
            "ConferenceSid": conference_sid(room.name),
            "FriendlyName": room.name,
            "StatusCallbackEvent": event,
            "Timestamp": format_datetime(self.pace.now()),
        }
        self.webhooks.tell(room.name, "conference-status", callback, form)


def conference_sid(name: str) -> str:
    """Return the SID of the conference of that name, the same at each start."""
    return "CF" + md5(name.encode(), usedforsecurity=False).hexdigest()


def words_in(call: Call) -> str:
    """Return what people said in a call; remarks of the network left out."""
    return " ".join(line.text for line in call.transcript if line.who != "note")
