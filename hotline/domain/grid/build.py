"""Join the parts of a map file into a `GridMap`.

The parts must have passed `hotline.domain.grid.checks.check` before.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from hotline.domain.grid.counter import Route, Window
from hotline.domain.grid.model import (
    DangerService,
    DemandClass,
    Grid,
    GridMap,
    LadderRule,
    Line,
    Name,
    Office,
    Post,
    Unit,
    UnitKind,
    WhistleBand,
    WhistleKind,
    nearest_unit,
)
from hotline.domain.limits import Limits
from hotline.domain.ratings import DEFAULT as RATINGS
from hotline.domain.ratings import RatingRules
from hotline.domain.suspicion.thresholds import DEFAULT, SuspicionRules

# A proposal of this project: of a town's tickets, one in fifty to one in four is whistled for.
DEFAULT_BAND: Final = WhistleBand(0.02, 0.25)


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
    ratings: RatingRules = RATINGS
    whistle_band: WhistleBand = DEFAULT_BAND
    neighbours: tuple[str, ...] = ()
    not_live: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    routes: tuple[Route, ...] = ()


def content_version(content: object) -> str:
    """Return the SHA-256 of plain content: order of keys, comments and layout do not count."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def build_map(parts: MapParts, version: str) -> GridMap:
    """Join checked parts into a map.

    The parts must have passed `hotline.domain.grid.checks.check`: this only computes.
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
        ratings=parts.ratings,
        ladder=tuple(rule.rung for rule in parts.ladder),
        rules=parts.ladder,
        units=MappingProxyType(units),
        grids=MappingProxyType({grid.code: grid for grid in parts.grids}),
        posts=MappingProxyType(posts),
        classes=MappingProxyType({clazz.code: clazz for clazz in parts.classes}),
        whistles=MappingProxyType({kind.name: kind for kind in parts.whistles}),
        whistle_band=parts.whistle_band,
        neighbours=parts.neighbours,
        not_live=parts.not_live,
        windows=MappingProxyType({window.id: window for window in parts.windows}),
        routes=MappingProxyType({route.id: route for route in parts.routes}),
        _towns=MappingProxyType(_towns(parts, units)),
    )


def _towns(parts: MapParts, units: Mapping[str, Unit]) -> dict[str, str]:
    return {
        grid.code: town
        for grid in parts.grids
        if (town := nearest_unit(units, grid.unit, UnitKind.TOWN)) is not None
    }
