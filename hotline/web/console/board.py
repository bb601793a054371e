"""The operators' first page: what waits for a person, the most pressing in front."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.domain.tickets import Status
from hotline.store import tickets as ticket_rows
from hotline.web.parts import request_work

bp = Blueprint("board", __name__)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show what waits."""
    with request_work() as work:
        tickets = ticket_rows.with_status(work.session, {Status.TRIAGE})
        return render_template("console/board.html", tickets=tickets, now=work.now)
