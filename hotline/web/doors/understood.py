"""What the reader made of a citizen's words, shown back; and what must still be asked."""

from dataclasses import dataclass
from typing import Final

from hotline.domain.grid.model import GridMap
from hotline.domain.routing import TriageReason
from hotline.domain.tickets import Status
from hotline.store.models import Ticket
from hotline.web.i18n import chosen_language
from hotline.web.words.map import named

_MOST: Final = 6
_PLACE: Final = {TriageReason.PLACE_MISSING.value, TriageReason.PLACE_AMBIGUOUS.value}
_MATTER: Final = {TriageReason.CLASS_UNKNOWN.value, TriageReason.CLASS_AMBIGUOUS.value}


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, once: pairs of (code, name) to choose from; both may be without any.

    Attributes:
        place: whether the place is asked for.
        matter: whether it is asked what the matter is.
        places: grids that were meant perhaps.
        matters: classes that were meant perhaps.
    """

    place: bool
    matter: bool
    places: tuple[tuple[str, str], ...]
    matters: tuple[tuple[str, str], ...]

    @property
    def open(self) -> bool:
        """Whether there is nothing to choose from, so that it must be said in words."""
        return not (self.places or self.matters)


def questions(grid_map: GridMap, ticket: Ticket) -> Questions | None:
    """Return what must be asked of a ticket that waits for its place or class, if anything."""
    if ticket.status is not Status.TRIAGE or ticket.triage_reason not in _PLACE | _MATTER:
        return None
    places = tuple(
        (code, _full_name(grid_map, code))
        for code in ticket.routing["place"]["candidates"][:_MOST]
        if code in grid_map.grids
    )
    scores = [scored["class"] for scored in ticket.routing["classes"][:_MOST]]
    matters = tuple(
        (code, named(grid_map.clazz(code).name)) for code in scores if code in grid_map.classes
    )
    asks_matter = ticket.class_code is None
    return Questions(
        place=ticket.grid is None,
        matter=asks_matter,
        places=places if ticket.grid is None else (),
        matters=matters if asks_matter else (),
    )


def _full_name(grid_map: GridMap, code: str) -> str:
    town, grid = grid_map.town_of(code).name, grid_map.grid(code).name
    return f"{grid.en}, {town.en}" if chosen_language() == "en" else f"{town.zh}{grid.zh}"
