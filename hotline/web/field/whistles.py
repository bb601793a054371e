"""The whistles that call me (呼叫我的哨): acknowledge, report in, be done, or refuse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from hotline.domain.errors import InvalidError, NotFoundError, RefusedError, RepeatedError
from hotline.domain.grid import GridMap
from hotline.domain.tickets import RULES, Action, Role
from hotline.domain.whistle import PARTY_RULES, PartyState
from hotline.services import sight, timing, whistle
from hotline.services.commands import once
from hotline.store import notices, people
from hotline.store import tickets as ticket_rows
from hotline.store import whistles as rows
from hotline.store.models import Media, Ticket, TicketText, Whistle, WhistleParty
from hotline.web.field import forms
from hotline.web.field.refused import Refused, refused
from hotline.web.paging import place
from hotline.web.parts import my_id, request_work
from hotline.work import Work

bp = Blueprint("whistles", __name__, url_prefix="/whistles")
# Who has one of these still has somebody to send.
_WAITED_FOR: Final = frozenset({PartyState.CALLED, PartyState.ACKNOWLEDGED, PartyState.REFUSED})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a called unit can do: how it is recorded, what its form sends, which service does it."""

    action: Action
    form: type[forms.Sent]
    do: Callable[[Work, Ticket, WhistleParty, Any, datetime | None], None]


def _acknowledge(
    work: Work, ticket: Ticket, party: WhistleParty, _sent: forms.Sent, done_at: datetime | None
) -> None:
    whistle.acknowledge(work, ticket, party, done_at=done_at)


def _arrive(
    work: Work, ticket: Ticket, party: WhistleParty, sent: forms.Standing, done_at: datetime | None
) -> None:
    whistle.arrive(work, ticket, party, sent.position, place_note=sent.place_note, done_at=done_at)


def _finish(
    work: Work, ticket: Ticket, party: WhistleParty, sent: forms.Written, done_at: datetime | None
) -> None:
    whistle.finish(work, ticket, party, sent.text, done_at=done_at)


def _refuse(
    work: Work, ticket: Ticket, party: WhistleParty, sent: forms.Written, done_at: datetime | None
) -> None:
    whistle.refuse(work, ticket, party, sent.text, done_at=done_at)


ANSWERS: Final[Mapping[str, Answer]] = {
    "acknowledge": Answer(Action.ACKNOWLEDGE, forms.Sent, _acknowledge),
    "arrive": Answer(Action.ARRIVE, forms.Standing, _arrive),
    "finish": Answer(Action.FINISH, forms.Written, _finish),
    "refuse": Answer(Action.REFUSE, forms.Written, _refuse),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One whistle as a called unit sees it."""

    party: WhistleParty
    whistle: Whistle
    ticket: Ticket
    map: GridMap
    due: datetime | None
    climbed: bool = False
    """Whether it calls another's unit and has climbed to whoever looks: they press, or go."""

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody still has to set out."""
        return PartyState(self.party.state) in _WAITED_FOR

    @property
    def possible(self) -> list[str]:
        """The answers that the unit may give now, by the two tables of rules."""
        if self.whistle.ended_at is not None:
            return []
        state = PartyState(self.party.state)
        return [
            name
            for name, answer in ANSWERS.items()
            if (state, answer.action) in PARTY_RULES
            and not (self.climbed and answer.action is Action.REFUSE)
            and (rule := RULES.get((self.ticket.status, answer.action)))
            and Role.UNIT in rule.by
        ]


@dataclass(frozen=True, slots=True)
class CallSheet:
    """What the page of one call shows."""

    call: Call
    now: datetime
    whistled_by: str
    reason: str
    said: list[TicketText]
    photos: list[Media]


@bp.get("/")
def show() -> str:
    """Show the open whistles that call my unit or my posts: who is waited for, then by limit."""
    with request_work() as work:
        found = rows.called_on_unit(work.session, work.actor.unit, work.actor.posts, at=place())
        calls = [_call(work, *row) for row in found]
        names = people.named(work.session, {row.whistle.raised_by for row in found})
        unread = notices.unread(work.session, my_id())
        now = work.now
    # The rows come those first who are still waited for; of these, whose limit ends first.
    calls.sort(key=lambda call: (not call.is_waited_for, call.due or call.party.called_at))
    clash = sum(call.is_waited_for and not call.climbed for call in calls)
    return render_template(
        "field/whistles.html",
        page=found,
        calls=calls,
        names=names,
        clash=clash,
        now=now,
        unread=unread,
    )


@bp.get("/<uuid:party_id>")
def one(party_id: UUID) -> str:
    """Show one call and what to do about it."""
    with request_work() as work:
        sheet = _sheet(work, party_id)
    done = ANSWERS.get(request.args.get("done", ""))
    return _page(sheet, Refused(), done=done.action if done else None)


@bp.post("/<uuid:party_id>/<name>")
def send(party_id: UUID, name: str) -> ResponseReturnValue:
    """Carry an answer out once, then go back to the call; refused, its form comes back."""
    if name not in ANSWERS:
        raise NotFoundError(answer=name)
    try:
        _carry_out(party_id, ANSWERS[name])
    except RepeatedError:
        raise
    except (ValidationError, InvalidError, RefusedError) as error:
        why = refused(error)
        with request_work() as work:
            sheet = _sheet(work, party_id)
        return _page(sheet, why, failed=name), why.status
    return redirect(url_for(".one", party_id=party_id, done=name), code=303)


def _carry_out(party_id: UUID, answer: Answer) -> None:
    sent = answer.form.model_validate(forms.sent_values())
    with request_work() as work:
        number = rows.number_of(work.session, party_id)
        if number is None:
            raise NotFoundError(party=party_id)

        def do(ticket: Ticket, done_at: datetime | None) -> None:
            # Read under the ticket's lock, so that two answers at once stand in line.
            answer.do(work, ticket, _party(work, party_id), sent, done_at)

        once(work, number, sent.envelope(answer.action), do)


def _party(work: Work, party_id: UUID) -> WhistleParty:
    party = rows.party(work.session, party_id)
    if party is None or not sight.is_called(work, party):
        raise NotFoundError(party=party_id)
    return party


def _call(work: Work, party: WhistleParty, row: Whistle, ticket: Ticket) -> Call:
    due = whistle.due_of(work, ticket, party, row.kind)
    climbed = not sight.is_asked(work, party)
    return Call(party, row, ticket, timing.map_of(work, ticket), due, climbed)


def _sheet(work: Work, party_id: UUID) -> CallSheet:
    party = _party(work, party_id)
    row = rows.whistle(work.session, party.whistle_id)
    ticket = ticket_rows.get(work.session, party.ticket_id)
    if row is None or ticket is None:
        raise NotFoundError(party=party_id)
    texts = ticket_rows.texts(work.session, ticket.id)
    names = people.named(work.session, {row.raised_by})
    return CallSheet(
        call=_call(work, party, row, ticket),
        now=work.now,
        whistled_by=names[row.raised_by].name,
        reason=next((text.body for text in texts if text.id == row.reason_id), ""),
        said=[text for text in texts if text.kind in {"words", "addition"}],
        photos=[one for one in ticket_rows.media(work.session, ticket.id) if one.width],
    )


def _page(sheet: CallSheet, why: Refused, *, failed: str = "", done: Action | None = None) -> str:
    return render_template(
        "field/whistle.html",
        sheet=sheet,
        answers=ANSWERS,
        why=why,
        failed=failed,
        typed=request.form,
        done=done,
        new_key=uuid4,
    )
