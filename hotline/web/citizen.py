"""The caller's one-time link: says what was claimed, asks whether it is true, believes the answer.

Whoever has the link may answer, once. The page tells nothing about a person, and looking at it
changes nothing: programs that preview links open them too.
"""

from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, ValidationError

from hotline.domain.errors import InvalidError, NotFoundError, RefusedError
from hotline.domain.ratings import NoRating
from hotline.services.handling import timing
from hotline.services.verifying import ratings, verification
from hotline.store import ratings as rating_rows
from hotline.web.blanks import MaybeGrade
from hotline.web.parts import visitor, work_as
from hotline.work import CITIZEN

bp = Blueprint("citizen", __name__, url_prefix="/c")
_NOT_FOUND: Final = 404
_INVALID: Final = 422


class AnswerForm(BaseModel):
    """What the caller says; the grade may be left out."""

    solved: bool
    grade: MaybeGrade = None
    comment: str = Field(default="", max_length=ratings.LONGEST_COMMENT)


class RatingForm(BaseModel):
    """A grade, and what the caller says with it."""

    grade: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=ratings.LONGEST_COMMENT)


@bp.after_request
def keep_secret(response: Response) -> Response:
    """Keep the address to ourselves: it is the key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.get("/thanks")
def thanks() -> str:
    """Thank for an answer, and say what happens now."""
    refused = request.args.get("refused")
    known = refused if refused in set(NoRating) else None
    return render_template("citizen/thanks.html", refused=known)


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
        with work_as(visitor()) as work:
            _, ticket = verification.by_token(work, token)
            refused = verification.answer(
                work,
                ticket,
                solved=sent.solved,
                by="link",
                grade=sent.grade,
                comment=sent.comment,
            )
    except InvalidError:
        return _question(token, status=_INVALID)
    except (NotFoundError, RefusedError):
        return render_template("citizen/gone.html"), _NOT_FOUND
    return redirect(url_for(".thanks", refused=refused), code=303)


@bp.get("/r/<token>")
def rating(token: str) -> ResponseReturnValue:
    """Ask for a grade; looking changes nothing, and a used link says so."""
    return _rating(token)


@bp.post("/r/<token>")
def rate(token: str) -> ResponseReturnValue:
    """Take a grade, once; what is refused is on record as well."""
    try:
        sent = RatingForm.model_validate(request.form.to_dict())
    except ValidationError:
        return _rating(token, status=_INVALID)
    try:
        with work_as(visitor()) as work:
            refused = ratings.rate_by_link(work, token, sent.grade, sent.comment)
    except InvalidError:
        return _rating(token, status=_INVALID)
    if refused is NoRating.LINK_UNKNOWN:
        return render_template("citizen/gone.html"), _NOT_FOUND
    if refused is not None:
        page = render_template("citizen/not_rated.html", refused=refused, token=token)
        return page, RefusedError.http_status
    return redirect(url_for(".rated"), code=303)


@bp.post("/r/<token>/again")
def again(token: str) -> ResponseReturnValue:
    """Send another way to rate to the number that called; the page says the same in every case."""
    try:
        with work_as(CITIZEN) as work:
            _, ticket = ratings.open_link(work, token)
            ratings.invite_change(work, ticket)
    except NotFoundError:
        return render_template("citizen/gone.html"), _NOT_FOUND
    return render_template("citizen/sent_again.html")


@bp.get("/rated")
def rated() -> str:
    """Thank for a grade, and say what a bad one starts."""
    return render_template("citizen/rated.html")


def _rating(token: str, *, status: int = 200) -> ResponseReturnValue:
    try:
        with work_as(CITIZEN) as work:
            row, ticket = ratings.open_link(work, token)
            refused = ratings.unusable(work, row)
            if refused is not None:
                page = render_template("citizen/not_rated.html", refused=refused, token=token)
                return page, RefusedError.http_status
            page = render_template(
                "citizen/rate.html",
                token=token,
                ticket=ticket,
                map=timing.map_of(work, ticket),
                purpose=row.purpose,
                versions=rating_rows.versions(work.session, ticket.id),
                scale=ratings.scale_of(work, ticket),
                missing=status == _INVALID,
                typed=request.form,
            )
    except NotFoundError:
        return render_template("citizen/gone.html"), _NOT_FOUND
    return page, status


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
                scale=ratings.scale_of(work, ticket),
                asked_at=question.asked_at,
                missing=status == _INVALID,
                typed=request.form,
            )
    except NotFoundError:
        return render_template("citizen/gone.html"), _NOT_FOUND
    return page, status
