"""Our own sources as syntax trees, for facts about the code itself."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import hotline
import workers

ROOT: Final = Path(__file__).resolve().parents[2]
MODULES: Final = sorted(
    path
    for folder in ("hotline", "workers")
    for path in (ROOT / folder).rglob("*.py")
    if "versions" not in path.parts
)

_T = TypeVar("_T")


def short(path: Path) -> str:
    """Return a path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def import_everything() -> None:
    """Import every module, so that every subclass is known; programs are left alone."""
    for package in (hotline, workers):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith(("__main__", ".child")) and ".migrations" not in found.name:
                importlib.import_module(found.name)


def family(root: type[_T]) -> Iterator[type[_T]]:
    """Yield a class of ours and every class of ours that is made from it."""
    import_everything()
    if root.__module__.startswith(("hotline", "workers")):
        yield root
    for child in root.__subclasses__():
        yield from family(child)


def raised(paths: list[Path]) -> Iterator[tuple[str, ast.Call]]:
    """Yield every error that is raised in some modules: its class's name, and the call."""
    for path in paths:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                called = node.exc.func
                yield called.id if isinstance(called, ast.Name) else ast.unparse(called), node.exc


def constant(call: ast.Call, keyword: str) -> ast.expr | None:
    """Return the expression that is given for a keyword, if it is."""
    return next((given.value for given in call.keywords if given.arg == keyword), None)
