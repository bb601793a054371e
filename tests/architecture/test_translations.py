"""Chinese and English are both complete, and no text escapes the translators."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.checkers import python_format
from jinja2 import Environment, nodes

import hotline
from hotline.web import i18n

PACKAGE = Path(hotline.__file__).parent
TEMPLATES = sorted((PACKAGE / "web" / "templates").rglob("*.html"))
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# What is said to callers (hooks) is Mandarin, whatever language the staff's pages speak.
PAGE_CODE = [path for path in sorted((PACKAGE / "web").rglob("*.py")) if "hooks" not in path.parts]
REMEDY = "run `python -m hotline.web.i18n update` and fill in the English"


def _short(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return i18n.english()


def test_every_text_of_the_pages_and_of_the_code_is_in_the_catalogue(catalog: Catalog):
    missing = {
        str(message.id) for message in i18n.extracted() if message.id and message.id not in catalog
    }

    assert missing == set(), REMEDY


def test_every_text_has_its_english(catalog: Catalog):
    assert list(i18n.untranslated(catalog)) == [], REMEDY


def test_the_catalogue_holds_nothing_that_is_no_longer_said(catalog: Catalog):
    said = i18n.extracted()
    left_over = {str(message.id) for message in catalog if message.id and message.id not in said}

    assert left_over == set(), REMEDY
    assert list(catalog.obsolete) == []


def test_every_english_text_fills_in_the_same_values(catalog: Catalog):
    for message in catalog:
        if message.id and message.python_format:
            python_format(catalog, message)


def test_the_english_texts_hold_no_chinese(catalog: Catalog):
    mixed = {message.string for message in catalog if CHINESE.search(str(message.string))}

    assert mixed == set()


def test_what_is_shown_is_what_was_translated():
    compiled = i18n.CATALOGUE.with_suffix(".mo").read_bytes()

    assert compiled == i18n.compiled(), "run `python -m hotline.web.i18n compile`"


@pytest.mark.parametrize("path", TEMPLATES, ids=_short)
def test_no_template_shows_chinese_that_cannot_be_translated(path: Path):
    source = COMMENT.sub("", path.read_text(encoding="utf-8"))
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)

    assert list(_untranslatable(tree)) == []


@pytest.mark.parametrize("path", PAGE_CODE, ids=_short)
def test_no_page_code_holds_chinese_that_cannot_be_translated(path: Path):
    assert list(_plain_chinese(ast.parse(path.read_text(encoding="utf-8")))) == []


def _untranslatable(node: nodes.Node) -> Iterator[str]:
    """Yield the Chinese texts below ``node`` that stand outside of ``_(…)``."""
    if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in {"_", "gettext"}:
        return
    if isinstance(node, nodes.TemplateData | nodes.Const):
        text = str(node.data if isinstance(node, nodes.TemplateData) else node.value)
        if CHINESE.search(text):
            yield text.strip()
    for child in node.iter_child_nodes():
        yield from _untranslatable(child)


def _plain_chinese(tree: ast.Module) -> Iterator[str]:
    """Yield the Chinese string constants that are neither translated nor documentation.

    Names of languages are the one exception: they are the same in every language.
    """
    allowed = set(i18n.LANGUAGES.values())
    translated = {
        id(argument)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _called(call) in {"_", "gettext", "lazy_gettext"}
        for argument in ast.walk(call)
    }
    documented = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in translated | documented:
            continue
        text = str(node.value)
        if CHINESE.search(text) and text not in allowed:
            yield f"line {node.lineno}: {text}"


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
