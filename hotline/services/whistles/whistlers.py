"""Who may whistle for a ticket, and who speaks for a whistle: by posts, as the map says."""

from collections.abc import Mapping
from typing import Final

from hotline.domain.errors import NotAllowedError, NotFoundError
from hotline.domain.grid.model import DemandKind, GridMap, WhistleKind
from hotline.services.handling import tickets, timing
from hotline.store.models import Ticket, Whistle
from hotline.work import Work

# Whom a complaint or a report is about may well sit in the office of the village or the town. Its
# people hear of it when whoever holds it asks them to whistle, and not before.
_NOT_FOR_NEIGHBOURS: Final = frozenset({DemandKind.COMPLAINT, DemandKind.REPORT})


def posts(work: Work, ticket: Ticket) -> dict[str, str]:
    """Return on which rungs whoever acts may whistle for a ticket, each with their post there.

    Whoever holds the ticket does so on the rungs of their posts; who stands in for a grid that is
    not live yet (试点) whistles as its officer would. The people of the village and the town in
    which it lies do so on the rung of their place, whoever holds the ticket.

    Raises:
        NotAllowedError: they neither hold the ticket nor answer for its place.
    """
    found = dict(of_place(work, ticket))
    if not found or tickets.holds(work, ticket):
        tickets.guard_holder(work, ticket)
        found |= _of_holder(work, ticket)
    return found


def hidden_classes(grid_map: GridMap) -> list[str]:
    """Return the classes whose tickets the people of a place may not look through."""
    return [code for code, each in grid_map.classes.items() if each.kind in _NOT_FOR_NEIGHBOURS]


def is_open_to_place(work: Work, ticket: Ticket) -> bool:
    """Whether the people of its place may read a ticket that somebody else holds."""
    clazz = timing.map_of(work, ticket).classes.get(ticket.class_code or "")
    hidden = clazz is not None and clazz.kind in _NOT_FOR_NEIGHBOURS
    return ticket.shield is None and not hidden


def of_place(work: Work, ticket: Ticket) -> Mapping[str, str]:
    """Return the rungs of the ticket's own place on which whoever acts has a post: rung, post."""
    if ticket.grid is None:
        return {}
    grid_map = timing.map_of(work, ticket)
    unit = ticket.unit or grid_map.grid(ticket.grid).unit
    units = {
        rung.name: {post.unit for post in rung.posts}
        for rung in grid_map.ladder_posts(ticket.grid, unit)
    }
    return {
        post.rung: post.id
        for name in sorted(work.actor.posts & set(grid_map.posts))
        if (post := grid_map.post(name)).unit in units.get(post.rung, ())
    }


def _of_holder(work: Work, ticket: Ticket) -> dict[str, str]:
    grid_map = timing.map_of(work, ticket)
    mine = sorted(work.actor.posts & set(grid_map.posts))
    found = {grid_map.post(post).rung: post for post in mine}
    if ticket.grid is None or ticket.post is None:
        return found
    officer = grid_map.post(grid_map.grid(ticket.grid).officer)
    if ticket.post != officer.id:
        post = grid_map.post(ticket.post)
        if work.actor.posts & {post.id, post.stand_in}:
            found[officer.rung] = post.id
    return found


def speaks_for(work: Work, ticket: Ticket, whistle: Whistle) -> bool:
    """Whether whoever acts is the whistler: they blew it, hold the ticket, or may blow its kind."""
    if work.actor.staff_id == whistle.raised_by or tickets.holds(work, ticket):
        return True
    kind = timing.map_of(work, ticket).whistles.get(whistle.kind)
    return kind is not None and bool(set(kind.by) & set(of_place(work, ticket)))


def guard(work: Work, ticket: Ticket, whistle: Whistle) -> WhistleKind:
    """Refuse whoever does not speak for a whistle; return its kind.

    Raises:
        NotFoundError: the whistle is another ticket's.
        NotAllowedError: somebody else blew it.
    """
    if whistle.ticket_id != ticket.id:
        raise NotFoundError(whistle=whistle.id)
    if not speaks_for(work, ticket, whistle):
        raise NotAllowedError(reason="other_whistler", ticket=ticket.number)
    return timing.map_of(work, ticket).whistle_kind(whistle.kind)


def may_answer_ask(work: Work, ticket: Ticket, whistle: Whistle) -> bool:
    """Whether whoever acts may blow, or decline, a whistle that was only asked for."""
    kind = timing.map_of(work, ticket).whistles.get(whistle.kind)
    return kind is not None and bool(set(kind.by) & set(of_place(work, ticket)))


def asked_posts(grid_map: GridMap, ticket: Ticket, kind: WhistleKind) -> list[str]:
    """Return the posts that are told when a kind is asked for: the lowest rung that may blow it."""
    if ticket.grid is None:
        return []
    unit = ticket.unit or grid_map.grid(ticket.grid).unit
    rungs = {rung.name: rung for rung in grid_map.ladder_posts(ticket.grid, unit)}
    first = next((rungs[name] for name in kind.by if name in rungs), None)
    return [post.id for post in first.posts] if first else []
