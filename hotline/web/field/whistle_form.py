"""What the form of a whistle offers: the kinds that one may blow or ask for, units, leaders."""

from collections.abc import Collection

from werkzeug.datastructures import MultiDict

from hotline.domain.grid.model import Join, WhistleKind
from hotline.web.field.sheet import Sheet, callable_units
from hotline.web.words.map import named, post_words


def kinds_for(sheet: Sheet, rungs: Collection[str]) -> list[WhistleKind]:
    """Return the kinds that posts of these rungs may blow, and behind them those to ask for."""
    kinds = sheet.map.whistles.values()
    blown = [kind for kind in kinds if set(kind.by) & set(rungs)]
    return blown + [kind for kind in kinds if kind not in blown and set(kind.asked_by) & set(rungs)]


def choices_of(sheet: Sheet, rungs: Collection[str]) -> dict[str, object]:
    """Return what the form of a whistle shows.

    Args:
        sheet: the ticket.
        rungs: on which rungs whoever looks may whistle for it.
    """
    units, kinds = callable_units(sheet), kinds_for(sheet, rungs)
    ticket = sheet.ticket
    near = {ticket.unit, ticket.town, sheet.map.grid(ticket.grid).unit if ticket.grid else None}
    return {
        # A thumb in an emergency finds who is usually called; the county is one touch behind.
        "near_units": [unit for unit in units if unit.id in near],
        "far_units": [unit for unit in units if unit.id not in near],
        "units_named": [(unit.id, named(unit.name)) for unit in units],
        "offered_kinds": kinds,
        "direct": {kind.name for kind in kinds if set(kind.by) & set(rungs)},
        "led": {kind.name for kind in kinds if kind.joins == (Join.LEAD,)},
        "whistle_leaders": leaders_of(sheet),
    }


def leaders_of(sheet: Sheet) -> list[tuple[str, str]]:
    """Return who may lead a whole (1+1+N): the posts of the ladder above the grid."""
    ticket, grid_map = sheet.ticket, sheet.map
    if ticket.grid is None:
        return []
    unit = ticket.unit or grid_map.grid(ticket.grid).unit
    rungs = grid_map.ladder_posts(ticket.grid, unit)[1:]
    return [(post.id, post_words(grid_map, post.id)) for rung in rungs for post in rung.posts]


def usual(sheet: Sheet, rungs: Collection[str]) -> MultiDict[str, str]:
    """Return what a form suggests: the competent unit, and the whistle that fits the urgency."""
    typed: MultiDict[str, str] = MultiDict()
    if sheet.ticket.unit is not None:
        typed["units"] = sheet.ticket.unit
    kinds = [kind for kind in kinds_for(sheet, rungs) if kind.danger is sheet.ticket.urgent]
    if kinds:
        typed["kind"] = kinds[0].name
    return typed
