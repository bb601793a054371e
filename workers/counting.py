"""Count what has happened: the job behind the timetable's entry."""

from typing import Final

import structlog

from hotline.services.reckoning import counting
from workers.runtime import runtime

log = structlog.get_logger(__name__)

# One job ends long before the queue's time-out; the next minute's goes on.
_BATCHES: Final = 40


def count() -> int:
    """Count tickets that have changed, and go on with a count from the beginning if one waits.

    Safe to run twice and at the same time: batches take turns.

    Returns:
        How many tickets were counted.
    """
    parts, total = runtime(), 0
    for _ in range(_BATCHES):
        with parts.work() as work:
            done = counting.count(work)
        with parts.work() as work:
            state = counting.go_on(work)
        total += done
        if not done and state is None:
            break
    if total:
        log.info("counted", tickets=total)
    return total
