"""The hand-over between shifts (交接班): what is open, what was said, and who took it over."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from hotline.domain.tickets import Role
from hotline.services.staff import shifts
from hotline.web.parts import me, my_id, request_work

bp = Blueprint("shift", __name__, url_prefix="/shift")


class LeaveForm(BaseModel):
    """What the leaving shift says."""

    notes: str = Field(default="", max_length=shifts.LONGEST_NOTES)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show what stands open, the hand-over that waits, and the earlier ones."""
    with request_work() as work:
        return render_template(
            "console/shift.html",
            standing=shifts.standing(work),
            shifts=shifts.latest(work),
            me=my_id(),
            may_act=me().role is Role.OPERATOR,
            now=work.now,
        )


@bp.post("/")
def leave() -> ResponseReturnValue:
    """Hand the desk over."""
    form = LeaveForm.model_validate(request.form.to_dict())
    with request_work() as work:
        shifts.leave(work, form.notes)
    return redirect(url_for(".show"), code=303)


@bp.post("/<uuid:handover>/take")
def take(handover: UUID) -> ResponseReturnValue:
    """Confirm a hand-over."""
    with request_work() as work:
        shifts.take_over(work, handover)
    return redirect(url_for(".show"), code=303)
