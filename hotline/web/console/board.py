"""The operators' first page: what waits for a person, the most pressing in front."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.domain.tickets import Role, Status
from hotline.services.handling import attention
from hotline.store import attention as attention_rows
from hotline.store import calls
from hotline.store import tickets as ticket_rows
from hotline.web.paging import place
from hotline.web.parts import me, parts, request_work

bp = Blueprint("board", __name__)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show alarms, waiting calls, and what waits for a decision; six queries, however many."""
    keys = parts().kit.keys
    with request_work() as work:
        triage = ticket_rows.waiting(work.session, [Status.TRIAGE], at=place("triage"))
        disputed = ticket_rows.waiting(work.session, [Status.DISPUTED], at=place("disputed"))
        shown = [ticket.id for ticket in (*triage, *disputed)]
        return render_template(
            "console/board.html",
            triage=triage,
            disputed=disputed,
            first=ticket_rows.first_words(work.session, shown),
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


@bp.post("/alarms/<uuid:entry>")
def settle(entry: UUID) -> ResponseReturnValue:
    """An operator has seen to an alarm."""
    with request_work() as work:
        found = attention_rows.get_open(work.session, entry)
        if found is None or found.kind != "danger":
            raise NotFoundError(attention=entry)
        attention.settle(work, entry)
    return redirect(url_for(".show"), code=303)
