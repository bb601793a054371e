"""What a supervisor rules on one ticket: disputed duties, long-term plans, final replies."""

import re
from datetime import date
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from hotline.domain.deferral import Milestone
from hotline.services.handling import adjudication, final_reply, long_term
from hotline.store.models import Ticket
from hotline.web.desk_commands import TextForm, carry_out
from hotline.work import Work

bp = Blueprint("contests", __name__, url_prefix="/tickets")


class HeardForm(TextForm):
    """Whom the panel heard, and what they said."""

    unit: str = Field(min_length=1, max_length=80)


class DutyForm(TextForm):
    """The panel's ruling: who leads, and for which demands the rule is to hold."""

    lead: str = Field(min_length=1, max_length=80)
    place: str = Field(default="", max_length=80)
    words: str = Field(default="", max_length=200)


class YesNoForm(TextForm):
    """A ruling of two kinds, with its reason."""

    yes: bool


class ChangeForm(TextForm):
    """What a milestone promises from now on, and why."""

    milestone: UUID
    what: str = Field(min_length=1, max_length=500)
    by_day: date


@bp.post("/<number>/heard")
def hear(number: str) -> ResponseReturnValue:
    """Write down whom the panel heard."""
    form = HeardForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "hear",
        form,
        lambda work, ticket: adjudication.hear(work, ticket, form.unit, form.text),
    )


@bp.post("/<number>/duty")
def rule_duty(number: str) -> ResponseReturnValue:
    """Rule whose duty it is, for good."""
    form = DutyForm.model_validate(request.form.to_dict())
    helpers = tuple(dict.fromkeys(unit for unit in request.form.getlist("helpers") if unit))
    feature = tuple(dict.fromkeys(re.findall(r"\w+", form.words)))
    ruling = adjudication.Ruling(form.lead, helpers, form.text, form.place, feature)
    return carry_out(
        number, "rule_duty", form, lambda work, ticket: adjudication.rule(work, ticket, ruling)
    )


@bp.post("/<number>/long-term")
def rule_long_term(number: str) -> ResponseReturnValue:
    """Grant a place on the long-term list, or not; the ticket's own unit may not."""
    form = YesNoForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "shelve" if form.yes else "refuse_deferral",
        form,
        lambda work, ticket: long_term.rule(work, ticket, granted=form.yes, reason=form.text),
    )


@bp.post("/<number>/review")
def review(number: str) -> ResponseReturnValue:
    """Say whether a long-term plan goes on."""
    form = YesNoForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "review",
        form,
        lambda work, ticket: long_term.review(work, ticket, goes_on=form.yes, text=form.text),
    )


@bp.post("/<number>/plan")
def change_plan(number: str) -> ResponseReturnValue:
    """Change a milestone of a long-term plan; the ticket's own unit may not."""
    form = ChangeForm.model_validate(request.form.to_dict())
    promise = Milestone(form.what, form.by_day)
    return carry_out(
        number,
        "change_plan",
        form,
        lambda work, ticket: long_term.change(work, ticket, form.milestone, promise, form.text),
    )


@bp.post("/<number>/final")
def sign(number: str) -> ResponseReturnValue:
    """Sign a final reply, or send it back; the ticket's own unit may not."""
    form = YesNoForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "sign_final" if form.yes else "refuse_final",
        form,
        lambda work, ticket: final_reply.sign(work, ticket, signed=form.yes, reason=form.text),
    )


@bp.post("/<number>/appeal")
def rule_appeal(number: str) -> ResponseReturnValue:
    """Rule on an appeal; whoever signed the reply may not."""
    form = YesNoForm.model_validate(request.form.to_dict())

    def do(work: Work, ticket: Ticket) -> None:
        final_reply.rule(work, ticket, upheld=form.yes, reason=form.text)

    return carry_out(number, "uphold_appeal" if form.yes else "dismiss_appeal", form, do)
