"""The whistles that call me."""

from flask import Blueprint, render_template

from hotline.store import whistles as rows
from hotline.web.parts import request_work

bp = Blueprint("whistles", __name__, url_prefix="/whistles")


@bp.get("/")
def show() -> str:
    """Show the open whistles that call my unit, the oldest first."""
    with request_work() as work:
        called = rows.called_on_unit(work.session, work.actor.unit or "")
        return render_template("field/whistles.html", called=called, now=work.now)
