"""Where a case stands (``/case``): by number and code, without an account; add, object, withdraw.

The code is posted, never part of an address. A device that gave the right one carries a pass for
half an hour, for this one case.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid4

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hotline.domain.errors import InvalidError, SignInError, SlowDownError
from hotline.domain.ratings import NoRating
from hotline.domain.tickets import Action, Role
from hotline.services.handling import dossier, final_reply, plans, tickets
from hotline.services.proof import identity
from hotline.services.reception import additions, codes, gaps, inbox, rejection, web_demand
from hotline.services.reception import withdrawal as withdrawals
from hotline.services.verifying import ratings, verification
from hotline.store import ratings as rating_rows
from hotline.store.models import Ticket
from hotline.web import origin
from hotline.web.blanks import MaybeGrade
from hotline.web.doors import understood, visit
from hotline.web.doors.words import steps_of
from hotline.web.parts import racing, visitor, work_as
from hotline.work import CITIZEN, Work

bp = Blueprint("case", __name__, url_prefix=visit.PATH)
_DONE: Final = frozenset({"add", "object", "withdraw", "verdict", "settle", "rate", "appeal"})


class KeyForm(BaseModel):
    """What every form of a case sends: a key of its own, so that it is done once."""

    model_config = ConfigDict(str_strip_whitespace=True)

    key: UUID


class WordsForm(KeyForm):
    """Something in the citizen's words."""

    text: str = Field(min_length=1, max_length=tickets.LONGEST_TEXT)


class VerdictForm(KeyForm):
    """Whether it is solved; the grade may be left out."""

    solved: bool
    grade: MaybeGrade = None
    comment: str = Field(default="", max_length=ratings.LONGEST_COMMENT)


class RateForm(KeyForm):
    """A grade after the answer, or instead of an earlier one."""

    grade: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=ratings.LONGEST_COMMENT)


class WithdrawForm(KeyForm):
    """The citizen's own word that they take it back."""

    sure: bool


class SettleForm(KeyForm):
    """The answer to what was asked once: chosen from what was offered, or in words."""

    grid: str = Field(default="", max_length=12)
    matter: str = Field(default="", max_length=80)
    text: str = Field(default="", max_length=tickets.LONGEST_TEXT)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the case that this device may see; else ask for number and code."""
    try:
        with work_as(CITIZEN) as work:
            ticket = visit.my_ticket(work)
            page = _page(work, ticket)
            token = codes.visit(work, ticket)
    except SignInError:
        return render_template("doors/enter.html", number="", wrong=False, slow=None)
    return visit.let_in(make_response(page), token)


@bp.post("/")
def enter() -> ResponseReturnValue:
    """Let a device in that knows number and code; a wrong one says no more than that."""
    return visit.enter("doors/enter.html", url_for(".show"))


@bp.post("/leave")
def leave() -> ResponseReturnValue:
    """Forget this device."""
    response = make_response(redirect(url_for(".show"), code=303))
    response.delete_cookie(visit.COOKIE, path=visit.PATH)
    return response


@bp.get("/code")
def code_form() -> str:
    """Show the form with which a caller has a code sent."""
    return render_template("doors/code.html", sent=False, wrong=False, slow=False)


@bp.post("/code")
def send_code() -> ResponseReturnValue:
    """Send a new code to the caller's own telephone; the page says the same in every case."""
    try:
        telephone = origin.telephone(request.form.get("number", ""))
        with work_as(CITIZEN) as work:
            codes.send_new(work, request.form.get("ticket", ""), telephone, origin.address())
    except InvalidError:
        page = render_template("doors/code.html", sent=False, wrong=True, slow=False)
        return page, InvalidError.http_status
    except SlowDownError:
        page = render_template("doors/code.html", sent=False, wrong=False, slow=True)
        return page, SlowDownError.http_status
    return render_template("doors/code.html", sent=True, wrong=False, slow=False)


@bp.post("/add")
def add() -> ResponseReturnValue:
    """Add words."""
    form = WordsForm.model_validate(request.form.to_dict())
    return _once("add", form, lambda work, ticket: additions.say_more(work, ticket, form.text))


@bp.post("/settle")
def settle() -> ResponseReturnValue:
    """Answer what was asked once: which place, which matter."""
    form = SettleForm.model_validate(request.form.to_dict())

    def do(work: Work, ticket: Ticket) -> None:
        asked = understood.questions(work.kit.maps.get(work.session, ticket.map_version), ticket)
        places, matters = (dict(asked.places), dict(asked.matters)) if asked else ({}, {})
        grid = form.grid if form.grid in places else None
        matter = form.matter if form.matter in matters else None
        words = web_demand.joined(places.get(form.grid), matters.get(form.matter), form.text)
        chosen = additions.Chosen(grid, matter)
        additions.say_more(work, ticket, tickets.words(words), chosen=chosen)

    return _once("settle", form, do)


@bp.post("/object")
def object_to() -> ResponseReturnValue:
    """Disagree with an answer on the spot or with a rejection."""
    form = WordsForm.model_validate(request.form.to_dict())
    return _once("object", form, lambda work, ticket: rejection.object_to(work, ticket, form.text))


@bp.post("/appeal")
def appeal() -> ResponseReturnValue:
    """Appeal against a final reply, once."""
    form = WordsForm.model_validate(request.form.to_dict())
    return _once(
        "appeal", form, lambda work, ticket: final_reply.appeal(work, ticket, form.text, "web")
    )


@bp.post("/verdict")
def verdict() -> ResponseReturnValue:
    """Say whether it is solved, and how satisfied one is."""
    try:
        form = VerdictForm.model_validate(request.form.to_dict())
    except ValidationError as error:
        raise InvalidError(fields=["solved"]) from error

    def do(work: Work, ticket: Ticket) -> NoRating | None:
        return verification.answer(
            work, ticket, solved=form.solved, by="web", grade=form.grade, comment=form.comment
        )

    return _once("verdict", form, do)


@bp.post("/rate")
def rate() -> ResponseReturnValue:
    """Give a grade, or another one: each stays, with its time."""
    try:
        form = RateForm.model_validate(request.form.to_dict())
    except ValidationError as error:
        raise InvalidError(fields=["grade"]) from error

    def do(work: Work, ticket: Ticket) -> NoRating | None:
        return ratings.from_number(work, ticket, form.grade, by="web", comment=form.comment)

    return _once("rate", form, do)


@bp.post("/withdraw")
def withdraw() -> ResponseReturnValue:
    """Take the demand back: the citizen's own act, with number and code."""
    try:
        form = WithdrawForm.model_validate(request.form.to_dict())
    except ValidationError as error:
        raise InvalidError(fields=["sure"]) from error
    return _once("withdraw", form, lambda work, ticket: withdrawals.withdraw(work, ticket, "web"))


def _once(action: str, form: KeyForm, do: Callable[[Work, Ticket], object]) -> ResponseReturnValue:
    """Carry a citizen's act out once, and go back to the case; a repeat changes nothing."""
    key, sent = str(form.key), form.model_dump(mode="json")
    who = visitor()

    def attempt() -> str:
        with work_as(who) as work:
            mine = visit.my_ticket(work)

            def once() -> str:
                refused = do(work, work.ticket(mine.number))
                return refused if isinstance(refused, NoRating) else ""

            return inbox.once(work, key, f"case:{action}", sent, once)

    refused = racing(attempt)
    return redirect(url_for(".show", done=action, refused=refused or None), code=303)


def _page(work: Work, ticket: Ticket) -> str:
    found = dossier.read(work, ticket.number)
    done, refused = request.args.get("done"), request.args.get("refused")
    return render_template(
        "doors/case.html",
        d=found,
        steps=steps_of(found),
        views=identity.views_of(work, ticket.id),
        gaps=gaps.with_words(work, ticket.id, found.texts),
        asked=None if _has_added(found) else understood.questions(found.map, ticket),
        plan=plans.of_ticket(work, ticket, found.texts),
        may_withdraw=withdrawals.may(ticket, "web"),
        new_key=uuid4,
        now=work.now,
        done=done if done in _DONE else None,
        refused=refused if refused in set(NoRating) else None,
        scale=ratings.scale_of(work, ticket),
        versions=rating_rows.versions(work.session, ticket.id),
        bad=next(reversed(rating_rows.bad_of(work.session, ticket.id)), None),
        may_rate=ratings.may_rate(work, ticket),
    )


def _has_added(found: dossier.Dossier) -> bool:
    """Whether the citizen has said more already: what is missing is asked once."""
    return any(
        event.action is Action.ADD and event.role is Role.CITIZEN and event.text is not None
        for event in found.events
    )
