"""The official days off and make-up working days of a year, as rows for the calendar's table.

The source is ``chinesecalendar``, which carries the State Council's notices. For a year without
a notice it knows nothing, and neither do we: guessing a holiday would move deadlines.
"""

from datetime import date
from typing import Final

import chinese_calendar
from chinese_calendar.constants import Holiday

from hotline.domain.deadlines import DayKind
from hotline.domain.errors import NotFoundError

SOURCE: Final = "国务院办公厅关于{year}年部分节假日安排的通知（chinesecalendar）"

_FIRST_YEAR: Final = 2024
_NAMES: Final = {holiday.value: holiday.chinese for holiday in Holiday}


def official_days(year: int) -> list[tuple[date, str, str]]:
    """Return (day, kind, source) for every day that differs from what its weekday says.

    ``kind`` is ``holiday`` or ``make_up``. Weekend days inside a holiday are listed as well.

    Raises:
        NotFoundError: no notice for ``year`` is known.
    """
    source = source_of(year)
    holidays = [day for day in chinese_calendar.holidays if day.year == year]
    make_ups = [day for day in chinese_calendar.workdays if day.year == year]
    if not holidays:
        raise NotFoundError(what="holiday_notice", key=year)
    rows = [(day, DayKind.HOLIDAY.value, source) for day in holidays]
    rows += [(day, DayKind.MAKE_UP.value, source) for day in make_ups]
    return sorted(rows)


def source_of(year: int) -> str:
    """Return what the notice of a year is called, and where its days were taken from."""
    return SOURCE.format(year=year)


def name_of(day: date) -> str:
    """Return for which holiday a day is off or worked: 春节; empty where nothing says so."""
    named = chinese_calendar.holidays.get(day) or chinese_calendar.workdays.get(day)
    return _NAMES.get(str(named), "") if named else ""


def known_years() -> list[int]:
    """Return the years for which a notice is known, from 2024 on."""
    return sorted({day.year for day in chinese_calendar.holidays if day.year >= _FIRST_YEAR})
