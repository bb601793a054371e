"""Bad ratings (差评): whom to ring, what the unit is putting right, and how each ended."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from hotline.domain.errors import NotFoundError
from hotline.services.handling import dossier
from hotline.services.proof import identity
from hotline.services.verifying import mending
from hotline.services.verifying.chain import took_part
from hotline.services.verifying.mending import Call
from hotline.store import ratings as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.web.desk_commands import CommandForm, carry_out
from hotline.web.paging import place
from hotline.web.parts import request_work
from hotline.work import Work

bp = Blueprint("bad_ratings", __name__, url_prefix="/bad-ratings")


class CallForm(CommandForm):
    """What became of ringing the caller."""

    outcome: Call
    text: str = Field(default="", max_length=2000)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show one list, whoever is due first in front; a fixed number of queries."""
    name = request.args.get("list", "call")
    if name not in rows.LISTS:
        raise NotFoundError(list=name)
    with request_work() as work:
        found = rows.listed(work.session, name, at=place())
        return render_template(
            "console/bad_ratings.html",
            name=name,
            lists=rows.LISTS,
            rows=found,
            mine={row.bad.id for row in found if took_part(work, row.ticket)},
            counts=rows.counts(work.session),
            first=ticket_rows.first_words(work.session, [row.ticket.id for row in found]),
            map=work.kit.maps.current,
            now=work.now,
            done=request.args.get("done"),
        )


@bp.get("/<uuid:bad_id>")
def hide(bad_id: UUID) -> ResponseReturnValue:
    """Whoever reloads the form asks for the number anew: each look is put on record."""
    del bad_id
    return redirect(url_for(".show"))


@bp.post("/<uuid:bad_id>")
def ring(bad_id: UUID) -> ResponseReturnValue:
    """Show the number with the case, and put on record that somebody looked."""
    with request_work() as work:
        found = mending.found(work, bad_id)
        who = identity.view(work, found.ticket, "call_caller", "contact")
        case = dossier.read(work, found.ticket.number)
        return render_template(
            "console/bad_rating.html",
            d=case,
            found=found,
            who=who,
            versions=rows.versions(work.session, found.ticket.id),
            texts={str(text.id): text for text in case.texts},
            calls=list(Call),
            now=work.now,
            command_id=uuid4,
        )


@bp.post("/<uuid:bad_id>/call")
def call(bad_id: UUID) -> ResponseReturnValue:
    """Write down what became of it."""
    form = CallForm.model_validate(request.form.to_dict())
    with request_work() as work:
        number = mending.found(work, bad_id).ticket.number

    def do(work: Work, ticket: Ticket) -> None:
        mending.call(work, ticket, bad_id, form.outcome, form.text)

    return carry_out(number, "call_back", form, do, back="console.bad_ratings.show")
