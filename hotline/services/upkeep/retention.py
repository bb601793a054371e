"""Erase what was kept long enough, batch by batch; put on record how much.

A ticket whose data are erased gets an event of it: the chain says that words are gone because
their time was over, and still proves. Rows are emptied first; files are removed once that has been
committed, and again if a crash came between: never is there a file that no row shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hotline.domain.retention import OF_TICKETS, Kind
from hotline.domain.tickets import Action
from hotline.store import calls
from hotline.store import retention as rows
from hotline.store import search as search_rows
from hotline.store.models.proofs import Erasure
from hotline.work import Work

_MARK: Final = "retention:{}"
_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
# What an event names by its ids, so that the proof knows why a text is gone.
_NAMED: Final = frozenset({Kind.WORDS})


@dataclass(frozen=True, slots=True)
class Due:
    """What a run would erase of a kind: its period, up to when, and of how many tickets."""

    kind: Kind
    period: timedelta
    until: datetime
    tickets: int


def plan(work: Work, periods: Mapping[Kind, timedelta]) -> list[Due]:
    """Return what the next run erases, without erasing it; tickets only are counted."""
    found = []
    for kind, period in periods.items():
        until = work.now - period
        tickets = rows.due(work.session, _mark(work, kind), until) if kind in OF_TICKETS else 0
        found.append(Due(kind, period, until, tickets))
    return found


def erase(work: Work, kind: Kind, period: timedelta, *, limit: int) -> int:
    """Erase one batch of a kind whose time is over; return how many rows, 0 when none is left.

    Args:
        work: as the system.
        kind: what.
        period: how long it is kept.
        limit: how many tickets at most, or rows that hang on none.
    """
    until = work.now - period
    count, tickets = 0, 0
    if kind in OF_TICKETS:
        count, tickets = _of_tickets(work, kind, until, limit)
    others = rows.erase_others(work.session, kind, until, limit)
    if count + others:
        rows.note(
            work.session,
            Erasure(kind=kind, until=until, tickets=tickets, entries=count + others, at=work.now),
        )
    return count + others + tickets


def _of_tickets(work: Work, kind: Kind, until: datetime, limit: int) -> tuple[int, int]:
    """Erase what the next tickets hold of a kind; return how many rows, of how many tickets."""
    ended = rows.ended(work.session, _mark(work, kind), until, limit)
    # Locked, and looked at again: somebody may have been heard late, and the ticket is open.
    held = [ticket for ticket in work.tickets_by_id(ended.ids) if ticket.closed_at is not None]
    erased = rows.erase(work.session, kind, [ticket.id for ticket in held], work.now)
    for ticket in held:
        if ticket.id in erased:
            data: dict[str, object] = {"kind": kind, "count": len(erased[ticket.id])}
            if kind in _NAMED:
                data["of"] = erased[ticket.id]
            work.act(ticket, Action.ERASE, data)
    if kind is Kind.WORDS:
        search_rows.forget(work.session, list(erased))
    calls.set_watermark(work.session, _MARK.format(kind), ended.reached)
    return sum(map(len, erased.values())), len(ended.ids)


def remove_files(work: Work, *, limit: int) -> int:
    """Remove the files of photos and recordings that were erased; return how many rows."""
    found = rows.to_remove(work.session, limit)
    needed = rows.still_needed(work.session, {media.sha256 for media in found})
    for media in found:
        if media.sha256 not in needed:
            work.kit.media.remove(media.sha256)
        media.removed_at = work.now
    return len(found)


def done(work: Work, *, limit: int = 100) -> list[Erasure]:
    """Return what was erased last, for supervisors."""
    return rows.noted(work.session, limit=limit)


def _mark(work: Work, kind: Kind) -> datetime:
    return calls.watermark(work.session, _MARK.format(kind)) or _BEGINNING
