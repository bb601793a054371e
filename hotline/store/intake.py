"""The one look that messages which come in together need.

This is the hot path (`docs/performance.md`): one round trip says all that rows know about them; the
other one is the write (`hotline.store.rows`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import psycopg

from hotline.domain.rulings import Entry
from hotline.store import people, rulings
from hotline.store.people import OnDuty

# The rule of who is on duty stands in `people` alone.
_ON_DUTY: Final = people.on_duty_question("(SELECT now FROM n)", "(SELECT posts FROM n)::text[]")
_IN_FORCE: Final = rulings.in_force_question("m.class_code")
# The plan is made once for a connection, perhaps while the tables are empty, and must be the right
# one when they hold a million rows: each key is looked up by itself (the fences). What is asked
# stands in `n`, where the planner can't see it: else it makes a new plan for each look, which costs
# more than the look.
GLANCE: Final = f"""
WITH n AS MATERIALIZED (SELECT hotline_now() AS now, %(sids)s::text[] AS sids,
  %(hashes)s::text[] AS hashes, %(classes)s::text[] AS classes, %(step)s::text AS step,
  %(posts)s::text[] AS posts)
SELECT n.now, i.answer, i.body_hash, o.has_open,
  CASE WHEN i.sid IS NULL AND NOT o.has_open THEN nextval('ticket_number_seq') END,
  {_IN_FORCE}, CASE WHEN m.nth = 1 THEN
    (SELECT json_agg(json_build_array(there.post, there.id, there.rank, there.channels))
     FROM ({_ON_DUTY}) AS there) END
FROM n CROSS JOIN LATERAL unnest(n.sids, n.classes) WITH ORDINALITY AS m(sid, class_code, nth)
CROSS JOIN LATERAL (
  SELECT EXISTS (SELECT FROM unnest(n.hashes[m.nth::int:m.nth::int]) AS h
    CROSS JOIN LATERAL (SELECT FROM ticket_identity d CROSS JOIN LATERAL
      (SELECT FROM ticket t WHERE t.id = d.ticket_id
       AND t.status NOT IN ('answered','rejected','withdrawn') OFFSET 0) AS open
     WHERE d.number_hash = h LIMIT 1) AS one) AS has_open OFFSET 0) AS o
LEFT JOIN LATERAL (
  SELECT * FROM inbox WHERE inbox.sid = m.sid AND inbox.step = n.step LIMIT 1) AS i ON true
ORDER BY m.nth
"""  # noqa: S608  nothing in it comes from outside


class Asked(NamedTuple):
    """One message to look up.

    ``sid`` is the carrier's name for it; ``hashes`` are those under which the sender may be known;
    ``class_code``: the class that the message speaks for, if it speaks for one.
    """

    sid: str
    hashes: Sequence[str]
    class_code: str | None


class Known(NamedTuple):
    """What rows say about one message.

    ``answer`` and ``body_hash`` are those of the same message, if it came before. ``has_open``:
    the sender has tickets to speak about. ``sequence`` is drawn for what can only be a new demand.
    """

    answer: str | None
    body_hash: str | None
    has_open: bool
    sequence: int | None


class Glance(NamedTuple):
    """What rows say about messages that came in together.

    ``now`` is the instant of the look; ``duty``: who answers for each of the posts that were asked
    for; ``entries``: what rulings have made of the catalogue for each class that was asked for;
    ``known`` has one entry for each message, in their order.
    """

    now: datetime
    duty: Mapping[str, OnDuty]
    entries: Mapping[str, tuple[Entry, ...]]
    known: Sequence[Known]


def glance(
    connection: psycopg.Connection[Any],
    step: str,
    asked: Sequence[Asked],
    stand_ins: Mapping[str, str | None],
) -> Glance:
    """Return the time, and what is known of each message and its sender.

    Args:
        connection: on which the look is a transaction of its own (`hotline.store.alone`).
        step: what names the webhook beside the SID.
        asked: one message or several; each with as many hashes as the others.
        stand_ins: the posts that the messages may concern, each with its stand-in post.
    """
    values = {
        "hashes": [list(one.hashes) for one in asked],
        "sids": [one.sid for one in asked],
        "classes": [one.class_code for one in asked],
        "step": step,
        "posts": list(people.asked_for(stand_ins)),
    }
    rows = connection.execute(GLANCE, values, prepare=True).fetchall()
    duty = people.answering(stand_ins, rows[0][-1] or ())
    ruled = {one.class_code: row[-2] for one, row in zip(asked, rows, strict=True)}
    entries = {code: rulings.read(found) for code, found in ruled.items() if code is not None}
    return Glance(rows[0][0], duty, entries, [Known(*row[1:5]) for row in rows])
