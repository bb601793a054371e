"""Count running limits anew that were counted before the newest notice of days off."""

from typing import Final
from uuid import UUID

from hotline.services.law import calendar
from workers.runtime import Runtime, runtime

# What one job counts before it gives way to others; the rest waits for the next one.
_MOST: Final = 2000


def recount() -> int:
    """Count anew; return how many tickets were looked at."""
    parts = runtime()
    parts.in_force.refresh()
    return recount_with(parts)


def recount_with(parts: Runtime, most: int = _MOST) -> int:
    """Count anew with the given parts, each ticket in a transaction of its own."""
    seen, after = 0, None
    while seen < most:
        found = _next(parts, after)
        if not found:
            break
        for ticket_id in found:
            with parts.work() as work:
                calendar.recount(work, ticket_id)
        seen, after = seen + len(found), found[-1]
    return seen


def _next(parts: Runtime, after: UUID | None) -> list[UUID]:
    with parts.work() as work:
        return calendar.waiting(work, after)
