"""What the carrier's webhooks share: the signature, the key, the answer."""

from collections.abc import Callable
from typing import Final

import phonenumbers
from flask import Response, request

from hotline.channels import signatures
from hotline.domain.errors import NotAllowedError
from hotline.services.reception import inbox
from hotline.web.parts import parts, racing, work_as
from hotline.work import CITIZEN, Work

_STATIC: Final = frozenset({"/hooks/voice/fallback", "/hooks/voice/thanks"})
# Callers of these networks hide their number; the carrier sends words instead.
_REGION: Final = "CN"


def signed() -> None:
    """Let only requests in that the carrier signed with one of our tokens.

    The static answers need no signature: they hold nothing and change nothing, and they must
    work when everything else is broken.

    Raises:
        NotAllowedError: forged, or signed with a token that is not ours any more.
    """
    if request.path in _STATIC:
        return
    url = signatures.public_url(
        parts().kit.public_url, request.path, request.query_string.decode("ascii", "replace")
    )
    signature = request.headers.get("X-Twilio-Signature", "")
    if not signatures.valid(url, params(), signature, parts().carrier_tokens):
        raise NotAllowedError(reason="signature")


def params() -> dict[str, str]:
    """Return the parameters of this webhook."""
    return request.form.to_dict()


def field(name: str) -> str:
    """Return one parameter, empty where it is missing."""
    return request.form.get(name, "")


def number(name: str) -> str | None:
    """Return a telephone number in E.164; ``None`` where it is withheld or no number."""
    raw = field(name)
    try:
        parsed = phonenumbers.parse(raw, _REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def xml(text: str) -> Response:
    """Answer with TwiML."""
    return Response(text, mimetype="text/xml")


def once(handle: Callable[[Work], str], *, step: str | None = None) -> Response:
    """Answer this webhook once; a repeat gets the first answer, two at once get one.

    Args:
        handle: does the work in the role of the citizen and returns TwiML.
        step: what names this webhook beside the SID; by default the signed path and query.
    """
    sid = field("CallSid") or field("MessageSid")
    name = step or request.full_path.rstrip("?")

    def attempt() -> str:
        with work_as(CITIZEN) as work:
            return inbox.once(work, sid, name, params(), lambda: handle(work))

    return xml(racing(attempt))
