"""The simulator: who would be told, when, by what, if nobody answers, and until where it climbs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, ValidationError

from hotline.clock import COUNTY_ZONE
from hotline.domain.errors import HotlineError, InvalidError, NotFoundError
from hotline.domain.grid.faults import Wording
from hotline.services.law import rehearsal, scripts
from hotline.services.law.moment_words import (
    STAFFED,
    asked_words,
    end_words,
    gathered,
    moment_words,
    opening,
    told_words,
)
from hotline.services.law.scenes import Rehearsal, Scene
from hotline.store.paper import MapStaffing, RosterStaffing, Staffing
from hotline.web.i18n import gettext as _
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
    return _page({**_blank(), "words": example, "at": now.strftime("%Y-%m-%dT%H:%M")})


@bp.post("/")
def play() -> ResponseReturnValue:
    """Show the timeline of what was asked for. Nothing is written, and nobody is told."""
    typed = {**_blank(), **request.form.to_dict()}
    try:
        form = SceneForm.model_validate(request.form.to_dict())
        with request_work() as work:
            scene, staffing = _scene(work, form), _staffing(work, form)
            played = rehearsal.rehearse(work.kit, scene, staffing)
            after = rehearsal.named(played)
            further = rehearsal.rehearse(work.kit, after, staffing) if after else None
    except ValidationError as error:
        faults = {str(part["loc"][0]): _("请填写，并检查写法。") for part in error.errors()}
        return _page(typed, faults), 422
    except (InvalidError, NotFoundError) as error:
        return _page(typed, _faults(error)), 422
    return _page(
        typed, courses=[one for one in (played, further) if one], staffed=STAFFED[form.staffed_by]
    )


def _page(
    typed: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    courses: list[Rehearsal] | None = None,
    staffed: Wording | None = None,
) -> str:
    return render_template(
        "audit/simulator.html",
        typed=typed,
        faults=faults or {},
        courses=courses or [],
        opening=opening(courses[0], staffed) if courses and staffed else None,
        asked_words=asked_words,
        gathered=gathered,
        moment_words=moment_words,
        told_words=told_words,
        end_words=end_words,
    )


def _blank() -> dict[str, str]:
    return {
        name: str(one.default) if isinstance(one.default, str) else ""
        for name, one in SceneForm.model_fields.items()
    }


def _faults(error: HotlineError) -> dict[str, str]:
    """Return what to say beside the field that names nothing, or can't be read."""
    fields: Any = error.facts.get("fields") or ["words"]
    key = error.facts.get("key")
    if isinstance(error, NotFoundError):
        words = (
            _("有几个都叫“%(key)s”，请写全称或编号。", key=key)
            if error.facts.get("found")
            else _("没有“%(key)s”，请写名称或编号。", key=key)
        )
    else:
        said = error.facts.get("answer") or error.facts.get("span") or ""
        words = _("看不懂“%(said)s”，请照提示的样子写。", said=said)
    return {str(field): words for field in fields}


def _scene(work: Work, form: SceneForm) -> Scene:
    grid_map = work.kit.maps.current
    # A browser sends the county's own time; whoever writes a zone means it.
    at = form.at if form.at.tzinfo else form.at.replace(tzinfo=COUNTY_ZONE)
    return Scene(
        form.words,
        at,
        at + _ahead(form.until),
        grid=scripts.read_place(grid_map, form.place),
        answers=scripts.read_script(grid_map, form.answers, at),
        unreachable=frozenset(scripts.read_posts(grid_map, [form.unreachable], "unreachable")),
    )


def _ahead(said: str) -> timedelta:
    found = scripts.read_span(said)
    if found > rehearsal.LONGEST:
        raise InvalidError(fields=["until"], span=said)
    return found


def _staffing(work: Work, form: SceneForm) -> Staffing:
    if form.staffed_by not in STAFFED:
        raise InvalidError(fields=["staffed_by"])
    absent = scripts.read_posts(work.kit.maps.current, [form.absent], "absent")
    if form.staffed_by == "database":
        return RosterStaffing(work.session, absent)
    return MapStaffing(absent)
