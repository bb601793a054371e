"""Entries of the catalogue that rulings made (确责裁定): an overlay over the map's 派单目录.

The map says which unit has the power over a class. Where units disputed that for a place, or for a
feature of the case, and the panel ruled, an approved entry says it from then on, so that the same
dispute never comes twice. Entries are rows with a version and their origin; the map's own content,
and the hash that it is known by, stay as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hotline.domain.grid.model import GridMap
from hotline.domain.routing import Routing


@dataclass(frozen=True, slots=True)
class Scope:
    """For which demands an entry decides.

    Attributes:
        class_code: the class.
        place: a grid's code, a town's unit id, or empty for the whole county.
        words: a feature of the case: one of these words must be said; none: any demand.
    """

    class_code: str
    place: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An approved entry in force.

    Attributes:
        id: of its row.
        scope: for which demands it decides.
        version: counts the entries of one scope from 1.
        lead: the unit that leads; ``None``: the map decides again.
        helpers: the units that help it.
        settles: the reasons for a return that it has settled.
        approved_at: since when it is in force.
    """

    id: UUID
    scope: Scope
    version: int
    lead: str | None
    helpers: tuple[str, ...]
    settles: frozenset[str]
    approved_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Entry":
        """Return the entry that a row holds, its values as JSON has them."""
        return cls(
            id=UUID(str(row["id"])),
            scope=Scope(row["class_code"], row["place"], tuple(row["words"])),
            version=row["version"],
            lead=row["lead"],
            helpers=tuple(row["helpers"]),
            settles=frozenset(row["settles"]),
            approved_at=_instant(row["decided_at"]),
        )

    def as_json(self) -> dict[str, object]:
        """Return plain values for the ledger: which entry decided, and how it says so."""
        return {
            "id": str(self.id),
            "version": self.version,
            "place": self.scope.place,
            "words": list(self.scope.words),
            "helpers": list(self.helpers),
            "settles": sorted(self.settles),
        }


def overlay(routing: Routing, entries: Iterable[Entry], words: str, grid_map: GridMap) -> Routing:
    """Return where a demand goes with the entries in force: the narrowest that fits decides.

    Args:
        routing: by the map alone; one that an entry decided stays as it is.
        entries: in force, of any class.
        words: what was said, for features of the case.
        grid_map: the version that decided; an entry whose unit it does not know decides nothing.
    """
    fitting = [entry for entry in entries if _fits(entry, routing, words, grid_map)]
    if not fitting or routing.entry is not None:
        return routing
    chosen = max(fitting, key=lambda entry: (_narrow(entry, routing), entry.approved_at))
    if chosen.lead is None:
        return routing
    by_map: dict[str, object] = {"unit": routing.unit, "post": routing.post}
    return replace(
        routing,
        unit=chosen.lead,
        post=receiver(grid_map, routing.grid_code, chosen.lead),
        entry=chosen.as_json() | {"by_map": by_map},
    )


def receiver(grid_map: GridMap, grid_code: str | None, unit: str) -> str | None:
    """Return the post that takes a ticket of a grid for a unit that was named for it.

    The grid's officer where the unit is the grid's own, else the unit's post on duty; ``None``
    while the place is not known.
    """
    if grid_code is None:
        return None
    grid = grid_map.grid(grid_code)
    return grid.officer if unit == grid.unit else grid_map.unit(unit).duty


def faults(scope: Scope, lead: str | None, helpers: Sequence[str], grid_map: GridMap) -> list[str]:
    """Return the names of the fields in which a proposed entry makes no sense on this map."""
    wrong = []
    if scope.class_code not in grid_map.classes:
        wrong.append("class")
    if scope.place and scope.place not in grid_map.grids and scope.place not in grid_map.units:
        wrong.append("place")
    if lead is not None and lead not in grid_map.units:
        wrong.append("lead")
    if not set(helpers) <= set(grid_map.units) or lead in helpers:
        wrong.append("helpers")
    return wrong


def _fits(entry: Entry, routing: Routing, words: str, grid_map: GridMap) -> bool:
    scope = entry.scope
    if scope.class_code != routing.class_code:
        return False
    if scope.place and scope.place not in {routing.grid_code, routing.town}:
        return False
    if scope.words and not any(word in words for word in scope.words):
        return False
    return entry.lead is None or entry.lead in grid_map.units


def _narrow(entry: Entry, routing: Routing) -> tuple[int, bool]:
    """How narrow an entry is: a grid before a town, a town before the county, then features."""
    place = entry.scope.place
    depth = 0 if not place else 1 if place == routing.town else 2
    return depth, bool(entry.scope.words)


def _instant(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
