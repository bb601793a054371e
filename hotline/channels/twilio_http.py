"""The way out to Twilio: known hosts, time limits, and three kinds of failure."""

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from hotline.channels.carrier import (
    CarrierBusyError,
    CarrierRefusedError,
    CarrierUnknownError,
    UnknownHostError,
)

HOSTS: Final = frozenset({"api.twilio.com", "content.twilio.com"})
"""The products that the hotline uses; the client knows forty more."""

# Refusals that pass by themselves: sign-in (a token being rotated), "not found yet" for media
# and calls, a full queue, the account's daily cap, and the cap of one number for a day.
PASSING: Final = frozenset({"20003", "20404", "21611", "63018", "63038"})
RETRY_AFTER_S: Final = 5.0
TOO_MANY: Final = 429
MAX_RECORDING_BYTES: Final = 64 * 1024 * 1024

T = TypeVar("T")


class MappedHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """The client's way out: known hosts only, each request with a time limit.

    With ``base_url`` (the fake carrier) the scheme and host are replaced, the path is kept.
    The client itself knows no default time limit and would wait for ever.
    """

    def __init__(self, base_url: str | None, timeout_s: float) -> None:
        super().__init__(timeout=timeout_s)
        self._base = urlsplit(base_url) if base_url else None

    def where(self, url: str) -> str:
        """Map an address of a product of the carrier to where it is reached.

        Raises:
            UnknownHostError: the address is not one of `HOSTS`.
        """
        asked = urlsplit(url)
        if asked.scheme != "https" or asked.netloc not in HOSTS:
            raise UnknownHostError(host=asked.netloc)
        if self._base is None:
            return url
        return urlunsplit((self._base.scheme, self._base.netloc, asked.path, asked.query, ""))

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:  # noqa: ANN401
        """Send one request of the client to where it belongs."""
        return super().request(method, self.where(url), *args, **options)

    def download(self, url: str, auth: tuple[str, str]) -> bytes:
        """Bring a file of the carrier.

        Raises:
            CarrierRefusedError: there is none (yet), or it is larger than we take.
        """
        with self.session.get(
            self.where(url), auth=auth, timeout=self.timeout, stream=True
        ) as answer:
            if not answer.ok:
                code = "20404" if answer.status_code == requests.codes.not_found else ""
                raise _refusal(answer.status_code, code or str(answer.status_code))
            sound = bytearray()
            for piece in answer.iter_content(64 * 1024):
                sound += piece
                if len(sound) > MAX_RECORDING_BYTES:
                    raise CarrierRefusedError("too_large", permanent=True)
        return bytes(sound)

    def close(self) -> None:
        """Let go of the pooled connections."""
        if self.session is not None:
            self.session.close()


def asked(request: Callable[[], T]) -> T:
    """Make one request; what the library raises becomes one of the port's three errors.

    Raises:
        CarrierBusyError: not done: no connection, or 429.
        CarrierRefusedError: not done: any other 4xx.
        CarrierUnknownError: perhaps done: the answer was lost, or 5xx.
    """
    try:
        return request()
    except (requests.ConnectTimeout, requests.ConnectionError) as error:
        if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
            raise CarrierBusyError(RETRY_AFTER_S) from error
        raise CarrierUnknownError(why=type(error).__name__) from error
    except requests.RequestException as error:
        raise CarrierUnknownError(why=type(error).__name__) from error
    except TwilioRestException as error:
        raise _refusal(int(error.status), str(error.code)) from error
    except TwilioException as error:
        # Lists that fail raise the bare class, with the answer as its second argument.
        answer = error.args[1] if len(error.args) > 1 else None
        if not isinstance(answer, Response):
            raise CarrierUnknownError(why="TwilioException") from error
        raise _refusal(answer.status_code, code_in(answer)) from error


def _refusal(status: int, code: str) -> Exception:
    if status >= requests.codes.server_error:
        return CarrierUnknownError(status=status)
    if status == TOO_MANY and code not in PASSING:
        return CarrierBusyError(RETRY_AFTER_S)
    return CarrierRefusedError(code, permanent=code not in PASSING)


def _never_connected(error: requests.RequestException) -> bool:
    """Whether the connection failed before a byte of the request was sent."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError"}


def code_in(answer: Response) -> str:
    """Return the carrier's own number for what went wrong."""
    try:
        body = json.loads(answer.text)
    except ValueError:
        return str(answer.status_code)
    return str(body.get("code", answer.status_code) if isinstance(body, dict) else "")
