"""Draw the callers whom a person asks: the job behind the timetable's entry."""

from typing import Final

import structlog

from hotline.services.verifying import sampling, verifying
from workers.runtime import Runtime, runtime

log = structlog.get_logger(__name__)
_BATCH: Final = 200
# A job ends long before it is taken for dead; what is left is done by the next one.
_MOST: Final = 60


def draw() -> int:
    """Make every draw that is owed; safe to run twice, late, and at the same time.

    Returns:
        How many draws were made.
    """
    return draw_owed(runtime())


def draw_owed(parts: Runtime) -> int:
    """Draw with the given parts, each day in a transaction of its own; return how many days."""
    for _ in range(_MOST):
        with parts.work() as work:
            settled = verifying.settle(work, _BATCH)
        if settled < _BATCH:
            break
    for made in range(_MOST):
        with parts.work() as work:
            found = sampling.draw_next(work)
        if found is None:
            return made
        log.info("drawn", draw=found.number, framed=found.framed, drawn=found.drawn)
    return _MOST
