"""The map's places and classes as an operator chooses them: by name, grouped by town."""

from hotline.domain.grid.model import GridMap
from hotline.store.models import Ticket
from hotline.web.i18n import chosen_language
from hotline.web.words.map import named


def choices(grid_map: GridMap) -> list[tuple[str, str]]:
    """Return every grid as (name with its town, town), in the order of the map."""
    return [
        (full_name(grid_map, code), named(grid_map.town_of(code).name)) for code in grid_map.grids
    ]


def classes(grid_map: GridMap) -> list[tuple[str, str]]:
    """Return every class of the catalogue as (code, name)."""
    return [(clazz.code, named(clazz.name)) for clazz in grid_map.classes.values()]


def full_name(grid_map: GridMap, code: str) -> str:
    """Return a grid's name together with its town's: two villages may share a name."""
    town, grid = grid_map.town_of(code).name, grid_map.grid(code).name
    return f"{grid.en}, {town.en}" if chosen_language() == "en" else f"{town.zh}{grid.zh}"


def code_of(grid_map: GridMap, said: str) -> str | None:
    """Return the grid that was chosen, by its code or its full name in either language."""
    wanted = said.strip()
    for code in grid_map.grids:
        town, grid = grid_map.town_of(code).name, grid_map.grid(code).name
        if wanted in {code, f"{town.zh}{grid.zh}", f"{grid.en}, {town.en}"}:
            return code
    return None


def guess(grid_map: GridMap, ticket: Ticket) -> str:
    """Return the place to begin with: the one that was read, else nothing."""
    code = ticket.grid
    return full_name(grid_map, code) if code is not None and code in grid_map.grids else ""
