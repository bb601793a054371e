"""Who would get a demand, and why: what `hotline grid show` says of a place, a class or a text."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hotline.domain.grid.checks import REQUIRED_STEPS
from hotline.domain.grid.model import DemandClass, GridMap, Unit, UnitKind
from hotline.domain.routing import Router

Said = dict[str, Any]


def explain(router: Router, asked: str, day: date) -> Said:
    """Return what the map says of a grid's code, a class's code or a caller's words.

    Args:
        router: of the map.
        asked: a code of a grid or of a class, or words.
        day: the county's day: a grid may not be live yet.
    """
    grid_map = router.map
    if asked in grid_map.classes:
        return {"asked": asked, "class": _class(grid_map, grid_map.clazz(asked))}
    if asked in grid_map.grids:
        return {"asked": asked, "grid": _grid(grid_map, asked, day)}
    routing = router.route(asked, day)
    said: Said = {"asked": asked, "routing": routing.as_json()}
    if routing.grid_code is not None:
        said["grid"] = _grid(grid_map, routing.grid_code, day, routing.class_code)
    if routing.class_code is not None:
        said["class"] = _class(grid_map, grid_map.clazz(routing.class_code))
    if routing.grid_code is not None and routing.unit is not None:
        said["ladder"] = _ladder(grid_map, routing.grid_code, routing.unit)
        said["whistles"] = {
            kind: _post(grid_map, grid_map.able_posts(kind, routing.grid_code, routing.unit)[0].id)
            for kind in grid_map.whistles
        }
    if routing.class_code is not None:
        said["limits"] = _limits(grid_map, routing.class_code, urgent=routing.urgent)
    return said


def _grid(grid_map: GridMap, code: str, day: date, clazz: str | None = None) -> Said:
    grid, town = grid_map.grid(code), grid_map.town_of(code)
    return {
        "code": code,
        "name": str(grid.name),
        "town": _unit(town),
        "unit": _unit(grid_map.unit(grid.unit)),
        "live": grid.is_live(day),
        "live_from": grid.live_from.isoformat() if grid.live_from else None,
        "post": _post(grid_map, grid_map.receiving_post(code, day, clazz)),
        "attached": [_post(grid_map, post) for post in grid.attached],
    }


def _class(grid_map: GridMap, clazz: DemandClass) -> Said:
    said: Said = {"code": clazz.code, "name": str(clazz.name), "kind": clazz.kind.value}
    if clazz.unit is None:
        said["nearest"] = clazz.nearest.value if clazz.nearest else None
    else:
        unit = grid_map.unit(clazz.unit)
        said["unit"] = _unit(unit)
        said["duty"] = _post(grid_map, unit.duty)
        said["lead"] = _post(grid_map, unit.lead)
        said["attached"] = [
            _post(grid_map, post.id)
            for post in grid_map.posts.values()
            if post.unit == unit.id and _is_attached(grid_map, post.id, unit)
        ]
    said["limits"] = _limits(grid_map, clazz.code, urgent=False)
    said["urgent_limits"] = _limits(grid_map, clazz.code, urgent=True)
    return said


def _is_attached(grid_map: GridMap, post: str, unit: Unit) -> bool:
    own = {unit.duty, unit.lead}
    own |= {str(grid_map.post(each).stand_in) for each in own}
    return unit.kind in {UnitKind.DEPARTMENT, UnitKind.UTILITY} and post not in own


def _ladder(grid_map: GridMap, grid_code: str, unit: str) -> list[Said]:
    return [
        {
            "rung": rung.name,
            "title": str(rung.title),
            "posts": [_post(grid_map, post.id) for post in rung.posts],
        }
        for rung in grid_map.ladder_posts(grid_code, unit)
    ]


def _limits(grid_map: GridMap, class_code: str, *, urgent: bool) -> Mapping[str, Mapping[str, str]]:
    """Return the limits of the steps that every ticket has, on every line."""
    return {
        line.number: {
            step: str(grid_map.limit(step, class_code, urgent=urgent, line=line.number))
            for step in (*REQUIRED_STEPS, "handle")
        }
        for line in grid_map.lines
    }


def _unit(unit: Unit) -> Said:
    return {"id": unit.id, "name": str(unit.name), "kind": unit.kind.value}


def _post(grid_map: GridMap, post_id: str) -> Said:
    post = grid_map.post(post_id)
    return {"id": post.id, "title": str(post.title), "stand_in": post.stand_in}
