"""Two kinds of carrier: one that carries almost anything, and one in mainland China."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Profile:
    """What this carrier lets through; the numbers mirror no contract, tests may change them."""

    name: str
    templates_only: bool
    links: bool
    inbound_messages: bool
    calls_to_strangers: bool
    """Whether the machine may ring a number that never rang the hotline."""
    messages_per_number_per_day: int | None


TWILIO: Final = Profile(
    "twilio",
    templates_only=False,
    links=True,
    inbound_messages=True,
    calls_to_strangers=True,
    messages_per_number_per_day=None,
)
MAINLAND: Final = Profile(
    "mainland",
    templates_only=True,
    links=False,
    inbound_messages=False,
    calls_to_strangers=False,
    messages_per_number_per_day=10,
)
PROFILES: Final = {profile.name: profile for profile in (TWILIO, MAINLAND)}

_LINK: Final = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:cn|com|net|org|gov|top|cc|io)\b", re.IGNORECASE
)


def has_link(text: str) -> bool:
    """Whether a filter against links would catch this."""
    return _LINK.search(text) is not None
