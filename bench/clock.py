"""``make bench NAME=clock``: 1,000 limits due among 100,000 open tickets, by two clocks at once.

Each clock is a process that runs the engine's own `workers.clock.pass_over` until nothing is due.
What they did is counted in the rows: a limit that left no event is missing, one that left two is
doubled. The same 1,000 among 10,000 open tickets show that only what is due costs anything, and
a bare SQL statement that changes and adds as many rows stands beside.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat
from statistics import median
from typing import Any, Final
from uuid import UUID

import psycopg
from sqlmodel import Session

from bench import filling
from bench.stage import ROOT, BenchError, Stage, last_line, machine, open_stage
from hotline import clock
from hotline.demo import staff
from hotline.domain.grid.model import GridMap
from hotline.services.proof import audit
from workers.clock import BATCH

_CLOCKS: Final = 2
_SAMPLE: Final = 200
# As much as a climb writes: the ticket, its limit, an event, the next limit and two messages.
_BARE: Final = """
WITH due AS (
  SELECT id FROM bare_timer WHERE state = 'waiting' AND fire_at <= now() ORDER BY fire_at
  LIMIT %s FOR UPDATE SKIP LOCKED),
done AS (UPDATE bare_timer t SET state = 'done' FROM due WHERE t.id = due.id RETURNING t.id),
tick AS (UPDATE bare_ticket t SET head = md5(head), at = now() FROM due WHERE t.id = due.id),
event AS (INSERT INTO bare_event SELECT id, 2, repeat('x', 600) FROM due),
next AS (INSERT INTO bare_timer SELECT id + 10000000, now() + interval '1h', 'waiting' FROM due),
sent AS (INSERT INTO bare_outbox SELECT id, repeat('x', 200) FROM due, generate_series(1, 2))
SELECT count(*) FROM done
"""
_BARE_TABLES: Final = """
CREATE TABLE bare_ticket (id bigint PRIMARY KEY, head text, at timestamptz);
CREATE TABLE bare_timer (id bigint PRIMARY KEY, fire_at timestamptz, state text);
CREATE INDEX ON bare_timer (fire_at) WHERE state = 'waiting';
CREATE TABLE bare_event (ticket bigint, seq int, body text, PRIMARY KEY (ticket, seq));
CREATE TABLE bare_outbox (ticket bigint, body text);
INSERT INTO bare_ticket SELECT i, md5(i::text), now() FROM generate_series(1, {size}) i;
INSERT INTO bare_timer SELECT i, now() - (i || ' ms')::interval, 'waiting'
  FROM generate_series(1, {size}) i;
"""


@dataclass
class Pass:
    """What two clocks did together, and what it cost."""

    wall_s: float
    peak_mib: float
    doubled: int
    missing: int
    shares: list[int]


@dataclass
class County:
    """The county that grows from round to round."""

    stage: Stage
    connection: psycopg.Connection[Any]
    grid_map: GridMap
    officer: UUID
    now: datetime
    size: int = 0

    def grow(self, size: int) -> None:
        """Add open tickets, nothing of which is due, until there are ``size``."""
        later = self.now + timedelta(days=1)
        cases = filling.cases(self.size, size - self.size, repeat(later), self.officer)
        filling.fill(self.connection, self.grid_map, cases)
        self.size = size

    def add_due(self, size: int) -> list[tuple[UUID, UUID]]:
        """Add tickets with a limit that passed a moment ago; return them and the limits."""
        due = (self.now + timedelta(milliseconds=number) for number in range(size))
        cases = filling.cases(self.size, size, due, self.officer)
        made = filling.fill(self.connection, self.grid_map, cases)
        self.size += size
        self.connection.execute("ANALYZE ticket, timer, ticket_event, whistle_party")
        with psycopg.connect(self.stage.servers.admin.conninfo(), autocommit=True) as admin:
            admin.execute("CHECKPOINT")  # what the filling left to be written is not the clocks'
        return made


def measure(county: County, open_tickets: int, due: int) -> tuple[Pass, list[float]]:
    """Let two clocks loose on ``due`` limits among ``open_tickets``."""
    county.grow(open_tickets - due)
    return race(county, due, _CLOCKS)


def race(county: County, due: int, number: int) -> tuple[Pass, list[float]]:
    """Let so many clocks loose on ``due`` limits that have just passed.

    Returns:
        What they did, and the milliseconds of a pass with nothing due, of each.
    """
    command = [sys.executable, "-m", "bench.clock_process"]
    clocks = [
        subprocess.Popen(
            command,
            env=county.stage.env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(number)
    ]
    try:
        for each in clocks:
            if each.stdout is None or each.stdout.readline() != "ready\n":
                raise BenchError("a clock did not start")
        made = county.add_due(due)
        with county.stage.parts() as (engine, _), engine.begin() as connection:
            clock.shift(connection, timedelta(minutes=1))
        began = time.monotonic()
        for each in clocks:
            if each.stdin is None:
                raise BenchError("no pipes")
            print(file=each.stdin, flush=True)
        said = [json.loads(each.stdout.readline()) for each in clocks if each.stdout]
    finally:
        for each in clocks:
            each.wait(30)
    missing, doubled = outcome(county, made)
    return Pass(
        wall_s=max(one["ended"] for one in said) - began,
        peak_mib=max(one["peak_mib"] for one in said),
        doubled=doubled,
        missing=missing,
        shares=[one["taken"] for one in said],
    ), [one["idle_ms"] for one in said]


def outcome(county: County, made: Sequence[tuple[UUID, UUID]]) -> tuple[int, int]:
    """Return how many limits left nothing (or no next limit), and how many events too many."""
    tickets, timers = [list(ids) for ids in zip(*made, strict=True)]
    rows = county.connection.execute(
        "SELECT t.step, t.state, (SELECT count(*) FROM ticket_event e WHERE"
        "  e.ticket_id = t.ticket_id AND e.action IN ('remind', 'climb')),"
        " (SELECT count(*) FROM timer n WHERE n.subject_id = t.subject_id AND n.id <> t.id"
        "  AND n.state = 'waiting' AND (n.step = t.step OR n.subject_id <> t.ticket_id))"
        " FROM timer t WHERE t.id = ANY(%s)",
        [timers],
    ).fetchall()
    missing = len(timers) - len(rows)
    doubled = 0
    for step, state, events, following in rows:
        wanted = 0 if step == "contact" else 1
        missing += state != "done" or events < 1 or following < wanted
        doubled += max(0, events - 1) + max(0, following - wanted)
    with county.stage.parts() as (engine, _), Session(engine) as session:
        for ticket in tickets[:: max(1, len(tickets) // _SAMPLE)]:
            if not audit.verify_ticket(session, ticket).whole:
                raise BenchError(f"the chain of ticket {ticket} is broken")
    return missing, doubled


def bare_sql(stage: Stage, due: int) -> float:
    """Return the seconds that bare SQL takes for as many rows, in batches of the clock's size."""
    with psycopg.connect(stage.servers.admin.conninfo(), autocommit=True) as connection:
        connection.execute(_BARE_TABLES.format(size=due))
        began = time.monotonic()
        while connection.execute(_BARE, [BATCH]).fetchone() != (0,):
            pass
        took = time.monotonic() - began
        connection.execute("DROP TABLE bare_ticket, bare_timer, bare_event, bare_outbox")
    return took


def main() -> None:
    """Measure and print; the last line is for programs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--open", type=int, default=100_000)
    options.add_argument("--due", type=int, default=1_000)
    chosen = options.parse_args()
    print(f"Machine: {machine()}", flush=True)
    with open_stage() as stage, stage.parts() as (engine, kit):
        with Session(engine) as session:
            now = clock.read(session.connection())
            holder = staff.login_of(
                kit.maps.current.grid(next(iter(kit.maps.current.grids))).officer
            )
            officer = staff.by_login(session, holder).id
        address = stage.servers.app_url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            county = County(stage, connection, kit.maps.current, officer, now)
            few, _ = measure(county, chosen.open // 10, chosen.due)
            many, idle_ms = measure(county, chosen.open, chosen.due)
        bare_s = median(bare_sql(stage, chosen.due) for _ in range(3))
    for open_tickets, found in ((chosen.open // 10, few), (chosen.open, many)):
        print(
            f"{chosen.due:,} due among {open_tickets:,} open: {found.wall_s:.2f} s by"
            f" {_CLOCKS} clocks (shares {found.shares}), each at most {found.peak_mib:.0f} MiB,"
            f" doubled {found.doubled}, missing {found.missing}"
        )
    print(f"A pass with nothing due: {median(idle_ms):.2f} ms. Bare SQL: {bare_s:.3f} s.")
    print(
        last_line(
            {
                "wall_s": many.wall_s,
                "peak_mib": max(few.peak_mib, many.peak_mib),
                "doubled": few.doubled + many.doubled,
                "missing": few.missing + many.missing,
                "due": chosen.due,
                "open": chosen.open,
                "to_tenth_open": many.wall_s / few.wall_s,
                "idle_ms": median(idle_ms),
                "to_bare_sql": many.wall_s / bare_s,
            }
        )
    )


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"can't measure: {error}")
