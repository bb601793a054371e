"""What the pages of a case share: the pass of a device."""

from typing import Final

from flask import Response, request

from hotline.domain.errors import SignInError
from hotline.services.reception import codes
from hotline.store.models import Ticket
from hotline.web.parts import parts
from hotline.work import Work

COOKIE: Final = "hotline_case"
PATH: Final = "/case"


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
