"""Take a demand down by hand, with the machine's reading of it beside."""

from uuid import UUID, uuid4

import phonenumbers
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from hotline.clock import COUNTY_ZONE
from hotline.domain.errors import InvalidError
from hotline.domain.intake import MAX_WORDS, clean
from hotline.services import inbox, intake
from hotline.web.parts import request_work

bp = Blueprint("desk_intake", __name__, url_prefix="/new")
STEP = "desk"


class DemandForm(BaseModel):
    """What the operator writes down."""

    command_id: UUID
    words: str = Field(min_length=1, max_length=MAX_WORDS)
    number: str = Field(default="", max_length=40)
    name: str = Field(default="", max_length=40)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the empty form."""
    return render_template("console/new.html", command_id=uuid4())


@bp.post("/reading")
def reading() -> ResponseReturnValue:
    """Return how the words are read so far: posted, for words belong in no address."""
    words = clean(request.form.get("words", "")[:MAX_WORDS])
    with request_work() as work:
        routing = work.kit.maps.router.route(words, work.now.astimezone(COUNTY_ZONE).date())
        return render_template(
            "console/reading.html", routing=routing if words else None, map=work.kit.maps.current
        )


@bp.post("/")
def take() -> ResponseReturnValue:
    """Make the ticket; the same form twice makes one."""
    form = DemandForm.model_validate(request.form.to_dict())
    sent = {name: value for name, value in request.form.items() if name != "done_at"}
    demand = intake.Demand("desk", _number(form.number), form.words, name=form.name.strip() or None)
    with request_work() as work:
        key = str(form.command_id)
        number = inbox.before(work, key, STEP, sent)
        if number is None:
            ticket, _routing = intake.receive(
                work,
                demand,
                lambda made, _routing: [inbox.row(work, key, STEP, sent, made.number)],
            )
            number = ticket.number
    return redirect(url_for("console.tickets.show", number=number, done="receive"), code=303)


def _number(said: str) -> str | None:
    """Return a number in E.164; ``None`` when none was given.

    Raises:
        InvalidError: something was given, but it is no telephone number.
    """
    if not said.strip():
        return None
    try:
        parsed = phonenumbers.parse(said, "CN")
    except phonenumbers.NumberParseException as error:
        raise InvalidError(fields=["number"]) from error
    if not phonenumbers.is_possible_number(parsed):
        raise InvalidError(fields=["number"])
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
