"""A worker dies between giving a message to the carrier and noting that it did."""

import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from bench.stage import ROOT
from hotline.channels.templates import for_carrier
from hotline.demo.carrier.server import FakeCarrier

DELIVER = "from workers.messages import deliver; deliver()"


class Gate:
    """Stands before the carrier; holds the answer to the first message back for ever."""

    def __init__(self, carrier: FakeCarrier) -> None:
        self.taken = threading.Event()
        self.closing = threading.Event()
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._pass(requests.get(carrier.url + self.path, headers=self._headers()))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = requests.post(carrier.url + self.path, body, headers=self._headers())
                if not gate.taken.is_set():
                    gate.taken.set()  # the carrier has it; nobody will hear of that
                    gate.closing.wait()
                    return
                self._pass(answer)

            def _headers(self):
                return {k: v for k, v in self.headers.items() if k.lower() != "host"}

            def _pass(self, answer):
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def open(self):
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()


def environment(county, carrier_url) -> dict[str, str]:
    settings = county.settings
    return {
        "HOTLINE_ENV": "test",
        "HOTLINE_DATABASE_URL": settings.database_url.get_secret_value(),
        "HOTLINE_REDIS_URL": settings.redis_url.get_secret_value(),
        "HOTLINE_MEDIA_DIR": str(settings.media_dir),
        "HOTLINE_GRID_MAP": str(settings.grid_map),
        "HOTLINE_CARRIER_URL": carrier_url,
    }


@pytest.fixture
def carrier():
    with FakeCarrier(token="demo", account="ACdemo0000000000000000000000000000", speed=60) as made:
        made.add_templates(for_carrier())
        yield made


def test_a_message_of_a_killed_worker_is_looked_up_and_not_sent_again(county, carrier, tmp_path):
    number = county.demand("大孤家子镇拉马桥村路灯不亮")
    [promise] = county.messages(number)
    with Gate(carrier).open() as gate:
        env = environment(county, gate.url)
        command = [sys.executable, "-c", DELIVER]
        with subprocess.Popen(command, env=env, cwd=ROOT) as worker:
            assert gate.taken.wait(60)
            worker.kill()
        [row] = county.messages(number)
        assert (row.state, row.sid) == ("sending", None)
        county.move(minutes=2)
        subprocess.run(command, env=env, cwd=ROOT, check=True)
    [row] = county.messages(number)
    assert row.state == "sent"
    [text] = [text for text in carrier.messages if str(promise.id) in text.status_callback]
    assert row.sid == text.sid
