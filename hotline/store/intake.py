"""The one look that a message which comes in needs.

This is the hot path (`docs/performance.md`): one round trip says all that rows know about it; the
other one is the write (`hotline.store.rows`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from hotline.domain.rulings import Entry
from hotline.store import people, rulings
from hotline.store.alone import alone
from hotline.store.people import OnDuty

# The rule of who is on duty stands in `people` alone.
_ON_DUTY: Final = people.on_duty_question("(SELECT now FROM n)", "%(posts)s::text[]")
_IN_FORCE: Final = rulings.in_force_question("%(class_code)s")
# Each hash and ticket is looked up by itself (the fence), and `n` and `o` are computed once: the
# plan is made when the tables are still empty, and must be the right one when they hold a million
# rows.
GLANCE: Final = f"""
WITH n AS MATERIALIZED (SELECT hotline_now() AS now),
o AS MATERIALIZED (SELECT EXISTS (SELECT FROM unnest(%(hashes)s::text[]) AS h CROSS JOIN LATERAL
  (SELECT FROM ticket_identity d CROSS JOIN LATERAL
    (SELECT FROM ticket t WHERE t.id = d.ticket_id
     AND t.status NOT IN ('answered','rejected','withdrawn') OFFSET 0) AS open
   WHERE d.number_hash = h LIMIT 1) AS one) AS has_open)
SELECT n.now, i.answer, i.body_hash, o.has_open,
  CASE WHEN i.sid IS NULL AND NOT o.has_open THEN nextval('ticket_number_seq') END,
  (SELECT json_agg(json_build_array(there.post, there.id, there.rank, there.channels))
   FROM ({_ON_DUTY}) AS there), {_IN_FORCE}
FROM n CROSS JOIN o LEFT JOIN inbox i ON i.sid = %(sid)s AND i.step = %(step)s
"""  # noqa: S608  nothing in it comes from outside


class Glance(NamedTuple):
    """What rows say about a message that came in.

    ``answer`` and ``body_hash`` are those of the same message, if it came before. ``has_open``:
    the sender has tickets to speak about. ``sequence`` is drawn for what can only be a new demand.
    ``duty``: who answers for each of the posts that were asked for. ``entries``: what rulings have
    made of the catalogue for the class that was asked for.
    """

    now: datetime
    answer: str | None
    body_hash: str | None
    has_open: bool
    sequence: int | None
    duty: Mapping[str, OnDuty]
    entries: Mapping[str, tuple[Entry, ...]]


def glance(
    engine: sa.Engine,
    sid: str,
    step: str,
    hashes: Sequence[str],
    stand_ins: Mapping[str, str | None],
    class_code: str | None,
) -> Glance:
    """Return the time, the earlier answer to a message, and what is known of its sender.

    Args:
        engine: the look is a transaction of its own.
        sid: the carrier's name of the message.
        step: what names the webhook beside it.
        hashes: those under which the sender may be known.
        stand_ins: the posts that the message may concern, each with its stand-in post.
        class_code: the class that the message speaks for, if it speaks for one.
    """
    asked = {
        "class_code": class_code,
        "hashes": list(hashes),
        "sid": sid,
        "step": step,
        "posts": list(people.asked_for(stand_ins)),
    }
    with alone(engine) as connection:
        [(*seen, there, ruled)] = connection.execute(GLANCE, asked, prepare=True)
    now, answer, body_hash, has_open, sequence = seen
    duty = people.answering(stand_ins, there or ())
    entries = {class_code: rulings.read(ruled)} if class_code is not None else {}
    return Glance(now, answer, body_hash, has_open, sequence, duty, entries)
