"""The shape of the code: small modules, short functions, a sentence on everything public."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hotline
from tests.architecture.sources import MODULES, ROOT, short, tree

# Longer than 400 lines, and why. Nothing may pass 600.
LONG: dict[str, str] = {
    "hotline/domain/tickets.py": "one table of who may do what, and the words that it is made of",
    "hotline/web/words/event.py": "one table of every fact that an event may hold",
}
LONGEST_FUNCTION = 40


def test_no_module_grows_past_400_lines_without_a_reason_nor_past_600_at_all():
    lines = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: count for name, count in lines.items() if count > 400 and name not in LONG} == {}
    assert {name: count for name, count in lines.items() if count > 600} == {}
    assert set(LONG) <= set(lines)


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{short(path)} {node.name}: {length}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := _lines_of_code(node)) > LONGEST_FUNCTION
    ]

    assert long == []


def test_everything_public_says_what_it_is():
    silent = [short(path) for path in MODULES if not ast.get_docstring(tree(path))]
    for path in MODULES:
        silent += [
            f"{short(path)} {name}"
            for name, node in _public(tree(path))
            if not ast.get_docstring(node)
        ]

    assert silent == []


def test_importing_the_package_imports_nothing_else():
    source = Path(hotline.__file__).read_text(encoding="utf-8")

    assert not [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


# What a clock has no use for, and what it would cost each of them (`docs/performance.md`).
NOT_THE_CLOCKS = {
    *("flask", "jinja2", "twilio", "phonenumbers", "alembic", "granian", "rich", "numpy"),
    *("yaml", "networkx", "PIL", "pypinyin", "openpyxl", "cryptography.fernet", "requests"),
    *("hotline.map_file.reading", "hotline.map_file.shapes"),
    *("hotline.services.reckoning.suspicion", "hotline.store.facts"),
    # Rows that a clock never reads: every column of a loaded table weighs 13 KiB.
    *(f"hotline.store.models.{name}" for name in ("desk", "hearings", "keys", "proofs", "rates")),
    "hotline.store.models.rosters",
}


def test_a_clock_loads_nothing_that_only_others_need():
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, workers.clock; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout.split()

    assert NOT_THE_CLOCKS & set(loaded) == set()


def test_only_the_clock_and_the_servers_helpers_read_a_wall_clock():
    readers = {
        short(path)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"time.time", "datetime.now", "datetime.utcnow", "date.today"}
    }

    outside = {name for name in readers if not name.startswith("hotline/demo/carrier/")}
    assert outside == {"hotline/clock.py"}


def test_no_sql_stands_outside_of_the_store():
    allowed = ("hotline/store/", "hotline/embedded/", "hotline/clock.py", "hotline/demo/")
    strays = {
        short(path)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"sa.text", "sa.select", "sa.insert"}
    }

    # `hotline.work` writes the events that it has gathered, all at once; `/readyz` says hello.
    assert {name for name in strays if not name.startswith(allowed)} <= {
        "hotline/work.py",
        "hotline/web/health.py",
    }


def test_no_name_in_the_code_is_chinese():
    names = {
        name
        for path in MODULES
        for node in ast.walk(tree(path))
        for name in (
            getattr(node, "id", None),
            getattr(node, "name", None),
            getattr(node, "arg", None),
        )
        if isinstance(name, str)
    }

    assert {name for name in names if not name.isascii()} == set()


def test_every_test_reads_as_a_fact():
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        names = [
            node.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        assert not [name for name in names if name.count("_") < 2], short(path)


def _public(node: ast.AST) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef) and not child.name.startswith("_"):
            yield child.name, child
            if isinstance(child, ast.ClassDef):
                yield from _public(child)


def _lines_of_code(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    if not body:
        return 0
    return (node.end_lineno or 0) - body[0].lineno + 1
