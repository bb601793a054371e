"""Serve what the build made: hashed names, cached for ever, compressed beforehand.

The build hook (``hatch_build.py``) writes ``static/`` with a ``manifest.json`` that leads from the
name a template knows (``site.css``) to the hashed one. A changed file has a new name, so browsers
may keep each for ever; beside each stand its compressed twins, picked by ``Accept-Encoding``. They
are few and small: all are read once, at the start.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, request, url_for

from hotline.domain.errors import SetupError

STATIC: Final = Path(__file__).resolve().parent / "static"
# The best first. The empty one is the file itself.
_TWINS: Final = {"br": ".br", "gzip": ".gz", "": ""}
_YEAR_S: Final = 365 * 24 * 60 * 60
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A built file in all its encodings; the empty key is the file as it is."""

    name: str
    content_type: str
    contents: Mapping[str, bytes]


def read_assets(folder: Path = STATIC) -> dict[str, BuiltFile]:
    """Return the built files by the names that templates use.

    Raises:
        SetupError: they were not built.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return {name: _read(folder / hashed) for name, hashed in manifest["files"].items()}
    except FileNotFoundError as error:
        raise SetupError(reason="assets_not_built", remedy="pip install -e .") from error


def _read(path: Path) -> BuiltFile:
    contents = {
        encoding: path.with_name(path.name + suffix).read_bytes()
        for encoding, suffix in _TWINS.items()
    }
    return BuiltFile(path.name, _TYPES[path.suffix], contents)


def init_app(app: Flask) -> None:
    """Give templates ``asset_url`` and serve the files below ``/static/`` (endpoint ``static``).

    ``app`` must be made with ``static_folder=None``: Flask's own view knows no compressed twins.

    Raises:
        SetupError: the files were not built.
    """
    assets = read_assets()
    by_address = {file.name: file for file in assets.values()}

    def asset_url(name: str) -> str:
        """Return the address of the file that the sources call ``name``."""
        return url_for("static", filename=assets[name].name)

    def serve(filename: str) -> Response:
        """Answer with a built file; anything else below ``/static/`` does not exist."""
        file = by_address.get(filename)
        return _answer(file) if file else abort(404)

    app.add_url_rule("/static/<path:filename>", "static", serve, methods=["GET"])
    app.jinja_env.globals["asset_url"] = asset_url


def _answer(file: BuiltFile) -> Response:
    encoding = next(name for name in _TWINS if not name or request.accept_encodings[name] > 0)
    response = Response(file.contents[encoding], content_type=file.content_type)
    response.cache_control.public = True
    response.cache_control.max_age = _YEAR_S
    response.cache_control.immutable = True
    response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
    response.set_etag(f"{file.name}.{encoding}")
    response.make_conditional(request)
    return response
