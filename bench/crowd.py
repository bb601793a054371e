"""Fill a county with a million tickets, set-wise in the database, for a bench of lists and search.

A few thousand demands are worded and read here as intake and the index's worker read them; the
database multiplies them over a year. Tickets have words, identity apart, and what they are found
by; they have no chain of events, which no list and no search reads. `bench.filling` makes fewer,
whole ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final
from uuid import UUID

import psycopg

from hotline.domain import terms
from hotline.domain.grid.model import GridMap
from hotline.domain.tickets import ENDS, OWNER, Status

_SAMPLES: Final = 5_000
_OPENINGS: Final = ("", "你好，", "反映一下，", "同志你好，我们", "我想问问，", "再说一次，")
_WHERE: Final = ("东头", "西头", "小学旁边", "村委会后面", "老井那边", "三组", "五组", "卫生室对面")
_ENDINGS: Final = (
    "",
    "，家里有老人",
    "，啥时候能修",
    "，都三天了",
    "，麻烦快点",
    "，谢谢",
    "，没人管",
)
# How the open ones stand, in per cent; the rest is being handled.
_OPEN: Final = (
    (Status.TRIAGE, 5),
    (Status.DISPATCHED, 20),
    (Status.DISPUTED, 3),
    (Status.EXTENSION_PENDING, 4),
    (Status.REVISIT, 18),
)

_SAMPLE_TABLE: Final = """
CREATE TEMP TABLE sample (i integer PRIMARY KEY, body text, terms integer[], grid text, town text,
  unit text, class_code text, post text, officer_id uuid)
"""
_CODES: Final = "CREATE TEMP TABLE standing (share integer PRIMARY KEY, status text, code integer)"
_CHANNEL: Final = "voice"
_LINE: Final = "12345"
# Ends of numbers as `hotline.domain.terms` counts them: a CRC-32 less 2**31.
_TAIL: Final = (
    "(crc32('tail'::bytea || '\\x00'::bytea || convert_to(right(number, {0}), 'UTF8'))"
    " - 2147483648)::integer"
)
_MAKE: Final = """
CREATE TEMP TABLE crowd AS
SELECT gen_random_uuid() AS id,
  to_char(%(now)s - back, 'YYMMDD') || lpad((g %% 1000000)::text, 6, '0') AS number,
  %(now)s - back AS at, s.*, st.status, st.code AS status_code, g <= %(open)s AS open
FROM (SELECT g, CASE WHEN g <= %(open)s THEN g * %(open_step)s ELSE g * %(step)s END
    * interval '1 second' AS back FROM generate_series(1, %(size)s) g) t
JOIN sample s ON s.i = (hashint4(g) & 2147483647) %% %(samples)s
JOIN standing st ON st.share = CASE WHEN g <= %(open)s THEN (hashint4(g + 7) & 2147483647) %% 100
    ELSE 100 + g %% 3 END
"""
_INTO: Final = (
    """
INSERT INTO ticket (id, number, status, channel, line, class_code, grid, town, unit, post,
  officer_id, triage_reason, rung, routing, map_version, received_at, dispatched_at, due_at,
  closed_at, event_seq, head_hash, last_event_at)
SELECT id, number, status, 'voice', '12345', class_code, grid, town, unit, post,
  CASE WHEN status IN ('triage', 'dispatched', 'disputed') THEN NULL ELSE officer_id END,
  CASE WHEN status = 'triage' THEN 'place_missing' END, 'grid', '{}', %(version)s, at, at,
  CASE WHEN open THEN at + interval '5 days' END,
  CASE WHEN NOT open THEN at + interval '3 days' END,
  0, repeat('0', 64), at
FROM crowd ORDER BY at""",
    """
INSERT INTO ticket_text (id, ticket_id, kind, salt, body, at)
SELECT gen_random_uuid(), id, 'words', 's', body, at FROM crowd ORDER BY at""",
    f"""
INSERT INTO ticket_search (ticket_id, received_at, terms)
SELECT id, at, terms || status_code || (extract(year FROM at AT TIME ZONE 'UTC') * 12
  + extract(month FROM at AT TIME ZONE 'UTC') - 1)::integer
  || {_TAIL.format(4)} || {_TAIL.format(6)}
FROM crowd ORDER BY at""",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One worded demand, where it goes, and what it is found by."""

    body: str
    terms: Sequence[int]
    grid: str
    town: str
    unit: str | None
    class_code: str
    post: str


def samples(grid_map: GridMap, seed: int = 1) -> Iterator[Sample]:
    """Yield demands; few classes make most of them, as at every hotline."""
    dice = Random(seed)
    grids = sorted(grid_map.grids)
    classes = [one for one in grid_map.classes.values() if one.keywords]
    dice.shuffle(classes)
    weights = [1 / rank for rank in range(1, len(classes) + 1)]
    for clazz in dice.choices(classes, weights, k=_SAMPLES):
        code = dice.choice(grids)
        town, grid = grid_map.town_of(code), grid_map.grid(code)
        words = [word for word, strength in clazz.keywords.items() if strength]
        body = "".join(
            (
                dice.choice(_OPENINGS),
                f"{town.name.zh}{grid.name.zh}",
                dice.choice(_WHERE),
                dice.choice(words or [clazz.name.zh]),
                dice.choice(_ENDINGS),
            )
        )
        found = terms.pairs(body) | terms.pairs(clazz.name.zh)
        found |= terms.pairs(f"{town.name.zh}{grid.name.zh}")
        codes = {"class_code": clazz.code, "grid": code, "town": town.id}
        codes |= {"unit": town.id, "line": _LINE, "channel": _CHANNEL}
        found |= {terms.code(name, value) for name, value in codes.items()}
        yield Sample(body, sorted(found), code, town.id, town.id, clazz.code, grid.officer)


def fill(
    owner: psycopg.Connection[Any], grid_map: GridMap, now: datetime, size: int, open_: int
) -> None:
    """Make ``size`` tickets of the last year, ``open_`` of them open and received lately.

    Args:
        owner: as the owner of the tables: their indexes are taken away and made again.
        grid_map: whose places and classes are named.
        now: the hotline's time.
        size: how many tickets.
        open_: how many of them are open.
    """
    held = dict(
        owner.execute("SELECT DISTINCT ON (post) post, staff_id FROM post_holding").fetchall()
    )
    with owner.transaction():
        owner.execute("SET LOCAL synchronous_commit = off")
        owner.execute("SET LOCAL work_mem = '128MB'")
        owner.execute("SET LOCAL maintenance_work_mem = '256MB'")
        made = _load(owner, grid_map, held)
        year_s = 365 * 24 * 3600
        steps = {"step": year_s / size, "open_step": 20 * 24 * 3600 / max(open_, 1)}
        values = {"now": now, "size": size, "open": open_, "samples": made, **steps}
        owner.execute(_MAKE, values)
        taken = _take_indexes(owner)
        for statement in _INTO:
            owner.execute(statement, {"version": grid_map.version})
        for definition in taken:
            owner.execute(definition)
    owner.execute("VACUUM ANALYZE ticket, ticket_text, ticket_search")


def _load(owner: psycopg.Connection[Any], grid_map: GridMap, held: dict[str, UUID]) -> int:
    owner.execute(_SAMPLE_TABLE)
    owner.execute(_CODES)
    made = list(samples(grid_map))
    with owner.cursor() as cursor:
        with cursor.copy("COPY sample FROM STDIN") as copy:
            for i, one in enumerate(made):
                copy.write_row(
                    (i, one.body, list(one.terms), one.grid, one.town, one.unit, one.class_code,
                     one.post, held.get(one.post))
                )  # fmt: skip
        with cursor.copy("COPY standing FROM STDIN") as copy:
            for share, status in enumerate(_standing()):
                copy.write_row((share, status, terms.code("status", status)))
    return len(made)


def _standing() -> Iterator[Status]:
    """Yield a status for each per cent of the open ones, then for each third of the closed."""
    spread = [status for status, share in _OPEN for _ in range(share)]
    assert set(spread) <= set(OWNER)
    yield from [*spread, *[Status.HANDLING] * (100 - len(spread))]
    yield from sorted(ENDS & {Status.ANSWERED, Status.ARCHIVED, Status.ARCHIVED_UNVERIFIED})


def _take_indexes(owner: psycopg.Connection[Any]) -> list[str]:
    """Drop what is no key, and return how to make it again: one sort is quicker than a million."""
    rows = owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename IN"
        " ('ticket', 'ticket_text', 'ticket_search') AND indexdef NOT LIKE 'CREATE UNIQUE%'"
    ).fetchall()
    for name, _ in rows:
        owner.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in rows]
