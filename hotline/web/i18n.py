"""Chinese and English pages, by gettext.

The message ids are the Chinese texts themselves, so Chinese needs no catalogue; English stands in
``translations/en/LC_MESSAGES/messages.po``. The compiled catalogue is built, never committed.

After changing a text in a template or in Python::

    python -m hotline.web.i18n update    # extract, merge, compile; then fill in the English
    python -m hotline.web.i18n compile   # only compile
"""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlencode

import flask_babel
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask import Flask, Response, g, has_request_context, request
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from hotline.clock import COUNTY_ZONE

LANGUAGES: Final = {"zh": "中文", "en": "English"}
_DEFAULT: Final = "zh"
_COOKIE: Final = "lang"
_COOKIE_AGE_S: Final = 365 * 24 * 60 * 60

_PACKAGE: Final = Path(__file__).resolve().parents[1]
TRANSLATIONS: Final = Path(__file__).resolve().parent / "translations"
CATALOGUE: Final = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"

# What is searched for texts, relative to the package, and by which calls texts are known.
_METHODS: Final = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
_OPTIONS: Final = {"web/templates/**.html": {"trimmed": "true"}}
_HEADER: Final = rb"""# English texts of the pages; the message ids are the Chinese ones.
msgid ""
msgstr ""
"Language: en\n"
"POT-Creation-Date: 2026-11-21 00:00+0000\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
_KEYWORDS: Final = {"_": None, "gettext": None, "lazy_gettext": None}


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One choice of the language switch."""

    code: str
    name: str
    href: str
    current: bool


def init_app(app: Flask) -> None:
    """Choose the language of each request, and offer the switch to the templates."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", _DEFAULT)
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", COUNTY_ZONE.key)
    flask_babel.Babel(
        app,
        locale_selector=chosen_language,
        default_translation_directories=str(TRANSLATIONS),
    )
    app.jinja_env.install_gettext_callables(gettext, _several, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = _marked
    app.after_request(_remember)
    app.context_processor(lambda: {"page_language": page_language, "language_links": _links})


def gettext(text: str, **values: object) -> str:
    """Return ``text`` in the language of this request, with ``%(name)s`` filled in.

    Import it as ``_``: that is the name by which texts are found. The texts are Chinese: that
    language needs no look-up, and a page of fifty tickets has six hundred of them.
    """
    if not has_request_context() or chosen_language() == _DEFAULT:
        return text % values if values else text
    return str(flask_babel.gettext(text, **values))


def _marked(text: str, **values: object) -> Markup:
    """Return what `gettext` returns, for a template: values are escaped, the text is ours.

    Jinja's own ``_`` does the same through three calls more; a page of a hundred tickets has a
    thousand texts, and they were a third of its time.
    """
    found = Markup(gettext(text))  # noqa: S704  our own text; values are escaped by the next line
    return found % values if "%" in found else found


def _several(one: str, many: str, number: int) -> str:
    return str(flask_babel.ngettext(one, many, number))


def lazy_gettext(text: str, **values: object) -> str:
    """Return something that becomes `gettext` of ``text`` when it is shown: for tables of words."""
    return cast("str", LazyString(gettext, text, **values))


def listed(parts: Iterable[str]) -> str:
    """Return ``parts`` as a list within a sentence: 甲、乙 or one, two."""
    return gettext("、").join(parts)


def chosen_language() -> str:
    """Return the language of this request: ``?lang=``, else the cookie, else the browser's.

    Whatever asks for nothing that we have (telephones' browsers, programs) is answered in Chinese.
    """
    found: str | None = g.get("language")
    if found is None:
        wishes = (request.args.get(_COOKIE), request.cookies.get(_COOKIE))
        wish = next((wish for wish in wishes if wish in LANGUAGES), None)
        found = wish or request.accept_languages.best_match(list(LANGUAGES), _DEFAULT)
        g.language = found
    return found


def page_language() -> str:
    """Return the value of the page's ``lang`` attribute."""
    return "en" if str(flask_babel.get_locale()) == "en" else "zh-CN"


def _links() -> list[LanguageLink]:
    """Return the switch for this page; a page that was posted leads back to the start."""
    path = request.path if request.method in {"GET", "HEAD"} else "/"
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != _COOKIE]
    current = chosen_language()
    return [
        LanguageLink(code, name, f"{path}?{urlencode([*kept, (_COOKIE, code)])}", code == current)
        for code, name in LANGUAGES.items()
    ]


def _remember(response: Response) -> Response:
    wish = request.args.get(_COOKIE)
    if wish in LANGUAGES and wish != request.cookies.get(_COOKIE):
        response.set_cookie(
            _COOKIE,
            wish,
            max_age=_COOKIE_AGE_S,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def extracted() -> Catalog:
    """Return every text of the templates and of the code, without its places: they churn."""
    catalog = Catalog(charset="utf-8")
    for _file, _line, message, _comments, context in extract_from_dir(
        _PACKAGE, _METHODS, _OPTIONS, keywords=_KEYWORDS
    ):
        catalog.add(message, context=context)
    return catalog


def english() -> Catalog:
    """Return the English catalogue as it is committed."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def update() -> list[str]:
    """Bring the English catalogue up to date and compile it.

    Returns:
        The texts that still want their English.
    """
    catalog = english()
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    CATALOGUE.write_bytes(_written(catalog))
    compile_catalogue()
    return sorted(untranslated(catalog))


def _written(catalog: Catalog) -> bytes:
    """Return the catalogue as text that changes only where a text does: no places, no dates."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=98, omit_header=True, sort_output=True, no_location=True)
    return _HEADER + buffer.getvalue()


def compiled() -> bytes:
    """Return the compiled English catalogue."""
    buffer = BytesIO()
    write_mo(buffer, english())
    return buffer.getvalue()


def compile_catalogue() -> None:
    """Write the compiled catalogue beside its source."""
    CATALOGUE.with_suffix(".mo").write_bytes(compiled())


def untranslated(catalog: Catalog) -> Iterator[str]:
    """Yield the texts of ``catalog`` that have no English, or an unsure one."""
    for message in catalog:
        if message.id and (message.fuzzy or not message.string):
            yield str(message.id)


def main() -> None:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(prog="python -m hotline.web.i18n", description=__doc__)
    parser.add_argument("command", choices=["update", "compile"])
    if parser.parse_args().command == "compile":
        compile_catalogue()
        return
    for text in update():
        print(f"no English yet: {text}")  # noqa: T201  a command line tool


if __name__ == "__main__":
    main()
