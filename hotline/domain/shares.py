"""A share with its interval, and where it lies beside the county's: never a place in a table.

Bands with n and interval, no league table (docs/rules.md §6, 国办函 2025 No. 66).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import sqrt
from statistics import NormalDist
from typing import Final, NamedTuple

# Below so many tickets nothing is compared and nobody is ranked (docs/rules.md §6).
MIN_FOR_BANDS: Final = 30
# The interval that stands beside every rate.
CONFIDENCE: Final = 0.95


class Interval(NamedTuple):
    """From where to where the true share lies, with `CONFIDENCE`."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its count and its interval (Wilson's: it stays within 0 and 1, small n too)."""

    n: int
    d: int

    @property
    def share(self) -> float | None:
        """The share; ``None`` where there is nothing to count."""
        return self.n / self.d if self.d else None

    @property
    def comparable(self) -> bool:
        """Whether it may be compared with others: at least `MIN_FOR_BANDS` tickets."""
        return self.d >= MIN_FOR_BANDS

    @property
    def interval(self) -> Interval | None:
        """Wilson's score interval; ``None`` where there is nothing to count."""
        return wilson(self.n, self.d) if self.d else None


class Band(StrEnum):
    """Where a rate lies beside the county's; never a place in a table (国办函 2025 No. 66)."""

    ABOVE = "above"
    WITHIN = "within"
    BELOW = "below"
    TOO_FEW = "too_few"


def band(rate: Rate, county: Rate) -> Band:
    """Return where ``rate`` lies beside the whole county's: outside only if its interval is."""
    interval, whole = rate.interval, county.share
    if not rate.comparable or interval is None or whole is None:
        return Band.TOO_FEW
    if interval.low > whole:
        return Band.ABOVE
    return Band.BELOW if interval.high < whole else Band.WITHIN


@cache
def _deviations(confidence: float) -> float:
    """Return how many standard deviations hold so much of a normal distribution."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(n: float, d: float, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's score interval of ``n`` of ``d``; of a weighed sample they are no integers.

    Raises:
        ValueError: ``d`` is not positive, or ``n`` does not lie between 0 and ``d``.
    """
    if not 0 <= n <= d or d <= 0:
        raise ValueError(f"{n} of {d} is no share")
    z = _deviations(confidence)
    share = n / d
    middle = (share + z * z / (2 * d)) / (1 + z * z / d)
    half = z * sqrt(share * (1 - share) / d + z * z / (4 * d * d)) / (1 + z * z / d)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))
