"""Judge claims of closure: new ones at once, the day's at night, history after a change of rules.

Each claim is judged in a transaction of its own, under its ticket's lock. What the same rules have
said of it is kept once, so that both jobs may run twice, late, and at the same time.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from hotline.services.reckoning import likeness, suspicion
from workers.runtime import Runtime, runtime

log = structlog.get_logger(__name__)
# What one job judges before it gives way to others; history waits for the next one.
MOST: Final = 200
_MOST_BATCHES: Final = 60
# A report may have come in while the night before was judged.
_SINCE: Final = timedelta(days=2)


def judge() -> int:
    """Look at new photos, then judge what the rules have not judged; return how many claims."""
    return judge_waiting(runtime())


def judge_waiting(parts: Runtime) -> int:
    """Judge with the given parts; return how many claims were judged."""
    look_at_photos(parts)
    with parts.work() as work:
        waiting = suspicion.waiting(work, MOST)
    return _each(parts, waiting)


def review() -> int:
    """Judge the claims anew whose matter was reported again; return how many there were."""
    return review_day(runtime())


def review_day(parts: Runtime) -> int:
    """Review with the given parts; renews the index of photos where it has grown old."""
    with parts.work() as work:
        likeness.rebuild(work)
    with parts.work() as work:
        again = suspicion.judge_returns(work, _SINCE)
    return _each(parts, again)


def look_at_photos(parts: Runtime) -> int:
    """Look at new photos, batch by batch, and give way after many; return how many there were."""
    total = 0
    with parts.work() as work:
        gallery = likeness.open_gallery(work)
    for _ in range(_MOST_BATCHES):
        with parts.work() as work:
            seen = likeness.look(work, gallery)
        total += seen
        if not seen:
            break
    return total


def _each(parts: Runtime, claims: list[UUID]) -> int:
    for claim in claims:
        with parts.work() as work:
            signs = suspicion.judge(work, claim)
        if signs:
            log.info("suspected", claim=str(claim), signs=signs)
    return len(claims)
