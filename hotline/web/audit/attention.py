"""What a supervisor must look at: seen to, one by one."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from hotline.services.handling import attention
from hotline.web.parts import request_work

bp = Blueprint("attention", __name__, url_prefix="/attention")


@bp.post("/<uuid:entry>")
def settle(entry: UUID) -> ResponseReturnValue:
    """Mark an entry as seen to, by whoever is signed in."""
    with request_work() as work:
        attention.settle(work, entry)
    return redirect(url_for("audit.board.show"), code=303)
