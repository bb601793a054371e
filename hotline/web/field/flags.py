"""Doubts about closures of mine (疑点说明): what looks odd, and my answer in words and photos."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.services.reckoning import case_file, flags
from hotline.store import flags as rows
from hotline.web.field import proving
from hotline.web.field.refused import Refused, answered
from hotline.web.parts import my_id, request_work

bp = Blueprint("flags", __name__, url_prefix="/flags")
_NAME = "contest"


@bp.get("/")
def show() -> str:
    """Show what I, or my unit, may still answer, the one due first in front."""
    with request_work() as work:
        found = rows.to_answer(work.session, my_id(), work.actor.unit)
        return render_template(
            "field/flags.html", rows=found, map=work.kit.maps.current, now=work.now
        )


@bp.get("/<uuid:flag_id>")
def one(flag_id: UUID) -> str:
    """Show what looks odd about a closure, and the form to answer it."""
    return _page(flag_id, Refused(), done=request.args.get("done") == _NAME)


@bp.post("/<uuid:flag_id>")
def send(flag_id: UUID) -> ResponseReturnValue:
    """Take the answer; what was typed comes back with a refusal."""

    def take() -> None:
        proving.take(
            _NAME,
            "answer",
            lambda work: flags.open_flag(work, flag_id).ticket.number,
            lambda work, ticket, text, kept, done_at: flags.answer(
                work, ticket, flag_id, text, kept, done_at=done_at
            ),
        )

    back = url_for(".one", flag_id=flag_id, done=_NAME)
    return answered(take, lambda why: _page(flag_id, why), back)


def _page(flag_id: UUID, why: Refused, *, done: bool = False) -> str:
    with request_work() as work:
        return render_template(
            "field/flag.html",
            c=case_file.read(work, flags.open_flag(work, flag_id)),
            now=work.now,
            **proving.form_facts(why, done=done),
        )
