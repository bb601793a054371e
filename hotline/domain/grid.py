"""The grid map (网格图): who has which power, who stands where, who is told next.

It knows posts, never persons.

A `GridMap` is one accepted version of ``grid_map.yaml``: frozen, known by the hash of its content.
The graph is built once, every path through the ladder is computed once, and a look-up is a look-up
in a dictionary. Persons, leave and rosters are rows of the database: a step resolves a post to
a person at the moment at which it happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

import networkx as nx

from hotline.domain.errors import NotFoundError
from hotline.domain.limits import Allowance, Limit, Limits
from hotline.domain.suspicion.thresholds import SuspicionRules

_K = TypeVar("_K")
_V = TypeVar("_V")


class UnitKind(StrEnum):
    """What sort of body a unit is. Units nest to any depth."""

    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    DEPARTMENT = "department"
    UTILITY = "utility"
    PANEL = "panel"


class DemandKind(StrEnum):
    """What a caller wants; the default limits depend on it (docs/rules.md §4)."""

    CONSULTATION = "consultation"  # 咨询
    HELP = "help"  # 求助
    SUGGESTION = "suggestion"  # 建议
    COMPLAINT = "complaint"  # 投诉
    REPORT = "report"  # 举报


class Told(StrEnum):
    """How a rung finds the post that is told."""

    OFFICER = "officer"  # the grid's full-time officer
    NEAREST = "nearest"  # the nearest unit of a kind, upwards from the grid
    COMPETENT = "competent"  # the leader of the competent unit's department
    UNIT = "unit"  # always the same unit


class Calls(StrEnum):
    """Which post of a called unit a whistle reaches first."""

    ATTACHED = "attached"  # the unit's attached officer (专属网格员) of that grid, if it has one
    DUTY = "duty"  # the unit's post on duty


class Urgency(StrEnum):
    """When a class is urgent."""

    ALWAYS = "always"
    NEVER = "never"
    WORDS = "words"  # when one of the class's urgent words is said


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Chinese and in English."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Return the Chinese name: that is what people know."""
        return self.zh


@dataclass(frozen=True, slots=True)
class Post:
    """A post (岗位): a chair, not the person on it. ``stand_in`` is its B post (AB岗)."""

    id: str
    unit: str
    rung: str
    title: Name
    stand_in: str | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A body of any size. ``duty`` is called by whistles, ``lead`` is told when things climb."""

    id: str
    kind: UnitKind
    name: Name
    parent: str | None
    duty: str
    lead: str
    aliases: tuple[str, ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid (网格), here a village, known by its 12-digit division code.

    Attributes:
        unit: the unit it lies in.
        officer: the post of its full-time officer (专职网格员).
        attached: posts of the attached officers (专属网格员), at most one for each unit.
        live_from: the first day on which demands go to the grid; ``None``: not yet (试点).
    """

    code: str
    name: Name
    unit: str
    officer: str
    attached: tuple[str, ...]
    aliases: tuple[str, ...]
    live_from: date | None

    def is_live(self, day: date) -> bool:
        """Whether demands go to this grid on ``day``."""
        return self.live_from is not None and self.live_from <= day


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a result of this class must carry."""

    photo: bool
    site_visit: bool


@dataclass(frozen=True, slots=True)
class DemandClass:
    """An entry of the catalogue (派单目录): demand → the unit that has the power.

    Attributes:
        code: two levels, such as ``utilities/water``.
        keywords: the words people use, each with its strength from 1 to 5; 0 marks a phrase that
            only looks like a keyword (没有电话 is not about 没有电).
        unit: the competent unit; ``None`` when it is the nearest unit of kind ``nearest``.
        limits: this class's own limits by step, where they differ from the county's.
    """

    code: str
    name: Name
    kind: DemandKind
    keywords: Mapping[str, int]
    unit: str | None
    nearest: UnitKind | None
    urgency: Urgency
    urgent_words: tuple[str, ...]
    evidence: Evidence
    limits: Mapping[str, Allowance]


@dataclass(frozen=True, slots=True)
class LadderRule:
    """One rung of the ladder (逐级化解) as the map states it."""

    rung: str
    name: Name
    told: Told
    nearest: UnitKind | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder for a given grid and unit: who is told there."""

    name: str
    title: Name
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class AtTop:
    """What happens at the last rung while nobody answers: reminders, bounded in number."""

    repeat_every: Limit
    at_most: int


@dataclass(frozen=True, slots=True)
class WhistleKind:
    """A kind of whistle (吹哨) (docs/rules.md §5). All its parties are joined: every one must come.

    Attributes:
        by: the rungs whose posts may blow it.
        climbs: the rungs it climbs when unanswered, in the ladder's order.
        danger: whether it ends only when the danger is gone (事不完,人不走).
    """

    name: str
    title: Name
    by: tuple[str, ...]
    calls: Calls
    ack: Limit
    arrive: Limit
    climbs: tuple[str, ...]
    at_top: AtTop
    danger: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the hotline, such as 12345; an attribute of intake."""

    number: str
    name: Name


@dataclass(frozen=True, slots=True)
class DangerService:
    """An emergency service (110, 119, 120, 122) and the words that alarm for it."""

    number: str
    name: Name
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """Office hours: windows of every working day, in the county's zone."""

    windows: tuple[tuple[time, time], ...]
    zone: ZoneInfo

    @property
    def day_length(self) -> timedelta:
        """The office time of one working day."""
        minutes = sum(
            (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
            for opens, closes in self.windows
        )
        return timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True, eq=False)
class GridMap:
    """One accepted version of the map. `grid_build.build_map` makes it; read it with its methods.

    Attributes:
        version: SHA-256 of the canonical content, 64 hex digits; stored with each decision.
        graph: units, posts, grids, classes and rungs, with an edge for each relation
            (``parent``, ``lies_in``, ``officer``, ``attached``, ``competent``, ``stand_in``).
        neighbours: names of places outside the county, so that a caller can be told.
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
    ladder: tuple[str, ...]
    units: Mapping[str, Unit]
    grids: Mapping[str, Grid]
    posts: Mapping[str, Post]
    classes: Mapping[str, DemandClass]
    whistles: Mapping[str, WhistleKind]
    graph: "nx.MultiDiGraph[str]"
    neighbours: tuple[str, ...]
    not_live: tuple[str, ...]
    _ladders: Mapping[tuple[str, str], tuple[Rung, ...]]
    _towns: Mapping[str, str]
    _powers: Mapping[tuple[str, str], str]

    def unit(self, unit_id: str) -> Unit:
        """Return a unit.

        Raises:
            NotFoundError: this version has none by that id.
        """
        return _get(self.units, unit_id, "unit")

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

    def competent_unit(self, class_code: str, grid_code: str) -> Unit:
        """Return the unit that has the power over a class of demand, at a grid.

        Raises:
            NotFoundError: no such class or grid.
        """
        return self.units[_get(self._powers, (class_code, grid_code), "competence")]

    def ladder_posts(self, grid_code: str, unit_id: str) -> tuple[Rung, ...]:
        """Return every rung, lowest first, with who is told there for a grid and competent unit.

        Raises:
            NotFoundError: no such grid or unit.
        """
        return _get(self._ladders, (grid_code, unit_id), "ladder")

    def called_post(self, kind: str, grid_code: str, unit_id: str) -> Post:
        """Return the post of a unit that a whistle from a grid reaches first.

        Raises:
            NotFoundError: no such kind, grid or unit.
        """
        unit = self.unit(unit_id)
        if self.whistle_kind(kind).calls is Calls.ATTACHED:
            for post_id in self.grid(grid_code).attached:
                if self.posts[post_id].unit == unit_id:
                    return self.posts[post_id]
        return self.posts[unit.duty]

    def limit(self, step: str, class_code: str | None, *, urgent: bool) -> Limit:
        """Return the limit of a step for a class: its own, else its kind's, else the county's.

        Args:
            step: the step's name; ``handle`` depends on the class's kind.
            class_code: ``None`` while the class is not known: then help (求助) is assumed.
            urgent: whether the ticket is urgent.

        Raises:
            NotFoundError: no such class.
            InvalidError: the map sets no limit for ``step``.
        """
        found = self.clazz(class_code) if class_code is not None else None
        if found is not None and step in found.limits:
            return found.limits[step].limit(urgent=urgent)
        if step == "handle":
            kind = found.kind if found is not None else DemandKind.HELP
            return self.limits.handle[kind].limit(urgent=urgent)
        return self.limits.limit(step, urgent=urgent)


def _get(known: Mapping[_K, _V], key: _K, what: str) -> _V:
    try:
        return known[key]
    except KeyError:
        raise NotFoundError(what=what, key=key) from None
