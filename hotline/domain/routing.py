"""Route a demand: the unit by power first, the grid by place, with the reasons.

The order is a national rule (国办函 2025 No. 66): route to the power, not only to the place.
Nothing is guessed. What can't be routed waits in triage with a reason that an operator can act on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from hotline.domain.grid.model import GridMap
from hotline.domain.understanding.class_reading import ClassReading
from hotline.domain.understanding.gazetteer import Candidate
from hotline.domain.understanding.places import Gazetteer, PlaceKind, PlaceReading

if TYPE_CHECKING:
    from hotline.domain.understanding.catalogue import Catalogue


class TriageReason(StrEnum):
    """Why a demand waits for a person. Values are stored."""

    PLACE_MISSING = "place_missing"
    PLACE_AMBIGUOUS = "place_ambiguous"
    CLASS_UNKNOWN = "class_unknown"
    CLASS_AMBIGUOUS = "class_ambiguous"
    OUTSIDE_COUNTY = "outside_county"
    GRID_NOT_LIVE = "grid_not_live"


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a demand goes, and why; or why it waits.

    Attributes:
        triage: why it waits for a person; ``None``: it goes to ``post``.
        grid_code: the grid, as far as it is known.
        class_code: the class, as far as it is known.
        unit: the unit that has the power over the class, as far as it is known.
        post: the officer's post of the grid (专职网格员); for a grid that is not live, the
            town's post on duty, as for what is about the village itself; ``None`` when the place
            is not known.
        town: the town's unit id, as far as it is known.
        urgent: whether the ticket runs on natural time.
        place: the reading of the place: reasons, candidates, rejected.
        clazz: the reading of the class: reasons, rejected.
        map_version: the version of the map that decided.
        entry: the catalogue's entry that decided instead of the map (`hotline.domain.rulings`),
            as the ledger has it, with what the map alone would have said.
    """

    triage: TriageReason | None
    grid_code: str | None
    class_code: str | None
    unit: str | None
    post: str | None
    town: str | None
    urgent: bool
    place: PlaceReading
    clazz: ClassReading
    map_version: str
    entry: Mapping[str, object] | None = None

    def as_json(self) -> dict[str, object]:
        """Return plain values for the ledger: codes, positions and the map's own words."""
        decided = {"entry": self.entry} if self.entry is not None else {}
        return decided | {
            "triage": self.triage.value if self.triage is not None else None,
            "grid": self.grid_code,
            "class": self.class_code,
            "unit": self.unit,
            "post": self.post,
            "town": self.town,
            "urgent": self.urgent,
            "map_version": self.map_version,
            "place": {
                "kind": self.place.kind.value,
                "beyond": self.place.beyond,
                "mentions": [mention.as_json() for mention in self.place.mentions],
                "candidates": _codes(self.place.candidates),
                "rejected": _codes(self.place.rejected),
            },
            "classes": [scored.as_json() for scored in self.clazz.scores],
            "urgent_words": list(self.clazz.urgent_words),
        }


def _codes(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.code for candidate in candidates]


# Why a reading of the place is not yet a grid.
_PLACE_WAITS: Mapping[PlaceKind, TriageReason] = {
    PlaceKind.NONE: TriageReason.PLACE_MISSING,
    PlaceKind.TOWN_ONLY: TriageReason.PLACE_MISSING,
    PlaceKind.AMBIGUOUS: TriageReason.PLACE_AMBIGUOUS,
    PlaceKind.OUTSIDE: TriageReason.OUTSIDE_COUNTY,
    PlaceKind.NOT_LIVE: TriageReason.GRID_NOT_LIVE,
}


def route(place: PlaceReading, clazz: ClassReading, grid_map: GridMap, day: date) -> Routing:
    """Return where a demand goes: the competent unit by its class, the post by its place.

    Args:
        place: what `Gazetteer.find` read, or `known_place` says.
        clazz: what `Catalogue.classify` read, or `class_reading.known_class` says.
        grid_map: the version that decides.
        day: the county's day: a grid that is not live yet leaves its demands to the town.
    """
    post, waits = None, None
    if place.grid_code is not None:
        post = grid_map.receiving_post(place.grid_code, day, clazz.code)
    else:
        waits = _PLACE_WAITS[place.kind]
    return Routing(
        triage=waits or _class_waits(clazz),
        grid_code=place.grid_code,
        class_code=clazz.code,
        unit=_power(place, clazz, grid_map),
        post=post,
        town=place.town,
        urgent=clazz.urgent,
        place=place,
        clazz=clazz,
        map_version=grid_map.version,
    )


def _class_waits(clazz: ClassReading) -> TriageReason | None:
    if clazz.code is not None:
        return None
    return TriageReason.CLASS_AMBIGUOUS if clazz.scores else TriageReason.CLASS_UNKNOWN


def _power(place: PlaceReading, clazz: ClassReading, grid_map: GridMap) -> str | None:
    """Return the competent unit; a power that lies with the place needs the place."""
    if clazz.code is None:
        return None
    if place.grid_code is not None:
        return grid_map.competent_unit(clazz.code, place.grid_code).id
    return grid_map.clazz(clazz.code).unit


def known_place(grid_map: GridMap, grid_code: str) -> PlaceReading:
    """Return the reading for a grid that a person chose.

    Raises:
        NotFoundError: this map has no such grid.
    """
    return PlaceReading(PlaceKind.GRID, grid_code, grid_map.town_of(grid_code).id)


class Router:
    """The gazetteer and the catalogue of one map together: what intake holds per version.

    Both are made when first used, because the clock holds many maps and never reads a demand.
    """

    def __init__(self, grid_map: GridMap) -> None:
        self.map = grid_map

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The names of the map's places."""
        return Gazetteer(self.map)

    @cached_property
    def catalogue(self) -> "Catalogue":
        """The classes of the map's catalogue."""
        # It brings numpy, which weighs on whoever never reads a demand: the clock does not.
        from hotline.domain.understanding.catalogue import Catalogue  # noqa: PLC0415

        return Catalogue(self.map, self.gazetteer.sounds)

    def warm(self) -> None:
        """Make both now, so that the first caller does not wait for them."""
        _ = self.gazetteer, self.catalogue

    def route(self, text: str, day: date, town: str | None = None) -> Routing:
        """Return where the demand in ``text`` goes.

        Args:
            text: the caller's words, cleaned.
            day: the county's day.
            town: the town's unit id when an earlier answer settled it.
        """
        place, clazz = self.read(text, town)
        return route(place, clazz, self.map, day)

    def read(self, text: str, town: str | None = None) -> tuple[PlaceReading, ClassReading]:
        """Return what ``text`` says of place and class; the arguments are those of `route`."""
        place = self.gazetteer.find(text, town)
        return place, self.classify(text, place)

    def classify(self, text: str, place: PlaceReading) -> ClassReading:
        """Return the class that a text speaks for beside the names of its place."""
        # A place's name is no keyword: 大房申村路灯 is not about a 村路.
        for mention in place.mentions:
            gap = " " * (mention.end - mention.start)
            text = text[: mention.start] + gap + text[mention.end :]
        return self.catalogue.classify(text)
