"""Keep what was known of a claim of closure when it was made: what signals judge."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hotline.domain.tickets import Action
from hotline.services.handling import timing
from hotline.store import suspicion as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Submission, Ticket
from hotline.work import Work

_SAID = frozenset({"words", "addition"})


def keep(
    work: Work,
    ticket: Ticket,
    written: dict[str, str],
    photos: Sequence[UUID],
    *,
    length: int,
    done_at: datetime | None,
) -> Submission:
    """Keep a claim; called before the ticket's clock moves on.

    Args:
        work: in the role of whoever submits.
        ticket: locked, still with the limit that was running.
        written: where the words of the result stand, as `Work.write` says.
        photos: the photos of this claim.
        length: characters of the result.
        done_at: when the device says that it was written.
    """
    last = ticket_rows.open_ask(work.session, ticket.id)
    claim = Submission(
        ticket_id=ticket.id,
        round=1 if last is None else last.round + 1,
        at=work.now,
        # A device's clock may be ahead of ours.
        done_at=min(done_at or work.now, work.now),
        by=work.actor.staff_id,
        unit=work.actor.unit,
        class_code=ticket.class_code,
        grid=ticket.grid,
        words=_words(work, ticket),
        written=length,
        visited=_visited(work, ticket),
        photo_ids=[str(photo) for photo in photos],
        text_id=UUID(written["text"]),
        limit_from=_limit_from(work, ticket),
        due_at=ticket.due_at,
    )
    work.session.add(claim)
    return claim


def _words(work: Work, ticket: Ticket) -> int:
    texts = ticket_rows.texts(work.session, ticket.id)
    return sum(len(text.body) for text in texts if text.kind in _SAID)


def _visited(work: Work, ticket: Ticket) -> bool:
    """Whether somebody stood on site, or nobody needs to."""
    if ticket.class_code is None:
        return True
    demand = timing.map_of(work, ticket).clazz(ticket.class_code)
    return not demand.evidence.site_visit or bool(rows.visits(work.session, [ticket.id]))


def _limit_from(work: Work, ticket: Ticket) -> datetime | None:
    """Return when the running limit began: with the dispatch, or with the last redo."""
    events = ticket_rows.events(work.session, ticket.id)
    again = [event.at for event in events if event.action in {Action.DENY, Action.REOPEN}]
    return again[-1] if again else ticket.dispatched_at
