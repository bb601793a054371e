"""When nobody will answer for a post, over all units that I look after."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.services.staff import people, rosters
from hotline.web.parts import request_work

bp = Blueprint("gaps", __name__)
_PAGE = 100


@bp.get("/gaps")
def show() -> ResponseReturnValue:
    """Show the holes of the next 14 days, the earliest first; a fixed number of queries."""
    start = max(request.args.get("start", 0, type=int), 0)
    with request_work() as work:
        grid_map = work.kit.maps.current
        units = people.units_of(work)
        if (unit := request.args.get("unit", "")) in grid_map.units:
            units &= grid_map.within(unit)
        found = rosters.gaps(work, units=units)
        return render_template(
            "people/gaps.html",
            gaps=found[start : start + _PAGE],
            count=len(found),
            posts=len({gap.post.id for gap in found}),
            previous=max(start - _PAGE, 0) if start else None,
            following=start + _PAGE if start + _PAGE < len(found) else None,
            unit=unit,
            map=grid_map,
            now=work.now,
        )
