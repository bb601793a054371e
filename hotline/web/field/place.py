"""Tickets in hand in my village or town (所辖工单): its people may whistle for them themselves."""

from uuid import uuid4

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hotline.domain.errors import NotFoundError
from hotline.domain.grid.model import UnitKind
from hotline.domain.tickets import Action
from hotline.services.handling import timing
from hotline.services.handling.commands import once
from hotline.services.whistles import whistle, whistlers
from hotline.store import tickets as ticket_rows
from hotline.store import whistle_figures
from hotline.store.models import Ticket
from hotline.web.field import forms
from hotline.web.field.refused import Refused, answered
from hotline.web.field.sheet import Sheet, sheet_of
from hotline.web.field.whistle_form import choices_of, usual
from hotline.web.i18n import gettext as _
from hotline.web.paging import place
from hotline.web.parts import request_work
from hotline.work import Work

bp = Blueprint("place", __name__, url_prefix="/place")


@bp.get("/")
def show() -> str:
    """Show what has climbed to me, and the tickets in hand where I answer for the place."""
    with request_work() as work:
        towns, grids = _my_places(work)
        hidden = whistlers.hidden_classes(work.kit.maps.current)
        found = whistle_figures.places_in_hand(work.session, towns, grids, hidden, at=place())
        reaches = _my_rungs(work)
        climbed = whistle_figures.climbed_to(
            work.session, reaches, work.actor.posts, at=place("climbed")
        )
        maps = {ticket.id: timing.map_of(work, ticket) for ticket in (*found, *climbed)}
        return render_template(
            "field/place.html", page=found, climbed=climbed, maps=maps, now=work.now
        )


def _my_rungs(work: Work) -> list[whistle_figures.Reach]:
    """Return on which rungs above the grid I stand, and for what."""
    grid_map = work.kit.maps.current
    mine = [grid_map.post(post) for post in work.actor.posts if post in grid_map.posts]
    return [
        whistle_figures.Reach(
            post.rung,
            [post.unit],
            [grid.code for grid in grid_map.grids.values() if grid.unit == post.unit],
        )
        for post in mine
        if post.rung != grid_map.ladder[0]
    ]


def _my_places(work: Work) -> tuple[list[str], list[str]]:
    """Return the towns and the grids of the units in which I hold a post of their own rung."""
    grid_map = work.kit.maps.current
    units = {grid_map.post(post).unit for post in work.actor.posts if post in grid_map.posts}
    towns = [unit for unit in units if grid_map.unit(unit).kind is UnitKind.TOWN]
    grids = [grid.code for grid in grid_map.grids.values() if grid.unit in units]
    return towns, grids


@bp.get("/<number>/whistle")
def form(number: str) -> str:
    """Show the form with which somebody of the place whistles."""
    with request_work() as work:
        sheet, rungs = _sheet(work, number)
    return _page(sheet, rungs, Refused(), usual(sheet, rungs))


@bp.post("/<number>/whistle")
def send(number: str) -> ResponseReturnValue:
    """Whistle once, then go to the whistle; refused, the form comes back."""

    def do() -> None:
        sent = forms.Blown.model_validate(forms.sent_values())
        with request_work() as work:
            _sheet(work, number)
            once(
                work,
                number,
                sent.envelope(Action.WHISTLE),
                lambda ticket, done_at: whistle.blow(
                    work,
                    ticket,
                    sent.kind,
                    sent.units,
                    sent.text,
                    terms=sent.terms,
                    done_at=done_at,
                ),
            )

    def again(why: Refused) -> str:
        with request_work() as work:
            sheet, rungs = _sheet(work, number)
        return _page(sheet, rungs, why, request.form)

    return answered(do, again, url_for("field.blown.show", done="whistle"))


def _sheet(work: Work, number: str) -> tuple[Sheet, frozenset[str]]:
    """Return a ticket of my place with the rungs on which I may whistle for it.

    Raises:
        NotFoundError: no such ticket, another place's, or one that the place may not read.
    """
    ticket: Ticket | None = ticket_rows.find(work.session, number)
    rungs = frozenset(whistlers.of_place(work, ticket)) if ticket else frozenset()
    if ticket is None or not rungs or not whistlers.is_open_to_place(work, ticket):
        raise NotFoundError(ticket=number)
    return sheet_of(work, ticket), rungs


def _page(sheet: Sheet, rungs: frozenset[str], why: Refused, typed: MultiDict[str, str]) -> str:
    return render_template(
        "field/forms/whistle.html",
        name="whistle",
        title=_("吹哨叫人"),
        uploads=False,
        sheet=sheet,
        why=why,
        typed=typed,
        new_key=uuid4,
        send_to=url_for(".send", number=sheet.ticket.number),
        back_to=url_for(".show"),
        **choices_of(sheet, rungs),
    )
