"""The grid map as a graph, for whoever asks about paths or draws it.

Commands never do: routing walks the map itself, and the library weighs more than a whole county.
"""

from collections.abc import Iterator

import networkx as nx

from hotline.domain.grid.model import GridMap


def build_graph(grid_map: GridMap) -> "nx.MultiDiGraph[str]":
    """Return the map as a graph; nodes are ``unit:``, ``post:``, ``grid:`` and ``class:`` ids."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(f"unit:{unit.id}" for unit in grid_map.units.values())
    graph.add_nodes_from(f"class:{clazz.code}" for clazz in grid_map.classes.values())
    for relation, start, end in _edges(grid_map):
        graph.add_edge(start, end, key=relation)
    nx.freeze(graph)
    return graph


def _edges(grid_map: GridMap) -> Iterator[tuple[str, str, str]]:
    """Yield each relation with the nodes that it joins."""
    for unit in (unit for unit in grid_map.units.values() if unit.parent is not None):
        yield "parent", f"unit:{unit.id}", f"unit:{unit.parent}"
    for post in grid_map.posts.values():
        yield "of", f"post:{post.id}", f"unit:{post.unit}"
        if post.stand_in is not None:
            yield "stand_in", f"post:{post.id}", f"post:{post.stand_in}"
    for grid in grid_map.grids.values():
        yield "lies_in", f"grid:{grid.code}", f"unit:{grid.unit}"
        yield "officer", f"grid:{grid.code}", f"post:{grid.officer}"
        for attached in grid.attached:
            yield "attached", f"grid:{grid.code}", f"post:{attached}"
    for clazz in (clazz for clazz in grid_map.classes.values() if clazz.unit is not None):
        yield "competent", f"class:{clazz.code}", f"unit:{clazz.unit}"
