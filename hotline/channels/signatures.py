"""Whether a webhook really comes from the carrier.

The signature is an HMAC over the *public* URL, as the carrier dialled it, and the sorted
parameters. It has no time stamp, so a copied request stays valid for ever: repeats are found
in SQL, by the SID. While a token is rotated the old and the new one are both good.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from twilio.request_validator import RequestValidator

PROBE_HEADER: Final = "X-Hotline-Probe"
"""What a prober marks its form with (`probe_mark`)."""


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


def probe_mark(secret: str, form_key: str) -> str:
    """Return the mark of a prober's form: bound to the form's own key, which is used once."""
    return hmac.new(secret.encode(), f"probe:{form_key}".encode(), "sha256").hexdigest()
