"""The supervisors' first page: what must be looked at, what is late, what waits for a ruling."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.store import tickets as ticket_rows
from hotline.web.parts import request_work

bp = Blueprint("board", __name__)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show what needs a supervisor."""
    with request_work() as work:
        tickets = ticket_rows.recent(work.session)
        return render_template("audit/board.html", tickets=tickets, now=work.now)
