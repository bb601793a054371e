"""The frame of all signals: what one says, in which group it stands, and when signs make a flag.

A signal is a pure function over facts known at an instant. It says nothing, or a `Suspicion` with
the rows behind it and the usual innocent reading. One sign proves little: a flag needs two signs
of independent groups, or one starred one. A flag is a place in a supervisor's queue, never a
verdict and never a penalty (docs/suspicion.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Group(StrEnum):
    """Where a sign comes from. Two signs of one group may well have one cause."""

    PRESENCE = "presence"  # who was where
    CONTACT = "contact"  # who spoke with whom
    TEXT = "text"  # what was written
    TIME = "time"  # when it was done
    MEDIA = "media"  # what the photos show
    OUTCOME = "outcome"  # what came after


class Signal(StrEnum):
    """The signals that are built; the numbers are those of docs/suspicion.md. Stored."""

    AT_DEADLINE = "at_deadline"  # 6
    IN_BULK = "in_bulk"  # 7
    REUSED_PHOTO = "reused_photo"  # 8, starred
    COMES_BACK = "comes_back"  # 15


# Starred signals stand alone: they have hardly an innocent reading.
STARRED: Final = frozenset({Signal.REUSED_PHOTO})


@dataclass(frozen=True, slots=True)
class Row:
    """One row behind a suspicion: what it is, its id, when, and the numbers that counted.

    Attributes:
        what: ``photo``, ``submission``, ``ticket``, or a count: ``own`` or ``peers``.
        id: of that row; empty for a count over many.
        at: its instant, if it has one.
        numbers: what was counted or measured, by name; whole numbers and short codes only.
    """

    what: str
    id: str
    at: datetime | None
    numbers: tuple[tuple[str, int | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a signal says of one claim of closure.

    Attributes:
        strength: 1 to 100; it orders the queue and decides nothing.
        rows: what is behind it, for people to look at.
        innocent_reason: the code of the usual innocent reading, shown beside the sign.
    """

    signal: Signal
    group: Group
    strength: int
    rows: tuple[Row, ...]
    innocent_reason: str


class Grounds(StrEnum):
    """Why there is a flag. Stored."""

    STARRED = "starred"
    TWO_GROUPS = "two_groups"


class FlagState(StrEnum):
    """How far a flag has come. Stored."""

    ASKED = "asked"  # the unit may answer
    ANSWERED = "answered"
    UNANSWERED = "unanswered"  # its limit has passed
    CONFIRMED = "confirmed"  # the claim was false
    CLEARED = "cleared"  # it was not
    NOT_ENOUGH = "not_enough"  # nobody can say


OPEN_STATES: Final = frozenset({FlagState.ASKED, FlagState.ANSWERED, FlagState.UNANSWERED})
RULINGS: Final = frozenset(FlagState) - OPEN_STATES


@dataclass(frozen=True, slots=True)
class Flag:
    """A claim of closure that a supervisor should look at, and the signs that say so."""

    grounds: Grounds
    strength: int
    suspicions: tuple[Suspicion, ...]


def flag_of(suspicions: Iterable[Suspicion]) -> Flag | None:
    """Return the flag that the signs on one claim make together, or ``None``.

    Two independent groups, or one starred signal. The order of the signs does not matter.
    """
    signs = tuple(sorted(suspicions, key=lambda sign: (-sign.strength, sign.signal)))
    if any(sign.signal in STARRED for sign in signs):
        return Flag(Grounds.STARRED, signs[0].strength, signs)
    if len({sign.group for sign in signs}) > 1:
        return Flag(Grounds.TWO_GROUPS, signs[0].strength, signs)
    return None
