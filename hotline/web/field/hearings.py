"""Disputes at which my unit is to be heard (确责陈述): whose job we say it is, and why."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from hotline.domain.errors import InvalidError, RefusedError, RepeatedError
from hotline.services.handling import adjudication, dossier, photos
from hotline.services.handling.commands import once
from hotline.store import hearings
from hotline.store.models import Ticket
from hotline.web.field import forms
from hotline.web.field.refused import Refused, refused
from hotline.web.parts import parts, request_work

bp = Blueprint("hearings", __name__, url_prefix="/hearings")
_NAME = "state"


@bp.get("/")
def show() -> str:
    """Show the disputes at which my unit, or a post of mine, is to be heard."""
    with request_work() as work:
        found = hearings.asked(work.session, work.actor.unit, work.actor.posts)
        return render_template(
            "field/hearings.html", rows=found, map=work.kit.maps.current, now=work.now
        )


@bp.get("/<uuid:party_id>")
def one(party_id: UUID) -> str:
    """Show what was said so far, and the form for a statement."""
    return _page(party_id, Refused(), done=request.args.get("done") == _NAME)


@bp.post("/<uuid:party_id>")
def send(party_id: UUID) -> ResponseReturnValue:
    """Take the statement; what was typed comes back with a refusal."""
    try:
        _carry_out(party_id)
    except RepeatedError:
        raise
    except (ValidationError, InvalidError, RefusedError) as error:
        why = refused(error)
        return _page(party_id, why), why.status
    return redirect(url_for(".one", party_id=party_id, done=_NAME), code=303)


def _carry_out(party_id: UUID) -> None:
    sent = forms.Proved.model_validate(forms.sent_values())
    with request_work() as work:
        number = adjudication.disputed(work, party_id).number

        def do(ticket: Ticket, done_at: datetime | None) -> None:
            at_most = parts().photos_per_command
            kept = photos.keep(work, ticket, "return", sent.photos, at_most=at_most)
            adjudication.state(work, ticket, party_id, sent.text, kept, done_at=done_at)

        once(work, number, sent.envelope(_NAME), do)


def _page(party_id: UUID, why: Refused, *, done: bool = False) -> str:
    with request_work() as work:
        party = adjudication.my_party(work, party_id)
        found = dossier.read(work, adjudication.disputed(work, party_id).number)
        return render_template(
            "field/hearing.html",
            d=found,
            party=party,
            why=why,
            typed=request.form,
            done=done,
            most_photos=parts().photos_per_command,
            most_mb=parts().kit.media.most_bytes // 10**6,
            new_key=uuid4,
            now=work.now,
        )
