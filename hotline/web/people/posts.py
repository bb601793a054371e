"""One post: who holds it, its duty list, and what was changed about it."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotAllowedError, NotFoundError
from hotline.domain.grid.model import GridMap
from hotline.domain.roster import DutyKind, Pace
from hotline.services.staff import people, rosters
from hotline.store import people as people_rows
from hotline.store import roster
from hotline.store.models import Staff
from hotline.web.parts import request_work
from hotline.web.people.forms import DutyForm, HoldForm, RoundForm
from hotline.web.people.units import holes_of
from hotline.work import Work

bp = Blueprint("posts", __name__)


@bp.get("/posts/<path:post_id>")
def show(post_id: str) -> ResponseReturnValue:
    """Show a post; a fixed number of queries."""
    with request_work() as work:
        try:
            post = people.post(work, post_id)
        except NotAllowedError as error:
            raise NotFoundError(post=post_id) from error
        grid_map, session = work.kit.maps.current, work.session
        duty = work.on_duty(post)
        found = {duty.staff_id} if duty.staff_id else set()
        return render_template(
            "people/post.html",
            post=post,
            duty=duty,
            person=next(iter(people_rows.named(session, found).values()), None),
            holders=roster.holders(session, [post.id], work.now),
            listed=roster.listed(session, [post.id], work.now),
            holes=holes_of(roster.book(session, work.now), post, work.now),
            people=able(work, post.unit),
            changes=roster.changes(session, post=post.id, limit=20),
            map=grid_map,
            now=work.now,
            done=request.args.get("done"),
            kinds=list(DutyKind),
            paces=list(Pace),
            laid_out=_laid_out(),
        )


@bp.post("/posts/<path:post_id>/hold")
def hold(post_id: str) -> ResponseReturnValue:
    """Give somebody the post."""
    form = HoldForm.model_validate(request.form.to_dict())
    with request_work() as work:
        post, who = people.post(work, post_id), people.person(work, form.staff)
        people.hold(work, who, post, *form.span(work.now))
    return _back(post_id, "holding_started")


@bp.post("/posts/<path:post_id>/duty")
def add_duty(post_id: str) -> ResponseReturnValue:
    """Put somebody on the post's duty list."""
    form = DutyForm.model_validate(request.form.to_dict())
    with request_work() as work:
        post, who = people.post(work, post_id), people.person(work, form.staff)
        people.add_duty(work, post, who, form.shifts(), kind=form.kind)
    return _back(post_id, "duty_added")


@bp.post("/posts/<path:post_id>/round")
def lay_out(post_id: str) -> ResponseReturnValue:
    """Lay a whole round of shifts out on the post's duty list."""
    fields: dict[str, object] = {**request.form.to_dict(), "staff": request.form.getlist("staff")}
    form = RoundForm.model_validate(fields)
    with request_work() as work:
        made = rosters.lay_out(
            work, people.post(work, post_id), form.staff, form.turns(), form.kind
        )
    return redirect(
        url_for(
            "people.posts.show",
            post_id=post_id,
            done="duty_added",
            lines=made.lines,
            moved=made.moved,
            open=len(made.open),
        ),
        code=303,
    )


@bp.post("/posts/<path:post_id>/batches/<uuid:batch>/remove")
def take_off(post_id: str, batch: UUID) -> ResponseReturnValue:
    """Take everything off the list that was laid out or imported together."""
    with request_work() as work:
        rosters.take_off(work, batch)
    return _back(post_id, "duty_removed")


@bp.post("/holdings/<uuid:holding_id>/end")
def end_holding(holding_id: UUID) -> ResponseReturnValue:
    """End a holding now."""
    with request_work() as work:
        found = people.end_holding_by_id(work, holding_id)
    return _back(found.post, "holding_ended")


@bp.post("/duties/<uuid:duty_id>/remove")
def remove_duty(duty_id: UUID) -> ResponseReturnValue:
    """Take a line off a duty list."""
    with request_work() as work:
        found = people.remove_duty(work, duty_id)
    return _back(found.post, "duty_removed")


def _laid_out() -> dict[str, int]:
    """Return what the round that was just laid out came to, if one was."""
    return {
        name: number
        for name in ("lines", "moved", "open")
        if (number := request.args.get(name, type=int)) is not None
    }


def able(work: Work, unit: str) -> list[Staff]:
    """Return whom whoever acts may put at a post of a unit: the unit's own people first."""
    mine = people.units_of(work)
    return [one for one in everybody_near(work, unit) if one.unit in mine]


def near(grid_map: GridMap, unit: str) -> list[str]:
    """Return the units whose people are offered: the unit's own, its parent's and its sisters'."""
    parent = grid_map.unit(unit).parent
    sisters = [one.id for one in grid_map.units.values() if parent and one.parent == parent]
    # The county's own children are all its towns and departments: too many to choose from.
    is_top = parent is not None and grid_map.unit(parent).parent is None
    below = [one.id for one in grid_map.units.values() if one.parent == unit]
    return [unit, *below, *([] if is_top else [parent, *sisters] if parent else [])]


def _back(post_id: str, done: str) -> ResponseReturnValue:
    return redirect(url_for("people.posts.show", post_id=post_id, done=done), code=303)


def everybody_near(work: Work, unit: str) -> list[Staff]:
    """Return who may stand in for somebody of a unit: its own people first, then those around."""
    grid_map = work.kit.maps.current
    units = near(grid_map, unit) if unit in grid_map.units else []
    return sorted(roster.of_units(work.session, units), key=lambda one: units.index(one.unit))
