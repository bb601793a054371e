"""Accepted with gaps, on a promise (容缺受理): what is missing, who brings it, by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from hotline.clock import COUNTY_ZONE
from hotline.domain.errors import InvalidError, NotFoundError
from hotline.domain.tickets import Action, Role, Step
from hotline.services.handling import tickets, timing
from hotline.services.telling import telling
from hotline.store import doors as rows
from hotline.store.models import Ticket, TicketGap, TicketText
from hotline.work import SYSTEM, Work

PROMISED_BY: Final = frozenset({"caller", "unit", "other"})


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: what it is, who promised to bring it, and the last day for it."""

    what: str
    promised_by: str
    by_day: date


def accept_without(work: Work, ticket: Ticket, missing: Missing) -> TicketGap:
    """Go on although something is missing; the clock reminds on the evening of the last day.

    Raises:
        InvalidError: nobody promised it, or the day is past.
    """
    due = datetime.combine(missing.by_day, time(18), COUNTY_ZONE)
    if missing.promised_by not in PROMISED_BY:
        raise InvalidError(fields=["promised_by"])
    if due <= work.now:
        raise InvalidError(fields=["by_day"])
    text = work.write(ticket, "gap", tickets.words(missing.what))
    work.session.flush()
    gap = TicketGap(
        ticket_id=ticket.id,
        text_id=UUID(text["text"]),
        promised_by=missing.promised_by,
        due_at=due,
        at=work.now,
    )
    work.session.add(gap)
    data = {"gap": gap.id, "promised_by": gap.promised_by, "bring_by": due}
    work.act(ticket, Action.GAP, text | data)
    timing.start_timer(work, ticket, Step.GAP, due, subject_id=gap.id, generation=0)
    return gap


def came(work: Work, ticket: Ticket, gap_id: UUID, *, done_at: datetime | None = None) -> None:
    """What was missing has come.

    Raises:
        NotFoundError: nothing of the kind is missing on this ticket.
    """
    gap = rows.gap(work.session, gap_id)
    if gap is None or gap.ticket_id != ticket.id or gap.came_at is not None:
        raise NotFoundError(gap=gap_id)
    tickets.guard_holder(work, ticket)
    late = work.now > gap.due_at
    work.act(ticket, Action.GAP_FILLED, {"gap": gap.id, "late": late, "done_at": done_at})
    gap.came_at = work.now
    work.cancel_timers_of(gap.id)


def remind(work: Work, ticket: Ticket, gap_id: UUID, due: datetime) -> None:
    """The last day is over: the caller and whoever holds the ticket are told, once."""
    gap = rows.gap(work.session, gap_id)
    if gap is None or gap.came_at is not None:
        return
    told: list[dict[str, object]] = []
    if gap.promised_by == "caller":
        told.append(telling.tell_caller(work, ticket, "gap_due", {}))
    holder = tickets.holder(work, ticket)
    if holder is not None:
        told.append(telling.tell_person(work, ticket, holder, "gap_late", {}))
    else:
        told += telling.tell_role(work, ticket, Role.OPERATOR, "gap_late", {})
    data = {"step": Step.GAP, "due": due, "gap": gap.id, "told": told}
    work.act(ticket, Action.REMIND, data, actor=SYSTEM)


def summary(work: Work, ticket: Ticket) -> dict[str, object]:
    """Return what a closing says of the gaps: how many, and how many never came."""
    found = rows.gaps(work.session, ticket.id)
    if not found:
        return {}
    open_ = sum(gap.came_at is None for gap in found)
    return {"gaps": {"promised": len(found), "missing": open_}}


def with_words(
    work: Work, ticket_id: UUID, texts: Iterable[TicketText]
) -> list[tuple[TicketGap, str]]:
    """Return the gaps of a ticket, each with its words out of the ticket's ``texts``."""
    bodies = {text.id: text.body for text in texts}
    return [(gap, bodies.get(gap.text_id, "")) for gap in rows.gaps(work.session, ticket_id)]
