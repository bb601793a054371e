"""Seal the ledger: the job behind the timetable's entry."""

import structlog

from hotline.services import audit
from workers.runtime import runtime

log = structlog.get_logger(__name__)


def seal() -> int:
    """Sign roots over everything new and export them; safe to run twice and at the same time.

    Returns:
        How many roots were made.
    """
    parts = runtime()
    made = audit.seal_and_export(parts.work, parts.settings.roots_dir)
    for root in made:
        log.info("ledger_sealed", root=root.number, heads=root.heads, views=root.views)
    return len(made)
