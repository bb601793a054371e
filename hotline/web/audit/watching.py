"""The watch over the hotline itself: its processes, the auditor's rounds, test demands."""

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.services.upkeep import watching
from hotline.store import chains, watch
from hotline.web.paging import place
from hotline.web.parts import request_work

bp = Blueprint("watching", __name__, url_prefix="/watch")
# How many lines of each list: rounds come every five minutes, test demands every ten.
_LINES: Final = 12


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show who lives, what the auditor found, which test demands came back: four queries."""
    with request_work() as work:
        return render_template(
            "audit/watch.html",
            processes=watch.processes(work.session),
            silent_after=watching.silent_after,
            rounds=chains.rounds(work.session, at=place("rounds"), size=_LINES),
            restored=chains.restored(work.session, at=place("restored"), size=_LINES),
            probes=watch.probes(work.session, at=place("probes"), size=_LINES),
        )
