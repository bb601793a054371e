"""Doubts about closures of mine (疑点说明): what looks odd, and my answer in words and photos."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from hotline.domain.errors import InvalidError, RefusedError, RepeatedError
from hotline.services.handling import photos
from hotline.services.handling.commands import once
from hotline.services.reckoning import case_file, flags
from hotline.store import flags as rows
from hotline.store.models import Ticket
from hotline.web.field import forms
from hotline.web.field.refused import Refused, refused
from hotline.web.parts import my_id, parts, request_work

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
    try:
        _carry_out(flag_id)
    except RepeatedError:
        raise
    except (ValidationError, InvalidError, RefusedError) as error:
        why = refused(error)
        return _page(flag_id, why), why.status
    return redirect(url_for(".one", flag_id=flag_id, done=_NAME), code=303)


def _carry_out(flag_id: UUID) -> None:
    sent = forms.Proved.model_validate(forms.sent_values())
    with request_work() as work:
        number = flags.open_flag(work, flag_id).ticket.number

        def do(ticket: Ticket, done_at: datetime | None) -> None:
            at_most = parts().photos_per_command
            kept = photos.keep(work, ticket, "answer", sent.photos, at_most=at_most)
            flags.answer(work, ticket, flag_id, sent.text, kept, done_at=done_at)

        once(work, number, sent.envelope(_NAME), do)


def _page(flag_id: UUID, why: Refused, *, done: bool = False) -> str:
    with request_work() as work:
        return render_template(
            "field/flag.html",
            c=case_file.read(work, flags.open_flag(work, flag_id)),
            why=why,
            typed=request.form,
            done=done,
            most_photos=parts().photos_per_command,
            most_mb=parts().kit.media.most_bytes // 10**6,
            new_key=uuid4,
            now=work.now,
        )
