"""People with telephones: what they do when it rings, when they are asked, when they are texted."""

from dataclasses import dataclass, replace
from typing import Literal

StepKind = Literal["say", "press", "silent", "hang_up", "hang_up_when_asked", "wait", "typing"]
Manner = Literal["answers", "never_answers", "busy", "voicemail", "unreachable", "live"]
Delivery = Literal["delivered", "undelivered", "lost"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person does; steps are taken in order, one each time they are asked."""

    kind: StepKind
    text: str = ""
    seconds: float = 0.0
    confidence: float = 0.92


def say(text: str, *, confidence: float = 0.92) -> Step:
    """Speak; ``text`` is what the recogniser makes of it, with this confidence."""
    return Step("say", text=text, confidence=confidence)


def press(keys: str) -> Step:
    """Press keys, one after the other; ``#`` ends an entry."""
    return Step("press", text=keys)


def silent() -> Step:
    """Let one question pass."""
    return Step("silent")


def hang_up() -> Step:
    """Hang up at once: as soon as the steps before are done."""
    return Step("hang_up")


def hang_up_when_asked() -> Step:
    """Listen to the end of what is being said, and hang up in place of an answer."""
    return Step("hang_up_when_asked")


def wait(seconds: float) -> Step:
    """Take one's time before the next step (seconds of the script, not of the wall)."""
    return Step("wait", seconds=seconds)


@dataclass(frozen=True, slots=True)
class Person:
    """How the person behind a number behaves.

    ``after_s`` is how long it rings before they answer. ``replies`` are pairs: to a message
    that holds the first, they answer the second. ``delivery`` is what becomes of messages to
    them, with ``error_code`` when they are undelivered. ``linger_s`` is how long they stay in
    a conversation after their last step.
    """

    manner: Manner = "answers"
    steps: tuple[Step, ...] = ()
    after_s: float = 2.0
    replies: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = "delivered"
    error_code: int = 30003
    linger_s: float = 30.0

    def who(self, *replies: tuple[str, str]) -> "Person":
        """Return the same person, who answers messages: ``.who(("解决", "1"))``."""
        return replace(self, replies=replies)

    def with_delivery(self, delivery: Delivery, error_code: int = 30003) -> "Person":
        """Return the same person, whose messages end like this."""
        return replace(self, delivery=delivery, error_code=error_code)


def answers(*steps: Step, after_s: float = 2.0) -> Person:
    """Return somebody who takes the call and then does ``steps``."""
    return Person("answers", steps=steps, after_s=after_s)


def never_answers() -> Person:
    """Return somebody who lets it ring."""
    return Person("never_answers")


def busy() -> Person:
    """Return somebody who is talking already."""
    return Person("busy")


def voicemail(greeting: str = "您好，我现在不方便接听，请留言。") -> Person:
    """Return a machine that takes the call, says a greeting, and listens to nothing."""
    return Person("voicemail", steps=(say(greeting),), after_s=4.0)


def unreachable() -> Person:
    """Return a number out of the network: calls fail, messages are not delivered."""
    return Person("unreachable", delivery="undelivered")


def live() -> Person:
    """Return somebody played by whoever sits at the page."""
    return Person("live")


def steps_of(utterances: list[str]) -> tuple[Step, ...]:
    """Read a plain list: keys are pressed, an empty string is silence, the rest is spoken."""
    return tuple(
        silent() if not words else press(words) if set(words) <= set("0123456789*#") else say(words)
        for words in utterances
    )
