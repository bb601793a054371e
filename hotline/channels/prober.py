"""Test the hotline from outside: a demand as a citizen would send it, that must come back.

Two ways: the citizen's form on the web, fetched and sent over HTTP; and a message, brought to the
hotline's door as the carrier brings it, signed as the carrier signs. Both are marked with a shared
secret, so that the hotline knows them for tests: they are routed as every other one, and neither
listed, nor counted, nor told to anybody. The clock then takes them back, and that must be seen.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from html import unescape
from typing import Final
from urllib.parse import urljoin
from uuid import uuid4

import requests

from hotline.channels import signatures
from hotline.channels.signatures import PROBE_HEADER, probe_mark

WORDS: Final = "系统自检：测试诉求，请勿办理"
_FORM_KEY: Final = re.compile(r'name="key" value="([0-9a-f-]{36})"')
_STANDS: Final = re.compile(r'<meta name="hotline-probe" content="(\d{12}) (\w+)">')
_MESSAGES: Final = "hooks/messages/incoming"
_TIMEOUT_S: Final = 10.0
_POLL_S: Final = 0.5
_CAME_BACK: Final = "withdrawn"


class Way(StrEnum):
    """By which door a test demand comes in. Values are stored."""

    WEB = "web"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Post:
    """What a test message needs beside the address: it comes as if the carrier brought it.

    Attributes:
        token: the carrier's, which signs.
        sender: the telephone number that it comes from, in E.164: one of the county's own.
        to: the number that it is written to.
        signed_as: the public address that signatures cover, where another one is probed.
    """

    token: str
    sender: str
    to: str
    signed_as: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a test demand.

    Attributes:
        ok: whether it came back within its limit.
        fault: a code of what went wrong; ``None``: nothing.
        number: the ticket's, once it was acknowledged.
        routed_to: the status in which it was acknowledged.
        acknowledged_ms: until the receipt; ``None``: never.
        took_ms: until it came back, or until the prober gave up.
        way: by which door it came in.
    """

    ok: bool
    fault: str | None
    number: str | None
    routed_to: str | None
    acknowledged_ms: int | None
    took_ms: int
    way: Way = Way.WEB

    def as_json(self) -> dict[str, object]:
        """Return plain values."""
        return asdict(self)


class _FaultError(Exception):
    """The probe has failed; says where, as a code."""


class _Caller:
    """Whoever sends a test demand over HTTP."""

    def __init__(self, address: str, secret: str) -> None:
        self.address, self.secret = f"{address.rstrip('/')}/", secret
        self.session = requests.Session()

    def fetch(self, path: str, sent: Mapping[str, str] | None = None, **headers: str) -> str:
        answer = self.session.request(
            "GET" if sent is None else "POST",
            urljoin(self.address, path),
            data=sent,
            headers=headers,
            timeout=_TIMEOUT_S,
        )
        if not answer.ok:
            raise _FaultError(f"http_{answer.status_code}")
        return answer.text


class _Form(_Caller):
    """The citizen's form, and the page that says where the demand stands."""

    def hand_in(self, words: str, where: str) -> tuple[str, str] | None:
        found = _FORM_KEY.search(self.fetch("demand/"))
        if found is None:
            raise _FaultError("no_form")
        sent = {"key": found[1], "words": words, "where": where, "shield": "anonymous"}
        mark = {PROBE_HEADER: probe_mark(self.secret, found[1])}
        return _standing(self.fetch("demand/", sent, **mark))

    def look(self, _number: str) -> tuple[str, str] | None:
        return _standing(self.fetch("case/"))


class _Message(_Caller):
    """Messages as the carrier brings them; where the demand stands is asked by another one."""

    def __init__(self, address: str, secret: str, post: Post) -> None:
        super().__init__(address, secret)
        self.post = post

    def hand_in(self, words: str, where: str) -> tuple[str, str] | None:
        return self.bring("，".join(filter(None, (where, words))))

    def look(self, number: str) -> tuple[str, str] | None:
        return self.bring(number)

    def bring(self, words: str) -> tuple[str, str] | None:
        body = signatures.marked(words, self.secret, uuid4().hex)
        sent = {"MessageSid": f"SM{uuid4().hex}", "From": self.post.sender, "To": self.post.to}
        sent |= {"Body": body, "NumMedia": "0", "NumSegments": "1"}
        url = signatures.public_url(self.post.signed_as or self.address, f"/{_MESSAGES}", "")
        signed = {"X-Twilio-Signature": signatures.sign(url, sent, self.post.token)}
        return signatures.read_standing(unescape(self.fetch(_MESSAGES, sent, **signed)))


def _standing(page: str) -> tuple[str, str] | None:
    found = _STANDS.search(page)
    return (found[1], found[2]) if found is not None else None


class _Run:
    """One test demand on its way."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s, self.began = limit_s, time.monotonic()
        self.number: str | None = None
        self.status: str | None = None
        self.acknowledged_ms: int | None = None

    @property
    def so_far_ms(self) -> int:
        return int((time.monotonic() - self.began) * 1000)

    def acknowledged(self, receipt: tuple[str, str] | None) -> str:
        if receipt is None:
            raise _FaultError("not_acknowledged")
        self.number, self.status = receipt
        self.acknowledged_ms = self.so_far_ms
        return self.number

    def wait(self, look: Callable[[], tuple[str, str] | None]) -> None:
        while self.so_far_ms < self.limit_s * 1000:
            stands = look()
            if stands is None or stands[0] != self.number:
                raise _FaultError("not_seen")
            if stands[1] == _CAME_BACK:
                return
            time.sleep(_POLL_S)
        raise _FaultError("not_back_in_time")


def probe(
    address: str,
    secret: str,
    *,
    where: str = "",
    words: str = WORDS,
    limit_s: float = 60,
    post: Post | None = None,
) -> Outcome:
    """Send a test demand, and wait until it has come back.

    Args:
        address: the public address of the hotline.
        secret: shared with it: ``HOTLINE_PROBE_KEY``.
        where: a place of the county that the demand names, to have it routed to an officer.
        words: what it says.
        limit_s: how long it may take.
        post: to send it as a message; ``None``: by the citizen's form.
    """
    run, fault = _Run(limit_s), None
    door = _Form(address, secret) if post is None else _Message(address, secret, post)
    try:
        number = run.acknowledged(door.hand_in(words, where))
        run.wait(lambda: door.look(number))
    except _FaultError as error:
        fault = str(error)
    except requests.RequestException as error:
        fault = f"unreachable_{type(error).__name__.lower()}"
    way = Way.WEB if post is None else Way.MESSAGE
    result = (run.number, run.status, run.acknowledged_ms, run.so_far_ms, way)
    return Outcome(fault is None, fault, *result)
