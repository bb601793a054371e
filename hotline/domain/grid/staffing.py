"""Staffing patterns (人员配置模板): the posts that every village, town or department has alike.

A map of a whole county would write the same five posts for each of hundreds of villages. A
pattern writes them once, with blanks such as ``{name}``; one line then makes a unit, its posts and
its grid. What a pattern makes is the same as what a file writes out: nothing later knows
the difference.
"""

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final, NamedTuple

from hotline.domain.grid.model import Grid, Name, Post, Unit, UnitKind

# What may stand in braces, everywhere in a pattern.
BLANKS: Final = frozenset(
    {"id", "path", "above", "name", "name_en", "short", "short_en"},
)
# And only in ``attached``, where there is a town beside the unit.
TOWN_BLANKS: Final = frozenset({"town", "town_name", "town_name_en"})


@dataclass(frozen=True, slots=True)
class PostPattern:
    """A post with blanks. ``of`` is the unit it belongs to, where that is another one."""

    id: str
    rung: str
    title: Name
    stand_in: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class GridPattern:
    """The grid of a unit that is one: the posts of its officer and of its own attached officers."""

    officer: str
    attached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What all units of a sort have alike; every text may have blanks.

    Attributes:
        name: the name of the pattern.
        unit_name: the unit's full name, made of the item's.
        parent: the unit above, unless the item names another one.
        attached: the post of its attached officer (专属网格员) in a town.
        grid: set where the unit is a grid as well.
    """

    name: str
    kind: UnitKind
    unit_name: Name
    parent: str | None
    duty: str
    lead: str | None
    posts: tuple[PostPattern, ...]
    attached: PostPattern | None = None
    grid: GridPattern | None = None

    def blanks(self) -> Iterator[tuple[tuple[str | int, ...], str, frozenset[str]]]:
        """Yield every text with blanks: where it stands, the text, and the blanks it may have."""
        yield ("name",), self.unit_name.zh, BLANKS
        yield ("name_en",), self.unit_name.en, BLANKS
        for field, text in (("parent", self.parent), ("duty", self.duty), ("lead", self.lead)):
            yield (field,), text or "", BLANKS
        for index, post in enumerate(self.posts):
            yield from _texts(("posts", index), post, BLANKS)
        if self.attached is not None:
            yield from _texts(("attached",), self.attached, BLANKS | TOWN_BLANKS)
        if self.grid is not None:
            yield ("grid", "officer"), self.grid.officer, BLANKS
            for index, text in enumerate(self.grid.attached):
                yield ("grid", "attached", index), text, BLANKS


def _texts(
    where: tuple[str | int, ...], post: PostPattern, allowed: frozenset[str]
) -> Iterator[tuple[tuple[str | int, ...], str, frozenset[str]]]:
    yield (*where, "id"), post.id, allowed
    yield (*where, "title"), post.title.zh, allowed
    yield (*where, "title_en"), post.title.en, allowed
    yield (*where, "stand_in"), post.stand_in or "", allowed
    yield (*where, "of"), post.of or "", allowed


def wrong_blank(text: str, allowed: frozenset[str]) -> str | None:
    """Return what is wrong with the braces of a text, or ``None``."""
    try:
        for _, blank, form, conversion in string.Formatter().parse(text):
            if blank is not None and (blank not in allowed or form or conversion):
                return blank
    except ValueError:
        return text
    return None


@dataclass(frozen=True, slots=True)
class Staffed:
    """A unit as one line of the map states it: the rest comes from its pattern.

    Attributes:
        kind: instead of the pattern's.
        short: how its posts are called after it; the name by default.
        attached_to: the towns in which it has an attached officer; ``None``: in every one.
    """

    id: str
    pattern: str
    name: Name
    short: Name
    kind: UnitKind | None
    code: str | None
    parent: str | None
    aliases: tuple[str, ...]
    live_from: date | None
    attached_to: tuple[str, ...] | None

    def facts(self) -> dict[str, str]:
        """Return what fills the blanks."""
        path = self.id.partition("/")[2] or self.id
        return {
            "id": self.id,
            "path": path,
            "above": path.rpartition("/")[0],
            "name": self.name.zh,
            "name_en": self.name.en,
            "short": self.short.zh,
            "short_en": self.short.en,
        }


class Made(NamedTuple):
    """A post that a pattern made: which item asked for it, and where the pattern states it."""

    post: Post
    item: str
    pattern: str
    where: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Expanded:
    """What patterns made of a map's one-line units."""

    units: tuple[Unit, ...]
    posts: tuple[Made, ...]
    grids: tuple[Grid, ...]


def expand(
    items: Sequence[Staffed], patterns: Mapping[str, Pattern], written: Iterable[Unit]
) -> Expanded:
    """Return the units, posts and grids of one-line units.

    Args:
        items: units whose pattern is known.
        patterns: by name; none has a wrong blank.
        written: the units that the file writes out.
    """
    names = {item.id: item.short for item in items}
    units = [_unit(item, patterns[item.pattern]) for item in items]
    every = {unit.id: unit for unit in chain(written, units)}
    towns = {
        unit.id: names.get(unit.id, unit.name)
        for unit in every.values()
        if unit.kind is UnitKind.TOWN
    }
    own = [made for item in items for made in _own_posts(item, patterns[item.pattern])]
    sent: dict[str, list[Made]] = {town: [] for town in towns}
    for item in items:
        for town, made in _attached(item, patterns[item.pattern], towns):
            sent[town].append(made)
    nearby = {town: tuple(made.post.id for made in posts) for town, posts in sent.items()}
    grids = [
        _grid(item, grid, nearby.get(_town_of(every, item.id), ()))
        for item in items
        if (grid := patterns[item.pattern].grid) is not None
    ]
    return Expanded(tuple(units), (*own, *chain.from_iterable(sent.values())), tuple(grids))


def _unit(item: Staffed, pattern: Pattern) -> Unit:
    facts = item.facts()
    duty = pattern.duty.format_map(facts)
    parent = pattern.parent.format_map(facts) if pattern.parent is not None else None
    return Unit(
        id=item.id,
        kind=item.kind or pattern.kind,
        name=_name(pattern.unit_name, facts),
        parent=item.parent or parent,
        duty=duty,
        lead=pattern.lead.format_map(facts) if pattern.lead is not None else duty,
        aliases=() if pattern.grid is not None else item.aliases,
        code=item.code,
    )


def _own_posts(item: Staffed, pattern: Pattern) -> Iterator[Made]:
    facts = item.facts()
    for index, post in enumerate(pattern.posts):
        yield Made(_post(post, item.id, facts), item.id, pattern.name, ("posts", index))


def _attached(
    item: Staffed, pattern: Pattern, towns: Mapping[str, Name]
) -> Iterator[tuple[str, Made]]:
    """Yield the attached officers of a department with their towns; unknown towns are faults."""
    if pattern.attached is None:
        return
    facts = item.facts()
    for town in item.attached_to if item.attached_to is not None else towns:
        if town in towns:
            name = towns[town]
            path = town.partition("/")[2] or town
            facts |= {"town": path, "town_name": name.zh, "town_name_en": name.en}
            post = _post(pattern.attached, item.id, facts)
            yield town, Made(post, item.id, pattern.name, ("attached",))


def _post(pattern: PostPattern, unit: str, facts: Mapping[str, str]) -> Post:
    return Post(
        id=pattern.id.format_map(facts),
        unit=pattern.of.format_map(facts) if pattern.of is not None else unit,
        rung=pattern.rung,
        title=_name(pattern.title, facts),
        stand_in=pattern.stand_in.format_map(facts) if pattern.stand_in is not None else None,
    )


def _grid(item: Staffed, pattern: GridPattern, nearby: tuple[str, ...]) -> Grid:
    facts = item.facts()
    return Grid(
        code=item.code or "",
        name=item.name,
        unit=item.id,
        officer=pattern.officer.format_map(facts),
        attached=(*(post.format_map(facts) for post in pattern.attached), *nearby),
        aliases=item.aliases,
        live_from=item.live_from,
    )


def _name(texts: Name, facts: Mapping[str, str]) -> Name:
    return Name(texts.zh.format_map(facts), texts.en.format_map(facts))


def _town_of(units: Mapping[str, Unit], start: str) -> str:
    """Return the town above a unit, or nothing. Circles are found later: here they only end."""
    here: str | None = start
    for _ in range(len(units)):
        if here is None or here not in units:
            return ""
        if units[here].kind is UnitKind.TOWN:
            return here
        here = units[here].parent
    return ""
