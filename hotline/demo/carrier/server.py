"""The carrier as a server: one object to start, to script, to look into, and to stop."""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import timedelta
from socketserver import ThreadingMixIn
from types import TracebackType
from typing import Any, Final, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from flask import Flask

from hotline.demo.carrier import control, notices, page, rest
from hotline.demo.carrier.calling import call_in
from hotline.demo.carrier.exchange import Config, Exchange, Number, Phone
from hotline.demo.carrier.faults import Faults
from hotline.demo.carrier.messages import PostOffice
from hotline.demo.carrier.people import Person, Step, answers
from hotline.demo.carrier.profiles import PROFILES
from hotline.demo.carrier.records import (
    Call,
    Line,
    Message,
    Recording,
    Template,
    Trouble,
    Webhook,
    new_sid,
)
from hotline.demo.carrier.timing import Pace
from hotline.demo.carrier.webhooks import Webhooks

HOTLINE: Final = "12345"
VOICE_PATH: Final = "/hooks/voice/incoming"
FALLBACK_PATH: Final = "/hooks/voice/fallback"
STATUS_PATH: Final = "/hooks/voice/status"
MESSAGE_PATH: Final = "/hooks/messages/incoming"


class FakeCarrier(AbstractContextManager["FakeCarrier"]):
    """A telephone company on a loopback port.

    Start it with ``with FakeCarrier(app_url=…) as carrier`` or `start` and `stop`. ``app_url``
    may be given later by `connect`. ``speed`` 50 makes scripted people fifty times as
    quick, ``live_speed`` those who are played at the page; time limits of webhooks are never
    scaled. ``fallback_twiml`` is hosted here, as a carrier's own bin.
    """

    def __init__(  # noqa: PLR0913 - the whole carrier is described in one place
        self,
        *,
        app_url: str = "",
        account: str = "AC" + "0" * 32,
        token: str = "demo-carrier-token",  # noqa: S107 - a demonstration's secret
        more_tokens: tuple[str, ...] = (),
        profile: str = "twilio",
        speed: float = 1.0,
        live_speed: float = 1.0,
        port: int = 0,
        number: str = HOTLINE,
        stranger: Person | None = None,
        fallback_twiml: str = "",
        faults: Faults | None = None,
        webhook_limits_s: tuple[float, float] = (5.0, 15.0),
    ) -> None:
        self.number = number
        self.account = account
        self.token = token
        self.pace = Pace(speed)
        live_pace = Pace(live_speed, self.pace.clock)
        connect_s, whole_s = webhook_limits_s
        webhooks = Webhooks(token, self.pace, connect_s=connect_s, whole_s=whole_s)
        webhooks.faults = faults or Faults()
        config = Config(account, token, more_tokens, stranger or answers(after_s=1), live_pace)
        self.exchange = Exchange(config, self.pace, webhooks)
        self.exchange.profile = PROFILES[profile]
        self.post = PostOffice(self.exchange)
        self.notices = notices.NoticeBoard()
        self._rest = rest.Rest(self.exchange, self.post)
        self._server = _Server(("127.0.0.1", port), _QuietHandler)
        self._server.set_app(self._application())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="carrier", daemon=True
        )
        if fallback_twiml:
            self.exchange.bins["fallback"] = fallback_twiml
        self.connect(app_url)

    # Life.

    @property
    def url(self) -> str:
        """Where the REST interface, the page and the control interface are."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def connect(self, app_url: str) -> None:
        """Say where the customer's webhooks are."""
        base = app_url.rstrip("/")
        fallback = f"{self.url}/bins/fallback" if self.exchange.bins else base + FALLBACK_PATH
        self.exchange.numbers[self.number] = Number(
            number=self.number,
            voice_url=base + VOICE_PATH,
            voice_fallback_url=fallback,
            status_callback=base + STATUS_PATH,
            message_url=base + MESSAGE_PATH,
        )

    def start(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Hang everything up and let the port go."""
        self.exchange.close()
        self.notices.close()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        """Start with the block."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop with the block."""
        self.stop()

    # People.

    def set_person(self, number: str, *manners: Person) -> None:
        """Say how a number behaves; with several manners, one for each call, the last for ever."""
        with self.exchange.changed:
            self.exchange.people[number] = control.manners(manners)

    def call(self, from_: str, *steps: Step, to: str | None = None) -> Call:
        """Let somebody ring the hotline and follow ``steps``; returns at once."""
        return call_in(self.exchange, from_, Person(steps=steps), to or self.number).call

    def text(self, from_: str, body: str, to: str | None = None) -> Message:
        """Let somebody text the hotline; returns at once."""
        return self.post.text_in(from_, body, to or self.number)

    def add_templates(self, templates: dict[str, str]) -> None:
        """Register texts by name, as if the customer had handed them in and they were approved."""
        for name, body in templates.items():
            template = Template(new_sid("HX"), name, body)
            self.exchange.templates[template.sid] = template

    def add_phones(self, phones: list[dict[str, str]]) -> None:
        """Put telephones on the page: ``number``, ``name``, ``name_en`` and ``role`` of each."""
        self.exchange.phones = [Phone(**phone) for phone in phones]

    # Faults.

    def set_faults(self, faults: Faults) -> None:
        """Let things go wrong from now on."""
        self.exchange.webhooks.faults = faults

    def be_busy(self, requests: int) -> None:
        """Answer the next requests with 429."""
        self._rest.busy_next = requests

    def lose_answers(self, requests: int) -> None:
        """Carry the next changes out, and lose the answers."""
        self._rest.lose_next = requests

    def sign_with(self, token: str) -> None:
        """Sign webhooks with another token, as in the middle of a rotation."""
        self.exchange.webhooks.token = token

    def forward(self, by: timedelta) -> None:
        """Set the carrier's clock forward, as ``hotline demo forward`` does with ours."""
        self.pace.clock.offset += by

    # What a test looks at.

    @property
    def calls(self) -> list[Call]:
        """All calls, oldest first."""
        return list(self.exchange.calls.values())

    @property
    def messages(self) -> list[Message]:
        """All messages of both directions, oldest first."""
        return list(self.exchange.messages.values())

    @property
    def recordings(self) -> list[Recording]:
        """All recordings, oldest first."""
        return list(self.exchange.recordings.values())

    @property
    def webhooks(self) -> list[Webhook]:
        """Each request that was made, with its outcome."""
        return list(self.exchange.webhooks.log)

    @property
    def troubles(self) -> list[Trouble]:
        """What the carrier's debugger would show; empty on a good day."""
        return list(self.exchange.webhooks.troubles)

    def transcript(self, call: Call | str) -> list[Line]:
        """Return what could be heard in a call, remarks of the network included."""
        found = self.exchange.calls[call] if isinstance(call, str) else call
        return list(found.transcript)

    def heard(self, call: Call | str) -> list[str]:
        """Return what the machine said in a call."""
        return [line.text for line in self.transcript(call) if line.who == "machine"]

    def inbox(self, number: str) -> list[Message]:
        """Return the messages that a number has received."""
        return [
            text
            for text in self.messages
            if text.to == number and text.direction != "inbound" and text.status == "delivered"
        ]

    def wait_until(self, predicate: Callable[[], bool], timeout_s: float = 10.0) -> bool:
        """Wait until something about the carrier is true; return whether it became so.

        Looks at each change here, and twenty times a second besides, for the sake of
        predicates about things elsewhere. Nothing is locked while the predicate runs, so it may
        ask the hotline or the carrier over HTTP.
        """
        deadline = time.monotonic() + timeout_s
        while not predicate():
            if time.monotonic() >= deadline:
                return False
            with self.exchange.changed:
                self.exchange.changed.wait(0.05)
        return True

    def settle(self, timeout_s: float = 20.0) -> None:
        """Wait until no call, message or callback is under way.

        Raises:
            AssertionError: something goes on.
        """
        if not self.wait_until(lambda: self.exchange.is_quiet, timeout_s):
            raise AssertionError(f"under way: {[call.sid for call in self.calls if not call.over]}")

    def finished(self, call: Call | str, timeout_s: float = 20.0) -> Call:
        """Wait for the end of a call.

        Raises:
            AssertionError: it did not end; the message holds its transcript.
        """
        found = self.exchange.calls[call] if isinstance(call, str) else call
        done = self.wait_until(
            lambda: found.over and found.sid not in self.exchange.legs, timeout_s
        )
        if not done:
            raise AssertionError(f"{found.sid} is {found.status}: {self.transcript(found)}")
        return found

    def expect_message(self, to: str, holding: str = "", timeout_s: float = 10.0) -> Message:
        """Wait for a message to a number, and mark it as expected.

        Raises:
            AssertionError: none came.
        """

        def fitting() -> list[Message]:
            return [
                text
                for text in self.messages
                if text.direction != "inbound"
                and not text.expected
                and text.to == to
                and holding in text.body
            ]

        if not self.wait_until(lambda: bool(fitting()), timeout_s):
            sent = [(text.to, text.body) for text in self.messages]
            raise AssertionError(f"no message to {to} holding {holding!r} among {sent}")
        found = fitting()[0]
        found.expected = True
        return found

    def expect_call(self, to: str, timeout_s: float = 10.0) -> Call:
        """Wait for the hotline to ring a number, and mark the call as expected.

        Raises:
            AssertionError: it did not.
        """

        def fitting() -> list[Call]:
            return [
                call
                for call in self.calls
                if call.direction != "inbound" and not call.expected and call.to == to
            ]

        if not self.wait_until(lambda: bool(fitting()), timeout_s):
            raise AssertionError(f"no call to {to} among {[call.to for call in self.calls]}")
        found = fitting()[0]
        found.expected = True
        return found

    def assert_no_unexpected_messages(self) -> None:
        """Fail when the hotline sent anything that no test waited for.

        Raises:
            AssertionError: it did.
        """
        extra = [
            (text.to, text.body)
            for text in self.messages
            if text.direction != "inbound" and not text.expected
        ]
        if extra:
            raise AssertionError(f"unexpected messages: {extra}")

    def assert_no_unexpected_calls(self) -> None:
        """Fail when the hotline rang anybody that no test waited for.

        Raises:
            AssertionError: it did.
        """
        extra = [
            call.to for call in self.calls if call.direction != "inbound" and not call.expected
        ]
        if extra:
            raise AssertionError(f"unexpected calls: {extra}")

    def _application(self) -> Callable[..., Iterable[bytes]]:
        app = Flask("carrier", root_path=str(page.FOLDER), static_url_path="/static")
        app.register_blueprint(rest.blueprint(self._rest))
        app.register_blueprint(control.blueprint(self.exchange, self.post))
        app.register_blueprint(page.blueprint(self.exchange, self.number))
        app.register_blueprint(notices.blueprint(self.notices))
        return _losing(app)


def _losing(app: Flask) -> Callable[..., Iterable[bytes]]:
    """Drop the connection in place of an answer when the request was marked so."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        answer = app(environ, start_response)
        if environ.get("carrier.lose_answer"):
            # The handler lets this kind of error end the connection without a word.
            raise ConnectionAbortedError
        return answer

    return serve


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        """Bind without asking the name service who we are, which may take seconds.

        The port may be one that another carrier of this machine has just let go.
        """
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing: the page shows what happens."""
