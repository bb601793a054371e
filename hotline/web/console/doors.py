"""What an operator does at a ticket besides handling it: reject, withdraw on a call, mind gaps."""

from datetime import date
from typing import Literal
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from hotline.domain.refusal import RejectReason
from hotline.services.reception import gaps, rejection, withdrawal
from hotline.web.desk_commands import CommandForm, TextForm, carry_out

bp = Blueprint("doors", __name__, url_prefix="/tickets")


class RejectForm(TextForm):
    """Why the hotline may not handle it, and the lawful route that the caller is told."""

    reason: RejectReason
    route: str = Field(min_length=1, max_length=80)


class GapForm(TextForm):
    """What is missing, who brings it, and the last day for it."""

    promised_by: Literal["caller", "unit", "other"]
    by_day: date


class FilledForm(CommandForm):
    """What has come."""

    gap: UUID


@bp.post("/<number>/reject")
def reject(number: str) -> ResponseReturnValue:
    """Propose to reject; a supervisor of another unit rules on it."""
    form = RejectForm.model_validate(request.form.to_dict())
    refusal = rejection.Refusal(form.reason, form.route, form.text)
    return carry_out(
        number, "reject", form, lambda work, ticket: rejection.propose(work, ticket, refusal)
    )


@bp.post("/<number>/withdraw")
def withdraw(number: str) -> ResponseReturnValue:
    """Withdraw at the word of the caller, who is on the line with this operator."""
    form = CommandForm.model_validate(request.form.to_dict())
    return carry_out(number, "withdraw", form, withdrawal.on_call)


@bp.post("/<number>/gap")
def gap(number: str) -> ResponseReturnValue:
    """Accept although something is missing."""
    form = GapForm.model_validate(request.form.to_dict())
    missing = gaps.Missing(form.text, form.promised_by, form.by_day)
    return carry_out(
        number, "gap", form, lambda work, ticket: gaps.accept_without(work, ticket, missing)
    )


@bp.post("/<number>/gap-filled")
def gap_filled(number: str) -> ResponseReturnValue:
    """What was missing has come."""
    form = FilledForm.model_validate(request.form.to_dict())
    return carry_out(
        number, "gap_filled", form, lambda work, ticket: gaps.came(work, ticket, form.gap)
    )
