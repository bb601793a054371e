"""The supervisors' first page: what must be looked at, what is late, what waits for a ruling."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.domain.tickets import OWNER, Status
from hotline.store import attention, ledger
from hotline.store import tickets as ticket_rows
from hotline.web.parts import request_work

bp = Blueprint("board", __name__)
_RECENT = 10


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show what needs a supervisor; a fixed number of queries, however many tickets."""
    with request_work() as work:
        session = work.session
        pending = ticket_rows.with_status(session, {Status.EXTENSION_PENDING})
        by_limit = ticket_rows.with_status(session, set(OWNER) - {Status.EXTENSION_PENDING})
        recent = ticket_rows.recent(session, limit=_RECENT)
        shown = {ticket.id for ticket in (*pending, *by_limit, *recent)}
        return render_template(
            "audit/board.html",
            entries=attention.open_entries(session),
            pending=pending,
            by_limit=by_limit,
            recent=recent,
            first=ticket_rows.first_words(session, shown),
            counts=ticket_rows.counts(session),
            overdue=ticket_rows.overdue_before(session, work.now),
            last_root=ledger.last_root(session),
            map=work.kit.maps.current,
            now=work.now,
        )
