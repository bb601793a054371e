"""What the forms of both desks send, and how a command from them is carried out once."""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from hotline.services.handling import commands
from hotline.store.models import Ticket
from hotline.web.parts import request_work
from hotline.work import Work


class CommandForm(BaseModel):
    """What every command carries: its key, and the version of the ticket on the screen."""

    command_id: UUID
    seen_version: int | None = None


class TextForm(CommandForm):
    """A command in words."""

    text: str = Field(max_length=2000)


def carry_out(
    number: str,
    action: str,
    form: CommandForm,
    do: Callable[[Work, Ticket], object],
    *,
    back: str | None = None,
    others: Collection[str] = (),
) -> ResponseReturnValue:
    """Carry a command out once, and go back to the ticket; a repeat changes nothing.

    Args:
        number: the ticket's.
        action: the word under which the page says that it was done.
        form: the parsed form.
        do: the service.
        back: the endpoint of the list to go back to, instead of the ticket.
        others: numbers of further tickets that the command changes.
    """
    body = {name: value for name, value in request.form.items() if name != "done_at"}
    envelope = commands.Envelope(form.command_id, action, body, form.seen_version)

    with request_work() as work:

        def once(ticket: Ticket, _done_at: datetime | None) -> None:
            do(work, ticket)

        commands.once(work, number, envelope, once, others=others)
    if back is not None:
        return redirect(url_for(back, about=number, done=action), code=303)
    audits = (request.blueprint or "").startswith("audit.")
    own = "audit.tickets.show" if audits else "console.tickets.show"
    return redirect(url_for(own, number=number, done=action), code=303)
