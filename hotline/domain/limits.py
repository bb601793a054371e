"""Limits (时限): how long a step may take, as the grid map sets it. Never a constant in code.

A limit counts either natural time or working time. Urgent matters run on natural time; the rest
counts office time, so that a night or a holiday uses nothing up (docs/rules.md §4).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from hotline.domain.errors import InvalidError

_CODE: Final = re.compile(r"^(\d+(?:\.\d+)?)(s|wd|wh)$")
_SECONDS: Final[Mapping[str, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NATURAL: Final = re.compile(r"^(\d+)([smhd])$")


class LimitKind(StrEnum):
    """What a limit counts."""

    NATURAL = "natural"
    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"


_SUFFIX: Final[Mapping[LimitKind, str]] = {
    LimitKind.NATURAL: "s",
    LimitKind.WORKING_DAYS: "wd",
    LimitKind.WORKING_HOURS: "wh",
}
_KIND: Final[Mapping[str, LimitKind]] = {suffix: kind for kind, suffix in _SUFFIX.items()}


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of natural time (seconds), of working days, or of working hours.

    ``str(limit)`` is a short code for rows and ledger entries (``1800s``, ``0.5wd``, ``4wh``);
    `Limit.parse` reads it back.
    """

    kind: LimitKind
    amount: float

    @classmethod
    def natural(cls, time: timedelta) -> "Limit":
        """Return a limit of natural time."""
        return cls(LimitKind.NATURAL, time.total_seconds())

    @classmethod
    def parse(cls, code: str) -> "Limit":
        """Read the short code that ``str`` writes.

        Raises:
            InvalidError: ``code`` is no such code.
        """
        found = _CODE.match(code)
        if found is None:
            raise InvalidError(limit=code)
        return cls(_KIND[found[2]], float(found[1]))

    @property
    def is_natural(self) -> bool:
        """Whether nights and holidays count."""
        return self.kind is LimitKind.NATURAL

    def as_natural(self) -> "Limit":
        """Return this limit with nights and holidays counted: five days are five days."""
        seconds = {
            LimitKind.NATURAL: 1,
            LimitKind.WORKING_DAYS: _SECONDS["d"],
            LimitKind.WORKING_HOURS: _SECONDS["h"],
        }[self.kind]
        return Limit(LimitKind.NATURAL, self.amount * seconds)

    def scaled(self, share: float) -> "Limit":
        """Return ``share`` of this limit: a redo (重办) gets half of the first one."""
        return Limit(self.kind, self.amount * share)

    def __str__(self) -> str:
        """Return the short code."""
        amount = f"{self.amount:.6f}".rstrip("0").rstrip(".")
        return f"{amount}{_SUFFIX[self.kind]}"


def parse_natural(text: str) -> timedelta | None:
    """Read ``20s``, ``30m``, ``2h`` or ``1d``; ``None`` when it is none of these."""
    found = _NATURAL.match(text)
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]]) if found else None


@dataclass(frozen=True, slots=True)
class Allowance:
    """The two limits of one step: for urgent matters and for the rest."""

    normal: Limit
    urgent: Limit

    def limit(self, *, urgent: bool) -> Limit:
        """Return the one that applies."""
        return self.urgent if urgent else self.normal


@dataclass(frozen=True, slots=True)
class Asking:
    """How the caller is asked whether it is true (回访): attempts, spacing, and the wait.

    ``quiet``: from one hour to another, usually over night, nobody is asked about what is not
    urgent.
    """

    attempts: int
    spacing: Limit
    silence: Limit
    quiet: tuple[time, time] | None = None

    def wake_at(self, local: datetime) -> datetime:
        """Return when somebody may be asked who would be at ``local``: then, or in the morning.

        Args:
            local: an aware instant in the county's own zone.
        """
        if self.quiet is None:
            return local
        begins, ends = self.quiet
        hour = local.time()
        over_night = begins > ends
        is_quiet = (hour >= begins or hour < ends) if over_night else begins <= hour < ends
        if not is_quiet:
            return local
        day = local.date() + timedelta(days=over_night and hour >= begins)
        return datetime.combine(day, ends, local.tzinfo)


@dataclass(frozen=True, slots=True)
class Extensions:
    """More time (延期): how often, and how much each time."""

    at_most: int
    each: Limit


@dataclass(frozen=True, slots=True)
class Redo:
    """A redo (退回重办): its share of the first limit, and how many before it goes up a rung.

    ``before_final``: how often the caller must have said no before a final reply (最终答复).
    """

    share: float
    before_raise: int
    before_final: int = 1


@dataclass(frozen=True, slots=True)
class PanelRule:
    """When a dispute goes to the panel: from so many returns, or so many units, on."""

    after_returns: int = 2
    after_units: int = 3


@dataclass(frozen=True, slots=True)
class Revisits:
    """Callers whom a person asks (回访抽样): a share of all, and all of some kinds of demand.

    ``tries``: how often a person tries before a caller counts as not reached; ``spacing``: how far
    apart at least.
    """

    share: float = 0.1
    always: frozenset[str] = frozenset({"complaint", "report"})
    tries: int = 3
    spacing: Limit = Limit(LimitKind.NATURAL, 2 * 3600)


# How often a caller is rung back where the map does not say.
RING_BACKS: Final = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit of a county.

    ``steps`` is keyed by the step's name (``triage``, ``sign`` …), ``handle`` by the kind of
    demand (``help``, ``complaint`` …). ``pick_up_wait`` is how long operators' telephones ring
    before the machine answers; ``ring_backs`` how often a caller is rung back in vain before that
    ends.
    """

    steps: Mapping[str, Allowance]
    handle: Mapping[str, Allowance]
    extensions: Extensions
    asking: Asking
    redo: Redo
    pick_up_wait: timedelta
    ring_backs: int = RING_BACKS
    panel: PanelRule = PanelRule()
    revisits: Revisits = Revisits()

    def limit(self, step: str, *, urgent: bool) -> Limit:
        """Return the limit of a step.

        Raises:
            InvalidError: the map sets no limit for ``step``.
        """
        if step not in self.steps:
            raise InvalidError(step=step, reason="no_limit")
        return self.steps[step].limit(urgent=urgent)
