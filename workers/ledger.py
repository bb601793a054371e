"""Seal the ledger, and verify it where a supervisor asked: the jobs behind the timetable."""

from typing import Final

import structlog

from hotline.services.proof import audit, checking
from workers.runtime import Runtime, runtime

log = structlog.get_logger(__name__)
# A job ends long before it is taken for dead; the next minute's goes on with the check.
_PIECES: Final = 100


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


def check() -> int:
    """Go on with the check of the whole ledger that somebody asked for; return how many pieces."""
    return check_pieces(runtime())


def check_pieces(parts: Runtime, pieces: int = _PIECES) -> int:
    """Check so many pieces with the given parts, each in a transaction of its own."""
    for done in range(pieces):
        with parts.work() as work:
            more = checking.go_on(work, parts.settings.roots_dir, parts.kit.keys.public_key)
        if not more:
            return done
    return pieces
