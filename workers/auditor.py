"""The auditor's part in the clock: one slice of the live chains at a time, round after round."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
import structlog

from hotline.kit import Kit
from hotline.services.handling import auditor
from hotline.store import chains
from hotline.work import SYSTEM, open_work

log = structlog.get_logger(__name__)

SLICE: Final = 200
# From the beginning of one round to that of the next; a large county's round takes longer.
EVERY: Final = timedelta(minutes=5)


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
        suspects = auditor.suspects(work, ids) if ids else {}
        if len(ids) < limit:
            under_way.ended_at = work.now
        if ids:
            under_way.last_id, under_way.tickets = ids[-1], under_way.tickets + len(ids)
    found = 0
    for ticket_id in suspects:
        with open_work(engine, kit, SYSTEM) as work:
            restored = auditor.restore(work, ticket_id)
            if restored:
                chains.add_found(work.session, number, restored)
        found += restored
    if found:
        log.warning("limits_restored", round=number, count=found)
    return found
