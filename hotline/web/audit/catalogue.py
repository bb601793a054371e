"""The catalogue's entries that rulings made: proposed, in force, declined; approve and revise."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from hotline.domain.errors import NotFoundError
from hotline.domain.grid.model import GridMap
from hotline.services.handling import catalogue, commands
from hotline.store import people, rulings
from hotline.store import tickets as ticket_rows
from hotline.store.models import CatalogueEntry, Ticket
from hotline.web.desk_commands import TextForm
from hotline.web.paging import place
from hotline.web.parts import request_work
from hotline.web.words.map import named, unit_choices
from hotline.work import Work

bp = Blueprint("catalogue", __name__, url_prefix="/catalogue")


class DecisionForm(TextForm):
    """Whether an entry is approved, with the reason."""

    yes: bool


class RevisionForm(TextForm):
    """The next version of an entry: another lead; empty: the map decides again."""

    lead: str = Field(default="", max_length=80)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the entries of one state, the newest first; a fixed number of queries."""
    name = request.args.get("list", rulings.PROPOSED)
    if name not in rulings.STATES:
        raise NotFoundError(list=name)
    with request_work() as work:
        grid_map = work.kit.maps.current
        return render_template(
            "audit/catalogue.html",
            name=name,
            lists=rulings.STATES,
            found=rulings.page(work.session, name, at=place()),
            map=grid_map,
            now=work.now,
            scope=lambda entry: scope_words(grid_map, entry),
        )


@bp.get("/<uuid:entry_id>")
def one(entry_id: UUID) -> ResponseReturnValue:
    """Show an entry with its origin and its versions, and what can be decided."""
    with request_work() as work:
        entry, ticket = _found(work, entry_id)
        grid_map = work.kit.maps.current
        versions = rulings.versions(work.session, catalogue.scope_of(entry))
        staff = [each for row in versions for each in (row.proposed_by, row.decided_by) if each]
        texts = ticket_rows.texts_by_id(work.session, [row.text_id for row in versions])
        return render_template(
            "audit/entry.html",
            entry=entry,
            ticket=ticket,
            versions=versions,
            persons=people.named(work.session, staff),
            texts=texts,
            map=grid_map,
            now=work.now,
            scope=lambda row: scope_words(grid_map, row),
            units=unit_choices(grid_map, ticket),
            mine=entry.proposed_by == work.actor.staff_id,
            command_id=uuid4,
            done=request.args.get("done"),
        )


@bp.post("/<uuid:entry_id>")
def decide(entry_id: UUID) -> ResponseReturnValue:
    """Approve an entry or decline it; its proposer may not."""
    form = DecisionForm.model_validate(request.form.to_dict())
    action = "approve_entry" if form.yes else "decline_entry"
    with request_work() as work:
        _entry, ticket = _found(work, entry_id)

        def do(locked: Ticket, _done_at: datetime | None) -> None:
            catalogue.decide(work, locked, entry_id, approved=form.yes, text=form.text)

        commands.once(work, ticket.number, _envelope(form, action), do)
    return redirect(url_for(".one", entry_id=entry_id, done=action), code=303)


@bp.post("/<uuid:entry_id>/next")
def revise(entry_id: UUID) -> ResponseReturnValue:
    """Propose the next version of an entry in force."""
    form = RevisionForm.model_validate(request.form.to_dict())
    helpers = tuple(dict.fromkeys(unit for unit in request.form.getlist("helpers") if unit))
    with request_work() as work:
        _entry, ticket = _found(work, entry_id)

        def do(locked: Ticket, _done_at: datetime | None) -> None:
            catalogue.revise(work, locked, entry_id, form.lead or None, helpers, form.text)

        commands.once(work, ticket.number, _envelope(form, "propose_entry"), do)
    return redirect(url_for(".show", done="propose_entry"), code=303)


def scope_words(grid_map: GridMap, entry: CatalogueEntry) -> str:
    """Return in words for which demands an entry decides: class, place, feature."""
    clazz = grid_map.classes.get(entry.class_code)
    parts = [named(clazz.name) if clazz else entry.class_code]
    if entry.place in grid_map.grids:
        parts += [named(grid_map.town_of(entry.place).name), named(grid_map.grid(entry.place).name)]
    elif entry.place in grid_map.units:
        parts.append(named(grid_map.unit(entry.place).name))
    else:
        parts.append(entry.place or named(grid_map.county))
    return " · ".join([*parts, *entry.words])


def _envelope(form: TextForm, action: str) -> commands.Envelope:
    return commands.Envelope(form.command_id, action, request.form.to_dict(), form.seen_version)


def _found(work: Work, entry_id: UUID) -> tuple[CatalogueEntry, Ticket]:
    entry = rulings.get(work.session, entry_id)
    ticket = ticket_rows.get(work.session, entry.ticket_id) if entry is not None else None
    if entry is None or ticket is None:
        raise NotFoundError(entry=entry_id)
    return entry, ticket
