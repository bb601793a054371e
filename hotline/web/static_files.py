"""Serve what the build made: hashed names, cached for ever, compressed beforehand.

The build hook (``hatch_build.py``) writes ``static/`` with a ``manifest.json`` that leads from the
name a template knows (``site.css``) to the hashed one. A changed file has a new name, so browsers
may keep each for ever; next to each stand its compressed twins, picked by ``Accept-Encoding``.
"""

import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, request, send_file, url_for

from hotline.domain.errors import SetupError

STATIC: Final = Path(__file__).resolve().parent / "static"
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
_YEAR_S: Final = 365 * 24 * 60 * 60
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Assets:
    """The built files: their folder, and their hashed names by the names that templates use."""

    folder: Path
    names: dict[str, str]


def read_assets(folder: Path = STATIC) -> Assets:
    """Return the built files.

    Raises:
        SetupError: they were not built.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SetupError(reason="assets_not_built", remedy="pip install -e .") from None
    return Assets(folder, manifest["files"])


def init_app(app: Flask) -> None:
    """Give templates ``asset_url`` and serve the files below ``/static/``.

    ``app`` must be made with ``static_folder=None``: Flask's own view knows no compressed twins.

    Raises:
        SetupError: the files were not built.
    """
    assets = read_assets()
    known = frozenset(assets.names.values())

    def asset_url(name: str) -> str:
        """Return the address of the file that the sources call ``name``."""
        return url_for("static", filename=assets.names[name])

    def serve(filename: str) -> Response:
        """Answer with a built file; anything else below ``/static/`` does not exist."""
        if filename not in known:
            abort(404)
        return _answer(assets.folder / filename)

    app.add_url_rule("/static/<path:filename>", "static", serve, methods=["GET"])
    app.jinja_env.globals["asset_url"] = asset_url


def _answer(path: Path) -> Response:
    suffix, encoding = _best_twin(path)
    mimetype = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    response = send_file(
        path.with_name(path.name + suffix),
        mimetype=mimetype or "application/octet-stream",
        conditional=True,
        max_age=_YEAR_S,
    )
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
    return response


def _best_twin(path: Path) -> tuple[str, str | None]:
    for encoding, suffix in _ENCODINGS:
        twin = path.with_name(path.name + suffix)
        if request.accept_encodings.quality(encoding) > 0 and twin.is_file():
            return suffix, encoding
    return "", None
