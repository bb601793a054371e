"""A customer of the carrier: a real little web server whose answers a test writes down."""

import threading
from collections import defaultdict
from collections.abc import Callable
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Flask, Response, request

Form = dict[str, str]
Answer = str | int | Callable[[Form], "str | int"]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format, *args):  # noqa: A002 - the base class names it
        pass


class Customer:
    """Serves TwiML by path; an int is a status of failure; everything asked is kept."""

    def __init__(self):
        self.answers: dict[str, Answer] = {}
        self.asked: defaultdict[str, list[Form]] = defaultdict(list)
        self.headers: list[tuple[str, Form, dict[str, str]]] = []
        app = Flask("customer")
        app.add_url_rule("/<path:path>", view_func=self._serve, methods=["GET", "POST"])
        self._server = make_server("127.0.0.1", 0, app, _Server, _QuietHandler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def says(self, path: str, twiml: Answer) -> None:
        """Answer requests for ``path`` with these verbs."""
        self.answers[path] = twiml

    def stop_serving(self) -> None:
        """Go down, as a web server does."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        if self._thread.is_alive():
            self.stop_serving()

    def _serve(self, path):
        form = request.form.to_dict()
        whole = f"/{path}"
        self.asked[whole].append(form)
        full = whole + (f"?{request.query_string.decode()}" if request.query_string else "")
        self.headers.append((full, form, dict(request.headers)))
        answer = self.answers.get(whole, "")
        verbs = answer(form) if callable(answer) else answer
        if isinstance(verbs, int):
            return Response("broken", verbs)
        return Response(f"<Response>{verbs}</Response>", mimetype="text/xml")
