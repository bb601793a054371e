"""The night on one page: everything that happened to a ticket, and the proof of it."""

from uuid import UUID, uuid4

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from hotline.domain.errors import InvalidError
from hotline.domain.tickets import Action
from hotline.services.handling import adjudication, dossier, plans, tickets
from hotline.services.proof import audit, redaction
from hotline.services.reception import first_asked, rejection
from hotline.web.desk_commands import TextForm, carry_out
from hotline.web.parts import my_id, parts, request_work
from hotline.web.words.map import onward_choices, unit_choices

bp = Blueprint("tickets", __name__, url_prefix="/tickets")


class RulingForm(TextForm):
    """The ruling on a wish for more time, with its reason."""

    granted: bool


class RejectionForm(TextForm):
    """The ruling on a proposed rejection, with its reason."""

    approved: bool


class RedactionForm(TextForm):
    """Which words are struck out of a text, or all of it, with the reason."""

    strike: str = Field(default="", max_length=2000)
    whole: bool = False


@bp.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """Show the ticket as it happened, with its chain recomputed now."""
    with request_work() as work:
        found = dossier.read(work, number)
        return render_template(
            "audit/ticket.html",
            d=found,
            verdict=audit.verify_ticket(work.session, found.ticket.id),
            public_key=parts().kit.keys.public_key,
            now=work.now,
            command_id=uuid4,
            done=request.args.get("done"),
            first_asked=first_asked.of(work, found.ticket),
            hearing=adjudication.record(work, found.ticket),
            may_rule=Action.RULE_DUTY in found.may and adjudication.may_rule(work, found.ticket),
            units=unit_choices(found.map, found.ticket),
            onward=onward_choices(found) if Action.UPHOLD in found.may else [],
            plan=plans.of_ticket(work, found.ticket, found.texts),
            is_outside=tickets.is_outside(work, found.ticket),
            me=my_id(),
        )


@bp.get("/<number>/texts/<uuid:text_id>")
def text(number: str, text_id: UUID) -> ResponseReturnValue:
    """Show one text and the form that strikes it out, or some words of it."""
    with request_work() as work:
        ticket = work.look(number)
        return render_template(
            "audit/redact.html",
            ticket=ticket,
            text=redaction.find(work, ticket, text_id),
            may=dossier.may(work, ticket),
            command_id=uuid4,
        )


@bp.post("/<number>/texts/<uuid:text_id>")
def redact(number: str, text_id: UUID) -> ResponseReturnValue:
    """Strike words out for good; a word to strike on each line, none for the whole text."""
    form = RedactionForm.model_validate(request.form.to_dict())
    words = [line.strip() for line in form.strike.splitlines() if line.strip()]
    if not words and not form.whole:
        raise InvalidError(fields=["strike"])
    return carry_out(
        number,
        "redact",
        form,
        lambda work, ticket: redaction.redact(
            work, ticket, text_id, form.text, [] if form.whole else words
        ),
    )


@bp.post("/<number>/extension")
def rule_extension(number: str) -> ResponseReturnValue:
    """Grant or decline more time; the ticket's own unit may not."""
    form = RulingForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "grant" if form.granted else "decline",
        form,
        lambda work, ticket: tickets.rule_extension(
            work, ticket, granted=form.granted, reason=form.text
        ),
    )


@bp.post("/<number>/rejection")
def rule_rejection(number: str) -> ResponseReturnValue:
    """Approve a rejection or send it back to triage; its proposer and its unit may not."""
    form = RejectionForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "approve" if form.approved else "disapprove",
        form,
        lambda work, ticket: rejection.rule(work, ticket, approved=form.approved, reason=form.text),
    )
