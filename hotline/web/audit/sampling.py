"""The sample: V and the headline, and every draw with its seed and rules, made again here."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.sampling import Verified, by_kind, strata
from hotline.services.reckoning import rates
from hotline.services.reckoning.rates import Dimension
from hotline.services.verifying import sampling
from hotline.store import sampling as rows
from hotline.web.audit.rates import Asked, presets
from hotline.web.paging import place
from hotline.web.parts import request_work

bp = Blueprint("sampling", __name__, url_prefix="/sampling")


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show V of a period by town and kind, and the draws; a fixed number of queries."""
    asked = Asked.model_validate(request.args.to_dict())
    with request_work() as work:
        today = rates.today(work)
        period = asked.period(today)
        county = rates.table(work, Dimension.COUNTY, period).county
        cells = sampling.cells(work, period)
        return render_template(
            "audit/sampling.html",
            period=period,
            presets=presets(today),
            headline=sampling.headline_of(cells, county),
            county=county,
            strata=strata(by_kind(cells)),
            towns=_shown(sampling.by_town(cells)),
            draws=rows.draws(work.session, at=place()),
            rules=work.kit.maps.current.limits.revisits,
            map=work.kit.maps.current,
        )


@bp.get("/<int:number>")
def one(number: int) -> ResponseReturnValue:
    """Show a draw, made again from its seed while the page is made, and who asked whom."""
    with request_work() as work:
        repeated = sampling.repeat(work, number)
        return render_template(
            "audit/draw.html",
            d=repeated.draw,
            repeated=repeated,
            strata=strata(rows.cells_of_draw(work.session, number)),
            calls=rows.calls_of(work.session, number, at=place()),
            map=work.kit.maps.current,
            now=work.now,
        )


def _shown(towns: Mapping[str, Verified]) -> dict[str, Verified]:
    """Return the towns whose claims were framed at all."""
    return {town: found for town, found in towns.items() if found.claims}
