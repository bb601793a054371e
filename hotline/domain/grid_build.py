"""Join the parts of a map file into a `GridMap`: the graph, and every path through it, once.

The parts must have passed `hotline.domain.grid_checks.check` before.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import networkx as nx

from hotline.domain.grid import (
    DangerService,
    DemandClass,
    Grid,
    GridMap,
    LadderRule,
    Line,
    Name,
    Office,
    Post,
    Rung,
    Told,
    Unit,
    UnitKind,
    WhistleKind,
)
from hotline.domain.limits import Limits
from hotline.domain.suspicion.thresholds import DEFAULT, SuspicionRules


@dataclass(frozen=True, slots=True)
class MapParts:
    """What a file of the map says, before it is checked and joined into a `GridMap`."""

    county: Name
    county_code: str
    office: Office
    lines: tuple[Line, ...]
    danger: tuple[DangerService, ...]
    units: tuple[Unit, ...]
    posts: tuple[Post, ...]
    grids: tuple[Grid, ...]
    ladder: tuple[LadderRule, ...]
    classes: tuple[DemandClass, ...]
    whistles: tuple[WhistleKind, ...]
    limits: Limits
    suspicion: SuspicionRules = DEFAULT
    neighbours: tuple[str, ...] = ()
    not_live: tuple[str, ...] = ()


def content_version(content: object) -> str:
    """Return the SHA-256 of plain content: order of keys, comments and layout do not count."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def nearest_unit(units: Mapping[str, Unit], start: str, kind: UnitKind | None) -> str | None:
    """Return the id of the nearest unit of ``kind`` from ``start`` upwards, itself included."""
    seen: set[str] = set()
    here: str | None = start
    while here is not None and here in units and here not in seen:
        if units[here].kind is kind:
            return here
        seen.add(here)
        here = units[here].parent
    return None


def told_post(
    units: Mapping[str, Unit], rule: LadderRule, grid: Grid, competent: str
) -> str | None:
    """Return the id of the post that a rung tells, or ``None``: a dead end of the ladder.

    Args:
        units: the map's units by id.
        rule: the rung.
        grid: where the demand is.
        competent: the id of the competent unit.
    """
    if rule.told is Told.OFFICER:
        return grid.officer
    if rule.told is Told.COMPETENT:
        # A utility answers to a department; where none is above it, its own leader is told.
        found = nearest_unit(units, competent, UnitKind.DEPARTMENT) or competent
    elif rule.told is Told.NEAREST:
        found = nearest_unit(units, grid.unit, rule.nearest) or ""
    else:
        found = rule.unit or ""
    return units[found].lead if found in units else None


def build_map(parts: MapParts, version: str) -> GridMap:
    """Join checked parts into a map.

    The parts must have passed `hotline.domain.grid_checks.check`: this only computes.
    """
    units = {unit.id: unit for unit in parts.units}
    posts = {post.id: post for post in parts.posts}
    return GridMap(
        version=version,
        county=parts.county,
        county_code=parts.county_code,
        office=parts.office,
        lines=parts.lines,
        danger=parts.danger,
        limits=parts.limits,
        suspicion=parts.suspicion,
        ladder=tuple(rule.rung for rule in parts.ladder),
        units=MappingProxyType(units),
        grids=MappingProxyType({grid.code: grid for grid in parts.grids}),
        posts=MappingProxyType(posts),
        classes=MappingProxyType({clazz.code: clazz for clazz in parts.classes}),
        whistles=MappingProxyType({kind.name: kind for kind in parts.whistles}),
        graph=build_graph(parts),
        neighbours=parts.neighbours,
        not_live=parts.not_live,
        _ladders=MappingProxyType(_ladders(parts, units, posts)),
        _towns=MappingProxyType(_towns(parts, units)),
        _powers=MappingProxyType(_powers(parts, units)),
    )


def build_graph(parts: MapParts) -> "nx.MultiDiGraph[str]":
    """Return the map as a graph; nodes are ``unit:``, ``post:``, ``grid:`` and ``class:`` ids."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(f"unit:{unit.id}" for unit in parts.units)
    graph.add_nodes_from(f"class:{clazz.code}" for clazz in parts.classes)
    for relation, start, end in _edges(parts):
        graph.add_edge(start, end, key=relation)
    nx.freeze(graph)
    return graph


def _edges(parts: MapParts) -> Iterator[tuple[str, str, str]]:
    """Yield each relation with the nodes that it joins."""
    for unit in (unit for unit in parts.units if unit.parent is not None):
        yield "parent", f"unit:{unit.id}", f"unit:{unit.parent}"
    for post in parts.posts:
        yield "of", f"post:{post.id}", f"unit:{post.unit}"
        if post.stand_in is not None:
            yield "stand_in", f"post:{post.id}", f"post:{post.stand_in}"
    for grid in parts.grids:
        yield "lies_in", f"grid:{grid.code}", f"unit:{grid.unit}"
        yield "officer", f"grid:{grid.code}", f"post:{grid.officer}"
        for attached in grid.attached:
            yield "attached", f"grid:{grid.code}", f"post:{attached}"
    for clazz in (clazz for clazz in parts.classes if clazz.unit is not None):
        yield "competent", f"class:{clazz.code}", f"unit:{clazz.unit}"


def _ladders(
    parts: MapParts, units: Mapping[str, Unit], posts: Mapping[str, Post]
) -> dict[tuple[str, str], tuple[Rung, ...]]:
    return {
        (grid.code, unit.id): tuple(
            Rung(rule.rung, rule.name, (posts[told],))
            for rule in parts.ladder
            if (told := told_post(units, rule, grid, unit.id)) is not None
        )
        for grid in parts.grids
        for unit in parts.units
    }


def _towns(parts: MapParts, units: Mapping[str, Unit]) -> dict[str, str]:
    return {
        grid.code: town
        for grid in parts.grids
        if (town := nearest_unit(units, grid.unit, UnitKind.TOWN)) is not None
    }


def _powers(parts: MapParts, units: Mapping[str, Unit]) -> dict[tuple[str, str], str]:
    return {
        (clazz.code, grid.code): found
        for clazz in parts.classes
        for grid in parts.grids
        if (found := clazz.unit or nearest_unit(units, grid.unit, clazz.nearest)) is not None
    }
