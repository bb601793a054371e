"""What is watched (督办): lists by level and by stage, and what a supervisor does by hand."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.services.handling import supervision
from hotline.store import tickets as ticket_rows
from hotline.store import watched
from hotline.web.desk_commands import TextForm, carry_out
from hotline.web.paging import place
from hotline.web.parts import request_work

bp = Blueprint("supervision", __name__, url_prefix="/supervision")
_FIRST = "overseen"


class LevelForm(TextForm):
    """How closely a ticket is to be watched, and why."""

    level: int


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show one list of what is watched; a fixed number of queries, however many tickets."""
    name = request.args.get("list", _FIRST)
    if name not in watched.WATCHED:
        raise NotFoundError(list=name)
    with request_work() as work:
        tickets = watched.page(work.session, name, at=place())
        return render_template(
            "audit/supervision.html",
            lists=list(watched.WATCHED),
            name=name,
            counts=watched.count(work.session),
            most=ticket_rows.MANY,
            tickets=tickets,
            first=ticket_rows.first_words(work.session, [ticket.id for ticket in tickets]),
            map=work.kit.maps.current,
            now=work.now,
        )


@bp.post("/<number>/urge")
def urge(number: str) -> ResponseReturnValue:
    """Urge whoever owes the next step (催办)."""
    form = TextForm.model_validate(request.form.to_dict())
    return carry_out(
        number, "urge", form, lambda work, ticket: supervision.urge(work, ticket, form.text)
    )


@bp.post("/<number>/oversee")
def oversee(number: str) -> ResponseReturnValue:
    """Take a ticket under 督办, or raise it to 提级督办."""
    form = LevelForm.model_validate(request.form.to_dict())
    return carry_out(
        number,
        "oversee",
        form,
        lambda work, ticket: supervision.oversee(work, ticket, form.level, form.text),
    )


@bp.post("/<number>/relax")
def relax(number: str) -> ResponseReturnValue:
    """Watch a ticket as its line says again."""
    form = TextForm.model_validate(request.form.to_dict())
    return carry_out(
        number, "relax", form, lambda work, ticket: supervision.relax(work, ticket, form.text)
    )
