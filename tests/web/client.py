"""The application as a browser sees it: a client for a county, signing in, and a real server."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.serving import make_server

from hotline.app import create_app
from hotline.demo.staff import PASSWORD
from tests.county import County

_APPS: dict[int, Flask] = {}


class _Compiled(BytecodeCache):
    """Templates that another test's application has compiled: a quarter of a page's test else."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template what is kept of it; it checks by itself that its source is the same."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def app_for(county: County) -> Flask:
    """Return the county's application, built at the first call; it lives as long as the county."""
    key = id(county)
    if key not in _APPS:
        app = _APPS[key] = create_app(county.settings)
        app.jinja_env.bytecode_cache = _COMPILED
        weakref.finalize(county, _forget, key, app)
    return _APPS[key]


def _forget(key: int, app: Flask) -> None:
    del _APPS[key]
    app.extensions["hotline"].engine.dispose()


def client_for(county: County) -> FlaskClient:
    """Return a fresh visitor of a county's pages: nobody is signed in."""
    return app_for(county).test_client()


def sign_in(client: FlaskClient, login: str) -> FlaskClient:
    """Sign a demo person in, through the form, and return the client."""
    answer = client.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """Serve an application on a free loopback port, for a browser; yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
