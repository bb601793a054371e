"""Sign in and out, and the way from ``/`` to a person's own desk."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from hotline.domain.errors import SignInError
from hotline.services.staff import accounts
from hotline.web.parts import COOKIE, home_of, parts, set_session, signed_in, work_as
from hotline.work import SYSTEM

bp = Blueprint("sign_in", __name__)


class SignInForm(BaseModel):
    """What the form sends."""

    login: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)
    next: str = Field(default="", max_length=512)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Go to one's own desk, or to sign in."""
    try:
        return redirect(home_of(signed_in().staff.role))
    except SignInError:
        return redirect(url_for(".form"))


@bp.get("/sign-in")
def form() -> ResponseReturnValue:
    """Show the form."""
    return render_template("sign_in/form.html", next=request.args.get("next", ""), failed=False)


@bp.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Sign in; a wrong password says no more than that the two do not belong together."""
    sent = SignInForm.model_validate(request.form.to_dict())
    address = request.remote_addr or "unknown"
    with work_as(SYSTEM) as work:
        token = accounts.sign_in(work, sent.login, sent.password, address, parts().sign_in_lasts)
    if token is None:
        return render_template("sign_in/form.html", next=sent.next, failed=True), 401
    # Only a path of our own: `//elsewhere` and `\` would lead away.
    inside = sent.next.startswith("/") and not sent.next.startswith(("//", "/\\"))
    return set_session(redirect(sent.next if inside else url_for(".home"), code=303), token)


@bp.post("/sign-out")
def leave() -> ResponseReturnValue:
    """Forget this device."""
    with work_as(SYSTEM) as work:
        accounts.sign_out(work, request.cookies.get(COOKIE, ""))
    response = redirect(url_for(".form"), code=303)
    response.delete_cookie(COOKIE)
    return response
