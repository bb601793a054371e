"""One ticket at the operators' desk: find out where it belongs, answer, ring back, rule."""

from typing import Literal
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from hotline.domain.closing import ReplyKind
from hotline.domain.errors import InvalidError
from hotline.domain.tickets import Action
from hotline.services.handling import dossier, final_reply, returns, tickets
from hotline.services.proof import identity
from hotline.services.reception import (
    additions,
    duplicates,
    first_asked,
    gaps,
    intake,
    taking,
    withdrawal,
)
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.web.console import places
from hotline.web.desk_commands import CommandForm, TextForm, carry_out
from hotline.web.parts import request_work
from hotline.web.words.map import onward_choices
from hotline.work import Work

bp = Blueprint("tickets", __name__, url_prefix="/tickets")


class LocateForm(CommandForm):
    """Place and class, as the operator found them out."""

    place: str = Field(max_length=100)
    demand: str = Field(max_length=64)
    urgent: bool = False


class ContactForm(CommandForm):
    """What became of a call to the caller."""

    outcome: Literal["reached", "unreached"]
    text: str = Field(default="", max_length=2000)


class ReplyForm(TextForm):
    """An answer on the spot, and what kind of answer it is."""

    reply_kind: ReplyKind = ReplyKind.OTHER


class RulingForm(TextForm):
    """The ruling on a return, with its reason; upheld, it may name the unit that it goes to."""

    upheld: bool
    onward: str = Field(default="", max_length=80)


@bp.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """Show everything an operator needs to decide."""
    with request_work() as work:
        found = dossier.read(work, number)
        return render_template(
            "console/ticket.html",
            d=found,
            now=work.now,
            guess=places.guess(found.map, found.ticket),
            places=places.choices(found.map),
            classes=places.classes(found.map),
            suggested=duplicates.of_ticket(work, found.ticket) if _operates(found) else [],
            wanted=taking.asked_of(work, found.ticket, _words(found)),
            informed=found.last(Action.INFORM),
            command_id=uuid4,
            done=request.args.get("done"),
            gaps=gaps.with_words(work, found.ticket.id, found.texts),
            on_the_line=withdrawal.live_call(work, found.ticket) is not None,
            first_asked=first_asked.of(work, found.ticket),
            onward=onward_choices(found) if Action.UPHOLD in found.may else [],
        )


def _operates(found: dossier.Dossier) -> bool:
    """Whether whoever looks may merge: neighbours are looked for on their pages only."""
    return Action.GATHER in found.may


def _words(found: dossier.Dossier) -> str:
    return " ".join(text.body for text in found.texts if text.kind in {"words", "addition"})


@bp.post("/<number>/inform")
def inform(number: str) -> ResponseReturnValue:
    """Put on record that the caller was told everything that is missing, together."""
    form = CommandForm.model_validate(request.form.to_dict())

    def do(work: Work, ticket: Ticket) -> None:
        said = " ".join(text.body for text in ticket_rows.texts(work.session, ticket.id))
        taking.inform(work, ticket, taking.asked_of(work, ticket, said))

    return carry_out(number, "inform", form, do)


@bp.post("/<number>/locate")
def locate(number: str) -> ResponseReturnValue:
    """Name place and class; the ticket is dispatched."""
    form = LocateForm.model_validate(request.form.to_dict())

    def do(work: Work, ticket: Ticket) -> None:
        grid = places.code_of(work.kit.maps.get(work.session, ticket.map_version), form.place)
        if grid is None:
            raise InvalidError(fields=["grid"])
        intake.locate(work, ticket, grid_code=grid, class_code=form.demand, urgent=form.urgent)

    return carry_out(number, "dispatch", form, do)


@bp.post("/<number>/answer")
def answer(number: str) -> ResponseReturnValue:
    """Answer on the spot; that ends the ticket."""
    form = ReplyForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "answer",
        form,
        lambda work, ticket: intake.answer_on_the_spot(work, ticket, form.text, form.reply_kind),
    )


@bp.post("/<number>/add")
def add(number: str) -> ResponseReturnValue:
    """Write down what the caller says besides; it may settle where the ticket belongs."""
    form = TextForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "add",
        form,
        lambda work, ticket: additions.say_more(work, ticket, tickets.words(form.text)),
    )


@bp.post("/<number>/contact")
def contact(number: str) -> ResponseReturnValue:
    """Record what became of a call to the caller."""
    form = ContactForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "contact",
        form,
        lambda work, ticket: tickets.contact(work, ticket, form.outcome, note=form.text),
    )


@bp.post("/<number>/note")
def note(number: str) -> ResponseReturnValue:
    """Write a note on the ticket."""
    form = TextForm.model_validate(request.form.to_dict())
    return carry_out(
        number, "note", form, lambda work, ticket: tickets.note(work, ticket, form.text)
    )


@bp.post("/<number>/ruling")
def rule(number: str) -> ResponseReturnValue:
    """Rule on a return."""
    form = RulingForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "uphold" if form.upheld else "overturn",
        form,
        lambda work, ticket: returns.rule(
            work, ticket, upheld=form.upheld, reason=form.text, onward=form.onward or None
        ),
    )


@bp.post("/<number>/appeal")
def appeal(number: str) -> ResponseReturnValue:
    """Write down the appeal of a caller whom the operator has on the line."""
    form = TextForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "appeal",
        form,
        lambda work, ticket: final_reply.appeal_on_call(work, ticket, form.text),
    )


@bp.get("/<number>/caller")
def hide_caller(number: str) -> ResponseReturnValue:
    """Whoever reloads the caller's number goes back to the ticket: each look is asked for."""
    return redirect(url_for(".show", number=number))


@bp.post("/<number>/caller")
def caller(number: str) -> ResponseReturnValue:
    """Show who called, and put on record that somebody looked."""
    with request_work() as work:
        ticket = work.look(number)
        found = identity.view(work, ticket, "call_caller", request.form.get("reason"))
        return render_template(
            "console/caller.html",
            ticket=ticket,
            who=found,
            may=dossier.may(work, ticket),
            command_id=uuid4,
        )
