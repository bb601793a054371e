"""My turns on the duty lists: see them, swap them, and have them on one's own telephone."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline import ical
from hotline.services.staff import duty_calendar, swaps
from hotline.store import people as people_rows
from hotline.store import roster
from hotline.web.parts import my_id, parts, request_work, work_as
from hotline.web.people.forms import SwapForm
from hotline.work import SYSTEM

bp = Blueprint("duty", __name__, url_prefix="/duty")
feed = Blueprint("duty_feed", __name__, url_prefix="/duty/calendar")


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show my turns, what I asked and what I am asked; a fixed number of queries."""
    return _page()


@bp.post("/swaps")
def ask() -> ResponseReturnValue:
    """Ask a colleague to take one of my turns."""
    form = SwapForm.model_validate(request.form.to_dict())
    with request_work() as work:
        swaps.ask(work, form.duty, form.of, form.in_return)
    return _back("asked")


@bp.post("/swaps/<uuid:swap_id>/answer")
def answer(swap_id: UUID) -> ResponseReturnValue:
    """Say yes or no to a colleague."""
    accepted = request.form.get("accepted") == "1"
    with request_work() as work:
        swaps.answer(work, swap_id, accepted=accepted)
    return _back("accepted" if accepted else "declined")


@bp.post("/swaps/<uuid:swap_id>/withdraw")
def withdraw(swap_id: UUID) -> ResponseReturnValue:
    """Take back what I asked."""
    with request_work() as work:
        swaps.withdraw(work, swap_id)
    return _back("withdrawn")


@bp.post("/calendar")
def new_address() -> ResponseReturnValue:
    """Show, once, the secret address of my own calendar; the former one ends."""
    with request_work() as work:
        token = duty_calendar.new_address(work)
    address = f"{parts().kit.public_url}{url_for('duty_feed.calendar', token=token)}"
    return _page(address), 200, {"Cache-Control": "no-store"}


@feed.get("/<token>.ics")
def calendar(token: str) -> ResponseReturnValue:
    """Send the calendar that a secret address stands for, to a telephone that subscribes."""
    with work_as(SYSTEM) as work:
        content = duty_calendar.of_address(work, token)
    answer = Response(content, content_type=ical.MEDIA_TYPE)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "private, max-age=900"
    return answer


def _page(address: str | None = None) -> str:
    with request_work() as work:
        mine = roster.duties_of(work.session, [my_id()], work.now)
        asked = roster.swaps_of(work.session, my_id(), work.now)
        others = swaps.everybody_asked(work, mine)
        theirs = roster.duties_of(work.session, [one.id for one in others], work.now)
        named = {
            one.id: one
            for one in people_rows.named(
                work.session, {each for swap in asked for each in swap.people}
            ).values()
        }
        return render_template(
            "field/duty.html",
            mine=mine,
            swaps=asked,
            colleagues=others,
            theirs=[turn for turn in theirs if turn.from_at > work.now],
            named=named | {one.id: one for one in others},
            me=my_id(),
            address=address,
            map=work.kit.maps.current,
            now=work.now,
            done=request.args.get("done"),
        )


def _back(done: str) -> ResponseReturnValue:
    return redirect(url_for("duty.show", done=done), code=303)
