"""Rates: tables, a chart, the tickets behind each number, and the same as CSV or XLSX."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final, Literal

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from hotline.domain.errors import InvalidError
from hotline.domain.grid.model import GridMap
from hotline.domain.rates import Measure
from hotline.services.reckoning import rates
from hotline.services.reckoning.rates import Dimension, Line, Period, Table
from hotline.services.verifying import sampling
from hotline.store import tickets as ticket_rows
from hotline.store.facts import Behind
from hotline.web.audit.files import Kind, download
from hotline.web.blanks import MaybeDay
from hotline.web.i18n import gettext as _
from hotline.web.paging import place
from hotline.web.parts import request_work
from hotline.web.words.map import named, post_words, unit_words
from hotline.web.words.rate import MEASURES

bp = Blueprint("rates", __name__, url_prefix="/rates")
# What a table shows; the others stand on the page of a single line.
SHOWN: Final = (
    Measure.RESPONSE,
    Measure.CLAIMED,
    Measure.CONFIRMED,
    Measure.SOLVED,
    Measure.SATISFIED,
    Measure.GRADED,
    Measure.SATISFIED_FOUR,
    Measure.GRADED_FOUR,
    Measure.ON_TIME,
    Measure.ONCE,
    Measure.RECURRED_30,
    Measure.WITHDRAWN,
    Measure.UNREACHED,
    Measure.EXCLUDED,
)
# What disputes and long cases cost: wrong returns beside wrong dispatches.
_DISPUTES: Final = (
    Measure.RETURNED,
    Measure.OVERTURNED,
    Measure.MISDISPATCHED,
    Measure.REDO,
    Measure.LONG_TERM,
    Measure.FINAL,
)
_SETS: Final = {"usual": SHOWN, "disputes": _DISPUTES}
# Shown where somebody was asked on that scale.
_OF_FOUR: Final = frozenset({Measure.SATISFIED_FOUR, Measure.GRADED_FOUR})
# How many lines stand on a page, and how many a chart can draw legibly.
_LINES: Final = 50


class Asked(BaseModel):
    """Which days and by what; days are the county's, both included."""

    by: Dimension = Dimension.TOWN
    since: MaybeDay = None
    until: MaybeDay = None
    sheet: int = Field(default=0, ge=0)
    shown: Literal["usual", "disputes"] = "usual"

    def period(self, today: date) -> Period:
        """Return the days: this month so far where nothing is said.

        Raises:
            InvalidError: it ends before it begins.
        """
        until = self.until or today
        since = self.since or until.replace(day=1)
        if since > until:
            raise InvalidError(fields=["until"])
        return Period(since, until + timedelta(days=1))


class AskedBehind(Asked):
    """Whose tickets: one number of one line."""

    key: str
    measure: Measure | None = None
    met: bool | None = None


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the rates of a period: six queries, however many tickets."""
    asked = Asked.model_validate(request.args.to_dict())
    with request_work() as work:
        today = rates.today(work)
        period = asked.period(today)
        passed = asked.sheet * _LINES
        found = rates.table(work, asked.by, period, passed=passed, most=_LINES)
        grid_map = work.kit.maps.current
        return render_template(
            "audit/rates.html",
            by=asked.by,
            dimensions=list(Dimension),
            period=period,
            presets=presets(today),
            table=found,
            headline=sampling.headline_of(sampling.cells(work, period), found.county),
            lines=found.lines,
            sheets=_sheets(asked.sheet, more=found.more),
            shown=[
                one
                for one in _SETS[asked.shown]
                if one not in _OF_FOUR or found.county.rates[one].d
            ],
            sets=list(_SETS),
            chosen=asked.shown,
            name_of=lambda line: key_words(grid_map, asked.by, line.key),
            chart=_chart(found, asked.by, grid_map),
        )


@bp.get("/tickets")
def behind() -> ResponseReturnValue:
    """Show the tickets behind a number."""
    asked = AskedBehind.model_validate(request.args.to_dict())
    with request_work() as work:
        period = asked.period(rates.today(work))
        number = Behind(asked.by, asked.key, asked.measure, asked.met)
        tickets = rates.tickets_behind(work, number, period, at=place())
        return render_template(
            "audit/rate_tickets.html",
            asked=asked,
            period=period,
            tickets=tickets,
            first=ticket_rows.first_words(work.session, [ticket.id for ticket in tickets]),
            name=key_words(work.kit.maps.current, asked.by, asked.key),
            map=work.kit.maps.current,
            now=work.now,
        )


@bp.get("/export.csv", defaults={"kind": "csv"})
@bp.get("/export.xlsx", defaults={"kind": "xlsx"})
def export(kind: Kind) -> ResponseReturnValue:
    """Give the table that is seen as a file; every rate with its two numbers and its interval."""
    asked = Asked.model_validate(request.args.to_dict())
    with request_work() as work:
        period = asked.period(rates.today(work))
        found = rates.table(work, asked.by, period)
        lines = _exported(found, asked.by, work.kit.maps.current)
        name = f"rates-{asked.by}-{period.start}-{period.last}"
        return download(lines, _("统计"), name, kind)


def key_words(grid_map: GridMap, by: Dimension, key: str) -> str:
    """Return what a line is called; its code where this version of the map does not know it."""
    if by is Dimension.COUNTY:
        return named(grid_map.county)
    if by is Dimension.GRID and key in grid_map.grids:
        return f"{named(grid_map.town_of(key).name)} {named(grid_map.grid(key).name)}"
    if by is Dimension.CLASS and key in grid_map.classes:
        return named(grid_map.clazz(key).name)
    if by is Dimension.POST:
        return post_words(grid_map, key)
    if by is Dimension.LINE:
        return next((named(line.name) for line in grid_map.lines if line.number == key), key)
    return unit_words(grid_map, key)


def presets(today: date) -> list[tuple[str, date, date]]:
    """Return the periods that people ask for, with their first and last day."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = month.replace(month=3 * ((month.month - 1) // 3) + 1)
    year = (month - timedelta(days=330)).replace(day=1)
    return [
        (_("本月"), month, today),
        (_("上月"), before.replace(day=1), before),
        (_("本季度"), quarter, today),
        (_("近12个月"), year, today),
    ]


def _sheets(sheet: int, *, more: bool) -> tuple[str | None, str | None]:
    """Return the addresses of the page before and the page behind, where there are any."""
    before = sheet - 1 if sheet else None
    behind = sheet + 1 if more else None
    args: dict[str, Any] = request.args.to_dict()

    def at(to: int | None) -> str | None:
        return None if to is None else url_for("audit.rates.show", **args | {"sheet": str(to)})

    return at(before), at(behind)


def _chart(table: Table, by: Dimension, grid_map: GridMap) -> list[dict[str, object]]:
    """Return what the chart draws: claimed beside confirmed, with the interval of the latter."""
    drawn: list[dict[str, object]] = []
    for line in [*table.lines, *([table.county] if by is not Dimension.COUNTY else [])]:
        claimed, confirmed = line.rates[Measure.CLAIMED], line.rates[Measure.CONFIRMED]
        if not claimed.d:
            continue
        county = line is table.county
        drawn.append(
            {
                "name": _("全县") if county else key_words(grid_map, by, line.key),
                "claimed": claimed.share,
                "confirmed": confirmed.share,
                "interval": confirmed.interval,
                "n": claimed.d,
            }
        )
    return drawn


def _exported(table: Table, by: Dimension, grid_map: GridMap) -> Iterator[list[object]]:
    head: list[object] = [_("代码"), _("名称"), _("受理")]
    for measure in Measure:
        words = str(MEASURES[measure])
        head += [words, _("分子"), _("分母"), _("区间下限"), _("区间上限")]
    head += [_("五级 %(grade)s", grade=grade) for grade in rates.GRADES]
    head += [_("四级 %(grade)s", grade=grade) for grade in rates.GRADES_OF_FOUR]
    yield [*head, _("两钟之差（秒）")]
    for line in table.lines:
        yield _exported_line(line, key_words(grid_map, by, line.key))


def _exported_line(line: Line, name: str) -> list[object]:
    row: list[object] = [line.key, name, line.tickets]
    for measure in Measure:
        rate = line.rates[measure]
        low, high = rate.interval or (None, None)
        row += [rate.share, rate.n, rate.d, low, high]
    return [
        *row,
        *line.grades.values(),
        *line.of_four.values(),
        line.gap.total_seconds() if line.gap else None,
    ]
