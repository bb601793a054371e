"""The documents say what is so: every setting, command, link and proof is there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from config import Settings
from hotline.cli.main import main
from tests.architecture.sources import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SETTING = re.compile(r"^\| `HOTLINE_(\w+)` \| (.+?) \|", re.MULTILINE)


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(group: click.Group, before: str = "hotline") -> Iterator[str]:
    """Yield every command of a group as it is typed."""
    for name, command in group.commands.items():
        typed = f"{before} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, typed)
        else:
            yield typed


@cache
def facts_in(path: str) -> frozenset[str]:
    """Return the names of the tests of a file; none if there is no such file."""
    if not (ROOT / path).exists():
        return frozenset()
    return frozenset(
        node.name for node in ast.walk(ast.parse(read(path))) if isinstance(node, ast.FunctionDef)
    )


def test_every_setting_is_documented_and_nothing_else_is():
    documented = {name.lower() for name, _ in SETTING.findall(read("docs/operations.md"))}

    assert documented == set(Settings.model_fields)


def test_documented_defaults_are_the_real_ones():
    for name, said in SETTING.findall(read("docs/operations.md")):
        default = Settings.model_fields[name.lower()].default
        if said.startswith("`"):
            real = str(default).lower() if isinstance(default, bool) else str(default).rstrip("/")
            assert said == f"`{real}`", name
        else:
            assert default in (None, {}) or "demonstration" in said, name


@pytest.mark.parametrize("command", sorted(commands(main)))
def test_every_command_is_documented(command: str):
    typed = command.removeprefix("hotline ")
    spoken = (command, f"`{typed}`", f"make {'run' if typed == 'up' else typed}")

    assert any(words in read(short(path)) for path in DOCUMENTS for words in spoken)


def test_commands_that_the_documents_name_are_there():
    known = set(commands(main))
    for path in DOCUMENTS:
        typed_there = r"`(?:\.venv/bin/)?hotline ((?:[a-z-]+ ?){1,2})"
        for words in re.findall(typed_there, read(short(path))):
            first, *rest = words.split()
            typed = {f"hotline {first}", f"hotline {first} {' '.join(rest)}".strip()}
            assert typed & known, f"{short(path)}: hotline {words}"


def test_targets_of_make_that_the_documents_name_are_there():
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    for path in DOCUMENTS:
        named = set(re.findall(r"`make ([a-z-]+)[^`]*`", read(short(path))))
        assert named <= targets, short(path)


@pytest.mark.parametrize("path", DOCUMENTS, ids=short)
def test_every_link_leads_somewhere(path: Path):
    for found in LINK.finditer(path.read_text(encoding="utf-8")):
        target = (found[1] or found[2]).split("#")[0]
        if target and "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=short)
def test_every_file_that_a_document_names_is_there(path: Path):
    named = re.findall(
        r"`((?:hotline|workers|tests|docs|bench)/[\w./-]+|\w+\.(?:py|yaml))`", read(short(path))
    )
    gone = [
        name
        for name in named
        if not (ROOT / name).exists() and not list(ROOT.glob(f"hotline/**/{name}"))
    ]

    # Decisions are kept as they were taken; what they name may have moved since.
    assert gone == [] or "decisions" in path.parts


def test_every_guarantee_names_a_test_that_is_there():
    proofs = PROOF.findall(read("docs/guarantees.md"))

    assert len(proofs) > 30
    assert [f"{path}::{name}" for path, name in proofs if name not in facts_in(path)] == []


def test_every_guarantee_has_a_proof():
    rows = [line for line in read("docs/guarantees.md").splitlines() if line.startswith("| **")]

    assert rows
    assert [row for row in rows if not PROOF.search(row)] == []


def test_decisions_are_numbered_without_gaps_and_say_their_status():
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [path.name[:4] for path in files] == [f"{n:04d}" for n in range(1, len(files) + 1)]
    for path in files:
        assert "Status: " in path.read_text(encoding="utf-8"), path.name
        assert path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]} "), path.name


def test_the_changelog_names_this_version():
    version = re.search(r'^version = "(.+)"', read("pyproject.toml"), re.MULTILINE)

    assert version
    assert f"## {version[1]}" in read("CHANGELOG.md") or "## Unreleased" in read("CHANGELOG.md")


def test_pictures_of_the_readme_are_small():
    for path in (ROOT / "docs" / "pictures").glob("*.png"):
        assert path.stat().st_size < 150_000, path.name
