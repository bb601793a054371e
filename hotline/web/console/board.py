"""The operators' first page: what waits for a person, the most pressing in front."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.domain.tickets import Role, Status
from hotline.services import attention
from hotline.store import attention as attention_rows
from hotline.store import calls
from hotline.store import tickets as ticket_rows
from hotline.web.parts import me, parts, request_work

bp = Blueprint("board", __name__)

_WAITING = (Status.TRIAGE, Status.DISPUTED)
_LONGEST = 200


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show alarms, waiting calls, and what waits for a decision; six queries, however many."""
    keys = parts().kit.keys
    with request_work() as work:
        tickets = ticket_rows.with_status(work.session, _WAITING, limit=_LONGEST)
        return render_template(
            "console/board.html",
            triage=[ticket for ticket in tickets if ticket.status is Status.TRIAGE],
            disputed=[ticket for ticket in tickets if ticket.status is Status.DISPUTED],
            first=ticket_rows.first_words(work.session, [ticket.id for ticket in tickets]),
            alarms=attention_rows.open_entries(work.session, {"danger"}),
            calls=[
                (call, keys.open(call.number_sealed) if call.number_sealed else None)
                for call in calls.waiting(work.session)
            ],
            hotline_number=work.kit.hotline_number,
            map=work.kit.maps.current,
            now=work.now,
            may_act=me().role is Role.OPERATOR,
        )


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Go to the ticket of this number; digits may be grouped as they are read out."""
    number = "".join(mark for mark in request.args.get("number", "") if mark.isdigit())
    with request_work() as work:
        if ticket_rows.find(work.session, number) is not None:
            return redirect(url_for("console.tickets.show", number=number))
    return render_template("console/not_found.html", number=number), 404


@bp.post("/alarms/<uuid:entry>")
def settle(entry: UUID) -> ResponseReturnValue:
    """An operator has seen to an alarm."""
    with request_work() as work:
        known = {row.attention.id for row in attention_rows.open_entries(work.session, {"danger"})}
        if entry not in known:
            raise NotFoundError(attention=entry)
        attention.settle(work, entry)
    return redirect(url_for(".show"), code=303)
