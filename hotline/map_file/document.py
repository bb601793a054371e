"""The YAML of a map file as plain content, with the line of every value; and what is wrong in it.

Read with libyaml: a whole county takes a few hundredths of a second, the pure Python parser a
whole one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

import yaml

from hotline.domain.errors import SetupError
from hotline.domain.grid.faults import Wording, shape_words

Where = tuple[str | int, ...]

# Far above what a map needs. libyaml's composer recurses in C: deeper text would end the process.
_DEEPEST: Final = 50
_OPENS: Final = (yaml.SequenceStartEvent, yaml.MappingStartEvent)
_CLOSES: Final = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


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
        return self.words()

    def words(self, lang: str = "zh") -> str:
        """Return one line for a terminal, in Chinese, or in English (``en``)."""
        said = f"{self.problem.zh}；{self.remedy.zh}"
        if lang == "en":
            said = f"{self.problem.en}; {self.remedy.en}"
        return f"{self.line}: [{self.code}] {self.where}: {said}"


class GridFileError(SetupError):
    """A map file was refused; ``faults`` holds all that is wrong with it, by line."""

    code: ClassVar[str] = "grid_file"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults=len(faults), first=str(faults[0]))
        self.faults = faults


def dotted(where: Where) -> str:
    """Return a path as people read it."""
    return ".".join(str(part) for part in where) or "/"


def shape_fault(line: int, code: str, where: Where, said: str) -> Fault:
    """Return a fault of shape in words: ``code`` is pydantic's, or the reader's own."""
    stable, wording, remedy = shape_words(code, str(where[-1]) if where else "", said)
    return Fault(line, stable, dotted(where), wording, remedy)


class Document:
    """The plain content of a YAML text, and the line of every value in it."""

    def __init__(self) -> None:
        self.content: Any = {}
        self.faults: list[Fault] = []
        self._root: yaml.Node | None = None
        self._seen: set[int] = set()
        self._path: list[str | int] = []

    @classmethod
    def read(cls, text: str) -> "Document":
        """Read a text. A syntax error ends the reading: it is raised alone.

        Raises:
            GridFileError: the text is not YAML, or not a mapping.
        """
        document = cls()
        try:
            document._compose(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            # A text that ends too early ends on its last line, not on the one after.
            line = min(mark.line + 1, len(text.splitlines())) if mark else 1
            document._add(line, "yaml_syntax", error.problem or "")
        except yaml.YAMLError as error:
            document._add(1, "yaml_syntax", (str(error).splitlines() or [""])[0])
        if not document.faults and not isinstance(document.content, dict):
            document._add(1, "yaml_syntax", "mapping expected")
        if any(fault.code == "yaml_syntax" for fault in document.faults):
            raise GridFileError(tuple(document.faults))
        return document

    def line(self, where: Where) -> int:
        """Return the line of a value (of its key, in a mapping), or of what is around it."""
        node, line = self._root, 1
        for part in where:
            if isinstance(node, yaml.MappingNode):
                pairs = [pair for pair in node.value if pair[0].value == part]
                if not pairs:
                    break
                line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
            elif isinstance(node, yaml.SequenceNode) and part in range(len(node.value)):
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def plain(self) -> Any:  # noqa: ANN401 - whatever JSON can hold
        """Return the content with days as text: what the version hash is taken of."""
        return _as_json(self.content)

    def _compose(self, text: str) -> None:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, _OPENS) - isinstance(event, _CLOSES)
            if depth > _DEEPEST:
                mark = event.start_mark
                self._add((mark.line + 1) if mark else 1, "yaml_syntax", "nested too deeply")
                return
        loader = yaml.CSafeLoader(text)
        self._root = loader.get_single_node()
        self.content = self._plain(loader, self._root) if self._root is not None else {}

    def _plain(self, loader: yaml.CSafeLoader, node: yaml.Node) -> Any:  # noqa: ANN401
        if id(node) in self._seen:
            # One value in two places would have two lines; and aliases can recurse.
            self._add(self.line(tuple(self._path)), "alias", "")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(loader, node))
        if isinstance(node, yaml.SequenceNode):
            return [self._within(loader, index, item) for index, item in enumerate(node.value)]
        try:
            return loader.construct_object(node)
        except ValueError as error:
            self._add(node.start_mark.line + 1, "bad_value", str(error))
            return None

    def _pairs(self, loader: yaml.CSafeLoader, node: yaml.MappingNode) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in seen:
                where = (*self._path, key)
                line = key_node.start_mark.line + 1
                self.faults.append(shape_fault(line, "duplicate_key", where, key))
                continue
            seen.add(key)
            yield key, self._within(loader, key, value_node)

    def _within(self, loader: yaml.CSafeLoader, part: str | int, node: yaml.Node) -> Any:  # noqa: ANN401
        self._path.append(part)
        found = self._plain(loader, node)
        self._path.pop()
        return found

    def _add(self, line: int, code: str, said: str) -> None:
        self.faults.append(shape_fault(line, code, tuple(self._path), said))


def _as_json(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
