"""Set a password of one's own, at a one-time address."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from hotline.domain.errors import InvalidError, NotFoundError
from hotline.services.staff import accounts
from hotline.web.parts import work_as
from hotline.work import SYSTEM

bp = Blueprint("password", __name__)


class PasswordForm(BaseModel):
    """What the form sends."""

    password: str = Field(min_length=1, max_length=256)
    again: str = Field(max_length=256)


@bp.get("/set-password/<token>")
def form(token: str) -> ResponseReturnValue:
    """Show the form, or that the address was used."""
    return _page(token)


@bp.post("/set-password/<token>")
def change(token: str) -> ResponseReturnValue:
    """Set the password, once, and lead to the sign-in."""
    sent = PasswordForm.model_validate(request.form.to_dict())
    if sent.password != sent.again:
        return _page(token, "again", 422)
    try:
        with work_as(SYSTEM) as work:
            accounts.set_password(work, token, sent.password)
    except InvalidError:
        return _page(token, "password", 422)
    return redirect(url_for("sign_in.form"), code=303)


def _page(token: str, wrong: str | None = None, status: int = 200) -> ResponseReturnValue:
    try:
        with work_as(SYSTEM) as work:
            who = accounts.owner_of_link(work, token)
    except NotFoundError:
        return render_template("password/gone.html"), 404
    least = accounts.LEAST_PASSWORD
    page = render_template("password/form.html", login=who.login, wrong=wrong, least=least)
    return page, status, {"Cache-Control": "no-store"}
