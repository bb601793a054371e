"""How often a town whistles: a share with its interval beside the band that the map names.

Neither too low (nobody is ever called) nor too high (everybody is called for everything). Towns are
never put in an order, and below `MIN_FOR_BANDS` tickets nothing is said at all (docs/rules.md §6).
"""

from enum import StrEnum

from hotline.domain.grid.model import WhistleBand
from hotline.domain.shares import Rate


class Standing(StrEnum):
    """Where a town's whistle rate lies beside the map's band."""

    TOO_LOW = "too_low"
    WITHIN = "within"
    TOO_HIGH = "too_high"
    TOO_FEW = "too_few"


def standing(rate: Rate, band: WhistleBand) -> Standing:
    """Return where a rate lies: outside only if the whole of its interval is.

    Args:
        rate: tickets whistled for, of tickets dispatched.
        band: the map's.
    """
    interval = rate.interval
    if not rate.comparable or interval is None:
        return Standing.TOO_FEW
    if interval.high < band.lower:
        return Standing.TOO_LOW
    if interval.low > band.upper:
        return Standing.TOO_HIGH
    return Standing.WITHIN
