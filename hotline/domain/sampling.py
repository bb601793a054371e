"""Revisits as a sample (回访抽样): which callers a person asks, and what their answers prove.

A draw is a pure function of its seed, its rules and the claims it was made from: whoever holds
the three draws the same tickets again. Complaints, reports and flagged claims are all asked; of
the rest a share, spread evenly over the strata (town by kind of demand). The estimate weighs
each stratum by its size. Why so, with its sources: ``docs/decisions/0024-revisits-as-a-sample.md``.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from typing import Final, NamedTuple

from hotline.domain.limits import Revisits
from hotline.domain.shares import MIN_FOR_BANDS, Interval, Rate, wilson

# Kept with each draw: another way of drawing is another name, and old draws stay repeatable.
METHOD: Final = "systematic-1"


class Why(StrEnum):
    """Why a person asks a caller. Values are stored."""

    FLAGGED = "flagged"  # signs make the claim look false
    KIND = "kind"  # complaints and reports: all of them
    LOT = "lot"  # drawn from the rest


class Outcome(StrEnum):
    """What became of a drawn ticket. Values are stored."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    UNREACHED = "unreached"  # tried as often as the rules say
    UNASKABLE = "unaskable"  # nobody's number is kept, or the caller took the demand back


class Candidate(NamedTuple):
    """A claim of closure that could be drawn, by its ticket."""

    ticket: str
    town: str | None
    kind: str | None
    flagged: bool


def draw(seed: str, claims: Iterable[Candidate], rules: Revisits) -> dict[str, Why]:
    """Return which tickets a person asks, and why.

    Whoever must be asked is. The rest stand in the order of their strata, within each in an
    order that the seed gives, and every k-th is taken from a start that the seed gives (systematic
    sampling): each has the same chance, no stratum is drawn from by more than its share, and at
    least ``rules.share`` of the rest is drawn.
    """
    found: dict[str, Why] = {}
    rest = []
    for claim in claims:
        if claim.flagged:
            found[claim.ticket] = Why.FLAGGED
        elif claim.kind in rules.always:
            found[claim.ticket] = Why.KIND
        else:
            rest.append(claim)
    rest.sort(key=lambda c: (c.town or "", c.kind or "", _number(seed, c.ticket), c.ticket))
    size = share_of(len(rest), rules.share)
    start = _number(seed, "start") % len(rest) if rest else 0
    for turn in range(size):
        found[rest[(start + turn * len(rest)) // size].ticket] = Why.LOT
    return found


def share_of(count: int, share: float) -> int:
    """Return how many are at least ``share`` of ``count``; a hair above a whole number is none."""
    return ceil(round(count * share, 9))


def lot(seed: str, ticket: str, turn: int, among: Collection[str]) -> str | None:
    """Return who asks about a ticket, by lot; ``None`` where nobody is left.

    Args:
        seed: the draw's.
        ticket: its id.
        turn: 0 at first; one more each time that whoever was chosen did not ask in time.
        among: everybody who may.
    """
    return min(among, key=lambda person: _number(seed, ticket, str(turn), person), default=None)


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256(":".join(parts).encode()).digest())


# --- what the answers prove ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """The claims of one stratum, and what became of those that were drawn.

    ``must``: all of them are asked. ``framed`` counts the claims; what was drawn and is neither
    solved, unsolved nor unreached is still being asked.
    """

    town: str
    kind: str
    must: bool
    framed: int
    drawn: int
    solved: int
    unsolved: int
    unreached: int

    @property
    def answered(self) -> int:
        """How many callers said whether it is true."""
        return self.solved + self.unsolved

    def __add__(self, other: "Cell") -> "Cell":
        """Return two strata as one; it keeps the name of the first."""
        return Cell(
            self.town,
            self.kind,
            self.must,
            self.framed + other.framed,
            self.drawn + other.drawn,
            self.solved + other.solved,
            self.unsolved + other.unsolved,
            self.unreached + other.unreached,
        )


@dataclass(frozen=True, slots=True)
class Verified:
    """How many claims of closure are true (V), as far as the sample tells.

    Attributes:
        claims: of how many claims.
        drawn: how many of them were drawn.
        answered: of those, how many callers were reached and said.
        unreached: how many were not, after all tries.
        share: the estimate, strata weighed by their size; ``None`` where nobody has answered.
        interval: with 95 % confidence; ``None`` as well.
        effective: as many answers of equal weight would tell as much.
        floor: the estimate if every caller who was not reached had said no.
    """

    claims: int
    drawn: int
    answered: int
    unreached: int
    share: float | None
    interval: Interval | None
    effective: float
    floor: float | None

    @property
    def enough(self) -> bool:
        """Whether it may be shown: at least 30 answers. Fewer prove nothing about a county."""
        return self.answered >= MIN_FOR_BANDS

    @property
    def waiting(self) -> int:
        """How many drawn callers are still being asked."""
        return self.drawn - self.answered - self.unreached


def verified(cells: Sequence[Cell]) -> Verified:
    """Estimate how many claims are true, from the strata of the claims and their answers.

    The stratified estimator: the sum over strata of N_h/N times the share that said "solved". The
    interval is Wilson's with Kish's effective number of answers, (sum w)^2 / sum w^2, which stays
    honest for small strata, where a variance within a stratum of one answer can't be had.
    """
    whole = sum(cells, start=Cell("", "", must=False, framed=0, drawn=0, **_NOTHING))
    strata = _collapsed([cell for cell in cells if cell.framed])
    share, interval, effective, floor = None, None, 0.0, None
    if whole.answered:
        share = _weighed(strata, lambda cell: cell.solved / cell.answered)
        floor = _weighed(strata, lambda cell: cell.solved / (cell.answered + cell.unreached))
        effective = whole.framed**2 / sum(c.framed**2 / c.answered for c in strata)
        interval = wilson(share * effective, effective)
    return Verified(
        whole.framed,
        whole.drawn,
        whole.answered,
        whole.unreached,
        share,
        interval,
        effective,
        floor,
    )


_NOTHING: Final = {"solved": 0, "unsolved": 0, "unreached": 0}


def _weighed(strata: Sequence[Cell], share: Callable[[Cell], float]) -> float:
    """Return the mean over strata, each weighed by its claims; rounding never leaves 0 to 1."""
    total = sum(cell.framed for cell in strata)
    return min(1.0, sum(cell.framed / total * share(cell) for cell in strata))


def _collapsed(cells: Sequence[Cell]) -> list[Cell]:
    """Join strata without an answer to their neighbours, until each has one (collapsed strata).

    First with the other towns' of the same kind, then with all that were drawn the same way, then
    with everything: what nobody was asked about is taken to be like what stands nearest to it.
    """
    for key in (_by_stratum, _by_kind, _by_way):
        cells = _joined(cells, key)
    return _joined(cells, _all) if any(not cell.answered for cell in cells) else list(cells)


def _joined(cells: Sequence[Cell], key: Callable[[Cell], object]) -> list[Cell]:
    """Join the cells of each group in which one has no answer."""
    groups: dict[object, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[key(cell)].append(cell)
    joined: list[Cell] = []
    for group in groups.values():
        if all(cell.answered for cell in group):
            joined += group
        else:
            joined.append(sum(group[1:], start=group[0]))
    return joined


def _by_stratum(cell: Cell) -> object:
    return (cell.must, cell.kind, cell.town)


def _by_kind(cell: Cell) -> object:
    return (cell.must, cell.kind)


def _by_way(cell: Cell) -> object:
    return cell.must


def _all(_cell: Cell) -> object:
    return None


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a rate lies above what the sample proves, in shares, with its interval."""

    points: float
    interval: Interval


def claimed_less_verified(claimed: Rate, found: Verified) -> Gap | None:
    """Return claimed less V, both of the tickets given to somebody; ``None``: it can't be said.

    V of the tickets given is the claimed share times the share of claims that are true. The claimed
    share is counted, not estimated, so the interval is that of the sample alone.
    """
    if claimed.share is None or not claimed.comparable or not found.enough:
        return None
    if found.share is None or found.interval is None:
        return None
    low, high = found.interval
    return Gap(
        claimed.share * (1 - found.share),
        Interval(claimed.share * (1 - high), claimed.share * (1 - low)),
    )


def solved_less_verified(solved: Rate, found: Verified) -> Gap | None:
    """Return solved less V, both of closed tickets; below 0 where silence hid what was solved."""
    if solved.share is None or not solved.comparable or not found.enough:
        return None
    if found.share is None or found.interval is None:
        return None
    low, high = found.interval
    return Gap(solved.share - found.share, Interval(solved.share - high, solved.share - low))


def by_kind(cells: Sequence[Cell]) -> list[Cell]:
    """Return the strata of all towns together, kind by kind: what a page shows of a year."""
    groups: dict[object, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[_by_kind(cell)].append(replace(cell, town=""))
    return [sum(group[1:], start=group[0]) for group in groups.values()]


def strata(cells: Sequence[Cell]) -> Mapping[bool, list[Cell]]:
    """Return the strata of those all asked and of those by lot, for a page, by town and kind."""
    found: dict[bool, list[Cell]] = {True: [], False: []}
    for cell in sorted(cells, key=lambda c: (c.kind, c.town)):
        found[cell.must].append(cell)
    return found
