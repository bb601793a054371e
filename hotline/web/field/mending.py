"""Bad ratings that I, or my unit, must put right (差评整改): what is wrong, and what was done."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from hotline.domain.errors import InvalidError, RefusedError, RepeatedError
from hotline.services.handling import photos
from hotline.services.handling.commands import once
from hotline.services.verifying import mending
from hotline.store import ratings as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.web.field import forms
from hotline.web.field.refused import Refused, refused
from hotline.web.parts import my_id, parts, request_work

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
    try:
        _carry_out(bad_id)
    except RepeatedError:
        raise
    except (ValidationError, InvalidError, RefusedError) as error:
        why = refused(error)
        return _page(bad_id, why), why.status
    return redirect(url_for(".one", bad_id=bad_id, done=_NAME), code=303)


def _carry_out(bad_id: UUID) -> None:
    sent = forms.Proved.model_validate(forms.sent_values())
    with request_work() as work:
        number = mending.mine(work, bad_id).ticket.number

        def do(ticket: Ticket, done_at: datetime | None) -> None:
            at_most = parts().photos_per_command
            kept = photos.keep(work, ticket, "answer", sent.photos, at_most=at_most)
            mending.mend(work, ticket, bad_id, sent.text, kept, done_at=done_at)

        once(work, number, sent.envelope(_NAME), do)


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
            why=why,
            typed=request.form,
            done=done,
            most_photos=parts().photos_per_command,
            most_mb=parts().kit.media.most_bytes // 10**6,
            new_key=uuid4,
            now=work.now,
        )
