"""Doing what TwiML says, verb by verb, at one end of a call."""

from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element

import requests

from hotline.demo.carrier import params, twiml
from hotline.demo.carrier.dialling import Dialling
from hotline.demo.carrier.exchange import Exchange
from hotline.demo.carrier.legs import Heard, LeftError, Leg, RedirectedError
from hotline.demo.carrier.people import Step
from hotline.demo.carrier.records import Recording
from hotline.demo.carrier.twiml import BrokenError, Document, Goto

APOLOGY: Final = "非常抱歉，系统出现错误，再见。"
NOTHING: Final = Heard("nothing")
PLAYING_S: Final = 5.0


class Interpreter(Dialling):
    """Runs documents for one leg, from the first address to the hang-up."""

    def __init__(self, exchange: Exchange, leg: Leg, fallback_url: str = "") -> None:
        super().__init__(exchange, leg)
        self._fallback_url = fallback_url
        self._verbs: dict[str, Callable[[Element, Document], Goto | None]] = {
            "Dial": self.dial,
            "Enqueue": self.enqueue,
            "Gather": self._gather,
            "Hangup": self._hangup,
            "Pause": self._pause,
            "Play": self._play,
            "Record": self._record,
            "Redirect": self._redirect,
            "Reject": self._reject,
            "Say": self._say,
            "Start": self._start,
        }

    def run(self, first: Goto) -> None:
        """Carry out documents until there is nothing left to do.

        Raises:
            LeftError: the person hung up, or was hung up.
        """
        following: Goto | None = first
        while following is not None:
            try:
                following = self.perform(self.fetch(following))
            except RedirectedError:
                with self.leg.changed:
                    following = Goto(self.leg.redirect, {})
                    self.leg.redirect = ""

    def run_text(self, text: str) -> None:
        """Carry out a document that was given with the call itself."""
        try:
            document = twiml.read(text, "text/xml", "")
        except BrokenError as error:
            self.exchange.webhooks.trouble(error.code, error.why)
            document = self._give_up()
        following = self.perform(document)
        if following is not None:
            self.run(following)

    def fetch(self, goto: Goto) -> Document:
        """Get instructions, from the fallback address when the first place fails.

        Raises:
            LeftError: neither answers; an apology was said.
        """
        try:
            return self._fetch_once(goto)
        except BrokenError as error:
            self.exchange.webhooks.trouble(error.code, f"{goto.url}: {error.why}")
            fallback = self._fallback_url
            if not fallback or goto.url == fallback:
                return self._give_up()
            fields = {"ErrorCode": str(error.code), "ErrorUrl": goto.url}
        try:
            return self._fetch_once(Goto(fallback, fields))
        except BrokenError as error:
            self.exchange.webhooks.trouble(error.code, f"{fallback}: {error.why}")
            return self._give_up()

    def perform(self, document: Document) -> Goto | None:
        """Do a document's verbs; return where to go on, or None at its end."""
        for fault in twiml.faults_of_voice(document):
            self.exchange.webhooks.trouble(12200, fault)
        for verb in document.root:
            do = self._verbs.get(verb.tag)
            if do is None:
                continue  # noted above; the real carrier skips it too
            self.leg.check()
            following = do(verb, document)
            if following is not None:
                return following
        return None

    def _fetch_once(self, goto: Goto) -> Document:
        if self.leg.call.direction == "inbound" and self.leg.call.status == "ringing":
            kind = "voice-incoming"
        else:
            kind = "voice"
        fields = params.voice(self.exchange.account, self.leg.call) | goto.fields
        try:
            answer = self.exchange.webhooks.ask(kind, goto.url, fields, goto.method)
        except requests.RequestException as error:
            raise BrokenError(11200, type(error).__name__) from error
        if not answer.ok:
            raise BrokenError(11200, "HTTP error")
        if self.leg.call.status == "ringing":
            self.exchange.status(self.leg.call, "in-progress")
        return twiml.read(answer.text, answer.content_type, answer.url)

    def _give_up(self) -> Document:
        if self.leg.call.status == "ringing":
            self.exchange.status(self.leg.call, "in-progress")
        self.leg.listen_to(APOLOGY)
        self.leg.leave()
        raise LeftError

    # Verbs.

    def _say(self, verb: Element, _document: Document) -> None:
        self.leg.listen_to(twiml.words_of(verb))

    def _play(self, verb: Element, document: Document) -> None:
        keys = verb.get("digits", "")
        self.leg.note(f"♪ {keys or document.link(verb) or twiml.words_of(verb)}")
        self.leg.pause(PLAYING_S)

    def _pause(self, verb: Element, _document: Document) -> None:
        self.leg.pause(float(verb.get("length", "1")))

    def _hangup(self, _verb: Element, _document: Document) -> None:
        self.leg.leave()

    def _reject(self, verb: Element, _document: Document) -> None:
        self.leg.note(f"拒接 · rejected: {verb.get('reason', 'rejected')}")
        self.exchange.status(self.leg.call, "busy")
        self.leg.leave()

    def _redirect(self, verb: Element, document: Document) -> Goto:
        target = Element("Redirect", action=twiml.words_of(verb), method=verb.get("method", "POST"))
        return document.goto(target, {})

    def _start(self, verb: Element, document: Document) -> None:
        for noun in verb.iter("Recording"):
            callback = document.link(noun, "recordingStatusCallback")
            self.exchange.record(self.leg.call, "StartCallRecordingTwiML", callback)

    def _gather(self, verb: Element, document: Document) -> Goto | None:
        for noun in verb:
            if noun.tag == "Say":
                self.leg.listen_to(twiml.words_of(noun), barge_in=True)
            elif noun.tag == "Pause" and not self.leg.steps:
                self._pause(noun, document)
            elif noun.tag == "Play":
                self._play(noun, document)
        heard = self._listen(verb)
        if heard.kind == "speech":
            return document.goto(
                verb,
                {
                    "Confidence": f"{heard.confidence:.7f}",
                    "Language": verb.get("language", "en-US"),
                    "SpeechResult": heard.text,
                },
            )
        if heard.kind == "dtmf":
            return document.goto(verb, {"Digits": heard.text, "FinishedOnKey": ""})
        self.leg.note("没有声音 · silence")
        if verb.get("actionOnEmptyResult") == "true":
            empty = "SpeechResult" if "speech" in verb.get("input", "dtmf") else "Digits"
            return document.goto(verb, {empty: ""})
        return None

    def _listen(self, verb: Element) -> Heard:
        modes = verb.get("input", "dtmf").split()
        timeout = float(verb.get("timeout", "5").replace("auto", "5"))
        if "speech" not in modes and not self.leg.is_live and self.leg.speaks_later:
            # Nobody is asked to speak here: who follows a script keeps the words for later.
            return NOTHING
        step = self.leg.next_step(timeout)
        if step is None:
            return NOTHING
        self.leg.hear(self.leg.call.person, step.text if step.kind == "say" else f"[{step.text}]")
        if step.kind == "say":
            # Without "speech" among the inputs nobody listens to words.
            return Heard("speech", step.text, step.confidence) if "speech" in modes else NOTHING
        return self._keys(verb, step.text) if "dtmf" in modes else NOTHING

    def _keys(self, verb: Element, keys: str) -> Heard:
        """Collect keys until there are enough, the last one is pressed, or no more come."""
        wanted = int(verb.get("numDigits", "0"))
        last = verb.get("finishOnKey", "#")
        timeout = float(verb.get("timeout", "5").replace("auto", "5"))
        while self.leg.is_live and not (last and last in keys) and len(keys) != wanted:
            step = self.leg.next_step(timeout)
            if step is None or step.kind != "press":
                break
            self.leg.hear(self.leg.call.person, f"[{step.text}]")
            keys += step.text
        if last:
            keys = keys.partition(last)[0]
        if wanted and len(keys) > wanted:
            self.leg.steps.appendleft(Step("press", text=keys[wanted:]))
            keys = keys[:wanted]
        return Heard("dtmf", keys) if keys else NOTHING

    def _record(self, verb: Element, document: Document) -> Goto | None:
        self.leg.note("滴 · beep")
        callback = document.link(verb, "recordingStatusCallback")
        made = self.exchange.record(self.leg.call, "RecordVerb", callback)
        timeout = float(verb.get("timeout", "5"))
        words, keys = self._dictation(timeout, verb.get("finishOnKey", "1234567890*#"))
        if not words:
            # An empty recording is thrown away, and the document goes on.
            with self.exchange.changed:
                del self.exchange.recordings[made.sid]
            self.leg.check()
            return None
        self.exchange.complete(made, words)
        following = document.goto(verb, self._recorded(made, keys))
        if keys == "hangup":
            self.tell_of_leaving(following)
            raise LeftError
        return following

    def _dictation(self, timeout: float, finish_on: str) -> tuple[str, str]:
        """Return what was said after the beep, and the key (or ``hangup``) that ended it."""
        words: list[str] = []
        try:
            while step := self.leg.next_step(timeout):
                shown = step.text if step.kind == "say" else f"[{step.text}]"
                self.leg.hear(self.leg.call.person, shown)
                if step.kind == "say":
                    words.append(step.text)
                if step.kind == "press" and step.text[:1] in finish_on:
                    return "".join(words), step.text[:1]
                if not self.leg.is_live:
                    break
            self.leg.check()
        except LeftError:
            return "".join(words), "hangup"
        return "".join(words), ""

    def _recorded(self, made: Recording, keys: str) -> dict[str, str]:
        return {
            "Digits": keys,
            "RecordingDuration": str(made.duration_s),
            "RecordingSid": made.sid,
            "RecordingUrl": params.recording_url(self.exchange.account, made),
        }
