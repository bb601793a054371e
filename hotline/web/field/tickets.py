"""One ticket on an officer's phone: what it is about, what next, and every command's form."""

from typing import Final
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hotline.domain.errors import NotFoundError
from hotline.domain.tickets import Action
from hotline.services.handling import sight
from hotline.services.handling.commands import once
from hotline.services.proof import identity
from hotline.web.field.actions import COMMANDS
from hotline.web.field.forms import sent_values
from hotline.web.field.refused import Refused, answered
from hotline.web.field.sheet import Sheet, sheet_of
from hotline.web.field.whistle_form import choices_of, usual
from hotline.web.parts import parts, request_work
from hotline.web.words.map import post_words

bp = Blueprint("tickets", __name__, url_prefix="/tickets")
_NOTHING: Final = Refused()


@bp.get("/<number>")
def show(number: str) -> str:
    """Show the ticket and what to do next."""
    with request_work() as work:
        sheet = sheet_of(work, sight.mine(work, number))
    done = COMMANDS.get(request.args.get("done", ""))
    action = done.action if done else None
    if action is Action.WHISTLE and sheet.whistles and sheet.whistles[-1].is_asked:
        action = Action.ASK_WHISTLE  # nobody is called yet: whoever was asked blows it
    return render_template(
        "field/ticket.html",
        sheet=sheet,
        done=action,
        commands=COMMANDS,
        new_key=uuid4,
    )


@bp.post("/<number>/caller")
def caller(number: str) -> str:
    """Show the caller's number for the moment of calling; the view goes on record first."""
    with request_work() as work:
        ticket = sight.mine(work, number)
        who = identity.view(work, ticket, "call_caller", request.form.get("reason"))
        sheet = sheet_of(work, ticket)
    return _page("contact", sheet, _NOTHING, who=who)


@bp.get("/<number>/caller")
def caller_again(number: str) -> ResponseReturnValue:
    """Lead back to the form: a reload shows no number that nobody asked for."""
    return redirect(url_for(".form", number=number, name="contact"))


@bp.get("/<number>/<name>")
def form(number: str, name: str) -> str:
    """Show the form of a command."""
    if name not in COMMANDS:
        raise NotFoundError(command=name)
    with request_work() as work:
        sheet = sheet_of(work, sight.mine(work, number))
    return _page(name, sheet, _NOTHING)


@bp.post("/<number>/<name>")
def send(number: str, name: str) -> ResponseReturnValue:
    """Carry a command out once, then go back to the ticket; refused, its form comes back."""
    if name not in COMMANDS:
        raise NotFoundError(command=name)
    command = COMMANDS[name]

    def do() -> None:
        sent = command.form.model_validate(sent_values())
        with request_work() as work:
            once(
                work,
                number,
                sent.envelope(command.action),
                lambda ticket, done_at: command.do(work, ticket, sent, done_at),
            )

    def again(why: Refused) -> str:
        with request_work() as work:
            sheet = sheet_of(work, sight.mine(work, number))
        return _page(name, sheet, why)

    return answered(do, again, url_for(".show", number=number, done=name))


def _page(name: str, sheet: Sheet, why: Refused, *, who: identity.Identity | None = None) -> str:
    typed: MultiDict[str, str] = (
        request.form if why.status != _NOTHING.status else usual(sheet, {"grid"})
    )
    return render_template(
        f"field/forms/{name}.html",
        name=name,
        title=COMMANDS[name].title,
        uploads="photos" in COMMANDS[name].form.model_fields,
        sheet=sheet,
        why=why,
        typed=typed,
        who=who,
        photos_lost=any(file.filename for file in request.files.getlist("photos")),
        **choices_of(sheet, {"grid"}),
        leaders=[(post, post_words(sheet.map, post)) for post in sheet.leaders],
        plan_days=sheet.plan_days,
        new_key=uuid4,
        most_photos=parts().photos_per_command,
        most_mb=parts().kit.media.most_bytes // 10**6,
    )
