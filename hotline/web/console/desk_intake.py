"""Take a demand down by hand, with the machine's reading of it and the caller's history beside."""

from typing import Annotated
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from hotline.domain.closing import ReplyKind
from hotline.domain.errors import InvalidError
from hotline.domain.intake import MAX_WORDS, clean
from hotline.domain.suggestions import suggest
from hotline.domain.tickets import Shield
from hotline.services.proof import identity
from hotline.services.reception import inbox, intake, taking
from hotline.store import desk, tickets
from hotline.store.models import Call
from hotline.web.blanks import BLANK
from hotline.web.console import places
from hotline.web.origin import telephone
from hotline.web.parts import request_work
from hotline.web.words.desk import REPLY_KINDS, SHIELDS
from hotline.web.words.map import named
from hotline.work import Work

bp = Blueprint("desk_intake", __name__, url_prefix="/new")
STEP = "desk"


class ReadingForm(BaseModel):
    """What has been written so far; nothing of it is kept."""

    words: str = ""
    place: str = ""
    demand: str = ""
    number: str = ""
    call: str = ""


class DemandForm(BaseModel):
    """What the operator writes down, settles, tells and answers."""

    command_id: UUID
    words: str = Field(min_length=1, max_length=MAX_WORDS)
    number: str = Field(default="", max_length=40)
    name: str = Field(default="", max_length=40)
    place: str = Field(default="", max_length=100)
    demand: str = Field(default="", max_length=64)
    urgent: bool = False
    told: bool = False
    shield: Annotated[Shield | None, BLANK] = None
    line: Annotated[str | None, BLANK] = None
    call: str = Field(default="", max_length=64)
    end: bool = False
    reply: str = Field(default="", max_length=2000)
    reply_kind: Annotated[ReplyKind | None, BLANK] = None


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the form: empty, or for the call that this operator has picked up."""
    sid = request.args.get("call", "")
    with request_work() as work:
        call = taking.picked_up(work, sid) if sid else None
        made = tickets.get(work.session, call.ticket_id) if call and call.ticket_id else None
        if made is not None:
            return redirect(url_for("console.tickets.show", number=made.number))
        return render_template(
            "console/new.html",
            command_id=uuid4(),
            call=call,
            number=_caller_of(work, call),
            history=_history(work, [call.number_hash] if call and call.number_hash else []),
            map=work.kit.maps.current,
            now=work.now,
            places=places.choices(work.kit.maps.current),
            classes=places.classes(work.kit.maps.current),
            reply_kinds=list(REPLY_KINDS.items()),
            shields=list(SHIELDS.items()),
            lines=[(line.number, named(line.name)) for line in work.kit.maps.current.lines],
        )


@bp.post("/reading")
def reading() -> ResponseReturnValue:
    """Return how the demand is read so far: posted, for words belong in no address."""
    form = ReadingForm.model_validate(request.form.to_dict())
    words = clean(form.words[:MAX_WORDS])
    with request_work() as work:
        grid_map = work.kit.maps.current
        choice = taking.Choice(places.code_of(grid_map, form.place), _class_of(work, form.demand))
        routing = taking.reading(work, words, choice)
        contact = bool(form.number.strip() or form.call)
        return render_template(
            "console/reading.html",
            routing=routing if words or choice.grid or choice.class_code else None,
            wanted=taking.wanted(work, routing, words, has_contact=contact) if words else (),
            offered=suggest(work.kit.maps.router, words),
            rejected={candidate.code for candidate in routing.place.rejected},
            place_of=lambda code: places.full_name(grid_map, code),
            map=grid_map,
        )


@bp.post("/caller")
def caller() -> ResponseReturnValue:
    """Return the history of a number as it is typed; what is no number yet has none."""
    said = request.form.get("number", "")
    with request_work() as work:
        try:
            number = telephone(said)
        except InvalidError:
            number = None
        hashes = work.kit.keys.lookups(number) if number else []
        return render_template(
            "console/parts/history.html",
            history=_history(work, hashes),
            asked=number is not None,
            map=work.kit.maps.current,
            now=work.now,
        )


@bp.post("/")
def take() -> ResponseReturnValue:
    """Make the ticket; the same form twice makes one."""
    form = DemandForm.model_validate(request.form.to_dict())
    sent = {name: value for name, value in request.form.items() if name != "done_at"}
    with request_work() as work:
        key = str(form.command_id)
        number = inbox.before(work, key, STEP, sent)
        if number is None:
            ticket = taking.take(
                work, _taken(work, form), lambda made: [inbox.row(work, key, STEP, sent, made)]
            )
            number = ticket.number
    done = "answer" if form.end else "receive"
    return redirect(url_for("console.tickets.show", number=number, done=done), code=303)


def _taken(work: Work, form: DemandForm) -> taking.Taken:
    """Return what the form says, the number of the call included.

    Raises:
        InvalidError: a place that is none, a number that is none, or an answer without its kind.
    """
    call = taking.on_the_line(work, form.call) if form.call else None
    number = telephone(form.number) or _caller_of(work, call)
    grid = places.code_of(work.kit.maps.current, form.place)
    if form.place.strip() and grid is None:
        raise InvalidError(fields=["grid"])
    if form.end and (form.reply_kind is None or not form.reply.strip()):
        raise InvalidError(fields=["reply"])
    reply = taking.Reply(form.reply_kind, form.reply) if form.end and form.reply_kind else None
    return taking.Taken(
        demand=intake.Demand(
            STEP,
            number,
            form.words,
            name=form.name.strip() or None,
            shield=form.shield,
            line=_line_of(work, form.line) or (call.line if call else None),
        ),
        choice=taking.Choice(grid, form.demand.strip() or None, form.urgent),
        told=form.told,
        reply=reply,
        call=call,
    )


def _line_of(work: Work, said: str | None) -> str | None:
    if said is not None and said not in {line.number for line in work.kit.maps.current.lines}:
        raise InvalidError(fields=["line"])
    return said


def _class_of(work: Work, said: str) -> str | None:
    return said if said in work.kit.maps.current.classes else None


def _caller_of(work: Work, call: Call | None) -> str | None:
    if call is None or call.number_sealed is None:
        return None
    return work.kit.keys.open(call.number_sealed)


def _history(work: Work, hashes: list[str]) -> list[desk.Known]:
    """Return a caller's tickets; that they are one person's is told, and so goes on record."""
    known = desk.of_caller(work.session, hashes)
    for row in known:
        identity.log_view(work, row.ticket.id, "caller_history")
    return known
