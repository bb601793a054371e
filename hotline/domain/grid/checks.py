"""Whether a grid map may be accepted: every fault at once, each with what to do about it.

Before a version is accepted every class × grid must reach a competent unit and, from it, the top of
the ladder; nothing may dangle, run in a circle, or hide something else (ADR 0005).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from hotline.domain.grid.build import MapParts
from hotline.domain.grid.faults import Problem, Ref, problem
from hotline.domain.grid.model import (
    DemandKind,
    Grid,
    Told,
    Unit,
    UnitKind,
    nearest_unit,
    told_post,
)
from hotline.domain.grid.whistles import limits_of, whistle_faults
from hotline.domain.limits import Allowance, Limit

# The steps that cannot do without a limit of their own.
REQUIRED_STEPS: Final = (
    *("triage", "sign", "accepted_unsigned", "contact", "return", "rule_return"),
    *("rule_extension", "oversight_after"),
)
# Every step that may have a limit; the ones not required are read by later stages.
KNOWN_STEPS: Final = frozenset(
    {
        *REQUIRED_STEPS,
        *("handle", "on_site", "first_report", "adjudicate", "warn_early", "warn_before"),
        *("circular_after", "revisit", "bad_rating_call", "bad_rating_fix"),
        *("long_term", "long_term_review", "rule_rejection", "rule_long_term"),
        *("rule_final", "final_appeal", "rule_appeal", "rule_entry"),
    }
)

Known = frozenset[tuple[str, str]]


def check(parts: MapParts, known: Known = frozenset()) -> tuple[Problem, ...]:
    """Return every fault of a map; none means that it may be accepted.

    Args:
        parts: what the file says.
        known: ``(kind, key)`` of items that the file names but that were too faulty to read:
            references to them are not reported a second time. ``("section", name)`` stands for
            a section that could not be read.
    """
    return (
        *_duplicates(parts),
        *_unit_references(parts, known),
        *_post_references(parts, known),
        *_grid_references(parts, known),
        *_same_names(parts),
        *_cycles(parts),
        *_powers(parts, known),
        *_ladder(parts, known),
        *whistle_faults(
            parts,
            _known("rung", (rule.rung for rule in parts.ladder), known),
            parts.ladder[-1].rung if _ladder_is_whole(parts, known) else None,
        ),
        *_words(parts),
        *_limits(parts, known),
        *_office(parts, known),
        *_lines(parts),
        *_suspicion(parts, known),
        *_windows(parts, known),
    )


def _ids(parts: MapParts) -> Iterator[tuple[str, str]]:
    """Yield (kind, key) of every item that must be unique within its kind."""
    yield from (("unit", unit.id) for unit in parts.units)
    yield from (("post", post.id) for post in parts.posts)
    yield from (("grid", grid.code) for grid in parts.grids)
    yield from (("class", clazz.code) for clazz in parts.classes)
    yield from (("rung", rule.rung) for rule in parts.ladder)
    yield from (("whistle", kind.name) for kind in parts.whistles)
    yield from (("line", line.number) for line in parts.lines)
    yield from (("danger", service.number) for service in parts.danger)
    yield from (("window", window.id) for window in parts.windows)
    yield from (("route", route.id) for route in parts.routes)


def _duplicates(parts: MapParts) -> Iterator[Problem]:
    for (kind, key), count in Counter(_ids(parts)).items():
        for nth in range(1, count):
            yield problem("duplicate_id", Ref(kind, key, (), nth), key=key)


def _unit_references(parts: MapParts, known: Known) -> Iterator[Problem]:
    units = _known("unit", (unit.id for unit in parts.units), known)
    posts = {post.id: post for post in parts.posts}
    post_ids = _known("post", posts, known)
    for unit in parts.units:
        if unit.parent is not None and unit.parent not in units:
            yield problem("unknown_unit", Ref("unit", unit.id, ("parent",)), key=unit.parent)
        for field, post_id in (("duty", unit.duty), ("lead", unit.lead)):
            if field == "lead" and unit.lead == unit.duty:
                continue
            ref = Ref("unit", unit.id, (field,))
            if post_id not in post_ids:
                yield problem("unknown_post", ref, key=post_id)
            elif post_id in posts and posts[post_id].unit != unit.id:
                yield problem("post_of_other_unit", ref, key=post_id)


def _post_references(parts: MapParts, known: Known) -> Iterator[Problem]:
    posts = _known("post", (post.id for post in parts.posts), known)
    rungs = _known("rung", (rule.rung for rule in parts.ladder), known)
    stand_ins = {post.stand_in for post in parts.posts}
    for post in parts.posts:
        if post.rung not in rungs:
            yield problem("unknown_rung", Ref("post", post.id, ("rung",)), key=post.rung)
        if post.stand_in is not None and post.stand_in not in posts:
            yield problem("unknown_post", Ref("post", post.id, ("stand_in",)), key=post.stand_in)
        if post.stand_in is None and post.id not in stand_ins:
            yield problem("no_stand_in", Ref("post", post.id), key=post.id)


def _grid_references(parts: MapParts, known: Known) -> Iterator[Problem]:
    units = {unit.id: unit for unit in parts.units}
    posts = {post.id: post for post in parts.posts}
    unit_ids, post_ids = _known("unit", units, known), _known("post", posts, known)
    for grid in parts.grids:
        if grid.unit not in unit_ids:
            yield problem("unknown_unit", Ref("grid", grid.code, ("unit",)), key=grid.unit)
        if grid.officer not in post_ids:
            yield problem("unknown_post", Ref("grid", grid.code, ("officer",)), key=grid.officer)
        seen: set[str] = set()
        for index, attached in enumerate(grid.attached):
            ref = Ref("grid", grid.code, ("attached", index))
            if attached not in post_ids:
                yield problem("unknown_post", ref, key=attached)
            elif attached in seen:
                yield problem("attached_twice", ref, key=attached)
            seen.add(attached)


def _same_names(parts: MapParts) -> Iterator[Problem]:
    """Two grids of one name in one town can't be told apart by asking."""
    units = {unit.id: unit for unit in parts.units}
    seen: set[tuple[str | None, str]] = set()
    for grid in parts.grids:
        town = nearest_unit(units, grid.unit, UnitKind.TOWN)
        if town is None and _is_placed(units, grid):
            yield problem("grid_without_town", Ref("grid", grid.code), key=grid.code)
        if (town, grid.name.zh) in seen:
            yield problem("same_name", Ref("grid", grid.code, ("name",)), key=grid.name.zh)
        seen.add((town, grid.name.zh))


def _is_placed(units: Mapping[str, Unit], grid: Grid) -> bool:
    """Whether the way up from a grid is whole: a unit that is missing in it is a fault already."""
    here: str | None = grid.unit
    for _ in units:
        if here is None:
            return True
        if here not in units:
            return False
        here = units[here].parent
    return False


def _cycles(parts: MapParts) -> Iterator[Problem]:
    parents = [(unit.id, unit.parent) for unit in parts.units if unit.parent is not None]
    for first, circle in _circles(parents):
        yield problem("unit_cycle", Ref("unit", first, ("parent",)), key=circle)
    stand_ins = [(post.id, post.stand_in) for post in parts.posts if post.stand_in is not None]
    for first, circle in _circles(stand_ins):
        yield problem("stand_in_cycle", Ref("post", first, ("stand_in",)), key=circle)


def _powers(parts: MapParts, known: Known) -> Iterator[Problem]:
    """Every class × grid must reach a competent unit, and every grid a town."""
    units = {unit.id: unit for unit in parts.units}
    unit_ids = _known("unit", units, known)
    placed = [grid for grid in parts.grids if _is_placed(units, grid)]
    lost = {
        kind: [grid for grid in placed if nearest_unit(units, grid.unit, kind) is None]
        for kind in {clazz.nearest for clazz in parts.classes} - {None}
    }
    for clazz in parts.classes:
        ref = Ref("class", clazz.code)
        if (clazz.unit is None) == (clazz.nearest is None):
            yield problem("class_without_power", ref, key=clazz.code)
        elif clazz.unit is not None:
            if clazz.unit not in unit_ids:
                yield problem("unknown_unit", ref._replace(field=("unit",)), key=clazz.unit)
        elif found := lost[clazz.nearest]:
            facts = {"key": clazz.code, "grid": found[0].code, "count": len(found)}
            yield problem("no_competent_unit", ref._replace(field=("nearest",)), **facts)


def _ladder(parts: MapParts, known: Known) -> Iterator[Problem]:
    """Every grid × competent unit must find somebody on every rung, and a fixed unit on top."""
    units = {unit.id: unit for unit in parts.units}
    unit_ids = _known("unit", units, known)
    placed = [grid for grid in parts.grids if _is_placed(units, grid)]
    for rule in parts.ladder:
        ref = Ref("rung", rule.rung)
        needed = {Told.NEAREST: "nearest", Told.UNIT: "unit"}.get(rule.told)
        if needed is not None and getattr(rule, needed) is None:
            yield problem("rung_incomplete", ref, key=rule.rung, field=needed)
            continue
        if rule.told is Told.UNIT and rule.unit not in unit_ids:
            yield problem("unknown_unit", ref._replace(field=("unit",)), key=rule.unit)
            continue
        dead = [
            grid
            for grid in (placed if rule.told is Told.NEAREST and not rule.optional else ())
            if told_post(units, rule, grid, "") is None
        ]
        if dead:
            yield problem("ladder_dead_end", ref, key=rule.rung, grid=dead[0].code, count=len(dead))
    if _ladder_is_whole(parts, known) and parts.ladder[-1].told is not Told.UNIT:
        top = parts.ladder[-1].rung
        yield problem("ladder_open_end", Ref("rung", top), key=top)


def _words(parts: MapParts) -> Iterator[Problem]:
    """No keyword may mean two classes equally, no danger word two numbers."""
    owners: dict[tuple[str, int], str] = {}
    for clazz in parts.classes:
        for word, strength in clazz.keywords.items():
            if strength == 0:  # it only looks like a keyword, to both of them
                continue
            other = owners.setdefault((word, strength), clazz.code)
            if other != clazz.code:
                ref = Ref("class", clazz.code, ("keywords", word))
                yield problem("keyword_shadowed", ref, key=word, other=other)
    numbers: dict[str, str] = {}
    for service in parts.danger:
        for index, word in enumerate(service.words):
            if numbers.setdefault(word, service.number) != service.number:
                ref = Ref("danger", service.number, ("words", index))
                yield problem("danger_word_twice", ref, key=word)


def _limits(parts: MapParts, known: Known) -> Iterator[Problem]:
    for ref, limit in _all_limits(parts):
        if limit.amount <= 0:
            yield problem("limit_not_positive", ref)
        if ref.field[-1] == "urgent" and not limit.is_natural:
            yield problem("urgent_not_natural", ref)
    yield from _steps(parts)
    if ("section", "limits") not in known:
        yield from _missing_limits(parts)


def _steps(parts: MapParts) -> Iterator[Problem]:
    """Find steps that are misspelt: limits that nobody would ever read."""
    for step in parts.limits.steps:
        if step not in KNOWN_STEPS:
            yield problem("unknown_step", Ref("section", "limits", ("steps", step)), key=step)
    own = (
        *((Ref("class", clazz.code), clazz.limits) for clazz in parts.classes),
        *((Ref("line", line.number), line.limits) for line in parts.lines),
    )
    for ref, limits in own:
        for step in limits:
            if step not in KNOWN_STEPS:
                yield problem("unknown_step", ref._replace(field=("limits", step)), key=step)


def _missing_limits(parts: MapParts) -> Iterator[Problem]:
    for step in REQUIRED_STEPS:
        if step not in parts.limits.steps:
            yield problem("missing_limit", Ref("section", "limits", ("steps",)), key=step)
    for kind in DemandKind:
        if kind not in parts.limits.handle:
            yield problem("missing_limit", Ref("section", "limits", ("handle",)), key=kind)


def _all_limits(parts: MapParts) -> Iterator[tuple[Ref, Limit]]:
    """Yield every limit of a map with the place where it stands."""
    limits, section = parts.limits, Ref("section", "limits")
    for name, table in (("steps", limits.steps), ("handle", limits.handle)):
        yield from _both(section, (name,), table)
    yield section._replace(field=("extensions", "each")), limits.extensions.each
    yield section._replace(field=("asking", "spacing")), limits.asking.spacing
    yield section._replace(field=("asking", "silence")), limits.asking.silence
    for name in ("change", "link"):
        yield Ref("section", "ratings", (name,)), getattr(parts.ratings, name)
    for clazz in parts.classes:
        yield from _both(Ref("class", clazz.code), ("limits",), clazz.limits)
    for window in parts.windows:
        yield Ref("window", window.id, ("react",)), window.react
        yield from _both(Ref("window", window.id), ("limits",), window.limits)
    for line in parts.lines:
        yield from _both(Ref("line", line.number), ("limits",), line.limits)
    for kind in parts.whistles:
        yield from limits_of(kind)


def _both(
    ref: Ref, path: tuple[str, ...], table: Mapping[str, Allowance]
) -> Iterator[tuple[Ref, Limit]]:
    for step, allowance in table.items():
        yield ref._replace(field=(*path, step, "normal")), allowance.normal
        yield ref._replace(field=(*path, step, "urgent")), allowance.urgent


def _office(parts: MapParts, known: Known) -> Iterator[Problem]:
    if ("section", "office") in known:
        return
    marks = [mark for window in parts.office.windows for mark in window]
    if not marks or any(early >= late for early, late in pairwise(marks)):
        yield problem("office_windows", Ref("section", "office", ("windows",)))


def _lines(parts: MapParts) -> Iterator[Problem]:
    """No key may lead to two lines; whoever dials nothing is on the first."""
    keys: dict[str, str] = {}
    for line in parts.lines:
        if line.key is not None and keys.setdefault(line.key, line.number) != line.number:
            yield problem("line_key_twice", Ref("line", line.number, ("key",)), key=line.key)


class _Everything(frozenset[str]):
    """Stands in for the keys of a section that could not be read: no reference to it is wrong."""

    def __contains__(self, key: object) -> bool:
        return True


_SECTION_OF: Final = {"unit": "units", "post": "units", "rung": "ladder", "class": "classes"}


def _known(kind: str, ids: Iterable[str], known: Known) -> frozenset[str]:
    if ("section", _SECTION_OF[kind]) in known:
        return _Everything()
    return frozenset(ids) | {key for known_kind, key in known if known_kind == kind}


def _ladder_is_whole(parts: MapParts, known: Known) -> bool:
    """Whether every rung of the file could be read: only then its order can be judged."""
    read = {rule.rung for rule in parts.ladder}
    return bool(read) and _known("rung", read, known) == read


def _circles(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each circle: its first member in the file's order, and all its members in words.

    Everything points to one other thing at most, so a way that does not end is a circle.
    """
    points_to = dict(pairs)
    seen: set[str] = set()
    for start in points_to:
        way: list[str] = []
        here: str | None = start
        while here is not None and here not in seen:
            seen.add(here)
            way.append(here)
            here = points_to.get(here)
        if here in way:
            circle = way[way.index(here) :]
            members = [member for member in points_to if member in circle]
            yield members[0], " → ".join((*members, members[0]))


def _suspicion(parts: MapParts, known: Known) -> Iterator[Problem]:
    classes = _known("class", (clazz.code for clazz in parts.classes), known)
    for code in parts.suspicion.by_class:
        if code not in classes:
            ref = Ref("section", "suspicion", ("by_class", code))
            yield problem("unknown_class", ref, key=code)
    for name in ("answer", "rule"):
        if getattr(parts.suspicion, name).amount <= 0:
            yield problem("limit_not_positive", Ref("section", "suspicion", (name,)))


def _windows(parts: MapParts, known: Known) -> Iterator[Problem]:
    units = _known("unit", (unit.id for unit in parts.units), known)
    for window in parts.windows:
        if window.unit not in units:
            yield problem("unknown_unit", Ref("window", window.id, ("unit",)), key=window.unit)
        for step in window.limits:
            if step not in KNOWN_STEPS:
                yield problem("unknown_step", Ref("window", window.id, ("limits", step)), key=step)
