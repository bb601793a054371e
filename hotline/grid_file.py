"""Read ``grid_map.yaml`` into a `GridMap`, or refuse it with every fault and its line at once.

The file is read in three passes, none of which stops at the first fault: YAML nodes (syntax,
doubled keys; each value keeps its line), shapes (`hotline.grid_shapes`), and the meaning of the
whole (`hotline.domain.grid_checks`). An item whose shape is wrong is reported once: references to
it are not reported again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final

import yaml
from pydantic import BaseModel, ValidationError

from hotline import grid_shapes as shapes
from hotline.domain.errors import SetupError
from hotline.domain.grid import GridMap
from hotline.domain.grid_build import MapParts, build_map, content_version
from hotline.domain.grid_checks import check
from hotline.domain.grid_faults import Problem, Ref, Wording, problem, shape_words
from hotline.suspicion_shapes import SuspicionShape

Where = tuple[str | int, ...]

# Sections that are lists of items: section → (kind of item, key of an item, its shape).
_LISTS: Final[Mapping[str, tuple[str, str, type[BaseModel]]]] = {
    "lines": ("line", "number", shapes.LineShape),
    "danger": ("danger", "number", shapes.DangerShape),
    "ladder": ("rung", "rung", shapes.RungShape),
    "whistles": ("whistle", "name", shapes.WhistleShape),
    "classes": ("class", "code", shapes.ClassShape),
    "units": ("unit", "id", shapes.UnitShape),
    "grids": ("grid", "code", shapes.GridShape),
}
_SINGLES: Final[Mapping[str, type[BaseModel]]] = {
    "county": shapes.CountyShape,
    "office": shapes.OfficeShape,
    "limits": shapes.LimitsShape,
}
# A map without one of these has this project's proposals.
_OPTIONAL: Final[Mapping[str, type[BaseModel]]] = {"suspicion": SuspicionShape}
_NAMES: Final = ("neighbours", "not_live")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong in a map file, and what to do.

    Attributes:
        line: the line of the file, from 1.
        code: stable, for machines.
        where: the path to the value, such as ``classes.3.unit``.
        problem: what is wrong, in Chinese and in English.
        remedy: what to do about it, in both.
    """

    line: int
    code: str
    where: str
    problem: Wording
    remedy: Wording

    def __str__(self) -> str:
        """Return one line for a terminal."""
        return f"{self.line}: [{self.code}] {self.where}: {self.problem.zh}；{self.remedy.zh}"


class GridFileError(SetupError):
    """A map file was refused; ``faults`` holds all that is wrong with it, by line."""

    code: ClassVar[str] = "grid_file"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults=len(faults), first=str(faults[0]))
        self.faults = faults


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
    document = _Document.read(text)
    reader = _Reader(document)
    parts = reader.parts()
    problems = (*reader.twins(), *check(parts, frozenset(reader.known)))
    faults = {*document.faults, *reader.faults, *(reader.fault(found) for found in problems)}
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


class _Document:
    """The plain content of a YAML text, and the line of every value in it."""

    def __init__(self) -> None:
        self.content: Any = {}
        self.faults: list[Fault] = []
        self._lines: dict[Where, int] = {(): 1}
        self._seen: set[int] = set()

    @classmethod
    def read(cls, text: str) -> "_Document":
        """Read a text. A syntax error ends the reading: it is raised alone.

        Raises:
            GridFileError: the text is not YAML, or not a mapping.
        """
        document = cls()
        try:
            loader = yaml.SafeLoader(text)
            node = loader.get_single_node()
            document.content = document._plain(loader, node, ()) if node is not None else {}
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            document._add((mark.line + 1) if mark else 1, "yaml_syntax", (), error.problem or "")
        except (yaml.YAMLError, RecursionError) as error:
            document._add(1, "yaml_syntax", (), (str(error).splitlines() or [""])[0])
        if not document.faults and not isinstance(document.content, dict):
            document._add(1, "yaml_syntax", (), "mapping expected")
        if any(fault.code == "yaml_syntax" for fault in document.faults):
            raise GridFileError(tuple(document.faults))
        return document

    def line(self, where: Where) -> int:
        """Return the line of a value, or of the nearest thing around it."""
        while where not in self._lines:
            where = where[:-1]
        return self._lines[where]

    def plain(self) -> Any:  # noqa: ANN401 - whatever JSON can hold
        """Return the content with days as text: what the version hash is taken of."""
        return _as_json(self.content)

    def _plain(self, loader: yaml.SafeLoader, node: yaml.Node, where: Where) -> Any:  # noqa: ANN401
        self._lines.setdefault(where, node.start_mark.line + 1)
        if id(node) in self._seen:
            # One value in two places would have two lines; and aliases can recurse.
            self._add(self._lines[where], "alias", where, "")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(loader, node, where))
        if isinstance(node, yaml.SequenceNode):
            items = enumerate(node.value)
            return [self._plain(loader, item, (*where, index)) for index, item in items]
        try:
            return loader.construct_object(node)
        except ValueError as error:
            self._add(node.start_mark.line + 1, "bad_value", where, str(error))
            return None

    def _pairs(
        self, loader: yaml.SafeLoader, node: yaml.MappingNode, where: Where
    ) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*where, key)
            if key in seen:
                self._add(key_node.start_mark.line + 1, "duplicate_key", here, key)
                continue
            seen.add(key)
            self._lines[here] = key_node.start_mark.line + 1
            yield key, self._plain(loader, value_node, here)

    def _add(self, line: int, code: str, where: Where, said: str) -> None:
        self.faults.append(_shape_fault(line, code, where, said))


class _Reader:
    """Turns the sections of a document into parts, and remembers where each item stands."""

    def __init__(self, document: _Document) -> None:
        self._document = document
        self._content: dict[str, Any] = document.content
        self._places: dict[tuple[str, str], list[Where]] = {}
        self.faults: list[Fault] = []
        self.known: set[tuple[str, str]] = set()

    def parts(self) -> MapParts:
        """Return what could be read; `faults` and `known` tell the rest."""
        allowed = {*_LISTS, *_SINGLES, *_OPTIONAL, *_NAMES}
        for key in self._content:
            if key not in allowed:
                self._refuse("extra_forbidden", (key,), key)
        items = {section: self._items(section) for section in _LISTS}
        singles = {section: self._single(section) for section in (*_SINGLES, *_OPTIONAL)}
        parts = shapes.assemble(items, singles)
        return replace(
            parts, neighbours=self._words("neighbours"), not_live=self._words("not_live")
        )

    def twins(self) -> Iterator[Problem]:
        """Yield items that stand in the file twice, also those whose shape is wrong."""
        for (kind, key), places in self._places.items():
            for nth in range(1, len(places)):
                yield problem("duplicate_id", Ref(kind, key, (), nth), key=key)

    def fault(self, found: Problem) -> Fault:
        """Give a problem of the whole its line."""
        kind, key, field, nth = found.ref
        base: Where = (key,) if kind == "section" else self._place(kind, key, nth)
        where = (*base, *field)
        return Fault(
            self._document.line(where), found.code, _dotted(where), found.problem, found.remedy
        )

    def _place(self, kind: str, key: str, nth: int) -> Where:
        places = self._places.get((kind, key), [()])
        return places[min(nth, len(places) - 1)]

    def _items(self, section: str) -> list[Any]:
        kind, key, shape = _LISTS[section]
        listed = self._content.get(section)
        if not isinstance(listed, list) or not listed:
            self.known.add(("section", section))
            if section in self._content:
                self._refuse("list_type", (section,), section)
            else:
                self._refuse("missing", (section,), section)
            return []
        read = []
        for index, raw in enumerate(listed):
            where: Where = (section, index)
            self._remember(kind, raw, key, where)
            item = self._validate(shape, raw, where)
            if item is not None:
                read.append(item)
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
        if section in _OPTIONAL and section not in self._content:
            return None
        if section not in self._content:
            self.known.add(("section", section))
            self._refuse("missing", (section,), section)
            return None
        shape = {**_SINGLES, **_OPTIONAL}[section]
        found = self._validate(shape, self._content[section], (section,))
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
        self.faults.append(_shape_fault(self._document.line(where), code, where, said))


def _dotted(where: Where) -> str:
    return ".".join(str(part) for part in where) or "/"


def _as_json(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _shape_fault(line: int, code: str, where: Where, said: str) -> Fault:
    stable, wording, remedy = shape_words(code, str(where[-1]) if where else "", said)
    return Fault(line, stable, _dotted(where), wording, remedy)
