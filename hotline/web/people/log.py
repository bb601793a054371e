"""What was changed about people, by whom: for supervisors and administrators."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.services.staff import people
from hotline.web.parts import request_work

bp = Blueprint("log", __name__)
_PAGE = 50


@bp.get("/log")
def show() -> ResponseReturnValue:
    """Show the log, newest first; who looks after one unit alone sees it on that unit's pages."""
    before = request.args.get("before", type=int)
    with request_work() as work:
        grid_map = work.kit.maps.current
        if people.units_of(work) != frozenset(grid_map.units):
            raise NotFoundError(page="log")
        entries = people.log_page(work, before, _PAGE)
        return render_template("people/log.html", entries=entries, most=_PAGE, map=grid_map)
