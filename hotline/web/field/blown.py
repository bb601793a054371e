"""Whistles that I speak for (我吹的哨): blown by me, asked of me; what to record, whom to rate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.domain.tickets import Action
from hotline.services.handling.commands import once
from hotline.services.whistles import calls as whistle_calls
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import plan as whistle_plan
from hotline.services.whistles import rating as whistle_rating
from hotline.services.whistles import whistlers
from hotline.store import people
from hotline.store import tickets as ticket_rows
from hotline.store import whistles as rows
from hotline.store.models import Ticket, Whistle, WhistleParty
from hotline.web.field import forms
from hotline.web.field.answering import posts_answered
from hotline.web.field.blown_sheet import BlownSheet, sheet_of_whistle
from hotline.web.field.refused import Refused, answered
from hotline.web.paging import place
from hotline.web.parts import my_id, parts, request_work
from hotline.work import Work

bp = Blueprint("blown", __name__, url_prefix="/blown")


@dataclass(frozen=True, slots=True)
class Command:
    """What a whistler can do: how it is recorded, what its form sends, which service does it."""

    action: Action
    form: type[forms.Sent]
    do: Callable[[Work, Ticket, Whistle, Any, datetime | None], None]


def _grant(
    work: Work, ticket: Ticket, row: Whistle, sent: forms.Granted, done_at: datetime | None
) -> None:
    whistle_calls.grant(work, ticket, row, terms=sent.terms, done_at=done_at)


def _decline(
    work: Work, ticket: Ticket, row: Whistle, sent: forms.Written, done_at: datetime | None
) -> None:
    whistle_calls.decline(work, ticket, row, sent.text, done_at=done_at)


def _gone(
    work: Work, ticket: Ticket, row: Whistle, _sent: forms.Sent, done_at: datetime | None
) -> None:
    whistle_course.danger_gone(work, ticket, row, done_at=done_at)


def _excuse(
    work: Work, ticket: Ticket, row: Whistle, sent: forms.OfParty, done_at: datetime | None
) -> None:
    whistle_course.excuse(work, ticket, _party(work, row, sent.party), sent.text, done_at=done_at)


def _act(
    work: Work, ticket: Ticket, row: Whistle, sent: forms.Written, done_at: datetime | None
) -> None:
    whistle_course.record_act(work, ticket, row, sent.text, done_at=done_at)


def _end(
    work: Work, ticket: Ticket, row: Whistle, _sent: forms.Sent, done_at: datetime | None
) -> None:
    whistle_course.end(work, ticket, row, done_at=done_at)


def _call_off(
    work: Work, ticket: Ticket, row: Whistle, sent: forms.Written, done_at: datetime | None
) -> None:
    whistle_course.end(work, ticket, row, called_off=sent.text, done_at=done_at)


def _meet(
    work: Work, ticket: Ticket, row: Whistle, sent: forms.LineMet, done_at: datetime | None
) -> None:
    found = whistle_plan.line(work, row.id, sent.milestone)
    whistle_plan.meet(work, ticket, found, sent.text, done_at=done_at)


def _rate(
    work: Work, ticket: Ticket, row: Whistle, sent: forms.Graded, done_at: datetime | None
) -> None:
    grades = whistle_rating.Grades(sent.arrival, sent.conduct, sent.result)
    party = _party(work, row, sent.party)
    whistle_rating.rate_unit(work, ticket, party, grades, sent.text, done_at=done_at)


COMMANDS: Final[Mapping[str, Command]] = {
    "grant": Command(Action.WHISTLE, forms.Granted, _grant),
    "decline": Command(Action.DECLINE_WHISTLE, forms.Written, _decline),
    "danger-gone": Command(Action.DANGER_GONE, forms.Sent, _gone),
    "excuse": Command(Action.EXCUSE, forms.OfParty, _excuse),
    "act": Command(Action.RECORD_ACT, forms.Written, _act),
    "meet": Command(Action.MEET_MILESTONE, forms.LineMet, _meet),
    "end": Command(Action.END_WHISTLE, forms.Sent, _end),
    "call-off": Command(Action.END_WHISTLE, forms.Written, _call_off),
    "rate": Command(Action.RATE_UNIT, forms.Graded, _rate),
}


@bp.get("/")
def show() -> str:
    """Show the whistles that wait for my word: asked of me, open, or ended and not rated yet."""
    with request_work() as work:
        found = rows.spoken_for(work.session, my_id(), posts_answered(work), at=place())
        names = people.named(work.session, {row.whistle.raised_by for row in found})
        maps = {
            row.whistle.id: work.kit.maps.get(work.session, row.ticket.map_version) for row in found
        }
        return render_template("field/blown.html", page=found, names=names, maps=maps, now=work.now)


@bp.get("/<uuid:whistle_id>")
def one(whistle_id: UUID) -> str:
    """Show one whistle, whole, and what its whistler may put on record."""
    with request_work() as work:
        sheet = _sheet(work, whistle_id)
    name = request.args.get("done", "")
    # Ended and taken back are one action with two meanings: the page says which.
    done = name if name == "call-off" else COMMANDS[name].action if name in COMMANDS else None
    return _page(sheet, Refused(), done=done)


@bp.post("/<uuid:whistle_id>/<name>")
def send(whistle_id: UUID, name: str) -> ResponseReturnValue:
    """Carry a command out once, then go back to the whistle; refused, its form comes back."""
    if name not in COMMANDS:
        raise NotFoundError(command=name)
    command = COMMANDS[name]

    def do() -> None:
        sent = command.form.model_validate(forms.sent_values())
        with request_work() as work:
            row, ticket = _mine(work, whistle_id)

            def carry_out(ticket: Ticket, done_at: datetime | None) -> None:
                work.session.refresh(row)
                command.do(work, ticket, row, sent, done_at)

            once(work, ticket.number, sent.envelope(command.action), carry_out)

    def again(why: Refused) -> str:
        with request_work() as work:
            sheet = _sheet(work, whistle_id)
        return _page(sheet, why, failed=name)

    return answered(do, again, url_for(".one", whistle_id=whistle_id, done=name))


def _mine(work: Work, whistle_id: UUID) -> tuple[Whistle, Ticket]:
    """Return a whistle that whoever is signed in speaks for; another's is not told of."""
    row = rows.whistle(work.session, whistle_id)
    ticket = ticket_rows.get(work.session, row.ticket_id) if row else None
    if row is None or ticket is None or not whistlers.speaks_for(work, ticket, row):
        raise NotFoundError(whistle=whistle_id)
    return row, ticket


def _party(work: Work, row: Whistle, party_id: UUID) -> WhistleParty:
    party = rows.party(work.session, party_id)
    if party is None or party.whistle_id != row.id:
        raise NotFoundError(party=party_id)
    return party


def _sheet(work: Work, whistle_id: UUID) -> BlownSheet:
    row, ticket = _mine(work, whistle_id)
    return sheet_of_whistle(work, row, ticket)


def _page(sheet: BlownSheet, why: Refused, *, failed: str = "", done: str | None = None) -> str:
    return render_template(
        "field/blown_one.html",
        sheet=sheet,
        why=why,
        failed=failed,
        typed=request.form,
        done=done,
        new_key=uuid4,
        most_photos=parts().photos_per_command,
    )
