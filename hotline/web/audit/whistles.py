"""Whistles counted: each town's rate in its band, each unit's record of a year."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.errors import InvalidError, NotFoundError
from hotline.services.whistles import record as whistle_record
from hotline.web.paging import place
from hotline.web.parts import request_work
from hotline.work import Work

bp = Blueprint("whistles", __name__, url_prefix="/whistles")


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the towns' rates in their band, and the units' records of a year."""
    with request_work() as work:
        year = asked_year(work)
        return render_template(
            "audit/whistles.html",
            towns=whistle_record.town_rates(work),
            band=whistle_record.band(work),
            days=whistle_record.LOOKS_BACK.days,
            year=year,
            this_year=whistle_record.this_year(work),
            units=whistle_record.unit_years(work, year),
            map=work.kit.maps.current,
        )


@bp.get("/units/<path:unit>")
def of_unit(unit: str) -> ResponseReturnValue:
    """Show one unit's record of a year: what it refused stands there for good."""
    with request_work() as work:
        if unit not in work.kit.maps.current.units:
            raise NotFoundError(unit=unit)
        year = asked_year(work)
        found = whistle_record.unit_years(work, year, unit)
        return render_template(
            "audit/unit_year.html",
            unit=unit,
            year=year,
            this_year=whistle_record.this_year(work),
            record=found[0] if found else None,
            blemishes=whistle_record.blemishes(work, unit, year, at=place()),
            map=work.kit.maps.current,
        )


def asked_year(work: Work) -> int:
    """Return the year that the address names; this one where it names none.

    Raises:
        InvalidError: it is no year.
    """
    year = request.args.get("year", default=whistle_record.this_year(work), type=int)
    if year is None:
        raise InvalidError(fields=["year"])
    return year
