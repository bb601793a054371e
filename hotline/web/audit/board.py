"""The supervisors' first page: what must be looked at, and the list of tickets that was chosen."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.domain.tickets import OWNER, Status
from hotline.store import attention, whistles
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.store.paging import Page
from hotline.store.whistles import Called
from hotline.web.paging import place
from hotline.web.parts import request_work
from hotline.work import Work

bp = Blueprint("board", __name__)
# What can be listed: all that is open by its limit, the newest, or one open status.
_OPEN, _RECENT = "open", "recent"
LISTS = (_OPEN, *OWNER, _RECENT)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show what needs a supervisor; a fixed number of queries, however many tickets.

    Whoever answers for a rung of the ladder finds the whistles that have climbed to it in front.
    """
    name = request.args.get("list", _OPEN)
    if name not in LISTS:
        raise NotFoundError(list=name)
    with request_work() as work:
        session = work.session
        tickets = _listed(work, name)
        return render_template(
            "audit/board.html",
            entries=attention.open_entries(session, at=place("entries")),
            climbed=_climbed(work),
            lists=LISTS,
            name=name,
            tickets=tickets,
            first=ticket_rows.first_words(session, [ticket.id for ticket in tickets]),
            figures=ticket_rows.figures(session, work.now),
            map=work.kit.maps.current,
            now=work.now,
        )


def _climbed(work: Work) -> Page[Called] | None:
    """Return the open whistles that have climbed to a post of whoever looks, if they have one."""
    if not work.actor.posts:
        return None
    return whistles.called_on_unit(work.session, None, work.actor.posts, at=place("climbed"))


def _listed(work: Work, name: str) -> Page[Ticket]:
    if name == _RECENT:
        return ticket_rows.recent(work.session, at=place())
    statuses = list(OWNER) if name == _OPEN else [Status(name)]
    return ticket_rows.waiting(work.session, statuses, at=place())
