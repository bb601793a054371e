"""Check every chain of the ledger from a page: asked for here, carried out by a worker."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.services.proof import checking
from hotline.store import ledger
from hotline.web.parts import parts, request_work

bp = Blueprint("checks", __name__, url_prefix="/checks")


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the last checks, how far the one under way has come, and the last signed root."""
    with request_work() as work:
        return render_template(
            "audit/checks.html",
            checks=checking.last(work),
            last_root=ledger.last_root(work.session),
            public_key=parts().kit.keys.public_key,
        )


@bp.post("/")
def ask() -> ResponseReturnValue:
    """Ask for a check; one that is under way is the answer."""
    with request_work() as work:
        checking.ask(work)
    return redirect(url_for(".show"), code=303)
