"""What somebody was told by a channel of the county and has not read yet."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from hotline.services.telling import noticing
from hotline.web.parts import home_of, me, my_id, request_work

bp = Blueprint("notices", __name__, url_prefix="/notices")


@bp.post("/read")
def read() -> ResponseReturnValue:
    """Mark all of them as read: that is the evidence that they arrived."""
    with request_work() as work:
        noticing.read(work, my_id())
    return redirect(home_of(me().role), code=303)
