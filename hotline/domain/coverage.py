"""Whether every grid, class of demand and hour has a competent unit and somebody who answers.

"The hotline reaches 100 % of grids" is a claim of an article; here it is a number with its
numerator and denominator, and a list of the holes.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hotline.domain.errors import NotFoundError
from hotline.domain.grid.model import GridMap


@dataclass(frozen=True, slots=True)
class Hole:
    """A post that nobody answers for, or a power that nobody has.

    Attributes:
        post: the post's id; of a missing power, the class's code.
        hours: in how many of the hours asked about.
        cases: how many pairs of grid and class that leaves without an answer, hours counted.
    """

    post: str
    hours: int
    cases: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many cases (grid × class × hour) are covered, of how many; and by what the others fail.

    A case that fails twice (nobody at the grid, nobody at the unit) counts in both holes.
    """

    grids: int
    classes: int
    hours: int
    covered: int
    holes: tuple[Hole, ...]

    @property
    def total(self) -> int:
        """Every case there is."""
        return self.grids * self.classes * self.hours

    @property
    def is_whole(self) -> bool:
        """Whether no case is left out."""
        return self.covered == self.total


def wanted_posts(grid_map: GridMap, day: date) -> frozenset[str]:
    """Return every post that some demand of the day needs: the grids' and the units' on duty."""
    receiving = {grid_map.receiving_post(code, day) for code in grid_map.grids}
    return frozenset(receiving | {unit.duty for unit in grid_map.units.values()})


def coverage(
    grid_map: GridMap,
    hours: Sequence[datetime],
    answered: Callable[[datetime], Collection[str]] | None = None,
) -> Coverage:
    """Return how much of the county is covered.

    Args:
        grid_map: the version that is asked.
        hours: the hours, in the county's zone; those of a week, say.
        answered: the posts that somebody answers for at an hour; ``None``: all that are there, as
            the map alone can tell.
    """
    powers = {code: _powers(grid_map, code) for code in grid_map.grids}
    covered, missing, empty = 0, Counter[str](), Counter[str]()
    for hour in hours:
        there = frozenset(answered(hour) if answered is not None else grid_map.posts)
        gaps: Counter[str] = Counter()
        for code, (units, powerless) in powers.items():
            gaps += powerless
            lacking = {duty: units[duty] for duty in units.keys() - there}
            gaps.update(lacking)
            if (post := grid_map.receiving_post(code, hour.date())) in there:
                covered += units.total() - sum(lacking.values())
            else:
                gaps[post] += units.total()
        empty.update(gaps.keys())
        missing += gaps
    holes = [Hole(post, empty[post], cases) for post, cases in missing.items()]
    return Coverage(
        grids=len(grid_map.grids),
        classes=len(grid_map.classes),
        hours=len(hours),
        covered=covered,
        holes=tuple(sorted(holes, key=lambda hole: (-hole.cases, hole.post))),
    )


def _powers(grid_map: GridMap, grid_code: str) -> tuple[Counter[str], Counter[str]]:
    """Return the competent units' duty posts with how many classes each, and powerless classes."""
    units, powerless = Counter[str](), Counter[str]()
    for code in grid_map.classes:
        try:
            units[grid_map.competent_unit(code, grid_code).duty] += 1
        except NotFoundError:
            powerless[code] += 1
    return units, powerless
