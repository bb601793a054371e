"""``make bench NAME=rates``: the rates of a county in which a million tickets were closed.

Some tickets have whole lives: chains of events as the services write them. They are counted from
the beginning, which gives ``rebuild_per_s``. The database then multiplies them, with what each
counts for, over a year; the sums are made from the facts in one go, and must say so many tickets.
Pages are asked for over HTTP as a supervisor asks, one at a time, and timed to the last byte.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random
from statistics import median
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from bench import crowd
from bench.filling import copy_rows
from bench.pages import Desk
from bench.stage import BenchError, Stage, last_line, machine, open_stage
from hotline import clock
from hotline.domain import ledger
from hotline.domain.grid.model import GridMap
from hotline.domain.rates import Measure
from hotline.domain.tickets import Action, Role, Status, ticket_number
from hotline.services.reckoning import counting
from hotline.store.facts import BITS
from hotline.work import SYSTEM, open_work

_BATCH: Final = 5_000
_ROUNDS: Final = 15
_PAGES: Final = ("town", "grid", "unit", "class", "post")
_DAY: Final = "(f.received_at AT TIME ZONE 'Asia/Shanghai')::date"
_MULTIPLY: Final = (
    # A copy is another ticket of another day: earlier by a share of the year.
    """
CREATE TEMP TABLE copied AS SELECT t.id AS old, gen_random_uuid() AS id, k,
  make_interval(secs => k * %(step)s) AS back, row_number() OVER () + %(first)s AS n
FROM ticket t CROSS JOIN generate_series(1, %(copies)s) k""",
    """
INSERT INTO ticket (id, number, status, channel, line, class_code, grid, town, unit, post, urgent,
  rung, routing, map_version, received_at, dispatched_at, closed_at, event_seq, head_hash,
  last_event_at, counted_seq)
SELECT c.id, to_char(t.received_at - back, 'YYMMDD') || lpad((n %% 1000000)::text, 6, '0'), status,
  channel, line, class_code, grid, town, unit, post, urgent, rung, routing, map_version,
  received_at - back, dispatched_at - back, closed_at - back, event_seq, head_hash,
  last_event_at - back, event_seq
FROM copied c JOIN ticket t ON t.id = c.old""",
    f"""
INSERT INTO ticket_fact SELECT c.id, seq, f.received_at - back,
  ({_DAY} - back)::date, grid, town, unit, post, class_code, line, status,
  judged, met, grade, citizen_s, unit_s, closed_at - back
FROM copied c JOIN ticket_fact f ON f.ticket_id = c.old""",
    "DELETE FROM rate_cell",
)
_KEYS: Final = {
    "county": "'*'",
    "town": "town",
    "grid": "grid",
    "unit": "unit",
    "post": "post",
    "class": "class_code",
    "line": "line",
}


def lives(grid_map: GridMap, now: datetime, size: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Yield the rows of closed tickets of the last weeks, with whole chains."""
    dice = Random(1)
    samples = list(crowd.samples(grid_map))
    for number in range(1, size + 1):
        sample = dice.choice(samples)
        at = now - timedelta(days=4) - timedelta(seconds=number * 20)
        yield _life(dice, sample, grid_map.version, at, number)


def _life(
    dice: Random, sample: crowd.Sample, version: str, at: datetime, number: int
) -> dict[str, list[dict[str, Any]]]:
    ticket, officer = uuid4(), str(uuid4())
    routing = {
        "class": sample.class_code,
        "grid": sample.grid,
        "town": sample.town,
        "unit": sample.unit,
        "post": sample.post,
        "urgent": False,
        "triage": None,
    }
    silent, late = dice.random() < 0.3, dice.random() < 0.1
    steps: list[tuple[Action, Status, Role, timedelta, dict[str, object]]] = [
        (
            *(Action.RECEIVE, Status.TRIAGE, Role.CITIZEN, timedelta()),
            {"channel": "voice", "line": "12345", "routing": routing, "waits": None},
        ),
        (
            *(Action.DISPATCH, Status.DISPATCHED, Role.SYSTEM, timedelta(seconds=1)),
            {"post": sample.post, "unit": sample.unit},
        ),
        (Action.ACCEPT, Status.HANDLING, Role.OFFICER, timedelta(minutes=20), {}),
        (
            *(Action.CONTACT, Status.HANDLING, Role.OFFICER, timedelta(minutes=40)),
            {"outcome": "reached"},
        ),
        (Action.SUBMIT, Status.REVISIT, Role.OFFICER, timedelta(days=1), {"kind": "acted"}),
        (Action.ASK, Status.REVISIT, Role.SYSTEM, timedelta(days=1), {"round": 1, "try": 1}),
    ]
    if late:
        about: dict[str, object] = {"step": "handle", "to": "village"}
        steps.insert(4, (Action.CLIMB, Status.HANDLING, Role.SYSTEM, timedelta(hours=20), about))
    end = Status.ARCHIVED_UNVERIFIED if silent else Status.ARCHIVED
    steps.append(
        (Action.LAPSE, end, Role.SYSTEM, timedelta(days=3), {})
        if silent
        else (Action.CONFIRM, end, Role.CITIZEN, timedelta(days=2), {"grade": dice.randint(2, 5)})
    )
    events = list(_chain(ticket, version, at, officer, steps))
    row = {
        "id": ticket,
        "number": ticket_number(at.strftime("%y%m%d"), number),
        "status": end,
        "channel": "voice",
        "line": "12345",
        "class_code": sample.class_code,
        "grid": sample.grid,
        "town": sample.town,
        "unit": sample.unit,
        "post": sample.post,
        "rung": "grid",
        "routing": Jsonb({}),
        "map_version": version,
        "received_at": at,
        "dispatched_at": at,
        "closed_at": at + steps[-1][3],
        "event_seq": len(events),
        "head_hash": events[-1]["hash"],
        "last_event_at": at + steps[-1][3],
    }
    return {"ticket": [row], "ticket_event": events}


def _chain(
    ticket: UUID,
    version: str,
    start: datetime,
    officer: str,
    steps: list[tuple[Action, Status, Role, timedelta, dict[str, object]]],
) -> Iterator[dict[str, Any]]:
    previous = ledger.GENESIS
    for seq, (action, status, role, after, data) in zip(count(1), steps, strict=False):
        actor = officer if role is Role.OFFICER else role.value
        facts = {"action": action, "status": status, "role": role, "actor": actor}
        about = {"ticket": ticket, "seq": seq, "at": start + after, "map": version, "data": data}
        body = ledger.canonical(about | facts)
        chained = ledger.chained(previous, body)
        stored = {"ticket_id": ticket, "seq": seq, "at": start + after, "body": body}
        yield facts | stored | {"previous": previous, "hash": chained}
        previous = chained


def rebuild(stage: Stage) -> float:
    """Count everything from the beginning; return tickets a second."""
    with stage.parts() as (engine, kit):
        began = time.perf_counter()
        with open_work(engine, kit, SYSTEM) as work:
            total = counting.begin_rebuild(work)
        while True:
            with open_work(engine, kit, SYSTEM) as work:
                if counting.go_on(work) is None:
                    break
    return total / (time.perf_counter() - began)


def multiply(owner: psycopg.Connection[Any], lived: int, copies: int) -> int:
    """Copy tickets and facts over a year, and make the sums; return how many are closed."""
    params = {"copies": copies, "step": 340 * 86400 / max(copies, 1), "first": lived}
    for statement in _MULTIPLY:
        owner.execute(statement, params)
    for dimension, key in _KEYS.items():
        for grain, start in (("day", "day"), ("month", "date_trunc('month', day)::date")):
            owner.execute(_sums(dimension, key, grain, start))
    for grain, start in (("day", "day"), ("month", "date_trunc('month', day)::date")):
        owner.execute(_strata(grain, start))
    owner.execute("VACUUM ANALYZE sample_cell")
    owner.execute("VACUUM ANALYZE ticket_fact")
    owner.execute("VACUUM ANALYZE rate_cell")
    owner.execute("VACUUM ANALYZE ticket")
    [closed] = owner.execute(
        "SELECT sum(tickets) FROM rate_cell WHERE dimension = 'county' AND grain = 'month'"
    ).fetchone()
    return int(closed)


def _sums(dimension: str, key: str, grain: str, start: str) -> str:
    """Return the statement that sums facts into the cells of one dimension and grain."""
    sums = {"tickets": "count(*)"}
    for measure in Measure:
        sums[f"{measure}_n"] = f"count(*) FILTER (WHERE met & {BITS[measure]} <> 0)"
        sums[f"{measure}_d"] = f"count(*) FILTER (WHERE judged & {BITS[measure]} <> 0)"
    for grade in range(1, 6):
        sums[f"grade_{grade}"] = f"count(*) FILTER (WHERE grade = {grade})"
    sums["gap_s"] = "coalesce(sum(citizen_s - unit_s), 0)"
    sums["gap_d"] = "count(citizen_s - unit_s)"
    return (
        f"INSERT INTO rate_cell (dimension, grain, start, key, {', '.join(sums)})"
        f" SELECT '{dimension}', '{grain}', {start}, {key}, {', '.join(sums.values())}"
        f" FROM ticket_fact WHERE {key} IS NOT NULL GROUP BY 3, 4"
    )


def _strata(grain: str, start: str) -> str:
    """Return the statement that makes the sample's strata: a tenth asked, three of four solved."""
    return (
        f"INSERT INTO sample_cell SELECT '{grain}', {start}, town,"
        " (array['help', 'complaint', 'report', 'consultation', 'suggestion'])"
        "[1 + abs(hashtext(class_code)) % 5] AS kind, abs(hashtext(class_code)) % 5 IN (1, 2),"
        " count(*),"
        " count(*) / 10, count(*) / 13, count(*) / 40, 0"
        " FROM ticket_fact WHERE town IS NOT NULL AND class_code IS NOT NULL GROUP BY 2, 3, 4, 5"
    )


def pages(desk: Desk, today: datetime) -> dict[str, float]:
    """Return the median of each page, in milliseconds."""
    day = today.date()
    spans = {
        "a year": (day - timedelta(days=364), day),
        "30 days": (day - timedelta(days=29), day),
    }
    found = {}
    for by in _PAGES:
        for name, (since, until) in spans.items():
            path = f"/audit/rates/?by={by}&since={since}&until={until}"
            desk.get(path)
            found[f"{by}, {name}"] = median(desk.get(path)[0] for _ in range(_ROUNDS))
    behind = "/audit/rates/tickets?by=town&key=town/dagujiazi&measure=solved&met=false"
    for name, (since, until) in spans.items():
        sample = f"/audit/sampling/?since={since}&until={until}"
        desk.get(sample)
        found[f"sample, {name}"] = median(desk.get(sample)[0] for _ in range(_ROUNDS))
    found["tickets behind a number"] = median(desk.get(behind)[0] for _ in range(_ROUNDS))
    return found


def main() -> None:
    """Fill, count, multiply, look; print figures, the last line for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--closed", type=int, default=1_000_000)
    parser.add_argument("--lives", type=int, default=20_000)
    chosen = parser.parse_args()
    print(f"Rates over a county of closed tickets. {machine()}.", flush=True)
    with open_stage() as stage:
        with stage.parts() as (engine, kit):
            grid_map = kit.maps.current
            with engine.connect() as connection:
                now = clock.read(connection)
        plain = stage.servers.owner_url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as owner:
            batch: dict[str, list[dict[str, Any]]] = {}
            for number, rows in enumerate(lives(grid_map, now, chosen.lives), start=1):
                for table, every in rows.items():
                    batch.setdefault(table, []).extend(every)
                if number % _BATCH == 0 or number == chosen.lives:
                    copy_rows(owner, batch)
                    batch = {}
            per_s = rebuild(stage)
            print(f"Counted {chosen.lives:,} whole lives: {per_s:,.0f}/s.", flush=True)
            closed = multiply(owner, chosen.lives, chosen.closed // chosen.lives - 1)
        stage.start("web")
        stage.await_web()
        took = pages(Desk(stage.url, "supervisor"), now)
    for name, ms in took.items():
        print(f"{name}: {ms:.1f} ms")
    slowest = max(took.values())
    print(last_line({"closed": float(closed), "page_p50_ms": slowest, "rebuild_per_s": per_s}))


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"can't measure: {error}")
