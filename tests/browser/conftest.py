"""A workshop: every component on one page, served for real, without the rest of the product."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Self

import pytest
from flask import Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.serving import make_server

import hotline
from hotline.web import filters, headers, i18n, static_files

_NOW = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
_ITEMS = [
    SimpleNamespace(href="/", label="我的工单", current=True),
    SimpleNamespace(href="/w", label="吹哨", current=False),
    SimpleNamespace(href="/n", label="新登记", current=False),
]


class Workshop:
    """The served app: its address, and the forms it was sent, in order."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.files: list[str] = []
        self.rows = ["1", "2", "3"]
        self.refusing = False
        self.landing = "/"
        self.app = self._make_app()
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _make_app(self) -> Flask:
        package = Path(hotline.__file__).parent
        app = Flask("hotline", root_path=str(package), static_folder=None)
        app.secret_key = "workshop"
        folders = [Path(__file__).parent / "templates", package / "web" / "templates"]
        app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
        for module in (filters, i18n, headers, static_files):
            module.init_app(app)
        app.context_processor(self._context)
        app.add_url_rule("/", "page", lambda: render_template("workshop.html"))
        app.add_url_rule("/live", "live", lambda: render_template("live.html"))
        app.add_url_rule("/", "send", self._send, methods=["POST"])
        app.add_url_rule("/errors/<int:status>", "error", _error)
        return app

    def _context(self) -> dict[str, object]:
        return {
            "staff": SimpleNamespace(name="王小河（演示）"),
            "sign_out_url": "/out",
            "nav_items": _ITEMS,
            "now": _NOW,
            "later": _NOW + timedelta(hours=2, minutes=5),
            "soon": _NOW + timedelta(minutes=9),
            "late": _NOW - timedelta(hours=1, minutes=1),
            "rows": self.rows,
        }

    def _send(self) -> ResponseReturnValue:
        if self.refusing:
            return _error(409)
        self.sent.append(request.form.to_dict())
        self.files += [file.filename or "" for file in request.files.getlist("photos")]
        flash("已提交", "ok")
        return redirect(self.landing, code=303)


def _error(status: int) -> ResponseReturnValue:
    facts = {"code": "a_code", "request_id": "r-1", "retry_after_s": 90}
    return render_template(f"errors/{status}.html", **facts), status


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    with Workshop() as served:
        yield served
