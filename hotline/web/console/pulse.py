"""What every page of the desk asks every few seconds: calls, and who else is on this ticket."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.store import shifts
from hotline.store import tickets as ticket_rows
from hotline.web.parts import my_id, parts, request_work
from hotline.work import Work

bp = Blueprint("pulse", __name__, url_prefix="/pulse")


@bp.get("/")
def show() -> ResponseReturnValue:
    """Return the call that this operator has picked up, the queue, and the ticket's company."""
    with request_work() as work:
        call = shifts.live_call(work.session, my_id())
        sealed = call.number_sealed if call else None
        queued, since = shifts.queue(work.session)
        return render_template(
            "console/pulse.html",
            call=call,
            number=parts().kit.keys.open(sealed) if sealed else None,
            queued=queued,
            since=since,
            now=work.now,
            **_company(work, request.args.get("ticket", "")),
        )


def _company(work: Work, number: str) -> dict[str, object]:
    """Return who else has the ticket open, and what changed since the page was made."""
    ticket = ticket_rows.find(work.session, number) if number else None
    if ticket is None:
        return {"here": [], "change": None}
    shifts.be_present(work.session, ticket.id, my_id(), work.now)
    seen = request.args.get("seq", type=int)
    stale = seen is not None and seen < ticket.event_seq
    return {
        "here": shifts.present(work.session, ticket.id, my_id(), work.now),
        "change": shifts.last_change(work.session, ticket.id) if stale else None,
    }
