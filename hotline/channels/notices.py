"""The channels by which a county tells its own people, beside the carrier's messages and calls.

WeCom, DingTalk, Feishu and mail are services of others; ``web`` is the person's own page here.
Addresses are `apprise`'s, which reads and checks them and sends mail. What the three robots answer
we read ourselves: they say HTTP 200 to a notice that they throw away, with the refusal in the
body, and `apprise` takes that for a success (docs/decisions/0017).

A notice holds a template's words and a ticket's number, never what a caller said.
"""

import json
import logging
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from hotline.domain.errors import SetupError

if TYPE_CHECKING:
    from apprise import NotifyBase

CHANNELS: Final = ("wecom", "dingtalk", "feishu", "mail", "web")
"""Every channel that somebody may be told by. Values are stored."""
WEB: Final = "web"
MAIL: Final = "mail"
MAILBOX: Final = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$")
"""What a mailbox looks like; whether it exists, its own server says."""
SCHEMES: Final[Mapping[str, tuple[str, ...]]] = {
    "wecom": ("wecombot",),
    "dingtalk": ("dingtalk",),
    "feishu": ("feishu",),
    "mail": ("mailto", "mailtos"),
}
"""How the address of each channel begins; a trial may use ``json`` and ``jsons`` as well."""
CAPS_PER_MINUTE: Final[Mapping[str, int]] = {"wecom": 20, "dingtalk": 20, "feishu": 100}
"""What the providers take from one robot in a minute; more of them go by the next channel."""
_MOST_ANSWER: Final = 60
_SMTP_CODE: Final = re.compile(r"\b([45]\d\d)\b")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one try.

    Attributes:
        state: ``accepted`` by the provider (which is not yet read by anybody), ``refused``, or
            ``unknown``: it may or may not have gone.
        words: the provider's code, for the record; never an address.
    """

    state: str
    words: str


@dataclass(frozen=True, slots=True)
class _Robot:
    """How a robot is spoken to: path and body of a notice, and where its answer says how it was."""

    host: str
    path: Callable[[Any], str]
    body: Callable[[Any, str], dict[str, object]]
    result: tuple[str, ...]


def _dingtalk_path(plugin: Any) -> str:  # noqa: ANN401  apprise's plugins have no common type
    path = f"/robot/send?access_token={plugin.token}"
    if plugin.secret:
        at, signature = plugin.get_signature()
        path += f"&timestamp={at}&sign={signature}"
    return path


_ROBOTS: Final[Mapping[str, _Robot]] = {
    "wecom": _Robot(
        "https://qyapi.weixin.qq.com",
        lambda plugin: f"/cgi-bin/webhook/send?key={plugin.key}",
        lambda _plugin, text: {"msgtype": "text", "text": {"content": text}},
        ("errcode",),
    ),
    "dingtalk": _Robot(
        "https://oapi.dingtalk.com",
        _dingtalk_path,
        lambda plugin, text: {
            "msgtype": "text",
            "text": {"content": text},
            "at": {"atMobiles": plugin.targets, "isAtAll": False},
        },
        ("errcode",),
    ),
    "feishu": _Robot(
        "https://open.feishu.cn",
        lambda plugin: f"/open-apis/bot/v2/hook/{plugin.token}",
        lambda _plugin, text: {"msg_type": "text", "content": {"text": text}},
        ("code", "StatusCode"),
    ),
}


class Notifier:
    """The county's channels, as its settings name them. Workers have one; the web has none.

    An address may hold ``{address}``, in whose place a person's own one is put (a mailbox, a
    number to be called by name), and ``?gateway=https://…`` for a county whose robots are reached
    through a host of its own.
    """

    def __init__(self, urls: Mapping[str, str], timeout_s: float) -> None:
        # Its log names receivers; nobody but us reads what became of a notice.
        logger = logging.getLogger("apprise")
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        self._urls = dict(urls)
        self._timeout = (min(timeout_s, 3.05), timeout_s)
        for channel in urls:
            self._plugin(channel, "13800000000" if channel == "dingtalk" else "a@example.cn")

    def needs_address(self, channel: str) -> bool:
        """Whether a channel reaches a person by an address of their own."""
        return "{address}" in self._urls.get(channel, "")

    def send(self, channel: str, address: str, text: str) -> Answer:
        """Give a notice to a channel's provider; it takes as long as the timeout at most."""
        if channel not in self._urls:
            return Answer("refused", "not_configured")
        if self.needs_address(channel) and not address:
            return Answer("refused", "no_address")
        plugin = self._plugin(channel, address)
        robot = _ROBOTS.get(channel)
        if robot is None or urlsplit(self._urls[channel]).scheme.startswith("json"):
            return _by_library(plugin, text)
        gateway = parse_qs(urlsplit(self._urls[channel]).query).get("gateway", [robot.host])[0]
        url = gateway.rstrip("/") + robot.path(plugin)
        return self._post(url, robot.body(plugin, text), robot.result)

    def _plugin(self, channel: str, address: str) -> "NotifyBase":
        # Only workers tell people; the library weighs 45 MiB.
        from apprise import Apprise  # noqa: PLC0415

        url = self._urls[channel].replace("{address}", quote(address, safe=""))
        with warnings.catch_warnings():
            # It loads its plugins at the first look, and one of them a module that is going away.
            warnings.simplefilter("ignore", DeprecationWarning)
            made = Apprise.instantiate(url, suppress_exceptions=True)
        if made is None:
            raise SetupError(setting=f"HOTLINE_NOTICE_{channel.upper()}", reason="no_address")
        made.socket_connect_timeout, made.socket_read_timeout = self._timeout
        return made

    def _post(self, url: str, body: Mapping[str, object], result: tuple[str, ...]) -> Answer:
        # The clock only names channels: it carries no HTTP client for that (4 MiB).
        import requests  # noqa: PLC0415

        try:
            answer = requests.post(url, json=body, timeout=self._timeout, allow_redirects=False)
        except (requests.ConnectTimeout, requests.exceptions.SSLError):
            return Answer("refused", "no_connection")
        except requests.ConnectionError as error:
            # A connection that was made and then broke may have carried the notice.
            reached = "NewConnectionError" not in repr(error)
            return Answer("unknown" if reached else "refused", "no_connection")
        except requests.RequestException as error:
            return Answer("unknown", type(error).__name__)
        if answer.status_code != requests.codes.ok:
            server = answer.status_code >= requests.codes.server_error
            return Answer("unknown" if server else "refused", f"http_{answer.status_code}")
        return _read(answer.text, result)


def _read(text: str, result: tuple[str, ...]) -> Answer:
    """Return what a robot's answer says; 0 alone means that it was taken."""
    try:
        said = json.loads(text)
        code = next(said[name] for name in result if name in said)
    except (ValueError, TypeError, StopIteration):
        return Answer("unknown", "unreadable")
    words = f"{result[0]}={code}"[:_MOST_ANSWER]
    return Answer("accepted" if code == 0 else "refused", words)


def _by_library(plugin: "NotifyBase", text: str) -> Answer:
    """Send by `apprise` itself; of what it says only a code is kept: the rest names receivers."""
    from apprise import LogCapture  # noqa: PLC0415

    with LogCapture(level=logging.DEBUG) as captured:  # type: ignore[no-untyped-call]
        went = plugin.notify(body=text, title="12345")
    if went:
        return Answer("accepted", "ok")
    code = _SMTP_CODE.search(captured.getvalue().split("Exception:")[-1])
    return Answer("refused", f"smtp_{code[1]}") if code else Answer("unknown", "no_answer")
