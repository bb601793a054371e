"""My tickets by time left."""

from flask import Blueprint, render_template

from hotline.store import tickets as ticket_rows
from hotline.web.parts import my_id, request_work

bp = Blueprint("tasks", __name__)


@bp.get("/")
def show() -> str:
    """Show the tickets of whoever is signed in, the one due first in front."""
    with request_work() as work:
        tickets = ticket_rows.of_officer(work.session, my_id(), work.actor.posts)
        return render_template("field/tasks.html", tickets=tickets, now=work.now)
