"""Read the rates (统计): every number with its numerator, denominator and interval.

The sums are kept by `hotline.services.reckoning.counting`; here they are only read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from hotline.clock import COUNTY_ZONE
from hotline.domain.rates import Measure
from hotline.domain.shares import Band, Rate, band
from hotline.services.reckoning.counting import EVERYTHING
from hotline.store import facts as rows
from hotline.store.facts import Behind
from hotline.store.models import Ticket
from hotline.store.models.rates import RateRebuild
from hotline.store.paging import Page
from hotline.work import Work

GRADES: Final = (5, 4, 3, 2, 1)
GRADES_OF_FOUR: Final = (4, 3, 2, 1)


class Dimension(StrEnum):
    """By what the rates are broken down. Values are stored."""

    COUNTY = "county"
    TOWN = "town"
    GRID = "grid"
    UNIT = "unit"
    POST = "post"
    CLASS = "class"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the county, from the first until before ``end``."""

    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day in it."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """The rates of one key: one town, one unit, one class.

    Attributes:
        key: which one.
        tickets: how many were received.
        rates: every measure.
        grades: how many gave each of the five national grades, on their own scale.
        of_four: the same of those who were asked on the scale of four.
        gap: the mean of the citizen's clock less the unit's; ``None`` where nothing is closed.
    """

    key: str
    tickets: int
    rates: Mapping[Measure, Rate]
    grades: Mapping[int, int]
    of_four: Mapping[int, int]
    gap: timedelta | None


@dataclass(frozen=True, slots=True)
class Table:
    """Lines of one dimension beside the whole county's, and whether they are whole.

    ``more``: other lines follow. ``rebuild`` is set while everything is being counted again: the
    numbers are too small then.
    """

    lines: Sequence[Line]
    county: Line
    more: bool
    rebuild: RateRebuild | None

    def band(self, line: Line, measure: Measure) -> Band:
        """Return where a line lies beside the county; never its place among others."""
        return band(line.rates[measure], self.county.rates[measure])


def table(
    work: Work, dimension: Dimension, period: Period, *, passed: int = 0, most: int | None = None
) -> Table:
    """Return the rates of one dimension: three queries, however many tickets.

    Lines stand in the order of their keys, not of their rates.

    Args:
        work: any.
        dimension: by what.
        period: of which days of receipt.
        passed: how many lines in front are passed over.
        most: how many follow at most; ``None``: all.
    """
    session, days = work.session, (period.start, period.end)
    part = None if most is None else (passed, most + 1)
    county = rows.sums(session, Dimension.COUNTY, *days)
    found = county
    if dimension is not Dimension.COUNTY:
        found = rows.sums(session, dimension, *days, part)
    shown = list(found)[:most]
    empty = dict.fromkeys(rows.SUMS, 0)
    return Table(
        lines=[_line(key, found[key]) for key in shown if found[key]["tickets"]],
        county=_line(EVERYTHING, county.get(EVERYTHING, empty)),
        more=len(found) > len(shown),
        rebuild=rows.rebuild_under_way(session),
    )


def tickets_behind(work: Work, behind: Behind, period: Period, *, at: str = "") -> Page[Ticket]:
    """Return a page of the tickets behind one number, the newest first."""
    return rows.tickets_behind(work.session, behind, (period.start, period.end), at=at)


def today(work: Work) -> date:
    """Return the county's day."""
    return work.now.astimezone(COUNTY_ZONE).date()


def _line(key: str, sums: Mapping[str, int]) -> Line:
    return Line(
        key=key,
        tickets=sums["tickets"],
        rates={m: Rate(sums[f"{m}_n"], sums[f"{m}_d"]) for m in Measure},
        grades={grade: sums[f"grade_{grade}"] for grade in GRADES},
        of_four={grade: sums[f"four_{grade}"] for grade in GRADES_OF_FOUR},
        gap=timedelta(seconds=sums["gap_s"] / sums["gap_d"]) if sums["gap_d"] else None,
    )
