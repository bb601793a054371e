"""A unit's posts: who holds each, who answers now, and when nobody will."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain import roster as rules
from hotline.domain.errors import NotFoundError
from hotline.domain.grid.model import GridMap, Post, Unit
from hotline.domain.roster import Book
from hotline.services.staff import people, rosters
from hotline.store import people as people_rows
from hotline.store import roster
from hotline.store.models import Staff
from hotline.store.people import OnDuty
from hotline.web.parts import request_work
from hotline.work import Work

bp = Blueprint("units", __name__)


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post on the page."""

    post: Post
    holders: list[Staff]
    duty: OnDuty
    person: Staff | None
    holes: list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit below, with all that belongs to it: its posts, and those with a hole ahead."""

    unit: Unit
    posts: int
    holes: int


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show one unit's posts and the units below it; a fixed number of queries."""
    with request_work() as work:
        grid_map = work.kit.maps.current
        unit = grid_map.unit(request.args.get("unit") or _first(work))
        mine = people.units_of(work)
        if unit.id not in mine and unit.id != work.actor.unit:
            raise NotFoundError(unit=unit.id)
        book = roster.book(work.session, work.now)
        posts = [post for post in grid_map.posts.values() if post.unit == unit.id]
        duty = people_rows.on_duty(
            work.session, {post.id: post.stand_in for post in posts}, work.now
        )
        named = roster.of_unit_or(work.session, unit.id, _people(posts, duty, book))
        return render_template(
            "people/unit.html",
            unit=unit,
            parent=unit.parent if unit.parent in mine else None,
            posts=_posts(work, posts, (book, duty), {one.id: one for one in named}),
            below=_below(work, unit, book) if unit.id in mine else [],
            people=[one for one in named if one.unit == unit.id and one.active],
            map=grid_map,
            may_edit=unit.id in mine,
            now=work.now,
        )


def _first(work: Work) -> str:
    """Return the unit whose page comes first: the highest one that I look after, or my own."""
    grid_map, mine = work.kit.maps.current, people.units_of(work)
    top = next((unit.id for unit in grid_map.units.values() if _is_top(unit, mine)), None)
    return top or work.actor.unit or ""


def _is_top(unit: Unit, mine: Collection[str]) -> bool:
    return unit.id in mine and unit.parent not in mine


def _people(posts: list[Post], duty: Mapping[str, OnDuty], book: Book) -> set[UUID]:
    """Return everybody whom the rows of some posts name."""
    answering = {one.staff_id for one in duty.values() if one.staff_id is not None}
    return answering | {span.staff_id for post in posts for span in book.holdings.get(post.id, ())}


def _posts(
    work: Work,
    posts: list[Post],
    seen: tuple[Book, Mapping[str, OnDuty]],
    named: Mapping[UUID, Staff],
) -> list[PostRow]:
    book, duty = seen
    return [
        PostRow(
            post,
            [named[span.staff_id] for span in book.holdings.get(post.id, ())],
            duty[post.id],
            named[found] if (found := duty[post.id].staff_id) else None,
            holes_of(book, post, work.now),
        )
        for post in posts
    ]


def holes_of(book: Book, post: Post, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return when nobody will answer for a post in the next 14 days."""
    return rules.holes(book, post.id, post.stand_in, (now, now + rosters.AHEAD))


def _below(work: Work, unit: Unit, book: Book) -> list[UnitRow]:
    """Return the units one step below, each with what belongs to it."""
    grid_map = work.kit.maps.current
    children = [one for one in grid_map.units.values() if one.parent == unit.id]
    branch = {one: _branch(grid_map, one.id, unit.id) for one in grid_map.units.values()}
    posts: dict[str, int] = {}
    holes: dict[str, int] = {}
    for post in grid_map.posts.values():
        child = branch[grid_map.unit(post.unit)]
        if child is not None:
            posts[child] = posts.get(child, 0) + 1
            holes[child] = holes.get(child, 0) + bool(holes_of(book, post, work.now))
    return [UnitRow(one, posts.get(one.id, 0), holes.get(one.id, 0)) for one in children]


def _branch(grid_map: GridMap, unit: str | None, above: str) -> str | None:
    """Return which child of ``above`` a unit belongs to, if any."""
    while unit is not None:
        parent = grid_map.unit(unit).parent
        if parent == above:
            return unit
        unit = parent
    return None
