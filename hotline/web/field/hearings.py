"""Disputes at which my unit is to be heard (确责陈述): whose job we say it is, and why."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.services.handling import adjudication, dossier
from hotline.store import hearings
from hotline.web.field import proving
from hotline.web.field.refused import Refused, answered
from hotline.web.parts import request_work

bp = Blueprint("hearings", __name__, url_prefix="/hearings")
_NAME = "state"


@bp.get("/")
def show() -> str:
    """Show the disputes at which my unit, or a post of mine, is to be heard; and what was ruled."""
    with request_work() as work:
        mine = (work.session, work.actor.unit, work.actor.posts)
        return render_template(
            "field/hearings.html",
            rows=hearings.asked(*mine),
            ruled=hearings.ruled_of(*mine),
            map=work.kit.maps.current,
            now=work.now,
        )


@bp.get("/<uuid:party_id>")
def one(party_id: UUID) -> str:
    """Show what was said so far, and the form for a statement."""
    return _page(party_id, Refused(), done=request.args.get("done") == _NAME)


@bp.post("/<uuid:party_id>")
def send(party_id: UUID) -> ResponseReturnValue:
    """Take the statement; what was typed comes back with a refusal."""

    def take() -> None:
        proving.take(
            _NAME,
            "return",
            lambda work: adjudication.disputed(work, party_id).number,
            lambda work, ticket, text, kept, done_at: adjudication.state(
                work, ticket, party_id, text, kept, done_at=done_at
            ),
        )

    back = url_for(".one", party_id=party_id, done=_NAME)
    return answered(take, lambda why: _page(party_id, why), back)


def _page(party_id: UUID, why: Refused, *, done: bool = False) -> str:
    with request_work() as work:
        party = adjudication.my_party(work, party_id)
        found = dossier.read(work, adjudication.disputed(work, party_id).number)
        return render_template(
            "field/hearing.html",
            d=found,
            party=party,
            now=work.now,
            **proving.form_facts(why, done=done),
        )
