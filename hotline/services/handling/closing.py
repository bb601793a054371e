"""A closure is a claim (办结): a typed result with its proof, put to the caller at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind, faults
from hotline.domain.errors import InvalidError, RefusedError
from hotline.domain.tickets import Action
from hotline.services.handling import claims, tickets, timing
from hotline.services.reception import gaps, merging
from hotline.services.verifying import verification
from hotline.store import tickets as ticket_rows
from hotline.store import whistles
from hotline.store.models import Ticket
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Result:
    """What an officer claims: the kind, the words, the photos, and a day if one is promised."""

    kind: ResultKind
    text: str
    photos: Sequence[UUID] = ()
    promised_on: date | None = None


def submit(work: Work, ticket: Ticket, result: Result, *, done_at: datetime | None = None) -> None:
    """Submit a result; the caller is asked whether it is true.

    Raises:
        InvalidError: the result lacks what its kind or its class demands.
        RefusedError: a whistle of the ticket has not ended.
    """
    tickets.guard_holder(work, ticket)
    text = tickets.words(result.text)
    today = work.now.astimezone(COUNTY_ZONE).date()
    demand = timing.map_of(work, ticket).clazz(ticket.class_code) if ticket.class_code else None
    wrong = faults(
        result.kind,
        photos=len(result.photos),
        photo_needed=demand is not None and demand.evidence.photo,
        promised_on=result.promised_on,
        today=today,
    )
    if wrong:
        raise InvalidError(fields=wrong)
    if whistles.open_of_ticket(work.session, ticket.id):
        raise RefusedError(reason="whistle_open", ticket=ticket.number)
    written = work.write(ticket, "result", text)
    if not ticket.synthetic:  # no claim that anybody judges or draws by lot
        claims.keep(work, ticket, written, result.photos, length=len(text), done_at=done_at)
    data: dict[str, object] = dict(written)
    data |= {"kind": result.kind, "photos": _hashes(work, ticket, result.photos)}
    if result.promised_on is not None:
        data["promised_on"] = result.promised_on.isoformat()
    data |= gaps.summary(work, ticket)
    work.act(ticket, Action.SUBMIT, data | {"done_at": done_at})
    submission = ticket.head_hash
    ticket.submitted_by, ticket.submitted_at = work.actor.staff_id, work.now
    timing.enter(work, ticket)
    verification.ask(work, ticket, result.kind)
    merging.carry(work, ticket, result.kind, submission)


def _hashes(work: Work, ticket: Ticket, photos: Sequence[UUID]) -> list[dict[str, object]]:
    """Return id and SHA-256 of each photo, so that the chain proves which picture it was."""
    mine = {row.id: row for row in ticket_rows.media(work.session, ticket.id)}
    if not set(photos) <= set(mine):
        raise InvalidError(fields=["photos"])
    return [{"photo": photo, "sha256": mine[photo].sha256} for photo in photos]
