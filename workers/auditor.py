"""The auditor's part in the clock: one slice of the live chains at a time, round after round.

A clock with nothing to do looks at one slice with each tick. In a storm of limits the auditor keeps
a small share of the clock's time: however long it lasts, the round goes on, and nobody's limit is
late for it by more than one small slice.
"""

import time
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
import structlog

from hotline.domain.chains import Need
from hotline.kit import Kit
from hotline.services.handling import attention, auditor
from hotline.store import chains
from hotline.work import SYSTEM, open_work

log = structlog.get_logger(__name__)

SLICE: Final = 200
# In a storm: what a due limit may have to wait for.
SMALL_SLICE: Final = 25
# In a storm the auditor works for one part of so many of the clock's time.
PART: Final = 50
# From the beginning of one round to that of the next; a large county's round takes longer.
EVERY: Final = timedelta(minutes=5)
_Suspects = Mapping[UUID, frozenset[Need]]


class Turns:
    """When the auditor has its turn in a clock: always when that is idle, else now and then."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Count from now.

        Args:
            now: seconds of a clock that never goes back.
        """
        self._now = now
        self._next = 0.0

    def take(self, engine: sa.Engine, kit: Kit, *, busy: bool) -> int:
        """Look at the next slice if it is time, and return how many limits were found."""
        began = self._now()
        if busy and began < self._next:
            return 0
        found = tend(engine, kit, SMALL_SLICE if busy else SLICE)
        ended = self._now()
        self._next = ended + (ended - began) * (PART - 1)
        return found


def tend(engine: sa.Engine, kit: Kit, limit: int = SLICE) -> int:
    """Look at the next slice, begin a round where one is due, and return how many were found.

    Nothing is locked but the round's own row; each suspect is looked at again by itself.
    """
    with open_work(engine, kit, SYSTEM) as work:
        under_way = chains.take_round(work.session)
        if under_way is None or under_way.number is None:
            chains.begin_round(work.session, work.now, work.now - EVERY)
            return 0
        number = under_way.number
        ids = chains.next_ids(work.session, under_way.last_id, limit)
        suspects = _look(engine, kit, ids) if ids else {}
        if len(ids) < limit:
            under_way.ended_at = work.now
        if ids:
            under_way.last_id, under_way.tickets = ids[-1], under_way.tickets + len(ids)
    found = sum(_restore(engine, kit, ticket_id, number) for ticket_id in suspects)
    if found:
        log.warning("limits_restored", round=number, count=found)
    return found


def _look(engine: sa.Engine, kit: Kit, ids: Collection[UUID]) -> _Suspects:
    """Return the suspects of a slice; a ticket that can't be read hides no other one."""
    try:
        with open_work(engine, kit, SYSTEM) as work:
            return auditor.suspects(work, ids)
    except sa.exc.OperationalError:
        raise
    except Exception as error:
        log.exception("slice_failed", size=len(ids))
        if len(ids) == 1:
            _failed(engine, kit, next(iter(ids)), type(error).__name__)
            return {}
    alone = (_look(engine, kit, [ticket_id]) for ticket_id in ids)
    return {ticket_id: needs for found in alone for ticket_id, needs in found.items()}


def _restore(engine: sa.Engine, kit: Kit, ticket_id: UUID, number: int) -> int:
    """Set what a suspect lacks; one that can't be mended is before the supervisors."""
    try:
        with open_work(engine, kit, SYSTEM) as work:
            return auditor.restore(work, ticket_id, number)
    except sa.exc.OperationalError:
        raise
    except Exception as error:
        log.exception("restore_failed", ticket=str(ticket_id))
        _failed(engine, kit, ticket_id, type(error).__name__)
        return 0


def _failed(engine: sa.Engine, kit: Kit, ticket_id: UUID, fault: str) -> None:
    with open_work(engine, kit, SYSTEM) as work:
        key = f"audit:{ticket_id}:{fault}"
        attention.raise_(work, "audit_failed", key, {"fault": fault}, ticket_id)
