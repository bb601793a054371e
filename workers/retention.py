"""Erase what was kept long enough: the job behind the timetable's entry."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from hotline.domain.retention import Kind, periods
from hotline.services.upkeep import retention
from workers.runtime import Runtime, runtime

log = structlog.get_logger(__name__)
BATCH: Final = 200
# A job ends before it is taken for dead; what is left is erased by the next one.
_MOST_BATCHES: Final = 100


def erase() -> dict[str, int]:
    """Erase what is due; safe to run twice and at the same time. Return rows by kind."""
    parts = runtime()
    return run(parts, periods(parts.settings.retention_days))


def run(
    parts: Runtime, kept: Mapping[Kind, timedelta], batches: int = _MOST_BATCHES
) -> dict[str, int]:
    """Erase up to ``batches`` batches of each kind, then files; return what was erased by kind."""
    erased = {}
    for kind, period in kept.items():
        erased[kind.value] = _kind(parts, kind, period, batches)
    erased["files"] = 0
    for _ in range(batches):
        with parts.work() as work:
            removed = retention.remove_files(work, limit=BATCH)
        erased["files"] += removed
        if removed < BATCH:
            break
    if any(erased.values()):
        log.info("erased", rows=erased)
    return erased


def _kind(parts: Runtime, kind: Kind, period: timedelta, batches: int) -> int:
    total = 0
    for _ in range(batches):
        with parts.work() as work:
            taken = retention.erase(work, kind, period, limit=BATCH)
        if not taken:
            break
        total += taken
    return total
