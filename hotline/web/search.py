"""Find tickets: one page for both desks. Words and telephone numbers never stand in an address.

What is looked for is posted, its next page too: an address stays in histories and in logs.
"""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from hotline.clock import midnight
from hotline.domain.errors import InvalidError
from hotline.domain.grid.model import GridMap
from hotline.domain.tickets import Role, Status
from hotline.services.proof import search
from hotline.services.proof.search import Hit, Query
from hotline.store import tickets as ticket_rows
from hotline.store.paging import Page
from hotline.store.search import Span
from hotline.web.blanks import MaybeDay
from hotline.web.parts import me, request_work
from hotline.web.words.map import named
from hotline.web.words.shared import error_words
from hotline.work import Work

bp = Blueprint("search", __name__, url_prefix="/search")
# How much of a text is shown around the first word that was found.
_BEFORE, _SHOWN = 20, 90


class Asked(BaseModel):
    """What the form sends; dates are the county's days, both included."""

    text: str = Field(default="", max_length=100)
    class_code: str = Field(default="", max_length=100)
    town: str = Field(default="", max_length=100)
    unit: str = Field(default="", max_length=100)
    status: str = Field(default="", max_length=40)
    line: str = Field(default="", max_length=40)
    channel: str = Field(default="", max_length=40)
    since: MaybeDay = None
    until: MaybeDay = None
    at: str = Field(default="", max_length=200)

    def query(self) -> Query:
        """Return it as the service understands it."""
        codes = {name: str(getattr(self, name, "")) for name in search.CODES}
        since = midnight(self.since) if self.since else None
        until = midnight(self.until + timedelta(days=1)) if self.until else None
        return Query(self.text, codes, Span(since, until))


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the empty form; or, for a status or a class in the address, what there is of it."""
    asked = Asked.model_validate({"status": request.args.get("status", "")})
    return _page(asked, searched=bool(asked.status))


@bp.post("/")
def find() -> ResponseReturnValue:
    """Show what was found; a whole ticket number leads to the ticket."""
    asked = Asked.model_validate(request.form.to_dict())
    number = asked.query().ticket_number
    if number is not None:
        with request_work() as work:
            if ticket_rows.find(work.session, number) is not None:
                return redirect(_ticket_url(number), code=303)
    return _page(asked, searched=True)


@bp.app_template_global()
def ticket_url(number: str) -> str:
    """Return where a ticket's page is at the desk of whoever is signed in."""
    return _ticket_url(number)


def _ticket_url(number: str) -> str:
    desk = "console" if me().role is Role.OPERATOR else "audit"
    return url_for(f"{desk}.tickets.show", number=number)


def _page(asked: Asked, *, searched: bool) -> ResponseReturnValue:
    fault: InvalidError | None = None
    with request_work() as work:
        page: Page[Hit] = Page([])
        try:
            page = search.find(work, asked.query(), at=asked.at) if searched else page
        except InvalidError as error:
            fault = error
        content = render_template(
            "search/show.html",
            asked=asked,
            searched=searched,
            fault=error_words(fault.code, fault.facts) if fault else None,
            page=page,
            pieces=[pieces(hit) for hit in page],
            now=work.now,
            **_choices(work),
        )
    return content, 200 if fault is None else fault.http_status


def _choices(work: Work) -> dict[str, object]:
    """Return what the form can be narrowed by, as the current map names it."""
    grid_map: GridMap = work.kit.maps.current
    towns = {grid_map.town_of(code).id: grid_map.town_of(code) for code in grid_map.grids}
    return {
        "map": grid_map,
        "towns": [(town.id, named(town.name)) for town in towns.values()],
        "classes": [(one.code, named(one.name)) for one in grid_map.classes.values()],
        "units": [(unit, named(grid_map.unit(unit).name)) for unit in _competent(grid_map)],
        "status_choices": list(Status),
    }


def _competent(grid_map: GridMap) -> list[str]:
    """Return the units that have a power; villages are found by the name of their place."""
    return sorted({one.unit for one in grid_map.classes.values() if one.unit is not None})


def pieces(hit: Hit) -> list[tuple[str, bool]]:
    """Return the part of a text where the words stand, piece by piece: its text, and if marked."""
    begin = max(0, hit.spots[0][0] - _BEFORE) if hit.spots else 0
    end = begin + _SHOWN
    found, last = [("…" if begin else "", False)], begin
    for start, stop in hit.spots:
        if start < end:
            found += [(hit.text[last:start], False), (hit.text[start:stop], True)]
            last = stop
    found += [(hit.text[last : max(end, last)], False), ("…" if end < len(hit.text) else "", False)]
    return [piece for piece in found if piece[0]]
