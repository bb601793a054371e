"""The one look that a message which comes in needs.

This is the hot path (`docs/performance.md`): one round trip says all that rows know about it; the
other one is the write (`hotline.store.rows`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

_GLANCE: Final = sa.text(
    "SELECT hotline_now(), i.answer, i.body_hash, has_open, CASE WHEN i.sid IS NULL AND"
    " NOT has_open THEN nextval('ticket_number_seq') END FROM (SELECT EXISTS (SELECT FROM"
    " ticket_identity d JOIN ticket t ON t.id = d.ticket_id WHERE d.number_hash = ANY(:hashes)"
    " AND t.status <> 'answered') AS has_open) o"
    " LEFT JOIN inbox i ON i.sid = :sid AND i.step = :step"
)


class Glance(NamedTuple):
    """What rows say about a message that came in.

    ``answer`` and ``body_hash`` are those of the same message, if it came before. ``has_open``:
    the sender has tickets to speak about. ``sequence`` is drawn for what can only be a new demand.
    """

    now: datetime
    answer: str | None
    body_hash: str | None
    has_open: bool
    sequence: int | None


def glance(session: Session, sid: str, step: str, hashes: Sequence[str]) -> Glance:
    """Return the time, the earlier answer to a message, and what is known of its sender."""
    found = session.connection().execute(
        _GLANCE, {"sid": sid, "step": step, "hashes": list(hashes)}
    )
    return Glance(*found.one())
