"""The duty leader's wall: what is open in each town, what runs out next, who does not answer."""

from datetime import timedelta
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.store import whistle_figures
from hotline.web.parts import request_work

bp = Blueprint("wall", __name__, url_prefix="/wall")
# What runs out within this time is about to breach.
SOON: Final = timedelta(minutes=30)
# How many lines can be read from across a room.
_LINES: Final = 6


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the wall; it asks for itself again every few seconds. A fixed number of queries."""
    with request_work() as work:
        towns = whistle_figures.loads(work.session, work.now, work.now + SOON)
        calls = whistle_figures.unanswered(work.session, limit=_LINES)
        return render_template(
            "audit/wall.html",
            towns=towns,
            next_limits=whistle_figures.next_limits(work.session, limit=_LINES),
            calls=calls,
            waiting=calls[0][3] if calls else 0,
            open_count=sum(town.tickets for town in towns),
            late=sum(town.late for town in towns),
            soon=sum(town.soon for town in towns),
            soon_minutes=int(SOON.total_seconds() // 60),
            map=work.kit.maps.current,
            now=work.now,
        )
