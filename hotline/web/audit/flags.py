"""The flag queue: claims of closure that a supervisor should look at, and the ruling on each."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.domain.suspicion.frame import FlagState
from hotline.services.handling import commands
from hotline.services.reckoning import case_file, flags
from hotline.store import flags as flag_rows
from hotline.store import suspicion
from hotline.store.flags import Queued
from hotline.store.models import Ticket
from hotline.web.desk_commands import TextForm
from hotline.web.paging import place
from hotline.web.parts import request_work
from hotline.work import Work

bp = Blueprint("flags", __name__, url_prefix="/flags")


class RulingForm(TextForm):
    """A ruling with its reason."""

    ruling: FlagState


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show one list of the queue; a fixed number of queries, however many flags."""
    name = request.args.get("list", "rule")
    if name not in flag_rows.QUEUE:
        raise NotFoundError(list=name)
    with request_work() as work:
        queue = flag_rows.queue(work.session, name, at=place())
        claims = [row.claim.id for row in queue]
        signs: dict[UUID, dict[str, int]] = {}
        for sign in suspicion.signs(work.session, claims):
            signs.setdefault(sign.submission_id, {}).setdefault(sign.signal, sign.strength)
        return render_template(
            "audit/flags.html",
            name=name,
            lists=tuple(flag_rows.QUEUE),
            queue=queue,
            signs=signs,
            counts=flag_rows.counts(work.session),
            precision=flag_rows.precision(work.session),
            map=work.kit.maps.current,
            now=work.now,
        )


@bp.get("/<uuid:flag_id>")
def one(flag_id: UUID) -> ResponseReturnValue:
    """Show the case file of one flag."""
    with request_work() as work:
        return render_template(
            "audit/flag.html",
            c=case_file.read(work, _found(work, flag_id)),
            rulable=case_file.rulable,
            command_id=uuid4,
            done=request.args.get("done"),
            now=work.now,
        )


@bp.post("/<uuid:flag_id>")
def rule(flag_id: UUID) -> ResponseReturnValue:
    """Rule on a flag; a repeat changes nothing."""
    form = RulingForm.model_validate(request.form.to_dict())
    envelope = commands.Envelope(form.command_id, "rule_flag", request.form.to_dict())
    with request_work() as work:

        def once(ticket: Ticket, _done_at: datetime | None) -> None:
            flags.rule(work, ticket, flag_id, form.ruling, form.text)

        commands.once(work, _found(work, flag_id).ticket.number, envelope, once)
    return redirect(url_for(".one", flag_id=flag_id, done="rule_flag"), code=303)


def _found(work: Work, flag_id: UUID) -> Queued:
    found = flag_rows.get(work.session, flag_id)
    if found is None:
        raise NotFoundError(flag=flag_id)
    return found
