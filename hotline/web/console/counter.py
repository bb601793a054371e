"""The counter (窗口): take down in person what could not be got done, and print the slip."""

from typing import Annotated, Final
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from hotline.domain.errors import InvalidError, NotAllowedError
from hotline.domain.tickets import Shield
from hotline.services.reception import codes, counter, inbox, withdrawal
from hotline.store import tickets as ticket_rows
from hotline.store import timers
from hotline.store.models import Ticket
from hotline.web.blanks import BLANK
from hotline.web.desk_commands import CommandForm
from hotline.web.origin import address, telephone
from hotline.web.parts import parts, racing, request_work
from hotline.web.words.map import named
from hotline.work import Work

bp = Blueprint("counter", __name__, url_prefix="/counter")
STEP: Final = "counter"


class MatterForm(BaseModel):
    """What somebody says at a window."""

    model_config = ConfigDict(str_strip_whitespace=True)

    command_id: UUID
    window: str = Field(min_length=1, max_length=80)
    words: str = Field(min_length=1, max_length=1500)
    service: str = Field(default="", max_length=120)
    by_whom: str = Field(default="", max_length=120)
    number: str = Field(default="", max_length=40)
    name: str = Field(default="", max_length=40)
    shield: Annotated[Shield | None, BLANK] = None
    line: str = Field(default="", max_length=20)


class TakeBackForm(CommandForm):
    """Somebody stands at the window again, with the slip."""

    number: str = Field(max_length=20)
    code: str = Field(max_length=20)
    window: str = Field(max_length=80)


@bp.get("/")
def show() -> str:
    """Show the form; the window that was used last is chosen."""
    return _form(request.args.get("window", ""))


@bp.post("/")
def take() -> ResponseReturnValue:
    """Make the ticket; the same form twice makes one. The answer is the slip."""
    form = MatterForm.model_validate(request.form.to_dict())
    matter = counter.Matter(
        window=form.window,
        words=form.words,
        service=form.service,
        by_whom=form.by_whom,
        number=telephone(form.number),
        name=form.name or None,
        shield=form.shield,
        line=form.line or None,
    )

    def attempt() -> str:
        with request_work() as work:
            key, sent = str(form.command_id), form.model_dump(mode="json")
            return inbox.once(work, key, STEP, sent, lambda: counter.take(work, matter))

    number = racing(attempt)
    with request_work() as work:
        return _slip(work, number)


@bp.post("/withdraw")
def withdraw() -> ResponseReturnValue:
    """Withdraw in person, with the code on the slip, at the window that took the demand.

    Raises:
        NotAllowedError: number and code do not belong together.
    """
    form = TakeBackForm.model_validate(request.form.to_dict())
    with request_work() as work:
        found = codes.check(work, form.number, form.code, address())
    if found is None:
        raise NotAllowedError(reason="wrong_code")

    def once(work: Work) -> str:
        withdrawal.at_window(work, work.ticket(found.number), form.window)
        return found.number

    with request_work() as work:
        key, sent = str(form.command_id), form.model_dump(mode="json")
        inbox.once(work, key, f"{STEP}:withdraw", sent, lambda: once(work))
    return redirect(url_for("console.tickets.show", number=found.number, done="withdraw"), code=303)


def _form(window: str) -> str:
    grid_map = parts().kit.maps.current
    return render_template(
        "console/counter.html",
        command_id=uuid4,
        window=window,
        windows=[(one.id, named(one.name)) for one in grid_map.windows.values()],
        lines=[(line.number, named(line.name)) for line in grid_map.lines],
    )


def _slip(work: Work, number: str) -> str:
    ticket = _found(work, number)
    grid_map = work.kit.maps.get(work.session, ticket.map_version)
    react = [row for row in timers.waiting(work.session, ticket.id) if row.step == "react"]
    return render_template(
        "console/slip.html",
        ticket=ticket,
        map=grid_map,
        window=grid_map.windows.get(ticket.window_id or ""),
        code=codes.code_of(work, ticket.id),
        react_by=react[0].due_at if react else None,
        url=f"{parts().kit.public_url}{url_for('doors.case.show')}",
    )


def _found(work: Work, number: str) -> Ticket:
    ticket = ticket_rows.find(work.session, number)
    if ticket is None:
        raise InvalidError(fields=["number"])
    return ticket
