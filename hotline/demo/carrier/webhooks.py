"""How the carrier calls its customer: signed forms, one try, a log of all of them."""

import heapq
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Final
from uuid import uuid4

import requests
from twilio.request_validator import RequestValidator

from hotline.demo.carrier.faults import Faults
from hotline.demo.carrier.records import Trouble, Webhook
from hotline.demo.carrier.timing import Pace

CONNECT_TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer answered; ``ok`` is false for 4xx and 5xx as well."""

    ok: bool
    text: str
    content_type: str
    url: str


class Webhooks:
    """Sends requests: at once for instructions, in the background for callbacks."""

    def __init__(
        self, token: str, pace: Pace, *, connect_s: float = 5.0, whole_s: float = 15.0
    ) -> None:
        self.token = token
        self.faults = Faults()
        self.log: list[Webhook] = []
        self.troubles: list[Trouble] = []
        self.on_change: Callable[[], None] = lambda: None
        self._pace = pace
        self._limits = (connect_s, whole_s)
        self._callbacks = Callbacks(pace, lambda error: self.trouble(0, repr(error)))

    @property
    def is_idle(self) -> bool:
        """Whether no callback waits or is under way."""
        return self._callbacks.is_idle

    def close(self) -> None:
        """Stop sending; what still waits is lost, as it is when a carrier goes down."""
        self._callbacks.close()

    def ask(self, kind: str, url: str, params: dict[str, str], method: str = "POST") -> Answer:
        """Fetch instructions; a repeated request counts by its second answer.

        Raises:
            requests.RequestException: nobody answered in time.
        """
        if self.faults.hits(self.faults.repeat):
            self._send(kind, url, params, method)
        answer = self._send(kind, url, params, method)
        if not answer.ok:
            self.trouble(11200, url)
        return answer

    def tell(self, key: str, kind: str, url: str, params: dict[str, str]) -> None:
        """Make a status callback in its turn among those of ``key`` (a SID), once or as faults go.

        Nobody repeats a callback that found nobody: it is lost.
        """
        if not url or self.faults.hits(self.faults.lose):
            return
        copies = 2 if self.faults.hits(self.faults.repeat) else 1
        for _ in range(copies):
            self._callbacks.add(
                key,
                lambda: self._tell_now(kind, url, params),
                delay_s=self.faults.delay(),
                held=self.faults.hits(self.faults.reorder),
            )

    def trouble(self, code: int, what: str) -> None:
        """Note what the carrier's debugger would show."""
        self.troubles.append(Trouble(code, what))
        self.on_change()

    def _tell_now(self, kind: str, url: str, params: dict[str, str]) -> None:
        try:
            answer = self._send(kind, url, params, "POST")
        except requests.RequestException:
            return  # it stands in the log and among the troubles
        if not answer.ok:
            self.trouble(11200, url)

    def _send(self, kind: str, url: str, params: dict[str, str], method: str) -> Answer:
        try:
            raw = self._request(url, params, method)
        except requests.RequestException as error:
            self._note(Webhook(kind, url, params, type(error).__name__, self._pace.now()))
            self.trouble(11200, url)
            raise
        self._note(Webhook(kind, url, params, str(raw.status_code), self._pace.now(), raw.text))
        content_type = raw.headers.get("Content-Type", "").partition(";")[0].strip()
        return Answer(raw.ok, raw.text, content_type, raw.url)

    def _request(self, url: str, params: dict[str, str], method: str) -> requests.Response:
        signed = params if method == "POST" else {}
        address = url if method == "POST" else _with_query(url, params)
        headers = {
            "X-Twilio-Signature": RequestValidator(self.token).compute_signature(address, signed),
            "I-Twilio-Idempotency-Token": str(uuid4()),
            "User-Agent": "TwilioProxy/1.1",
        }
        for tries_left in reversed(range(CONNECT_TRIES)):
            try:
                return requests.request(
                    method, address, data=signed or None, headers=headers, timeout=self._limits
                )
            except requests.ConnectTimeout:
                if not tries_left:
                    raise
        raise AssertionError

    def _note(self, webhook: Webhook) -> None:
        self.log.append(webhook)
        self.on_change()


def _with_query(url: str, params: dict[str, str]) -> str:
    prepared = requests.Request("GET", url, params=params).prepare()
    return str(prepared.url)


class Callbacks:
    """A queue for each SID: in order unless faults want otherwise, eight at once at most."""

    def __init__(self, pace: Pace, on_fault: Callable[[BaseException], None]) -> None:
        self._pace = pace
        self._on_fault = on_fault
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="callback")
        self._changed = threading.Condition()
        self._waiting: defaultdict[str, deque[Callable[[], None]]] = defaultdict(deque)
        self._running: set[str] = set()
        self._held: dict[str, Callable[[], None]] = {}
        self._late: list[tuple[float, int, str, Callable[[], None]]] = []
        self._numbers = count()
        self._open = True
        threading.Thread(target=self._watch, name="callback-delays", daemon=True).start()

    def add(self, key: str, send: Callable[[], None], *, delay_s: float, held: bool) -> None:
        """Put a callback in line; ``held`` lets the next of the same key overtake it."""
        due = time.monotonic() + self._pace.real(delay_s)
        with self._changed:
            if held and key not in self._held:
                self._held[key] = send
                # If nothing follows, it goes by itself.
                due += self._pace.real(20) + 0.2
                send = lambda: self._release(key)  # noqa: E731
            elif key in self._held:
                send = _one_after_the_other(send, self._held.pop(key))
            if due > time.monotonic():
                heapq.heappush(self._late, (due, next(self._numbers), key, send))
                self._changed.notify_all()
            else:
                self._start(key, send)

    def close(self) -> None:
        """Stop; callbacks under way are finished, the others never go."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _release(self, key: str) -> None:
        with self._changed:
            send = self._held.pop(key, None)
        if send is not None:
            send()

    def _start(self, key: str, send: Callable[[], None]) -> None:
        self._waiting[key].append(send)
        if key not in self._running and self._open:
            self._running.add(key)
            self._pool.submit(self._drain, key).add_done_callback(self._look)

    @property
    def is_idle(self) -> bool:
        """Whether none waits, is held back, or is under way."""
        with self._changed:
            return not (self._running or self._held or self._late)

    def _look(self, done: Future[None]) -> None:
        """Show what went wrong in the carrier itself; a pool would keep it to itself."""
        error = None if done.cancelled() else done.exception()
        if error is not None:
            self._on_fault(error)

    def _drain(self, key: str) -> None:
        while True:
            with self._changed:
                if not self._waiting[key] or not self._open:
                    self._running.discard(key)
                    del self._waiting[key]
                    return
                send = self._waiting[key].popleft()
            send()

    def _watch(self) -> None:
        with self._changed:
            while self._open:
                if not self._late:
                    self._changed.wait()
                    continue
                left = self._late[0][0] - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
                _, _, key, send = heapq.heappop(self._late)
                self._start(key, send)


def _one_after_the_other(
    first: Callable[[], None], second: Callable[[], None]
) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both
