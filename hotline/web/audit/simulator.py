"""The simulator: who would be told, when, by what, if nobody answers, and until where it climbs."""

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from hotline.clock import COUNTY_ZONE
from hotline.domain.errors import InvalidError
from hotline.services.law import rehearsal, scripts
from hotline.services.law.moment_words import end_words, gathered, moment_words, told_words
from hotline.services.law.scenes import Scene
from hotline.store.paper import MapStaffing, RosterStaffing, Staffing
from hotline.web.parts import request_work
from hotline.work import Work

bp = Blueprint("simulator", __name__, url_prefix="/simulator")


class SceneForm(BaseModel):
    """What is to be rehearsed."""

    words: str = Field(min_length=1, max_length=2000)
    at: datetime
    until: str = "24h"
    place: str = ""
    staffed_by: str = "map"
    absent: str = ""
    unreachable: str = ""
    answers: str = ""


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the form with an example."""
    with request_work() as work:
        now = work.now.astimezone(COUNTY_ZONE).replace(second=0, microsecond=0, tzinfo=None)
        example = scripts.example(work.kit.maps.current)
    form = SceneForm(words=example, at=now)
    return render_template("audit/simulator.html", form=form, played=None)


@bp.post("/")
def play() -> ResponseReturnValue:
    """Show the timeline of what was asked for. Nothing is written, and nobody is told."""
    form = SceneForm.model_validate(request.form.to_dict())
    with request_work() as work:
        played = rehearsal.rehearse(work.kit, _scene(work, form), _staffing(work, form))
    return render_template(
        "audit/simulator.html",
        form=form,
        played=played,
        runs=gathered(played.moments),
        moment_words=moment_words,
        told_words=told_words,
        ending=end_words(played),
    )


def _scene(work: Work, form: SceneForm) -> Scene:
    grid_map = work.kit.maps.current
    at = form.at.replace(tzinfo=COUNTY_ZONE)
    absent, unreachable = form.absent.split(), form.unreachable.split()
    scripts.guard_posts(grid_map, (*absent, *unreachable))
    return Scene(
        form.words,
        at,
        at + min(scripts.read_span(form.until), rehearsal.LONGEST),
        grid=scripts.read_place(grid_map, form.place.strip()),
        answers=scripts.read_script(form.answers, at),
        unreachable=frozenset(unreachable),
    )


def _staffing(work: Work, form: SceneForm) -> Staffing:
    if form.staffed_by not in {"map", "database"}:
        raise InvalidError(fields=["staffed_by"])
    absent = form.absent.split()
    if form.staffed_by == "database":
        return RosterStaffing(work.session, absent)
    return MapStaffing(absent)
