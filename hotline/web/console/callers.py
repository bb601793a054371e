"""Callers whom a person asks: those the machine did not reach, and the sample."""

from typing import Literal
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from hotline.domain.errors import InvalidError
from hotline.domain.tickets import Role
from hotline.services.handling import dossier
from hotline.services.proof import identity
from hotline.services.verifying import revisits, verification
from hotline.store.models import Ticket
from hotline.web.blanks import MaybeGrade
from hotline.web.desk_commands import CommandForm, carry_out
from hotline.web.paging import place
from hotline.web.parts import me, request_work
from hotline.work import Work

bp = Blueprint("callers", __name__, url_prefix="/callers")


class AnswerForm(CommandForm):
    """What the caller answered, or that nobody was reached."""

    outcome: Literal["solved", "unsolved", "unreached"]
    grade: MaybeGrade = None
    text: str = Field(default="", max_length=2000)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show whom to ask, those whom the machine did not reach in front."""
    with request_work() as work:
        return render_template(
            "console/callers.html",
            page=revisits.waiting(work, at=place()),
            map=work.kit.maps.current,
            now=work.now,
            may_act=me().role is Role.OPERATOR,
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
        who = identity.view(work, ticket, "call_caller")
        found = dossier.read(work, number)
        return render_template(
            "console/caller_asked.html",
            d=found,
            who=who,
            claimed=verification.result_kind(work, ticket),
            now=work.now,
            command_id=uuid4(),
        )


@bp.post("/<number>/answer")
def answer(number: str) -> ResponseReturnValue:
    """Record what the caller answered; a grade goes with an answer only."""
    form = AnswerForm.model_validate(request.form.to_dict())
    if form.outcome == "unreached" and form.grade is not None:
        raise InvalidError(fields=["grade"])

    def do(work: Work, ticket: Ticket) -> None:
        if form.outcome == "unreached":
            revisits.not_reached(work, ticket, form.text)
            return
        solved = form.outcome == "solved"
        revisits.heard(work, ticket, solved=solved, grade=form.grade, note=form.text)

    return carry_out(number, "ask", form, do, back="console.callers.show")
