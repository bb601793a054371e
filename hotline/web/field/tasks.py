"""My tickets by time left: what waits for my signature, and what I signed for."""

from flask import Blueprint, render_template

from hotline.services.handling import timing
from hotline.store import notices, whistles
from hotline.store import tickets as ticket_rows
from hotline.web.field.answering import posts_answered
from hotline.web.paging import place
from hotline.web.parts import my_id, request_work

bp = Blueprint("tasks", __name__)


@bp.get("/")
def show() -> str:
    """Show the tickets of whoever is signed in, the one due first in front."""
    with request_work() as work:
        posts = posts_answered(work)
        tickets = ticket_rows.of_officer(work.session, my_id(), posts, work.now, at=place())
        ids = [ticket.id for ticket in tickets]
        blown = whistles.count_open(work.session, ids, work.actor.unit, work.actor.posts)
        return render_template(
            "field/tasks.html",
            page=tickets,
            rows=[(ticket, timing.map_of(work, ticket)) for ticket in tickets],
            first_words=ticket_rows.first_words(work.session, ids),
            whistles=blown.of_tickets,
            called=blown.calling,
            unread=notices.unread(work.session, my_id()),
            now=work.now,
            me=my_id(),
        )
