"""Two clocks: the citizen's runs from the first call and never stops; the unit's may pause.

The unit's clock pauses only where somebody outside the unit has agreed that the matter waits
by a plan (挂账). Returns, more time and redos pause neither (docs/rules.md §3).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from hotline.domain.tickets import Status

PAUSED: Final = frozenset({Status.LONG_TERM})


def paused(history: Iterable[tuple[Status, datetime]], until: datetime) -> timedelta:
    """Return how long the unit's clock stood still.

    Args:
        history: after each event the status and its instant, in the order of the chain.
        until: now, or the end of the ticket.
    """
    total, since = timedelta(0), None
    for status, at in history:
        if since is not None:
            total += at - since
        since = at if status in PAUSED else None
    if since is not None and until > since:
        total += until - since
    return total
