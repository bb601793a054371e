"""The part of the map around one unit, for a picture: nodes, and edges that say how."""

from typing import NamedTuple

from hotline.domain.grid.model import GridMap, Name

# A town has dozens of villages and the county dozens of towns: more is no picture.
MOST_NEIGHBOURS = 60


class Node(NamedTuple):
    """Something of the map.

    ``kind`` is ``self``, ``above``, ``below``, ``post``, ``attached`` (a post of one grid or town),
    ``class`` or ``grid``; ``unit`` is the
    unit that a click leads to, if it leads anywhere.
    """

    key: str
    kind: str
    name: Name
    unit: str | None = None


class Edge(NamedTuple):
    """How two nodes are joined: ``parent``, ``of``, ``stand_in``, ``competent``, or ``lies_in``."""

    start: str
    end: str
    relation: str


class Around(NamedTuple):
    """One unit with what it is joined to; ``left_out`` neighbours did not fit."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int

    def of_kind(self, kind: str) -> list[Node]:
        """Return the nodes of a kind, in the order of the map."""
        return [node for node in self.nodes if node.kind == kind]


def around(grid_map: GridMap, unit_id: str) -> Around:
    """Return the part of the map around one unit.

    Raises:
        NotFoundError: this version has none by that id.
    """
    unit = grid_map.unit(unit_id)
    here = f"unit:{unit.id}"
    attached = {post for grid in grid_map.grids.values() for post in grid.attached}
    found: list[tuple[Node, Edge | None]] = [(Node(here, "self", unit.name, unit.id), None)]
    found += _above(grid_map, unit_id)
    found += [
        (Node(f"unit:{low.id}", "below", low.name, low.id), Edge(f"unit:{low.id}", here, "parent"))
        for low in grid_map.units.values()
        if low.parent == unit_id
    ]
    found += [
        (
            Node(f"post:{post.id}", "attached" if post.id in attached else "post", post.title),
            Edge(f"post:{post.id}", here, "of"),
        )
        for post in grid_map.posts.values()
        if post.unit == unit_id
    ]
    found += [
        (Node(f"class:{one.code}", "class", one.name), Edge(here, f"class:{one.code}", "competent"))
        for one in grid_map.classes.values()
        if one.unit == unit_id
    ]
    found += [
        (Node(f"grid:{grid.code}", "grid", grid.name), Edge(f"grid:{grid.code}", here, "lies_in"))
        for grid in grid_map.grids.values()
        if grid.unit == unit_id
    ]
    kept = found[:MOST_NEIGHBOURS]
    keys = {node.key for node, _ in kept}
    stand_ins = [
        Edge(f"post:{post.id}", f"post:{post.stand_in}", "stand_in")
        for post in grid_map.posts.values()
        if f"post:{post.id}" in keys and f"post:{post.stand_in}" in keys
    ]
    edges = [edge for _, edge in kept if edge is not None]
    return Around(tuple(node for node, _ in kept), (*edges, *stand_ins), len(found) - len(kept))


def _above(grid_map: GridMap, unit_id: str) -> list[tuple[Node, Edge | None]]:
    """Return the way up from a unit to the top of the map."""
    found: list[tuple[Node, Edge | None]] = []
    here, up = unit_id, grid_map.unit(unit_id).parent
    while up is not None and len(found) < len(grid_map.units):
        unit = grid_map.unit(up)
        edge = Edge(f"unit:{here}", f"unit:{up}", "parent")
        found.append((Node(f"unit:{up}", "above", unit.name, up), edge))
        here, up = up, unit.parent
    return found
