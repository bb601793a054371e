"""Send pages compressed: a list of fifty tickets is 8 kB on a village's network, not 60.

Built files have their twins from the build (`static_files`). That a page's length tells something
of what stands beside a guess in it (BREACH) needs pages that another site can have loaded in the
user's name: ours are not, for the cookie is not sent with them, and pages hold no token.
"""

import gzip
from typing import Final

from flask import Flask, Response, request

_TYPES: Final = frozenset({"text/html", "application/json", "text/plain"})
# Below this it fits one packet anyway.
_LEAST: Final = 1_000
# What costs a page of 60 kB half a millisecond; higher levels save next to nothing.
_LEVEL: Final = 5


def init_app(app: Flask) -> None:
    """Compress what ``app`` answers, where the browser takes it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in _TYPES or response.is_streamed or response.content_encoding:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return response
    content = response.get_data()
    if len(content) >= _LEAST:
        # No time inside: the same page is the same bytes.
        response.set_data(gzip.compress(content, _LEVEL, mtime=0))
        response.content_encoding = "gzip"
    return response
