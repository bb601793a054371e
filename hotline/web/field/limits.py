"""How the limits of a ticket of mine add up: from when, how much, day by day."""

from flask import Blueprint, render_template

from hotline.services.handling import sight
from hotline.store import timers
from hotline.web.parts import request_work

bp = Blueprint("limits", __name__, url_prefix="/limits")


@bp.get("/<number>")
def show(number: str) -> str:
    """Show every running limit with its arithmetic; three queries."""
    with request_work() as work:
        ticket = sight.mine(work, number)
        return render_template(
            "field/limits.html",
            ticket=ticket,
            timers=timers.waiting(work.session, ticket.id),
            now=work.now,
        )
