"""The rating terminal of the counter (好差评终端): a screen in the hall, for the citizen alone.

Whoever has the slip of a window types its number and code, answers, grades, and leaves nothing
behind: the screen forgets them with the last page. Nobody of the staff is signed in on it.
"""

from typing import Annotated
from uuid import UUID, uuid4

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, ValidationError

from hotline.domain.errors import InvalidError, RefusedError, SignInError
from hotline.domain.ratings import NoRating
from hotline.services.reception import inbox
from hotline.services.verifying import ratings, verification
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.web.blanks import BLANK
from hotline.web.doors import visit
from hotline.web.parts import racing, visitor, work_as
from hotline.work import CITIZEN, Work

bp = Blueprint("terminal", __name__, url_prefix=f"{visit.PATH}/terminal")


class GradeForm(BaseModel):
    """The caller's verdict, where one is still asked for, and the grade."""

    key: UUID
    solved: Annotated[bool | None, BLANK] = None
    grade: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=ratings.LONGEST_COMMENT)


@bp.get("/")
def show() -> str:
    """Ask for the number and the code on the slip."""
    return render_template("doors/terminal.html", number="", wrong=False, slow=None)


@bp.post("/")
def enter() -> ResponseReturnValue:
    """Let a slip in; a wrong one says no more than that."""
    return visit.enter("doors/terminal.html", url_for(".form"))


@bp.get("/grade")
def form() -> ResponseReturnValue:
    """Ask for the grade, and for the verdict where it is not given yet."""
    return _form()


@bp.post("/grade")
def grade() -> ResponseReturnValue:
    """Take the grade once, and forget who stood here."""
    try:
        sent = GradeForm.model_validate(request.form.to_dict())
    except ValidationError:
        return _form(status=InvalidError.http_status)
    who = visitor()

    def attempt() -> str:
        with work_as(who) as work:
            mine = visit.my_ticket(work)
            body = sent.model_dump(mode="json")
            return inbox.once(
                work, str(sent.key), "terminal", body, lambda: _take(work, mine.number, sent)
            )

    try:
        refused = racing(attempt)
    except InvalidError:
        return _form(status=InvalidError.http_status)
    except RefusedError as error:
        refused = str(error.facts.get("reason", NoRating.NOT_ASKED))
    page = render_template("doors/terminal_done.html", refused=refused or None)
    response = make_response(page, RefusedError.http_status if refused else 200)
    response.delete_cookie(visit.COOKIE, path=visit.PATH)
    return response


def _take(work: Work, number: str, sent: GradeForm) -> str:
    ticket = work.ticket(number)
    if _is_asked(work, ticket):
        if sent.solved is None:
            raise InvalidError(fields=["solved"])
        refused = verification.answer(
            work,
            ticket,
            solved=sent.solved,
            by="terminal",
            grade=sent.grade,
            comment=sent.comment,
        )
    else:
        refused = ratings.from_number(work, ticket, sent.grade, by="terminal", comment=sent.comment)
    return refused or ""


def _is_asked(work: Work, ticket: Ticket) -> bool:
    question = ticket_rows.open_ask(work.session, ticket.id)
    return question is not None and question.answered_at is None


def _form(*, status: int = 200) -> ResponseReturnValue:
    try:
        with work_as(CITIZEN) as work:
            ticket = visit.my_ticket(work)
            page = render_template(
                "doors/terminal_grade.html",
                ticket=ticket,
                map=work.kit.maps.get(work.session, ticket.map_version),
                asked=_is_asked(work, ticket),
                may_rate=ratings.may_rate(work, ticket),
                scale=ratings.scale_of(work, ticket),
                key=uuid4(),
                missing=status != 200,  # noqa: PLR2004  nothing is missing on a page that is well
                typed=request.form,
            )
    except SignInError:
        return redirect(url_for(".show"), code=303)
    return page, status
