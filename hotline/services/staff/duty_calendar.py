"""Duty lists as calendars: a unit's for whoever looks after it, one's own for one's telephone.

A person's own calendar has a secret address that a telephone subscribes to without signing in. It
holds posts and times, no ticket and no number; a new address ends the former one.
"""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from hotline import ical
from hotline.domain.errors import NotAllowedError, NotFoundError
from hotline.domain.grid.model import GridMap
from hotline.domain.tickets import Role
from hotline.keys import token_hash
from hotline.services.staff import people
from hotline.store import roster
from hotline.store.models.rosters import Duty
from hotline.work import Work

_HOLDERS = frozenset({Role.OFFICER, Role.UNIT})


def of_unit(work: Work, unit: str) -> bytes:
    """Return the turns of every post of a unit and of what belongs to it, with who is on.

    Raises:
        NotFoundError: the map has no such unit.
        NotAllowedError: another's unit.
    """
    grid_map = work.kit.maps.current
    if unit not in grid_map.units:
        raise NotFoundError(unit=unit)
    people.guard(work, unit)
    units = grid_map.within(unit)
    posts = [post.id for post in grid_map.posts.values() if post.unit in units]
    listed = roster.listed(work.session, posts, work.now)
    events = [_event(grid_map, row.duty, row.person.name) for row in listed]
    return ical.write(f"值班 {grid_map.unit(unit).name.zh}", events, work.now)


def new_address(work: Work) -> str:
    """Give whoever acts a new secret address of their own calendar; return its token.

    Raises:
        NotAllowedError: of a role that stands on no duty list.
    """
    if work.actor.role not in _HOLDERS:
        raise NotAllowedError(role=work.actor.role)
    token = secrets.token_urlsafe(24)
    roster.set_feed(work.session, UUID(work.actor.ref), token_hash(token), work.now)
    return token


def of_address(work: Work, token: str) -> bytes:
    """Return the calendar that a secret address stands for.

    Raises:
        NotFoundError: no such address, or it ended.
    """
    owner = roster.feed_owner(work.session, token_hash(token))
    if owner is None:
        raise NotFoundError(calendar="feed")
    grid_map = work.kit.maps.current
    mine = roster.duties_of(work.session, [owner.id], work.now)
    return ical.write("12345 值班", _mine(grid_map, mine), work.now)


def _mine(grid_map: GridMap, turns: Iterable[Duty]) -> list[ical.Event]:
    # On one's own telephone the place would be shown as an address: an id is none.
    return [replace(_event(grid_map, turn, "值班"), place="") for turn in turns]


def _event(grid_map: GridMap, turn: Duty, title: str) -> ical.Event:
    post = grid_map.posts.get(turn.post)
    words = f"{title} · {post.title.zh}" if post else title
    return ical.Event(f"{turn.id}@duty.hotline", words, turn.post, turn.from_at, turn.until_at)
