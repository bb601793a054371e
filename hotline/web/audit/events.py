"""Search the ledger (台账查询): who did what, when, for which unit, about which ticket."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, field_validator

from hotline.clock import COUNTY_ZONE, midnight
from hotline.domain.errors import InvalidError
from hotline.domain.grid.model import DemandKind, GridMap
from hotline.domain.tickets import Action
from hotline.services.reckoning import rates
from hotline.store import events
from hotline.store.events import Found, Wanted
from hotline.web.audit.files import Kind, download
from hotline.web.i18n import gettext as _
from hotline.web.paging import place
from hotline.web.parts import request_work
from hotline.web.words import sampling as sampling_words
from hotline.web.words import shared as words
from hotline.web.words.map import class_words, place_words, unit_words

bp = Blueprint("events", __name__, url_prefix="/events")
_USUAL: Final = timedelta(days=6)
# What callers and the system do is nine tenths of the ledger; without a ticket it is searched so
# far and no farther.
_LONGEST: Final = timedelta(days=31)
_MOST: Final = 10_000


class Asked(BaseModel):
    """What is searched for; dates are the county's days, both included."""

    since: date | None = None
    until: date | None = None
    who: str | None = None
    unit: str | None = None
    action: Action | None = None
    matter: DemandKind | None = None
    number: str | None = None
    everybody: bool = False

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any, info: Any) -> Any:  # noqa: ANN401  whatever the form sent
        blank = False if info.field_name == "everybody" else None
        return (value.strip() or blank) if isinstance(value, str) else value

    def days(self, today: date) -> tuple[date, date]:
        """Return the first day and the last: a week up to today where nothing is said.

        Raises:
            InvalidError: it ends before it begins, or is too long for all that happened.
        """
        until = self.until or today
        since = self.since or until - _USUAL
        if since > until or (self.everybody and not self.number and until - since >= _LONGEST):
            raise InvalidError(fields=["until"])
        return since, until

    def wanted(self, today: date, grid_map: GridMap) -> Wanted:
        """Return it as the rows understand it."""
        since, until = self.days(today)
        codes = [c.code for c in grid_map.classes.values() if c.kind is self.matter]
        return Wanted(
            since=midnight(since),
            until=midnight(until + timedelta(days=1)),
            everybody=self.everybody,
            who=self.who,
            unit=self.unit,
            action=self.action,
            number="".join(filter(str.isdigit, self.number)) if self.number else None,
            classes=codes if self.matter else None,
        )


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show what happened, the newest first; a fixed number of queries, however much there is."""
    asked = Asked.model_validate(request.args.to_dict())
    with request_work() as work:
        grid_map, today = work.kit.maps.current, rates.today(work)
        return render_template(
            "audit/events.html",
            asked=asked,
            days=asked.days(today),
            found=events.search(work.session, asked.wanted(today, grid_map), at=place()),
            units=sorted(grid_map.units),
            kinds=list(DemandKind),
            actions=list(Action),
            longest=_LONGEST.days,
            map=grid_map,
            query={name: value for name, value in request.args.items() if name != "page"},
        )


@bp.get("/export.csv", defaults={"kind": "csv"})
@bp.get("/export.xlsx", defaults={"kind": "xlsx"})
def export(kind: Kind) -> ResponseReturnValue:
    """Give what was found as a file, up to 10,000 events."""
    asked = Asked.model_validate(request.args.to_dict())
    with request_work() as work:
        grid_map, today = work.kit.maps.current, rates.today(work)
        found = events.export(work.session, asked.wanted(today, grid_map), _MOST)
        since, until = asked.days(today)
        name = f"events-{since}-{until}"
        return download(_exported(found, grid_map), _("台账"), name, kind)


def _exported(found: Iterator[Found], grid_map: GridMap) -> Iterator[list[object]]:
    head = [_("时间"), _("谁"), _("账号"), _("角色"), _("单位"), _("做了什么"), _("工单")]
    yield [*head, _("序号"), _("地点"), _("类别"), _("类型"), _("哈希")]
    for event, ticket, person in found:
        code = ticket.class_code
        known = grid_map.classes.get(code) if code else None
        yield [
            event.at.astimezone(COUNTY_ZONE).replace(tzinfo=None).isoformat(" ", "seconds"),
            person.name if person else "",
            person.login if person else "",
            str(words.ROLES[event.role]),
            unit_words(grid_map, person.unit) if person else "",
            str(words.ACTIONS[event.action]),
            ticket.number,
            event.seq,
            place_words(grid_map, ticket),
            class_words(grid_map, ticket),
            str(sampling_words.KINDS[known.kind]) if known else "",
            event.hash,
        ]
