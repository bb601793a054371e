"""The working calendar (工作日历): the notice of each year with its days, and what may change."""

from datetime import date
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.clock import COUNTY_ZONE
from hotline.domain.arithmetic import why
from hotline.domain.errors import NotFoundError
from hotline.store import calendar as rows
from hotline.web.parts import request_work

bp = Blueprint("calendar", __name__, url_prefix="/calendar")
_YEARS: Final = range(2000, 2200)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show a year: its notice, its days, and the notices that came before; four queries."""
    with request_work() as work:
        today = work.now.astimezone(COUNTY_ZONE).date()
        year = request.args.get("year", today.year, type=int)
        if year not in _YEARS:
            raise NotFoundError(year=year)
        newest = rows.of_years(work.session)
        calendar = work.kit.calendar
        return render_template(
            "audit/calendar.html",
            year=year,
            years=sorted({*newest, today.year, today.year + 1}),
            notice=newest.get(year),
            notices=[row for row in rows.all_notices(work.session) if row.year == year],
            days=rows.days_of(work.session, year),
            why=lambda day: why(day, calendar),
            windows=calendar.windows_of,
            office=calendar.office.windows,
            known_until=calendar.known_until,
            running=rows.running(work.session),
            today=today,
            weekday=date.weekday,
        )
