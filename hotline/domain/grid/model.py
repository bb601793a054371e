"""The grid map (网格图): who has which power, who stands where, who is told next.

It knows posts, never persons.

A `GridMap` is one accepted version of ``grid_map.yaml``: frozen, known by the hash of its content.
A look-up walks a few steps upwards from a grid: only the pairs of grid and unit that were asked for
last are kept, of the millions that a large map has. Persons, leave and rosters are rows of the
database: a step resolves a post to a person at the moment at which it happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

from hotline.domain.errors import NotFoundError
from hotline.domain.grid.counter import Route, Window
from hotline.domain.grid.types import (
    AtTop,
    Calls,
    DangerService,
    DemandClass,
    DemandKind,
    Ends,
    Evidence,
    Grid,
    HeldBy,
    Join,
    LadderRule,
    Line,
    Name,
    Office,
    Particular,
    Post,
    Rung,
    Told,
    Unit,
    UnitKind,
    Urgency,
    WhistleBand,
    WhistleKind,
    nearest_unit,
    told_post,
)
from hotline.domain.limits import Limit, Limits
from hotline.domain.ratings import RatingRules
from hotline.domain.suspicion.thresholds import SuspicionRules

__all__ = [
    "AtTop",
    "Calls",
    "DangerService",
    "DemandClass",
    "DemandKind",
    "Ends",
    "Evidence",
    "Grid",
    "GridMap",
    "HeldBy",
    "Join",
    "LadderRule",
    "Line",
    "Name",
    "Office",
    "Particular",
    "Post",
    "Rung",
    "Told",
    "Unit",
    "UnitKind",
    "Urgency",
    "WhistleBand",
    "WhistleKind",
    "nearest_unit",
    "told_post",
]

_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True, eq=False)
class GridMap:
    """One accepted version of the map. `grid_build.build_map` makes it; read it with its methods.

    Attributes:
        version: SHA-256 of the canonical content, 64 hex digits; stored with each decision.
        neighbours: names of places outside the county, so that a caller can be told.
        windows: windows of the counter, by id.
        routes: lawful routes that a rejected caller is told, by id.
        not_live: names of the county's towns that have no grids yet.
    """

    version: str
    county: Name
    county_code: str
    office: Office
    lines: tuple[Line, ...]
    danger: tuple[DangerService, ...]
    limits: Limits
    suspicion: SuspicionRules
    ratings: RatingRules
    ladder: tuple[str, ...]
    rules: tuple[LadderRule, ...]
    units: Mapping[str, Unit]
    grids: Mapping[str, Grid]
    posts: Mapping[str, Post]
    classes: Mapping[str, DemandClass]
    whistles: Mapping[str, WhistleKind]
    whistle_band: WhistleBand
    neighbours: tuple[str, ...]
    not_live: tuple[str, ...]
    windows: Mapping[str, Window]
    routes: Mapping[str, Route]
    _towns: Mapping[str, str]

    def unit(self, unit_id: str) -> Unit:
        """Return a unit.

        Raises:
            NotFoundError: this version has none by that id.
        """
        return _get(self.units, unit_id, "unit")

    def within(self, unit_id: str) -> frozenset[str]:
        """Return a unit and every unit that belongs to it, at any depth."""
        found = {unit_id}
        while below := {unit.id for unit in self.units.values() if unit.parent in found} - found:
            found |= below
        return frozenset(found)

    def grid(self, code: str) -> Grid:
        """Return a grid by its 12-digit code.

        Raises:
            NotFoundError: this version has none by that code.
        """
        return _get(self.grids, code, "grid")

    def post(self, post_id: str) -> Post:
        """Return a post.

        Raises:
            NotFoundError: this version has none by that id.
        """
        return _get(self.posts, post_id, "post")

    def clazz(self, code: str) -> DemandClass:
        """Return a class of the catalogue.

        Raises:
            NotFoundError: this version has none by that code.
        """
        return _get(self.classes, code, "class")

    def whistle_kind(self, name: str) -> WhistleKind:
        """Return a kind of whistle.

        Raises:
            NotFoundError: this version has none by that name.
        """
        return _get(self.whistles, name, "whistle_kind")

    def town_of(self, grid_code: str) -> Unit:
        """Return the town in which a grid lies.

        Raises:
            NotFoundError: no such grid.
        """
        return self.units[_get(self._towns, grid_code, "grid")]

    def receiving_post(self, grid_code: str, day: date, class_code: str | None = None) -> str:
        """Return the post that a grid's demands are sent to.

        Its officer's. Before its pilot date (试点), and where a class is about the village itself,
        the duty post of its town: nobody handles a report about those they work for.

        Args:
            grid_code: a grid.
            day: the county's day.
            class_code: the class, if it is known.

        Raises:
            NotFoundError: no such grid or class.
        """
        grid = self.grid(grid_code)
        away = class_code is not None and self.clazz(class_code).held_by is HeldBy.TOWN
        return grid.officer if grid.is_live(day) and not away else self.town_of(grid_code).duty

    def competent_unit(self, class_code: str, grid_code: str) -> Unit:
        """Return the unit that has the power over a class of demand, at a grid.

        Raises:
            NotFoundError: no such class or grid.
        """
        clazz, grid = self.clazz(class_code), self.grid(grid_code)
        found = clazz.unit or nearest_unit(self.units, grid.unit, clazz.nearest)
        return self.unit(found or "")

    def ladder_posts(self, grid_code: str, unit_id: str) -> tuple[Rung, ...]:
        """Return every rung, lowest first, with who is told there for a grid and competent unit.

        Raises:
            NotFoundError: no such grid or unit.
        """
        return _ladder(self, grid_code, unit_id)

    def able_posts(self, kind: str, grid_code: str, unit_id: str) -> tuple[Post, ...]:
        """Return the posts of a unit that a whistle from a grid may reach, in the map's order.

        Those of its officers attached to the grid (专属网格员), where the kind calls them and there
        are any; else its post on duty.

        Raises:
            NotFoundError: no such kind, grid or unit.
        """
        unit = self.unit(unit_id)
        attached: tuple[Post, ...] = ()
        if self.whistle_kind(kind).calls is Calls.ATTACHED:
            posts = (self.posts[post_id] for post_id in self.grid(grid_code).attached)
            attached = tuple(post for post in posts if post.unit == unit_id)
        return attached or (self.posts[unit.duty],)

    def line(self, number: str | None) -> Line:
        """Return a line by its number; the one that everybody rings where there is no such."""
        return next((line for line in self.lines if line.number == number), self.lines[0])

    def line_by_key(self, key: str) -> Line | None:
        """Return the line that a digit leads to during the greeting; ``None``: no line."""
        return next((line for line in self.lines if line.key == key), None)

    def limit(
        self, step: str, class_code: str | None, *, urgent: bool, line: str | None = None
    ) -> Limit:
        """Return the limit of a step: the line's own, else the class's, its kind's, the county's.

        Args:
            step: the step's name; ``handle`` depends on the class's kind.
            class_code: ``None`` while the class is not known: then help (求助) is assumed.
            urgent: whether the ticket is urgent.
            line: the number of the line that the demand came in on.

        Raises:
            NotFoundError: no such class.
            InvalidError: the map sets no limit for ``step``.
        """
        on = self.line(line)
        if step in on.limits:
            found = on.limits[step].limit(urgent=urgent)
        else:
            found = self._limit(step, class_code, urgent=urgent)
        return found.as_natural() if on.natural else found

    def _limit(self, step: str, class_code: str | None, *, urgent: bool) -> Limit:
        found = self.clazz(class_code) if class_code is not None else None
        if found is not None and step in found.limits:
            return found.limits[step].limit(urgent=urgent)
        if step == "handle":
            kind = found.kind if found is not None else DemandKind.HELP
            return self.limits.handle[kind].limit(urgent=urgent)
        return self.limits.limit(step, urgent=urgent)


@lru_cache(maxsize=256)  # limits that pass together are of the same few places
def _ladder(grid_map: GridMap, grid_code: str, unit_id: str) -> tuple[Rung, ...]:
    grid, unit = grid_map.grid(grid_code), grid_map.unit(unit_id)
    rungs: list[Rung] = []
    for rule in grid_map.rules:
        told = told_post(grid_map.units, rule, grid, unit.id)
        if told is not None and not (rule.optional and _tells(rungs, told)):
            rungs.append(Rung(rule.rung, rule.name, (grid_map.posts[told],)))
    return tuple(rungs)


def _tells(rungs: list[Rung], post_id: str) -> bool:
    return bool(rungs) and rungs[-1].posts[0].id == post_id


def _get(known: Mapping[_K, _V], key: _K, what: str) -> _V:
    try:
        return known[key]
    except KeyError:
        raise NotFoundError(what=what, key=key) from None
