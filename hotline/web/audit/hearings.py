"""Disputes before the panel (确责): what waits for a ruling, and what was ruled."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.domain.tickets import Status
from hotline.store import hearings
from hotline.store import tickets as ticket_rows
from hotline.web.paging import place
from hotline.web.parts import request_work

bp = Blueprint("hearings", __name__, url_prefix="/hearings")


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show open disputes, the one due first in front, and rulings; five queries."""
    with request_work() as work:
        waiting = ticket_rows.waiting(work.session, [Status.ADJUDICATION], at=place("waiting"))
        return render_template(
            "audit/hearings.html",
            waiting=waiting,
            first=ticket_rows.first_words(work.session, [ticket.id for ticket in waiting]),
            ruled=hearings.ruled(work.session, at=place("ruled")),
            map=work.kit.maps.current,
            now=work.now,
        )
