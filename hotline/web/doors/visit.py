"""What the pages of a case share: the pass of a device."""

from typing import Final

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.errors import SignInError, SlowDownError
from hotline.services.reception import codes
from hotline.store.models import Ticket
from hotline.web import origin
from hotline.web.parts import parts, work_as
from hotline.work import CITIZEN, Work

COOKIE: Final = "hotline_case"
PATH: Final = "/case"
_REFUSED: Final = 404


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


def enter(template: str, onward: str) -> ResponseReturnValue:
    """Let in whoever knows number and code; a wrong pair is told no more than that.

    Args:
        template: asks for both; given ``number``, ``wrong``, and ``slow``: after how many minutes
            somebody who tried too often may try again, or ``None``.
        onward: where the case is.
    """
    number, code = request.form.get("number", ""), request.form.get("code", "")
    try:
        with work_as(CITIZEN) as work:
            ticket = codes.check(work, number, code, origin.address())
            token = codes.visit(work, ticket) if ticket is not None else None
    except SlowDownError as error:
        minutes = int(str(error.facts["retry_after_s"])) // 60
        page = render_template(template, number=number, wrong=False, slow=minutes)
        return page, SlowDownError.http_status
    if token is None:
        return render_template(template, number=number, wrong=True, slow=None), _REFUSED
    return let_in(make_response(redirect(onward, code=303)), token)


def my_ticket(work: Work) -> Ticket:
    """Return the ticket that this device may see, not locked.

    Raises:
        SignInError: no pass, or it has expired.
    """
    ticket = codes.visited(work, request.cookies.get(COOKIE, ""))
    if ticket is None:
        raise SignInError(reason="case_closed")
    return ticket
