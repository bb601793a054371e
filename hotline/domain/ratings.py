"""Ratings (好差评): the scales, which grades are bad, and who may not rate.

A grade stays on the scale on which it was given: the five national grades (国办发 2020 No. 53), or
four where the map says so. Two scales are never averaged and never mapped onto each other. On
either scale the top three grades are satisfied; what is left is a bad rating (差评), which starts a
clock of its own (docs/rules.md §4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hotline.domain.limits import Limit, LimitKind

FIVE: Final = 5
FOUR: Final = 4
# How many of the best grades of any scale count as satisfied (docs/rules.md §6).
SATISFIED: Final = 3
# The machine reads words as the five national grades; four grades have no 基本满意 of their own.
_FOUR_OF_FIVE: Final[Mapping[int, int]] = {5: 4, 4: 3, 3: 2, 2: 1, 1: 1}


class NoRating(StrEnum):
    """Why a grade that arrived was not kept. Values are stored, and are the refusal's reason."""

    STAFF_NUMBER = "staff_number"  # the number that called is a staff member's
    STAFF_DEVICE = "staff_device"  # somebody of the staff is signed in on this device
    LINK_UNKNOWN = "link_unknown"
    LINK_USED = "link_used"
    LINK_EXPIRED = "link_expired"
    TOO_LATE = "rating_too_late"
    NOT_ASKED = "not_asked"


class Outcome(StrEnum):
    """How the clock of a bad rating ended. Values are stored."""

    BETTER = "better"  # the caller rated the fix, and no longer badly
    STILL_BAD = "still_bad"  # the caller rated the fix as badly: a new clock, and supervisors
    SILENT = "silent"  # the caller did not rate the fix; that is no satisfaction
    WITHDRAWN = "withdrawn"  # the caller took the demand back
    PROBE = "probe"  # nobody's: the daily test of the door


@dataclass(frozen=True, slots=True)
class RatingRules:
    """The map's rules for ratings.

    Attributes:
        scale: 5 or 4 grades.
        change: for how long a caller may change a grade, counted from the answer.
        link: how long a link for rating can be used.
    """

    scale: int
    change: Limit
    link: Limit


DEFAULT: Final = RatingRules(
    FIVE,
    change=Limit(LimitKind.NATURAL, 30 * 86400),
    link=Limit(LimitKind.NATURAL, 7 * 86400),
)


def is_grade(grade: int, scale: int) -> bool:
    """Whether the scale has such a grade: from 1, the worst, up to the number of its grades."""
    return 1 <= grade <= scale


def is_bad(grade: int, scale: int) -> bool:
    """Whether a grade is a bad rating: of five the last two, of four the last."""
    return grade <= scale - SATISFIED


def on_scale(said: int, scale: int, *, in_words: bool) -> int:
    """Return a grade as the ticket's scale has it.

    Args:
        said: what was read: a key as it was pressed, or words as one of the five grades.
        scale: the ticket's.
        in_words: whether it was read from words. A key is a grade of the scale that was read out.
    """
    return _FOUR_OF_FIVE[said] if in_words and scale == FOUR else said
