"""Whether a webhook really comes from the carrier.

The signature is an HMAC over the *public* URL, as the carrier dialled it, and the sorted
parameters. It has no time stamp, so a copied request stays valid for ever: repeats are found
in SQL, by the SID. While a token is rotated the old and the new one are both good.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Final

from twilio.request_validator import RequestValidator

PROBE_HEADER: Final = "X-Hotline-Probe"
"""What a prober marks its form with (`probe_mark`)."""
# How a prober's message says what it is, and how it is answered: where its ticket stands.
_MARKED: Final = re.compile(r"\[probe ([0-9a-f]{32}) ([0-9a-f]{64})\]")
_STANDS: Final = re.compile(r"\[probe (\d{12}) (\w+)\]")


def public_url(base: str, path: str, query: str) -> str:
    """Return the URL the carrier signed: ``base`` from settings, never the Host header.

    ``path`` and ``query`` are taken as they stood on the wire (still percent-encoded).
    """
    return f"{base.rstrip('/')}{path}" + (f"?{query}" if query else "")


def sign(url: str, params: Mapping[str, str], token: str) -> str:
    """Return the one signature of a request by a token."""
    return str(RequestValidator(token).compute_signature(url, params))


def valid(url: str, params: Mapping[str, str], signature: str, tokens: Sequence[str]) -> bool:
    """Tell whether one of ``tokens`` signed this request.

    ``params`` may be a plain mapping or a MultiDict of the web framework. No token at all is
    no reason to believe anybody: the answer is then no.

    ``RequestValidator.validate`` tries the URL with and without its port, and answers slower
    by half; our public URL is fixed in settings, so each token needs one HMAC.
    """
    given = signature.encode()
    return any(hmac.compare_digest(sign(url, params, token).encode(), given) for token in tokens)


def marked(words: str, secret: str, nonce: str) -> str:
    """Return a message with the mark of a test; ``nonce``: 32 hexadecimal digits of its own."""
    return f"{words}[probe {nonce} {probe_mark(secret, nonce)}]"


def unmarked(body: str, secret: str | None) -> str | None:
    """Return the words of a message that whoever shares our secret has marked; else ``None``."""
    mark = _MARKED.search(body) if secret is not None else None
    if (
        mark is None
        or secret is None
        or not hmac.compare_digest(mark[2], probe_mark(secret, mark[1]))
    ):
        return None
    return body[: mark.start()] + body[mark.end() :]


def standing(number: str, status: str) -> str:
    """Return how a test message is answered, beside what everybody is told."""
    return f"[probe {number} {status}]"


def read_standing(answer: str) -> tuple[str, str] | None:
    """Return the ticket's number and status out of the answer to a test message."""
    found = _STANDS.search(answer)
    return (found[1], found[2]) if found is not None else None


def probe_mark(secret: str, form_key: str) -> str:
    """Return the mark of a prober's form: bound to the form's own key, which is used once."""
    return hmac.new(secret.encode(), f"probe:{form_key}".encode(), "sha256").hexdigest()
