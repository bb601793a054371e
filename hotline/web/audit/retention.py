"""What is kept how long, and what was erased because its time was over."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.services.upkeep import retention
from hotline.web.parts import parts, request_work

bp = Blueprint("retention", __name__, url_prefix="/retention")


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the periods, what the next run erases, and what the last ones did."""
    with request_work() as work:
        return render_template(
            "audit/retention.html",
            plan=retention.plan(work, parts().kept_for),
            done=retention.done(work),
        )
