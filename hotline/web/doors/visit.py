"""What the citizen's pages share: the telephone as typed, and the pass of a device."""

from typing import Final

import phonenumbers
from flask import Response, request

from hotline.domain.errors import InvalidError, SignInError
from hotline.services import codes
from hotline.store.models import Ticket
from hotline.web.parts import parts
from hotline.work import Work

COOKIE: Final = "hotline_case"
PATH: Final = "/case"


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


def let_in(response: Response, token: str) -> Response:
    """Give this device its pass to one case; it goes to the pages of cases and nowhere else."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(codes.VISIT.total_seconds()),
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=parts().secure_cookies,
    )
    return response


def my_ticket(work: Work) -> Ticket:
    """Return the ticket that this device may see, not locked.

    Raises:
        SignInError: no pass, or it has expired.
    """
    ticket = codes.visited(work, request.cookies.get(COOKIE, ""))
    if ticket is None:
        raise SignInError(reason="case_closed")
    return ticket
