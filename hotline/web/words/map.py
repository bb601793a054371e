"""What the map's names are on a page: the place, the class, the unit and the post of a ticket."""

from flask import Flask

from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import GridMap, Name, UnitKind
from hotline.domain.tickets import Action
from hotline.services.handling.dossier import Dossier
from hotline.store.models import Ticket
from hotline.web.i18n import chosen_language
from hotline.web.i18n import gettext as _
from hotline.web.parts import parts


def init_app(app: Flask) -> None:
    """Give templates the filter `named`, and every function of this module."""
    app.jinja_env.filters["named"] = named
    app.jinja_env.globals.update(
        class_words=class_words,
        kind_words=kind_words,
        place_words=place_words,
        post_title=post_title,
        post_words=post_words,
        rung_words=rung_words,
        unit_words=unit_words,
    )


def named(name: Name | Wording) -> str:
    """Return a name of the map, or a sentence about it, in the language of this request."""
    return name.en if chosen_language() == "en" else name.zh


def place_words(grid_map: GridMap, ticket: Ticket) -> str:
    """Return where it is: town and village, or that a person must find out."""
    if ticket.grid is not None:
        town, village = grid_map.town_of(ticket.grid).name, grid_map.grid(ticket.grid).name
        if chosen_language() == "en":
            return f"{village.en}, {town.en}"
        return f"{town.zh}{village.zh}"
    if ticket.town is not None:
        return named(grid_map.unit(ticket.town).name)
    return _("地点待核实")


def class_words(grid_map: GridMap, ticket: Ticket) -> str:
    """Return what it is about by the catalogue, or that a person must find out."""
    if ticket.class_code is None:
        return _("诉求待核实")
    return named(grid_map.clazz(ticket.class_code).name)


def unit_words(grid_map: GridMap, unit: str) -> str:
    """Return a unit's name; its id where this version of the map does not know it."""
    found = grid_map.units.get(unit)
    return named(found.name) if found is not None else unit


def unit_choices(grid_map: GridMap, ticket: Ticket) -> list[tuple[str, str]]:
    """Return the units that a ticket may be given to by name, as (id, name).

    The ticket's own village and town, and every department and utility: nobody scrolls through the
    villages of another town.
    """
    near = {ticket.unit, ticket.town}
    if ticket.grid is not None:
        near |= {grid_map.grid(ticket.grid).unit}
    kinds = {UnitKind.DEPARTMENT, UnitKind.UTILITY}
    found = [unit for unit in grid_map.units.values() if unit.kind in kinds or unit.id in near]
    found.sort(key=lambda unit: unit.id not in near)
    return [(unit.id, named(unit.name)) for unit in found]


def onward_choices(found: Dossier) -> list[tuple[str, str]]:
    """Return the units that a returned ticket may go on to: every one but its sender."""
    sent_back = found.last(Action.RETURN)
    sender = sent_back.data.get("unit") if sent_back is not None else None
    return [each for each in unit_choices(found.map, found.ticket) if each[0] != sender]


def post_words(grid_map: GridMap, post: str) -> str:
    """Return a post's title; its id where this version of the map does not know it."""
    found = grid_map.posts.get(post)
    return named(found.title) if found is not None else post


def post_title(post: str) -> str:
    """Return a post's title on the current map, for pages that are about no ticket."""
    return post_words(parts().kit.maps.current, post)


def rung_words(grid_map: GridMap, ticket: Ticket, rung: str) -> str:
    """Return the name of a rung of the ladder, as it stands above this ticket's grid."""
    if ticket.grid is None or ticket.unit is None:
        return rung
    titles = {r.name: r.title for r in grid_map.ladder_posts(ticket.grid, ticket.unit)}
    return named(titles[rung]) if rung in titles else rung


def kind_words(grid_map: GridMap, kind: str) -> str:
    """Return the name of a kind of whistle."""
    found = grid_map.whistles.get(kind)
    return named(found.title) if found is not None else kind
