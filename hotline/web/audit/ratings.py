"""The rating door as supervisors see it: what arrived, what was kept, and whether low ones do."""

from datetime import timedelta
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.services.verifying import probing
from hotline.store import ratings as rows
from hotline.web.parts import request_work

bp = Blueprint("ratings", __name__, url_prefix="/ratings")
_DAYS: Final = 30


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the door of the last thirty days; four queries, however many grades."""
    with request_work() as work:
        since = work.now - timedelta(days=_DAYS)
        probe = rows.last_probe(work.session)
        return render_template(
            "audit/ratings.html",
            days=_DAYS,
            doors=rows.doors(work.session, since),
            refused=rows.refused(work.session, since),
            counts=rows.counts(work.session),
            probe=probe,
            stale=probe is None or work.now - probe.started_at > probing.STALE,
            now=work.now,
        )
