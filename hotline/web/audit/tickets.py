"""The night on one page: everything that happened to a ticket, and the proof of it."""

from uuid import uuid4

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.services import audit, dossier, first_asked, rejection, tickets
from hotline.web.desk_commands import TextForm, carry_out
from hotline.web.parts import parts, request_work

bp = Blueprint("tickets", __name__, url_prefix="/tickets")


class RulingForm(TextForm):
    """The ruling on a wish for more time, with its reason."""

    granted: bool


class RejectionForm(TextForm):
    """The ruling on a proposed rejection, with its reason."""

    approved: bool


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
