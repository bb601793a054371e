"""The whistles that call me (呼叫我的哨): acknowledge, report in, be done, or refuse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.domain.grid.model import Ends, GridMap
from hotline.domain.joining import may_leave
from hotline.domain.tickets import RULES, Action, Role
from hotline.domain.whistle import BEHIND, ON_SITE, PARTY_RULES, PartyRole, PartyState
from hotline.services.handling import plans, sight, timing
from hotline.services.handling.commands import once
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import plan as whistle_plan
from hotline.services.whistles import rating as whistle_rating
from hotline.services.whistles import record as whistle_record
from hotline.services.whistles import whistle
from hotline.store import notices, people, whistle_figures
from hotline.store import tickets as ticket_rows
from hotline.store import whistles as rows
from hotline.store.models import (
    Media,
    Ticket,
    TicketText,
    Whistle,
    WhistleMilestone,
    WhistleParty,
    WhistleRating,
)
from hotline.web.field import forms
from hotline.web.field.refused import Refused, answered
from hotline.web.hours_picture import hours_picture
from hotline.web.paging import place
from hotline.web.parts import my_id, request_work
from hotline.work import Work

bp = Blueprint("whistles", __name__, url_prefix="/whistles")


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


def _plan(
    work: Work, ticket: Ticket, party: WhistleParty, sent: forms.Filed, done_at: datetime | None
) -> None:
    whistle_plan.file(work, ticket, party, sent.lines, done_at=done_at)


def _meet(
    work: Work, ticket: Ticket, party: WhistleParty, sent: forms.LineMet, done_at: datetime | None
) -> None:
    found = whistle_plan.line(work, party.whistle_id, sent.milestone)
    whistle_plan.meet(work, ticket, found, sent.text, done_at=done_at)


def _change(
    work: Work,
    ticket: Ticket,
    party: WhistleParty,
    sent: forms.LineChanged,
    done_at: datetime | None,
) -> None:
    found = whistle_plan.line(work, party.whistle_id, sent.milestone)
    whistle_plan.change(work, ticket, found, sent.line, sent.text, done_at=done_at)


def _act(
    work: Work, ticket: Ticket, party: WhistleParty, sent: forms.Written, done_at: datetime | None
) -> None:
    row = rows.whistle(work.session, party.whistle_id)
    if row is None:
        raise NotFoundError(party=party.id)
    whistle_course.record_act(work, ticket, row, sent.text, done_at=done_at)


def _judge(
    work: Work, ticket: Ticket, party: WhistleParty, sent: forms.Judged, done_at: datetime | None
) -> None:
    whistle_rating.rate_whistle(work, ticket, party, sent.verdict, sent.text, done_at=done_at)


ANSWERS: Final[Mapping[str, Answer]] = {
    "acknowledge": Answer(Action.ACKNOWLEDGE, forms.Sent, _acknowledge),
    "arrive": Answer(Action.ARRIVE, forms.Standing, _arrive),
    "finish": Answer(Action.FINISH, forms.Written, _finish),
    "refuse": Answer(Action.REFUSE, forms.Written, _refuse),
    "plan": Answer(Action.WHISTLE_PLAN, forms.Filed, _plan),
    "meet": Answer(Action.MEET_MILESTONE, forms.LineMet, _meet),
    "change": Answer(Action.CHANGE_WHISTLE_PLAN, forms.LineChanged, _change),
    "act": Answer(Action.RECORD_ACT, forms.Written, _act),
    "rate": Answer(Action.RATE_WHISTLE, forms.Judged, _judge),
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
        return self.party.state in BEHIND

    @property
    def must_stay(self) -> bool:
        """Whether nobody may leave yet: the danger is not recorded as gone (事不完,人不走)."""
        gone = self.whistle.danger_gone_at is not None
        return not may_leave(self.map.whistle_kind(self.whistle.kind).ends, danger_gone=gone)

    @property
    def may_plan(self) -> bool:
        """Whether the lead unit's plan is still to be filed."""
        kind = self.map.whistle_kind(self.whistle.kind)
        wanted = kind.ends is Ends.MILESTONES_MET and self.whistle.planned_at is None
        return wanted and self.party.role == PartyRole.LEAD and self._is_mine

    @property
    def may_act(self) -> bool:
        """Whether what was done with the unit's powers may be put on record from here."""
        kind = self.map.whistle_kind(self.whistle.kind)
        return kind.ends is Ends.ACT_RECORDED and self.party.state in ON_SITE and self._is_mine

    @property
    def _is_mine(self) -> bool:
        return self.whistle.ended_at is None and not self.climbed

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
            and not (answer.action is Action.FINISH and self.must_stay)
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
    others: list[WhistleParty]
    milestones: list[tuple[WhistleMilestone, str]]
    changes: plans.Changes
    rating: WhistleRating | None
    may_rate: bool
    refusal: str


@bp.get("/")
def show() -> str:
    """Show the open whistles that call my unit or my posts: who is waited for, then by limit."""
    with request_work() as work:
        found = rows.called_on_unit(work.session, work.actor.unit, work.actor.posts, at=place())
        calls = [_call(work, *row) for row in found]
        names = people.named(work.session, {row.whistle.raised_by for row in found})
        unread = notices.unread(work.session, my_id())
        diary = whistle_record.diary_of(work)
        maps = {clash.party.id: timing.map_of(work, clash.ticket) for _, clash in diary.lanes}
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
        clashes=diary.clashes,
        picture=hours_picture(diary.lanes, now),
        maps=maps,
        now=now,
        unread=unread,
    )


@bp.get("/record")
def record() -> str:
    """Show my unit's record of a year, and my town's whistle rate in its band."""
    with request_work() as work:
        this_year = whistle_record.this_year(work)
        year = request.args.get("year", default=this_year, type=int)
        unit = work.actor.unit or ""
        found = whistle_record.unit_years(work, year, unit)
        return render_template(
            "field/whistle_record.html",
            unit=unit,
            year=year,
            this_year=this_year,
            record=found[0] if found else None,
            blemishes=whistle_record.blemishes(work, unit, year, at=place()),
            towns=whistle_record.town_rates(work, unit),
            band=whistle_record.band(work),
            days=whistle_record.LOOKS_BACK.days,
            map=work.kit.maps.current,
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

    def again(why: Refused) -> str:
        with request_work() as work:
            sheet = _sheet(work, party_id)
        return _page(sheet, why, failed=name)

    back = url_for(".one", party_id=party_id, done=name)
    return answered(lambda: _carry_out(party_id, ANSWERS[name]), again, back)


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
    climbed = not sight.is_asked(work, party)
    return Call(party, row, ticket, timing.map_of(work, ticket), party.due_at, climbed)


def _sheet(work: Work, party_id: UUID) -> CallSheet:
    party = _party(work, party_id)
    row = rows.whistle(work.session, party.whistle_id)
    ticket = ticket_rows.get(work.session, party.ticket_id)
    if row is None or ticket is None:
        raise NotFoundError(party=party_id)
    texts = ticket_rows.texts(work.session, ticket.id)
    names = people.named(work.session, {row.raised_by})
    said = rows.ratings_of(work.session, [party_id])
    return CallSheet(
        call=_call(work, party, row, ticket),
        now=work.now,
        whistled_by=names[row.raised_by].name,
        reason=next((text.body for text in texts if text.id == row.reason_id), ""),
        said=[text for text in texts if text.kind in {"words", "addition"}],
        photos=[one for one in ticket_rows.media(work.session, ticket.id) if one.width],
        others=[one for one in whistle_course.parties_of(work, row) if one.id != party.id],
        milestones=[
            (line, next((text.body for text in texts if text.id == line.text_id), ""))
            for line in rows.milestones(work.session, row.id)
        ],
        changes=whistle_plan.changes(work, ticket, texts),
        rating=next((one for one in said if one.side == "unit"), None),
        refusal=_refusal(work, party),
        may_rate=sight.is_asked(work, party)
        and (row.ended_at is not None or PartyState(party.state) in whistle_rating.SETTLED),
    )


def _refusal(work: Work, party: WhistleParty) -> str:
    """Return why the unit refused, in its own words; empty where it did not."""
    if party.refused_at is None:
        return ""
    said = whistle_figures.refusals_of(work.session, [party.ticket_id]).get(str(party.id))
    return said.body if said is not None else ""


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
