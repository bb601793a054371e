"""Merging (并案) at the desk: groups that may be one event, and tickets taken out again."""

from uuid import UUID, uuid4

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.errors import InvalidError
from hotline.domain.tickets import Role
from hotline.services.reception import duplicates, merging
from hotline.store.models import Ticket
from hotline.web.desk_commands import CommandForm, carry_out
from hotline.web.paging import place
from hotline.web.parts import me, request_work
from hotline.work import Work

bp = Blueprint("duplicates", __name__, url_prefix="/duplicates")
MOST: int = 500


class MergeForm(CommandForm):
    """Which ticket leads; the others stand in the form as often as one was ticked."""

    command_id: UUID
    back: bool = False


class ReleaseForm(CommandForm):
    """Which merged ticket is taken out again."""

    member: str


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the open tickets that may be one event each; one query for all."""
    with request_work() as work:
        return render_template(
            "console/duplicates.html",
            page=duplicates.events(work, at=place()),
            map=work.kit.maps.current,
            now=work.now,
            may_act=me().role is Role.OPERATOR,
            command_id=uuid4,
            done=request.args.get("done"),
            about=request.args.get("about"),
        )


@bp.post("/<number>")
def merge(number: str) -> ResponseReturnValue:
    """Merge the ticked tickets into this one."""
    form = MergeForm.model_validate(request.form.to_dict())
    ticked = request.form.getlist("ticket")
    if not 0 < len(ticked) <= MOST:
        raise InvalidError(fields=["tickets"])

    def do(work: Work, lead: Ticket) -> None:
        merging.merge(work, lead, ticked)

    back = "console.duplicates.show" if form.back else None
    return carry_out(number, "gather", form, do, back=back, others=ticked)


@bp.post("/<number>/release")
def release(number: str) -> ResponseReturnValue:
    """Take one of this ticket's merged tickets out again."""
    form = ReleaseForm.model_validate(request.form.to_dict())

    def do(work: Work, lead: Ticket) -> None:
        merging.release(work, lead, form.member)

    return carry_out(number, "release", form, do)
