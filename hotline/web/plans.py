"""Long-term cases that I answer for (我负责的挂账): their plans, what is due, what was missed."""

from flask import Blueprint, render_template

from hotline.services.handling import plans, timing
from hotline.web.field.answering import posts_answered
from hotline.web.paging import place
from hotline.web.parts import request_work

bp = Blueprint("plans", __name__, url_prefix="/plans")


@bp.get("/")
def show() -> str:
    """Show the plans that run and name a post of mine as leader, the one due first in front."""
    with request_work() as work:
        found = plans.led_by(work, posts_answered(work), at=place())
        maps = {ticket.id: timing.map_of(work, ticket) for _, ticket in found}
        return render_template("field/plans.html", page=found, maps=maps, now=work.now)
