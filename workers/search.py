"""Make new words findable: the job that the clock wakes while any ticket is due."""

from typing import Final

import structlog

from hotline.services.proof import search
from workers.runtime import runtime

log = structlog.get_logger(__name__)
BATCH: Final = 500
# One job empties what is due, but gives way to other jobs after so many batches.
_MOST_BATCHES: Final = 40


def index() -> int:
    """Read what changed tickets are found by; safe to run twice and at the same time.

    Returns:
        How many tickets were read.
    """
    total = 0
    for _ in range(_MOST_BATCHES):
        with runtime().work() as work:
            taken = search.index(work, BATCH)
        total += taken
        if taken < BATCH:
            break
    if total:
        log.info("indexed", tickets=total)
    return total
