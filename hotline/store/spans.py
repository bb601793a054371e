"""Spans of days over tables of sums, which are kept by day and by month."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa


def covering(cell: Any, start: date, end: date) -> sa.ColumnElement[bool]:  # noqa: ANN401
    """Return what picks the cells of a span: whole months as months, what is left as days."""
    first, last = (written(day) for day in months(start, end))
    whole = sa.and_(cell.grain == written("month"), cell.start >= first, cell.start < last)
    rest = sa.and_(
        cell.grain == written("day"),
        cell.start >= written(start),
        cell.start < written(end),
        sa.or_(cell.start < first, cell.start >= last),
    )
    return sa.or_(whole, rest)


def months(start: date, end: date) -> tuple[date, date]:
    """Return the first day of the first whole month, and the day after the last whole month."""
    first = start if start.day == 1 else (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = end.replace(day=1)
    return (first, last) if first < last else (end, end)


def written(value: Any) -> Any:  # noqa: ANN401  dates, numbers and our own words
    """Return a value that stands in the statement itself, for the plan to know it.

    The driver keeps the plans of repeated statements; one for any dates and any dimension reads
    twenty times as much as one for these.
    """
    return sa.literal(value, literal_execute=True)
