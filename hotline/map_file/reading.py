"""Read ``grid_map.yaml`` into a `GridMap`, or refuse it with every fault and its line at once.

The file is read in four passes, none of which stops at the first fault: YAML nodes (syntax,
doubled keys; `hotline.map_file.document`), shapes (`hotline.map_file.shapes`), staffing patterns,
and the meaning of the whole (`hotline.domain.grid.checks`). An item whose shape is wrong is
reported once: references to it are not reported again. What a pattern says wrongly is reported
once too, at the pattern, and not for each of its villages.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from hotline.domain.grid.build import MapParts, build_map, content_version
from hotline.domain.grid.checks import check
from hotline.domain.grid.faults import Problem, Ref, Wording, problem
from hotline.domain.grid.model import GridMap
from hotline.domain.grid.shadows import shadows
from hotline.domain.grid.staffing import Expanded, Pattern, Staffed, expand, wrong_blank
from hotline.map_file import shapes, unit_shapes
from hotline.map_file.assemble import assemble
from hotline.map_file.counter_shapes import RouteShape, WindowShape
from hotline.map_file.document import Document, Fault, GridFileError, Where, dotted, shape_fault
from hotline.map_file.suspicion_shapes import SuspicionShape

__all__ = ["Fault", "GridFileError", "parse_grid", "read_grid", "read_text"]

# Sections that are lists of items: section → (kind of item, key of an item, its shape).
_LISTS: Final[Mapping[str, tuple[str, str, type[BaseModel]]]] = {
    "lines": ("line", "number", shapes.LineShape),
    "danger": ("danger", "number", shapes.DangerShape),
    "ladder": ("rung", "rung", shapes.RungShape),
    "whistles": ("whistle", "name", shapes.WhistleShape),
    "classes": ("class", "code", shapes.ClassShape),
    "staffing": ("pattern", "pattern", unit_shapes.PatternShape),
    "units": ("unit", "id", unit_shapes.UnitShape),
    "grids": ("grid", "code", unit_shapes.GridShape),
    "windows": ("window", "id", WindowShape),
    "routes": ("route", "id", RouteShape),
}
_SINGLES: Final[Mapping[str, type[BaseModel]]] = {
    "county": shapes.CountyShape,
    "office": shapes.OfficeShape,
    "limits": shapes.LimitsShape,
    "suspicion": SuspicionShape,
    "ratings": shapes.RatingsShape,
    "asks": shapes.AsksShape,
    "whistle_rate": shapes.WhistleRateShape,
}
# A map may do without them: units may be written out, patterns make grids, there are proposals of
# this project for when a claim looks false, for ratings and for how often a town whistles, and a
# county may have no counter.
_OPTIONAL: Final = frozenset(
    {"staffing", "grids", "suspicion", "ratings", "whistle_rate", "asks", "windows", "routes"}
)
_NAMES: Final = ("neighbours", "not_live")


def read_grid(path: Path) -> GridMap:
    """Return the map that a file states.

    Raises:
        GridFileError: the file can't be read or has faults; all of them are in ``faults``.
    """
    return parse_grid(read_text(path))


def read_text(path: Path) -> str:
    """Return a map's file as it was written.

    Raises:
        GridFileError: the file can't be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GridFileError((_unreadable(path, error),)) from error


def parse_grid(text: str) -> GridMap:
    """Return the map that the text of a file states.

    Raises:
        GridFileError: the text has faults; all of them are in ``faults``.
    """
    document = Document.read(text)
    reader = _Reader(document)
    parts = reader.parts()
    problems = (*reader.twins(), *check(parts, frozenset(reader.known)), *shadows(parts))
    faults = {*document.faults, *reader.faults, *reader.faults_of(problems)}
    if faults:
        raise GridFileError(tuple(sorted(faults)))
    return build_map(parts, content_version(document.plain()))


def _unreadable(path: Path, error: Exception) -> Fault:
    return Fault(
        1,
        "unreadable",
        path.name,
        Wording(f"读不出文件（{type(error).__name__}）", f"can't read it ({type(error).__name__})"),
        Wording("检查路径、权限，并用 UTF-8 保存", "check path and rights; save it as UTF-8"),
    )


class _Reader:
    """Turns the sections of a document into parts, and remembers where each item stands."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._content: dict[str, Any] = document.content
        self._places: dict[tuple[str, str], list[Where]] = {}
        # Where the pattern states what an item leaves to it.
        self._patterned: dict[tuple[str, str], Where] = {}
        self._forgiving = False
        self.faults: list[Fault] = []
        self.known: set[tuple[str, str]] = set()

    def parts(self) -> MapParts:
        """Return what could be read; `faults` and `known` tell the rest."""
        allowed = {*_LISTS, *_SINGLES, *_NAMES}
        for key in self._content:
            if key not in allowed:
                self._refuse("extra_forbidden", (key,), key)
        items = {section: self._items(section) for section in _LISTS}
        singles = {section: self._single(section) for section in _SINGLES}
        parts = assemble(items, singles, self._expanded(items))
        if not parts.grids and not self._forgiving and ("section", "grids") not in self.known:
            self._refuse("missing", ("grids",), "grids")
        return replace(
            parts, neighbours=self._words("neighbours"), not_live=self._words("not_live")
        )

    def twins(self) -> Iterator[Problem]:
        """Yield items that stand in the file twice, also those whose shape is wrong."""
        for (kind, key), places in self._places.items():
            for nth in range(1, len(places)):
                yield problem("duplicate_id", Ref(kind, key, (), nth), key=key)

    def faults_of(self, problems: tuple[Problem, ...]) -> Iterator[Fault]:
        """Give problems of the whole their lines; what a pattern says wrongly is told once."""
        told: set[tuple[str, Where]] = set()
        for found in problems:
            pattern = self._pattern_of(found)
            where = pattern or (*self._place(found.ref), *found.ref.field)
            if pattern is None or (found.code, where) not in told:
                told.add((found.code, where))
                line = self._document.line(where)
                yield Fault(line, found.code, dotted(where), found.problem, found.remedy)

    def _pattern_of(self, found: Problem) -> Where | None:
        """Return where a pattern says what is wrong, if it is not the item that says so."""
        kind, key, field, _ = found.ref
        pattern = self._patterned.get((kind, key))
        if pattern is None or found.code == "duplicate_id":
            return None
        if kind != "post" and (not field or self._states(self._place(found.ref), field[0])):
            return None
        return (*pattern, *field)

    def _states(self, item: Where, field: str | int) -> bool:
        """Whether an item itself says something about a field."""
        section, index = item
        return field in self._content[str(section)][index]

    def _place(self, ref: Ref) -> Where:
        if ref.kind == "section":
            return (ref.key,)
        places = self._places.get((ref.kind, ref.key), [()])
        return places[min(ref.nth, len(places) - 1)]

    def _expanded(self, items: Mapping[str, list[Any]]) -> Expanded:
        """Return what patterns make of one-line units, and note which line each came from."""
        patterns = {
            shape.pattern: found
            for shape in items["staffing"]
            if self._is_sound(found := shape.staffing())
        }
        shapes_of = [s for s in items["units"] if isinstance(s, unit_shapes.StaffedShape)]
        written = [s.unit() for s in items["units"] if isinstance(s, unit_shapes.UnitShape)]
        lines = [item for s in shapes_of if self._fits(item := s.staffed(), patterns)]
        for item in lines:
            self._patterned["unit", item.id] = self._place(Ref("pattern", item.pattern))
        made = expand(lines, patterns, written)
        self._refuse_unknown_towns(lines, {unit.id for unit in (*made.units, *written)})
        for post in made.posts:
            self._remember_made("post", post.post.id, post.item, post.where)
        for grid in made.grids:
            self._remember_made("grid", grid.code, grid.unit, ("grid",))
        return made

    def _remember_made(self, kind: str, key: str, item: str, where: Where) -> None:
        """Note which line of the file and which part of a pattern something came from."""
        self._places.setdefault((kind, key), []).append(self._place(Ref("unit", item)))
        self._patterned[kind, key] = (*self._patterned["unit", item], *where)

    def _is_sound(self, pattern: Pattern) -> bool:
        base = self._place(Ref("pattern", pattern.name))
        wrong = [
            ((*base, *where), blank)
            for where, text, allowed in pattern.blanks()
            if (blank := wrong_blank(text, allowed)) is not None
        ]
        for where, blank in wrong:
            self._refuse("unknown_blank", where, blank)
        if wrong:
            self._forgive_references()
            self.known.add(("pattern", pattern.name))
        return not wrong

    def _fits(self, item: Staffed, patterns: Mapping[str, Pattern]) -> bool:
        """Whether a one-line unit says what its pattern needs, and nothing that it ignores."""
        base, before = self._place(Ref("unit", item.id)), len(self.faults)
        pattern = patterns.get(item.pattern)
        if pattern is None:
            if ("pattern", item.pattern) not in self.known or not patterns:
                self._refuse("unknown_pattern", (*base, "staffing"), item.pattern)
            self._forgive_references()
            return False
        self._refuse_misfits(item, pattern, base)
        if len(self.faults) == before:
            return True
        self._forgive_references()
        return False

    def _refuse_misfits(self, item: Staffed, pattern: Pattern, base: Where) -> None:
        for field, wanted in (("attached_to", pattern.attached), ("live_from", pattern.grid)):
            if wanted is None and self._states(base, field):
                self._refuse("extra_forbidden", (*base, field), field)
        if pattern.grid is None:
            return
        for field in ("code", "live_from"):
            if not self._states(base, field):
                self._refuse("missing", (*base, field), field)
        if item.code is not None and not unit_shapes.is_grid_code(item.code):
            self._refuse("string_pattern_mismatch", (*base, "code"), item.code)

    def _refuse_unknown_towns(self, lines: Sequence[Staffed], units: Collection[str]) -> None:
        for item in lines:
            for index, town in enumerate(item.attached_to or ()):
                if town not in units and ("unit", town) not in self.known:
                    ref = Ref("unit", item.id)
                    where = (*self._place(ref), "attached_to", index)
                    found = problem("unknown_unit", ref, key=town)
                    line = self._document.line(where)
                    fault = Fault(line, found.code, dotted(where), found.problem, found.remedy)
                    self.faults.append(fault)

    def _forgive_references(self) -> None:
        """What a faulty pattern or line would have made is not there: report it once."""
        self._forgiving = True
        self.known.add(("section", "units"))

    def _items(self, section: str) -> list[Any]:
        kind, key, shape = _LISTS[section]
        listed = self._content.get(section)
        if section in _OPTIONAL and section not in self._content:
            return []
        if not isinstance(listed, list) or not listed:
            self.known.add(("section", section))
            code = "list_type" if section in self._content else "missing"
            self._refuse(code, (section,), section)
            return []
        read = []
        for index, raw in enumerate(listed):
            where: Where = (section, index)
            self._remember(kind, raw, key, where)
            by_pattern = kind == "unit" and isinstance(raw, dict) and "staffing" in raw
            item = self._validate(unit_shapes.StaffedShape if by_pattern else shape, raw, where)
            if item is not None:
                read.append(item)
            elif by_pattern or kind == "pattern":
                self._forgive_references()
        return read

    def _remember(self, kind: str, raw: Any, key: str, where: Where) -> None:  # noqa: ANN401
        """Note where an item stands and, of a unit, its posts: also when its shape is wrong."""
        if not isinstance(raw, dict):
            return
        name = str(raw.get(key))
        self._places.setdefault((kind, name), []).append(where)
        self.known.add((kind, name))
        posts = raw.get("posts") if kind == "unit" else None
        for index, post in enumerate(posts if isinstance(posts, list) else ()):
            self._remember("post", post, "id", (*where, "posts", index))

    def _single(self, section: str) -> Any:  # noqa: ANN401
        if section not in self._content:
            if section not in _OPTIONAL:
                self.known.add(("section", section))
                self._refuse("missing", (section,), section)
            return None
        found = self._validate(_SINGLES[section], self._content[section], (section,))
        if found is None:
            self.known.add(("section", section))
        return found

    def _words(self, section: str) -> tuple[str, ...]:
        found = self._validate(
            shapes.WordsShape, {"words": self._content.get(section, [])}, (section,)
        )
        return tuple(found.words) if isinstance(found, shapes.WordsShape) else ()

    def _validate(self, shape: type[BaseModel], raw: Any, where: Where) -> BaseModel | None:  # noqa: ANN401
        try:
            return shape.model_validate(raw)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_context=False):
                self._refuse(detail["type"], (*where, *detail["loc"]), str(detail["msg"]))
            return None

    def _refuse(self, code: str, where: Where, said: str) -> None:
        self.faults.append(shape_fault(self._document.line(where), code, where, said))
