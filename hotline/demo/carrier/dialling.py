"""The verbs that bring two ends together: Dial a number, a queue or a conference, and Enqueue."""

import time
from abc import ABC, abstractmethod
from functools import partial
from hashlib import md5
from typing import Final
from xml.etree.ElementTree import Element

import requests

from hotline.demo.carrier import params, twiml
from hotline.demo.carrier.exchange import EMERGENCY, Exchange, Queued
from hotline.demo.carrier.legs import DequeuedError, LeftError, Leg
from hotline.demo.carrier.people import unreachable
from hotline.demo.carrier.records import Call, new_sid
from hotline.demo.carrier.rooms import Room, converse
from hotline.demo.carrier.twiml import BrokenError, Document, Goto

SHORTEST_ROUND_S: Final = 0.02
"""A waiting document that plays nothing must not be fetched a thousand times a second."""


class Dialling(ABC):
    """The part of the interpreter that knows other legs."""

    def __init__(self, exchange: Exchange, leg: Leg) -> None:
        self.exchange = exchange
        self.leg = leg

    @abstractmethod
    def fetch(self, goto: Goto) -> Document:
        """Get instructions."""

    @abstractmethod
    def perform(self, document: Document) -> Goto | None:
        """Do a document's verbs; return where to go on, or None at its end."""

    def dial(self, verb: Element, document: Document) -> Goto | None:
        """Bring somebody to the telephone, and go on when they have gone.

        The action is asked for even when this end hangs up first; then nobody hears its answer.
        """
        try:
            fields = self._dial(verb, document)
        except LeftError:
            if verb.get("action"):
                self.tell_of_leaving(document.goto(verb, {"DialCallStatus": "completed"}))
            raise
        return document.goto(verb, fields) if verb.get("action") else None

    def _dial(self, verb: Element, document: Document) -> dict[str, str]:
        queue, conference = verb.find("Queue"), verb.find("Conference")
        if queue is not None:
            return self._dial_queue(queue, document)
        if conference is not None:
            return self._dial_conference(conference, document)
        return self._dial_numbers(verb, document)

    # Numbers.

    def _dial_numbers(self, verb: Element, document: Document) -> dict[str, str]:
        timeout = float(verb.get("timeout", "30"))
        room = Room(f"bridge-{self.leg.call.sid}", bridge=True)
        nouns = verb.findall("Number") or [verb]
        legs = [self._call_out(noun, verb, document) for noun in nouns]
        for noun, other in zip(nouns, legs, strict=True):
            whisper = document.link(noun, "url") if noun is not verb else ""
            work = partial(self._join, room=room, whisper=whisper)
            name = f"call-{other.call.sid}"
            self.exchange.start(partial(self.exchange.ring, other, timeout, work), name)
        if verb.get("record", "do-not-record") != "do-not-record":
            callback = document.link(verb, "recordingStatusCallback")
            self.exchange.record(self.leg.call, "DialVerb", callback)
        began = time.monotonic()
        try:
            winner = self._first_to_answer(legs, room)
            if winner is not None:
                for other in legs:
                    if other is not winner:
                        other.hang_up_from_outside()
                converse(self.leg, self._enter(room))
        finally:
            room.closed = True
            for other in legs:
                other.hang_up_from_outside()
        first = legs[0] if winner is None else winner
        with self.exchange.changed:
            self.exchange.changed.wait_for(lambda: first.call.over, timeout=5)
        return {
            "DialBridged": "true" if winner else "false",
            "DialCallDuration": str(self.exchange.pace.told(began) if winner else 0),
            "DialCallSid": first.call.sid,
            "DialCallStatus": first.call.status,
        }

    def _call_out(self, noun: Element, verb: Element, document: Document) -> Leg:
        number = "".join(twiml.words_of(noun).split())
        person = self.exchange.person_at(number)
        if number.removeprefix("+86") in EMERGENCY:
            self.exchange.webhooks.trouble(21216, f"<Dial> of {number} in {document.url}")
            person = unreachable()
        own = self.leg.call
        hotline = own.to if own.direction == "inbound" else own.from_
        call = Call(
            sid=new_sid("CA"),
            from_=verb.get("callerId", hotline),
            to=number,
            direction="outbound-dial",
            created_at=self.exchange.pace.now(),
            started=time.monotonic(),
            parent_sid=own.sid,
            status_callback=document.link(noun, "statusCallback"),
            status_events=frozenset(noun.get("statusCallbackEvent", "completed").split()),
        )
        return self.exchange.new_call(call, person)

    def _join(self, other: Leg, *, room: Room, whisper: str) -> None:
        if whisper:
            there = type(self)(self.exchange, other)
            there.perform(there.fetch(Goto(whisper, {})))
        if not room.closed:
            room.join(other)
            converse(other, room)

    def _first_to_answer(self, legs: list[Leg], room: Room) -> Leg | None:
        with self.exchange.changed:
            while True:
                self.leg.check()
                if room.members:
                    return room.members[0]
                if room.closed or all(other.call.over for other in legs):
                    return None
                self.exchange.changed.wait(1)

    def _enter(self, room: Room) -> Room:
        room.join(self.leg)
        return room

    # Conferences.

    def _dial_conference(self, noun: Element, document: Document) -> dict[str, str]:
        name = twiml.words_of(noun)
        room = self.exchange.conference(name)
        callback = document.link(noun, "statusCallback")
        if callback:
            events = frozenset(noun.get("statusCallbackEvent", "").split())
            room.on_event = partial(self.exchange.conference_event, room, callback, events)
        room.join(self.leg, ends_it=noun.get("endConferenceOnExit") == "true")
        converse(self.leg, room)
        return {"DialCallStatus": "answered", "DialCallDuration": "0"}

    # Queues.

    def _dial_queue(self, noun: Element, document: Document) -> dict[str, str]:
        name = twiml.words_of(noun)
        with self.exchange.changed:
            waiting = self.exchange.queues.get(name, [])
            entry = waiting.pop(0) if waiting else None
        if entry is None:
            self.leg.note("队列中没有来电 · the queue is empty")
            return {"DialCallStatus": "no-answer"}
        url = document.link(noun, "url")
        if url:
            self._tell_the_waiting(entry, url, name)
        room = Room(f"queue-{name}", bridge=True)
        room.join(self.leg)
        with self.exchange.changed:
            entry.room = room
            entry.leg.dequeued = True
            self.exchange.changed.notify_all()
        converse(self.leg, room)
        return {
            "DialCallStatus": "completed",
            "DialCallSid": entry.leg.call.sid,
            "DialCallDuration": str(self.exchange.pace.told(room.changed_at)),
        }

    def _tell_the_waiting(self, entry: Queued, url: str, name: str) -> None:
        """Say to the one who waited what they are to know first (recorded calls, usually)."""
        fields = params.voice(self.exchange.account, entry.leg.call) | {
            "DequeingCallSid": self.leg.call.sid,
            "QueueTime": str(self.exchange.pace.told(entry.since)),
            "QueueSid": queue_sid(name),
        }
        try:
            answer = self.exchange.webhooks.ask("voice", url, fields)
            document = twiml.read(answer.text, answer.content_type, url)
        except (requests.RequestException, BrokenError) as error:
            self.exchange.webhooks.trouble(11200, f"{url}: {error}")
            return  # they are connected all the same
        for say in document.root.iter("Say"):
            entry.leg.hear("machine", twiml.words_of(say))

    def enqueue(self, verb: Element, document: Document) -> Goto | None:
        """Wait in a queue until somebody dials it, the waiting document leaves, or they hang up."""
        name = twiml.words_of(verb)
        entry = Queued(self.leg, time.monotonic())
        with self.exchange.changed:
            self.leg.dequeued = False
            self.exchange.queues.setdefault(name, []).append(entry)
            self.exchange.changed.notify_all()
        result = "system-error"
        try:
            result = self._wait_in(name, entry, document.link(verb, "waitUrl"))
        except LeftError:
            if verb.get("action"):
                self.tell_of_leaving(document.goto(verb, self._outcome(name, entry, "hangup")))
            raise
        finally:
            with self.exchange.changed:
                self.leg.dequeued = False
                if entry in self.exchange.queues[name]:
                    self.exchange.queues[name].remove(entry)
        if verb.get("action"):
            return document.goto(verb, self._outcome(name, entry, result))
        return None

    def _wait_in(self, name: str, entry: Queued, wait_url: str) -> str:
        try:
            while True:
                if self._round(name, entry, wait_url):
                    return "leave"
        except DequeuedError:
            room = entry.room
            if room is None:
                return "system-error"
            self.leg.dequeued = False
            room.join(self.leg)
            converse(self.leg, room)
            return "bridged"

    def _round(self, name: str, entry: Queued, wait_url: str) -> bool:
        """Do the waiting document once; return whether it said to leave."""
        began = time.monotonic()
        if wait_url:
            goto: Goto | None = Goto(wait_url, self._outcome(name, entry, ""))
            while goto is not None:
                document = self.fetch(goto)
                leave = document.root.find("Leave")
                if leave is not None:
                    children = list(document.root)
                    for later in children[children.index(leave) :]:
                        document.root.remove(later)
                goto = self.perform(document)
                if leave is not None and goto is None:
                    return True
        self.leg.pause(0 if wait_url else 1)
        rest = SHORTEST_ROUND_S - (time.monotonic() - began)
        with self.exchange.changed:
            if self.leg.dequeued or (
                rest > 0 and self.exchange.changed.wait_for(lambda: self.leg.dequeued, rest)
            ):
                raise DequeuedError
        return False

    def _outcome(self, name: str, entry: Queued, result: str) -> dict[str, str]:
        waiting = self.exchange.queues.get(name, [])
        fields = {
            "QueueSid": queue_sid(name),
            "QueueTime": str(self.exchange.pace.told(entry.since)),
        }
        if result:
            return fields | {"QueueResult": result}
        position = waiting.index(entry) + 1 if entry in waiting else 1
        return fields | {
            "AvgQueueTime": "0",
            "CurrentQueueSize": str(len(waiting)),
            "QueuePosition": str(position),
        }

    def tell_of_leaving(self, goto: Goto) -> None:
        """Make the last request of somebody who hung up; its answer is heard by nobody."""
        fields = params.voice(self.exchange.account, self.leg.call) | goto.fields
        try:
            self.exchange.webhooks.ask("voice", goto.url, fields | {"CallStatus": "completed"})
        except requests.RequestException:
            return  # in the log of webhooks; the caller has gone and hears nothing anyway


def queue_sid(name: str) -> str:
    """Return the SID of the queue of that name, the same at each start."""
    return "QU" + md5(name.encode(), usedforsecurity=False).hexdigest()
