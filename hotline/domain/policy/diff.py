"""What differs between two versions of the map, in plain words, and whom it concerns.

Item by item and field by field, whatever the map is made of: a field that the map learns tomorrow
is compared too. Beside what was written stands what follows from it (`effects`): which demands
another unit has the power over, and whose demands another post receives.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from hotline.domain.errors import NotFoundError
from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import GridMap, Name
from hotline.domain.limits import Limit
from hotline.domain.policy.words import (
    NONE,
    SECTIONS,
    field_words,
    joined,
    value_words,
)

_Path = tuple[str, ...]
# An item's own key stands before the sentence already.
_KEYS: Final = frozenset({"id", "number"})


class Kind(StrEnum):
    """How an item differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One item of the map that is new, gone or other than before.

    Attributes:
        section: the section of the map, such as ``units`` or ``limits``.
        key: the item's id, or where the value stands.
        kind: new, gone or changed.
        words: the whole change in one sentence.
        units: ids of the units that it concerns; none: the whole county.
    """

    section: str
    key: str
    kind: Kind
    words: Wording
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows for demands: of a class another unit has the power, or another post gets it.

    Attributes:
        what: ``power`` or ``post``.
        words: in one sentence.
        units: ids of the units that lose or gain.
    """

    what: str
    words: Wording
    units: tuple[str, ...]


def changes(old: GridMap, new: GridMap) -> tuple[Change, ...]:
    """Return every item that differs, section by section in the order of the file."""
    return tuple(
        change
        for section in SECTIONS
        for change in _section(section, _items(section, old), _items(section, new), (old, new))
    )


def _items(section: str, grid_map: GridMap) -> Mapping[str, Any]:
    """Return a section as items by key."""
    if section == "county":
        return {grid_map.county_code: (grid_map.county,)}
    if section == "ladder":
        return {
            rule.rung: {"place": place, "rule": rule}
            for place, rule in enumerate(grid_map.rules, 1)
        }
    if section == "places":
        return {"neighbours": grid_map.neighbours, "not_live": grid_map.not_live}
    found = getattr(grid_map, section)
    if isinstance(found, Mapping):
        return found
    if isinstance(found, tuple):
        return {item.number: item for item in found}
    return {".".join(path): value for path, value in _leaves(found)}


def _section(
    section: str, old: Mapping[str, Any], new: Mapping[str, Any], maps: tuple[GridMap, GridMap]
) -> Iterator[Change]:
    single = section in {"limits", "suspicion", "office"}
    for key in (*old, *(key for key in new if key not in old)):
        before, after = old.get(key), new.get(key)
        if before == after and key in old and key in new:
            continue
        kind = Kind.CHANGED if key in old and key in new else Kind.REMOVED
        kind = Kind.ADDED if key not in old else kind
        said = _called(section, key, before if after is None else after)
        units = _concerned(section, before, after)
        if kind is not Kind.CHANGED and not single:
            verb = Wording("新增", "new") if kind is Kind.ADDED else Wording("取消", "gone")
            yield Change(section, key, kind, _sentence(said, verb), units)
        else:
            differing = joined(_differences(before, after, maps))
            yield Change(section, key, kind, _sentence(said, differing), units)


def _sentence(said: Wording, what: Wording) -> Wording:
    return Wording(f"{said.zh}：{what.zh}", f"{said.en}: {what.en}")


def _called(section: str, key: str, item: Any) -> Wording:  # noqa: ANN401  any item of a map
    of = SECTIONS[section]
    rule = item["rule"] if section == "ladder" and item else item
    name = getattr(rule, "name", None)
    name = getattr(rule, "title", None) if not isinstance(name, Name) else name
    if isinstance(name, Name):
        return Wording(f"{of.zh}“{name.zh}”（{key}）", f"{of.en} '{name.en}' ({key})")
    where = field_words(key.split("."))
    return Wording(f"{of.zh} {where.zh}", f"{of.en} {where.en}")


def _differences(before: Any, after: Any, maps: tuple[GridMap, GridMap]) -> list[Wording]:  # noqa: ANN401
    old, new = dict(_leaves(before)), dict(_leaves(after))
    found = []
    for path in (*old, *(path for path in new if path not in old)):
        was, now = old.get(path), new.get(path)
        if was != now:
            found.append(_difference(path, was, now, maps))
    return found


def _difference(path: _Path, was: Any, now: Any, maps: tuple[GridMap, GridMap]) -> Wording:  # noqa: ANN401
    name = field_words(path)
    if isinstance(was, tuple) and isinstance(now, tuple) and set(was) != set(now):
        gone = [value_words(each, maps[0]) for each in was if each not in now]
        come = [value_words(each, maps[1]) for each in now if each not in was]
        zh = "；".join(f"{verb}{joined(w).zh}" for verb, w in (("增", come), ("减", gone)) if w)
        en = "; ".join(f"{sign}{joined(w).en}" for sign, w in (("+", come), ("-", gone)) if w)
        return Wording(f"{name.zh}{zh}", f"{name.en} {en}".strip())
    before, after = value_words(was, maps[0]), value_words(now, maps[1])
    return Wording(
        f"{name.zh}由{before.zh}改为{after.zh}", f"{name.en} from {before.en} to {after.en}".strip()
    )


def _leaves(value: Any, path: _Path = ()) -> Iterator[tuple[_Path, Any]]:  # noqa: ANN401
    """Yield every value of an item with the way to it; keywords are one list of words."""
    if isinstance(value, Mapping):
        if value and all(isinstance(each, int) for each in value.values()) and path:
            yield path, tuple(f"{word} {strength}" for word, strength in value.items())
            return
        for key, each in value.items():
            yield from _leaves(each, (*path, *(() if key == "rule" else (str(key),))))
    elif is_dataclass(value) and not isinstance(value, Name | Limit):
        for field in fields(value):
            if field.name not in _KEYS:
                yield from _leaves(getattr(value, field.name), (*path, field.name))
    else:
        yield path, value


def _concerned(section: str, before: Any, after: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the units that a change of an item concerns."""
    found: list[str] = []
    for item in (before, after):
        if section == "units" and item is not None:
            found += [item.id, *([item.parent] if item.parent else [])]
        elif item is not None and isinstance(unit := getattr(item, "unit", None), str):
            found.append(unit)
    return tuple(dict.fromkeys(found))


def effects(old: GridMap, new: GridMap, day: date) -> tuple[Effect, ...]:
    """Return what follows for demands from grids and classes that both versions know.

    Args:
        old: the version before.
        new: the version after.
        day: the county's day: a grid that is not live yet leaves its demands to the town.
    """
    grids = [code for code in new.grids if code in old.grids]
    classes = [code for code in new.classes if code in old.classes]
    return (*_powers(old, new, classes, grids), *_receivers(old, new, grids, day))


def _powers(old: GridMap, new: GridMap, classes: list[str], grids: list[str]) -> Iterator[Effect]:
    for code in classes:
        moved = Counter(
            pair
            for grid in grids
            if (pair := (_power(old, code, grid), _power(new, code, grid)))[0] != pair[1]
        )
        name = new.clazz(code).name
        for (was, now), count in moved.items():
            zh = f"“{name.zh}”在{count}个网格由{_unit(old, was).zh}改由{_unit(new, now).zh}主管"
            en = (
                f"'{name.en}' in {count} grids: {_unit(new, now).en} has the power instead of "
                f"{_unit(old, was).en}"
            )
            units = tuple(unit for unit in (was, now) if unit)
            yield Effect("power", Wording(zh, en), units)


def _power(grid_map: GridMap, class_code: str, grid_code: str) -> str:
    try:
        return grid_map.competent_unit(class_code, grid_code).id
    except NotFoundError:
        return ""


def _unit(grid_map: GridMap, unit: str) -> Wording:
    found = grid_map.units.get(unit)
    return Wording(found.name.zh, found.name.en) if found else NONE


def _receivers(old: GridMap, new: GridMap, grids: list[str], day: date) -> Iterator[Effect]:
    for code in grids:
        was, now = old.receiving_post(code, day), new.receiving_post(code, day)
        if was == now:
            continue
        name, town = new.grid(code).name, new.town_of(code)
        before, after = value_words(was, old), value_words(now, new)
        zh = f"{town.name.zh}{name.zh}的诉求由{before.zh}改派{after.zh}"
        en = f"demands of {name.en}, {town.name.en} go to {after.en} instead of {before.en}"
        yield Effect("post", Wording(zh, en), (town.id,))
