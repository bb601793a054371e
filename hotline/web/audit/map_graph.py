"""The map as a graph around one unit: what is above and below it, its powers, grids and posts."""

import json

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.domain.grid.model import UnitKind
from hotline.domain.unit_graph import Around, around
from hotline.web.parts import request_work
from hotline.web.words.map import named

bp = Blueprint("map_graph", __name__, url_prefix="/map")


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show one unit and what it is joined to; the county where none is named."""
    with request_work() as work:
        grid_map = work.kit.maps.current
    county = next(unit.id for unit in grid_map.units.values() if unit.kind is UnitKind.COUNTY)
    unit = request.args.get("unit", county)
    if unit not in grid_map.units:
        raise NotFoundError(unit=unit)
    found = around(grid_map, unit)
    return render_template(
        "audit/map_graph.html",
        unit=grid_map.unit(unit),
        found=found,
        elements=json.dumps(_elements(found), ensure_ascii=False),
        map=grid_map,
    )


def _elements(found: Around) -> list[dict[str, object]]:
    """Return nodes and edges as the drawing library takes them; attached posts are listed alone."""
    drawn = {node.key for node in found.nodes if node.kind != "attached"}
    nodes: list[dict[str, object]] = [
        {
            "data": {"id": node.key, "label": named(node.name), "unit": node.unit},
            "classes": node.kind,
        }
        for node in found.nodes
        if node.key in drawn
    ]
    return nodes + [
        {"data": {"source": edge.start, "target": edge.end}, "classes": edge.relation}
        for edge in found.edges
        if edge.start in drawn and edge.end in drawn
    ]
