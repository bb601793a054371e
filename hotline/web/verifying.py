"""The list of whoever was chosen by lot: drawn callers to ring, and what they said.

Operators and lay supervisors (监督员) work here; for the latter it is the one page on which they do
anything.
"""

from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from hotline.domain.errors import InvalidError
from hotline.domain.sampling import Outcome
from hotline.services.handling import timing
from hotline.services.proof import identity
from hotline.services.verifying import verification, verifying
from hotline.services.verifying.verifying import Heard
from hotline.store import sampling as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.web.blanks import MaybeGrade
from hotline.web.desk_commands import CommandForm, carry_out
from hotline.web.paging import place
from hotline.web.parts import my_id, request_work
from hotline.work import Work

bp = Blueprint("verifying", __name__, url_prefix="/verifying")


class AnswerForm(CommandForm):
    """What the caller said, or that nobody was reached."""

    outcome: Outcome
    grade: MaybeGrade = None
    text: str = Field(default="", max_length=2000)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show whom to ring, whose limit is first in front."""
    with request_work() as work:
        found = rows.to_ask(work.session, my_id(), at=place())
        return render_template(
            "verifying/list.html",
            found=found,
            first=ticket_rows.first_words(work.session, [one.ticket.id for one in found]),
            map=work.kit.maps.current,
            now=work.now,
            done=request.args.get("done"),
        )


@bp.get("/<number>")
def hide(number: str) -> ResponseReturnValue:
    """Whoever reloads the form asks for the number anew: each look is put on record."""
    del number
    return redirect(url_for(".show"))


@bp.post("/<number>")
def ring(number: str) -> ResponseReturnValue:
    """Show the number with what to ask, and put on record that somebody looked."""
    with request_work() as work:
        ticket = work.look(number)
        call = verifying.to_ring(work, ticket)
        reason = "oversight" if identity.needs_reason(ticket) else None
        return render_template(
            "verifying/ask.html",
            ticket=ticket,
            call=call,
            again=verifying.next_try(work, ticket, call),
            tries=timing.map_of(work, ticket).limits.revisits.tries,
            who=identity.view(work, ticket, "call_caller", reason),
            claimed=verification.result_kind(work, ticket),
            texts=ticket_rows.texts(work.session, ticket.id),
            map=timing.map_of(work, ticket),
            now=work.now,
            command_id=uuid4(),
        )


@bp.post("/<number>/answer")
def answer(number: str) -> ResponseReturnValue:
    """Record what the caller said; a grade goes with an answer only."""
    form = AnswerForm.model_validate(request.form.to_dict())
    if form.outcome is Outcome.UNASKABLE:
        raise InvalidError(fields=["outcome"])
    if form.outcome is Outcome.UNREACHED and form.grade is not None:
        raise InvalidError(fields=["grade"])

    def do(work: Work, ticket: Ticket) -> None:
        verifying.heard(work, ticket, Heard(form.outcome, form.grade, form.text))

    return carry_out(number, "verify", form, do, back="verifying.show")
