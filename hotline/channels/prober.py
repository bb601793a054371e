"""Test the hotline from outside: a demand as a citizen would send it, that must come back.

The form is fetched and sent over HTTP, and marked with a shared secret, so that the hotline knows
it for a test: it is routed as every other one, and neither listed, nor counted, nor told to
anybody. The clock then takes it back, and the status page must show that.
"""

import re
import time
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import urljoin

import requests

from hotline.channels.signatures import PROBE_HEADER, probe_mark

WORDS: Final = "系统自检：测试诉求，请勿办理"
_FORM_KEY: Final = re.compile(r'name="key" value="([0-9a-f-]{36})"')
_STANDS: Final = re.compile(r'<meta name="hotline-probe" content="(\d{12}) (\w+)">')
_TIMEOUT_S: Final = 10.0
_POLL_S: Final = 0.5
_CAME_BACK: Final = "withdrawn"


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
    """

    ok: bool
    fault: str | None
    number: str | None
    routed_to: str | None
    acknowledged_ms: int | None
    took_ms: int

    def as_json(self) -> dict[str, object]:
        """Return plain values."""
        return asdict(self)


class _FaultError(Exception):
    """The probe has failed; says where, as a code."""


class _Run:
    """One test demand on its way."""

    def __init__(self, address: str, secret: str, limit_s: float) -> None:
        self.address, self.secret, self.limit_s = f"{address.rstrip('/')}/", secret, limit_s
        self.session = requests.Session()
        self.began = time.monotonic()
        self.number: str | None = None
        self.status: str | None = None
        self.acknowledged_ms: int | None = None

    @property
    def so_far_ms(self) -> int:
        return int((time.monotonic() - self.began) * 1000)

    def fetch(self, path: str, sent: dict[str, str] | None = None) -> str:
        headers = {}
        if sent is not None:
            headers[PROBE_HEADER] = probe_mark(self.secret, sent["key"])
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

    def hand_in(self, words: str, where: str) -> None:
        found = _FORM_KEY.search(self.fetch("demand/"))
        if found is None:
            raise _FaultError("no_form")
        sent = {"key": found[1], "words": words, "where": where, "shield": "anonymous"}
        receipt = _STANDS.search(self.fetch("demand/", sent))
        if receipt is None:
            raise _FaultError("not_acknowledged")
        self.number, self.status = receipt[1], receipt[2]
        self.acknowledged_ms = self.so_far_ms

    def wait(self) -> None:
        while self.so_far_ms < self.limit_s * 1000:
            stands = _STANDS.search(self.fetch("case/"))
            if stands is None or stands[1] != self.number:
                raise _FaultError("not_seen")
            if stands[2] == _CAME_BACK:
                return
            time.sleep(_POLL_S)
        raise _FaultError("not_back_in_time")


def probe(
    address: str, secret: str, *, where: str = "", words: str = WORDS, limit_s: float = 60
) -> Outcome:
    """Send a test demand, and wait until it has come back.

    Args:
        address: the public address of the hotline.
        secret: shared with it: ``HOTLINE_PROBE_KEY``.
        where: a place of the county that the demand names, to have it routed to an officer.
        words: what it says.
        limit_s: how long it may take.
    """
    run, fault = _Run(address, secret, limit_s), None
    try:
        run.hand_in(words, where)
        run.wait()
    except _FaultError as error:
        fault = str(error)
    except requests.RequestException as error:
        fault = f"unreachable_{type(error).__name__.lower()}"
    return Outcome(fault is None, fault, run.number, run.status, run.acknowledged_ms, run.so_far_ms)
