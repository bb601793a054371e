"""Callers to ring back: incomplete and failed calls, with why, since when, and the tries so far."""

from typing import Literal
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from hotline.domain.errors import InvalidError
from hotline.domain.intake import MAX_WORDS
from hotline.domain.tickets import Role, Status
from hotline.services.handling import tickets
from hotline.services.proof import identity
from hotline.services.reception import taking
from hotline.store import desk
from hotline.store import tickets as ticket_rows
from hotline.store.models import Call, Ticket
from hotline.web.console import places
from hotline.web.desk_commands import CommandForm, carry_out
from hotline.web.paging import place
from hotline.web.parts import me, request_work
from hotline.work import Work

bp = Blueprint("ring_backs", __name__, url_prefix="/ring-backs")


class OutcomeForm(CommandForm):
    """What became of ringing back: reached with the demand's words, or not reached."""

    outcome: Literal["reached", "unreached"]
    words: str = Field(default="", max_length=MAX_WORDS)
    place: str = Field(default="", max_length=100)
    demand: str = Field(default="", max_length=64)
    told: bool = False


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show who waits, whoever is due first in front; one query for all."""
    with request_work() as work:
        page = desk.ring_backs(work.session, tickets.RING_BACK, at=place())
        return render_template(
            "console/ring_backs.html",
            page=page,
            rows=[(row, why(row.call)) for row in page],
            done=request.args.get("done"),
            ended=_ended(work, request.args.get("about")),
            at_most=work.kit.maps.current.limits.ring_backs,
            now=work.now,
            may_act=me().role is Role.OPERATOR,
        )


def _ended(work: Work, number: str | None) -> Ticket | None:
    """Return the ticket that was just rung in vain, if that was the last try."""
    ticket = ticket_rows.find(work.session, number) if number else None
    return ticket if ticket is not None and ticket.status is Status.UNREACHED else None


@bp.get("/<number>")
def hide(number: str) -> ResponseReturnValue:
    """Whoever reloads the form asks for the number anew: each look is put on record."""
    del number
    return redirect(url_for(".show"))


@bp.post("/<number>")
def ring(number: str) -> ResponseReturnValue:
    """Show the caller's number with the form, and put on record that somebody looked."""
    with request_work() as work:
        ticket = work.look(number)
        grid_map = work.kit.maps.current
        return render_template(
            "console/ring_back.html",
            ticket=ticket,
            who=identity.view(work, ticket, "call_caller"),
            words_so_far=ticket_rows.first_words(work.session, [ticket.id]).get(ticket.id, ""),
            map=grid_map,
            now=work.now,
            places=places.choices(grid_map),
            classes=places.classes(grid_map),
            command_id=uuid4,
        )


@bp.post("/<number>/outcome")
def outcome(number: str) -> ResponseReturnValue:
    """Record the outcome; what the caller says is read, settled and dispatched where it can be."""
    form = OutcomeForm.model_validate(request.form.to_dict())
    if form.outcome == "reached" and not form.words.strip():
        raise InvalidError(fields=["words"])

    def do(work: Work, ticket: Ticket) -> None:
        if form.outcome == "reached":
            tickets.contact(work, ticket, form.outcome)
            _complete(work, ticket, form)
        else:
            tickets.ring_back_failed(work, ticket)

    back = "console.ring_backs.show" if form.outcome == "unreached" else None
    return carry_out(number, "contact", form, do, back=back)


def _complete(work: Work, ticket: Ticket, form: OutcomeForm) -> None:
    grid = places.code_of(work.kit.maps.current, form.place)
    if form.place.strip() and grid is None:
        raise InvalidError(fields=["grid"])
    choice = taking.Choice(grid, form.demand.strip() or None)
    taking.complete(work, ticket, form.words, choice, told=form.told)


def why(call: Call | None) -> str:
    """Return why somebody must be rung back, as a code: how their call ended."""
    if call is None:
        return "asked"
    if call.talk.get("missed"):
        return "missed"
    if call.talk.get("recordings"):
        return "recorded"
    if call.talk.get("wants_person"):
        return "wanted_person"
    return "silent" if call.talk.get("silences") else "hung_up"
