"""Bad ratings that I, or my unit, must put right (差评整改): what is wrong, and what was done."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.services.verifying import mending
from hotline.store import ratings as rows
from hotline.store import tickets as ticket_rows
from hotline.web.field import proving
from hotline.web.field.refused import Refused, answered
from hotline.web.parts import my_id, request_work

bp = Blueprint("mending", __name__, url_prefix="/bad-ratings")
_NAME = "mend"


@bp.get("/")
def show() -> str:
    """Show what is to be put right, the one due first in front; one query."""
    with request_work() as work:
        return render_template(
            "field/bad_ratings.html",
            rows=rows.to_mend(work.session, my_id(), work.actor.unit),
            map=work.kit.maps.current,
            now=work.now,
        )


@bp.get("/<uuid:bad_id>")
def one(bad_id: UUID) -> str:
    """Show one, with the caller's words and the form."""
    return _page(bad_id, Refused(), done=request.args.get("done") == _NAME)


@bp.post("/<uuid:bad_id>")
def send(bad_id: UUID) -> ResponseReturnValue:
    """Take down what was put right; what was typed comes back with a refusal."""

    def take() -> None:
        proving.take(
            _NAME,
            "answer",
            lambda work: mending.mine(work, bad_id).ticket.number,
            lambda work, ticket, text, kept, done_at: mending.mend(
                work, ticket, bad_id, text, kept, done_at=done_at
            ),
        )

    back = url_for(".one", bad_id=bad_id, done=_NAME)
    return answered(take, lambda why: _page(bad_id, why), back)


def _page(bad_id: UUID, why: Refused, *, done: bool = False) -> str:
    with request_work() as work:
        found = mending.mine(work, bad_id)
        texts = ticket_rows.texts(work.session, found.ticket.id)
        return render_template(
            "field/bad_rating.html",
            found=found,
            texts=texts,
            by_id={str(text.id): text for text in texts},
            versions=rows.versions(work.session, found.ticket.id),
            map=work.kit.maps.current,
            now=work.now,
            **proving.form_facts(why, done=done),
        )
