"""Ringing and texting the hotline from a program: ``hotline demo call`` and ``demo text``."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

LONG_POLL_S = 10
QUIET_S = 1.0


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of a call: ``machine``, ``note`` (what the network did) or a number; and its words."""

    who: str
    text: str


def call(carrier_url: str, from_: str, utterances: list[str]) -> Iterator[Spoken]:
    """Ring the hotline and give what is heard, line by line, until somebody hangs up.

    Each time the machine listens, the next utterance is used: digits, ``*`` and ``#`` are
    pressed, an empty string is silence, anything else is spoken.

    Raises:
        requests.RequestException: the carrier does not answer.
    """
    begun = _post(f"{carrier_url}/demo/calls", {"from": from_, "utterances": utterances})
    after, over = 0, False
    while not over:
        shown = _get(
            f"{carrier_url}/demo/calls/{begun['sid']}", {"after": after, "wait": LONG_POLL_S}
        )
        yield from (Spoken(line["who"], line["text"]) for line in shown["lines"])
        after, over = shown["next"], shown["over"]


def text(carrier_url: str, from_: str, body: str, *, wait_s: float = 10.0) -> list[str]:
    """Text the hotline and return its replies: those that come within ``wait_s`` seconds.

    It stops earlier, a second after the first reply, when no more seem to come.

    Raises:
        requests.RequestException: the carrier does not answer.
    """
    sent = _post(f"{carrier_url}/demo/messages", {"from": from_, "body": body})
    began, quiet_since, replies = time.monotonic(), 0.0, list[str]()
    while time.monotonic() - began < wait_s:
        found = _replies(carrier_url, from_, str(sent["sid"]))
        if len(found) > len(replies):
            replies, quiet_since = found, time.monotonic()
        if replies and time.monotonic() - quiet_since > QUIET_S:
            break
        time.sleep(0.1)
    return replies


def forward(carrier_url: str, offset: timedelta) -> None:
    """Set the carrier's clock ``offset`` ahead of the wall's, in step with the database's.

    Raises:
        requests.RequestException: the carrier does not answer.
    """
    _post(f"{carrier_url}/demo/clock", {"offset_s": offset.total_seconds()})


def _replies(carrier_url: str, number: str, since_sid: str) -> list[str]:
    texts = _get(f"{carrier_url}/demo/messages", {"number": number})
    later = texts[[text["sid"] for text in texts].index(since_sid) + 1 :]
    return [text["body"] for text in later if not text["incoming"]]


def _post(url: str, body: dict[str, object]) -> dict[str, object]:
    answer = requests.post(url, json=body, timeout=30)
    answer.raise_for_status()
    return dict(answer.json())


def _get(url: str, params: dict[str, str | int]) -> Any:  # noqa: ANN401 - JSON
    answer = requests.get(url, params=params, timeout=30)
    answer.raise_for_status()
    return answer.json()
