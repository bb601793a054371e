"""Where something comes from, as a form or a request says it: a telephone, an address."""

import phonenumbers
from flask import request

from hotline.domain.errors import InvalidError


def telephone(said: str) -> str | None:
    """Return a number in E.164; ``None`` when none was given.

    Raises:
        InvalidError: something was given, but it is no telephone number.
    """
    if not said.strip():
        return None
    try:
        parsed = phonenumbers.parse(said, "CN")
    except phonenumbers.NumberParseException as error:
        raise InvalidError(fields=["number"]) from error
    if not phonenumbers.is_possible_number(parsed):
        raise InvalidError(fields=["number"])
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def address() -> str:
    """Return where this request comes from; only its keyed hash is ever stored."""
    return request.remote_addr or "unknown"
