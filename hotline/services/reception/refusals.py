"""The register of refusals (否定备案): what was refused, by whom, why, and who agreed to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hotline.domain.tickets import Action
from hotline.store import people
from hotline.store import refusals as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Staff, Ticket, TicketEvent, TicketText
from hotline.store.paging import Page
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was made of a refusal, by whom."""

    event: TicketEvent
    by: Staff | None
    text: TicketText | None


@dataclass(frozen=True, slots=True)
class Refused:
    """One refusal: of a demand (不予受理), a ticket (退单) or a whistle (拒绝报到)."""

    event: TicketEvent
    ticket: Ticket
    data: Mapping[str, Any]
    by: Staff | None
    text: TicketText | None
    ruling: Ruling | None


def register(
    work: Work, kind: Action | None, *, number: str | None = None, at: str = ""
) -> Page[Refused]:
    """Return a page of the register with a fixed number of queries.

    Args:
        work: any.
        kind: one of `hotline.store.refusals.REFUSALS`; ``None``: all.
        number: of one ticket only.
        at: where the page begins.
    """
    page = rows.page(work.session, (kind,) if kind else rows.REFUSALS, number=number, at=at)
    events = [event for found, _, ruling in page for event in (found, ruling) if event is not None]
    datas = {event.hash: json.loads(event.body)["data"] for event in events}
    texts = ticket_rows.texts_by_id(
        work.session, [UUID(data["text"]) for data in datas.values() if "text" in data]
    )
    staff = people.named(work.session, [UUID(event.actor) for event in events])

    def said(event: TicketEvent) -> TicketText | None:
        return texts.get(str(datas[event.hash].get("text")))

    found = [
        Refused(
            event,
            ticket,
            datas[event.hash],
            staff.get(UUID(event.actor)),
            said(event),
            Ruling(ruling, staff.get(UUID(ruling.actor)), said(ruling)) if ruling else None,
        )
        for event, ticket, ruling in page
    ]
    return Page(found, earlier=page.earlier, later=page.later)
