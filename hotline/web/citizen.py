"""The caller's one-time link: says what was claimed, asks whether it is true, believes the answer.

Whoever has the link may answer, once. The page tells nothing about a person, and looking at it
changes nothing: programs that preview links open them too.
"""

from typing import Annotated, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from hotline.domain.errors import NotFoundError, RefusedError
from hotline.services import timing, verification
from hotline.web.parts import work_as
from hotline.work import CITIZEN

bp = Blueprint("citizen", __name__, url_prefix="/c")
_NOT_FOUND: Final = 404
_INVALID: Final = 422


class AnswerForm(BaseModel):
    """What the caller says; the grade may be left out."""

    solved: bool
    grade: Annotated[
        Annotated[int, Field(ge=1, le=5)] | None,
        BeforeValidator(lambda value: None if value == "" else value),
    ] = None


@bp.after_request
def keep_secret(response: Response) -> Response:
    """Keep the address to ourselves: it is the key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.get("/thanks")
def thanks() -> str:
    """Thank for an answer, and say what happens now."""
    return render_template("citizen/thanks.html")


@bp.get("/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Put the question."""
    return _question(token)


@bp.post("/<token>")
def answer(token: str) -> ResponseReturnValue:
    """Take the answer, once."""
    try:
        sent = AnswerForm.model_validate(request.form.to_dict())
    except ValidationError:
        return _question(token, status=_INVALID)
    try:
        with work_as(CITIZEN) as work:
            _, ticket = verification.by_token(work, token)
            verification.answer(work, ticket, solved=sent.solved, by="link", grade=sent.grade)
    except (NotFoundError, RefusedError):
        return render_template("citizen/gone.html"), _NOT_FOUND
    return redirect(url_for(".thanks"), code=303)


def _question(token: str, *, status: int = 200) -> ResponseReturnValue:
    try:
        with work_as(CITIZEN) as work:
            question, ticket = verification.by_token(work, token)
            page = render_template(
                "citizen/ask.html",
                token=token,
                ticket=ticket,
                map=timing.map_of(work, ticket),
                claimed=verification.result_kind(work, ticket),
                asked_at=question.asked_at,
                missing=status == _INVALID,
                typed=request.form,
            )
    except NotFoundError:
        return render_template("citizen/gone.html"), _NOT_FOUND
    return page, status
