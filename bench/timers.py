"""``make bench NAME=timers``: a million clocks run, and some of them run out.

Everything goes through the engine's own `workers.clock.pass_over`: policy, events, hashes, next
limits, messages. Measured are a pass with nothing due, one clock and two with thousands of limits
due at once, the lag of single limits while demands come in at half of what the machine can take,
and what is missing or doubled when clocks and their connections are killed at work.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from random import Random
from statistics import median
from typing import Final
from uuid import UUID

import psycopg
from sqlmodel import Session

from bench import filling, intake, sleepers
from bench.clock import County, Pass, bare_sql, outcome, race
from bench.stage import BenchError, Stage, last_line, machine, open_stage
from hotline import clock
from hotline.demo import staff
from hotline.embedded.processes import wait_until

_CONNECTIONS: Final = 32
# While demands come in: so many limits a second run out, after so long a run-up.
_DUE_PER_S: Final = 100
_RUN_UP: Final = timedelta(seconds=10)
_CLOCKS: Final = ("clock-1", "clock-2")
_PATIENCE_S: Final = 60.0
_LAG: Final = """
SELECT extract(epoch FROM min(e.at) - t.due_at) FROM timer t JOIN ticket_event e
  ON e.ticket_id = t.ticket_id AND e.action IN ('remind', 'climb')
WHERE t.id = ANY(%s) GROUP BY t.id, t.due_at
"""
_WAITING: Final = "SELECT count(*) FROM timer WHERE id = ANY(%s) AND state = 'waiting'"
_HANG_UP: Final = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE query LIKE '%timer%' AND state <> 'idle' AND pid <> pg_backend_pid()
"""


def now_of(county: County) -> None:
    """Set the county's instant to the hotline's time."""
    with county.stage.parts() as (engine, _), engine.connect() as connection:
        county.now = clock.read(connection)


def rush(county: County, due: int, clocks: int) -> tuple[float, Pass, list[float]]:
    """Return the decisions a second of so many clocks, and what they did."""
    now_of(county)
    found, idle_ms = race(county, due, clocks)
    return due / found.wall_s, found, idle_ms


def lag(county: County, seconds: int, first: int) -> tuple[list[float], float]:
    """Return how late each limit was seen to while demands came in, and how many did a second."""
    stage = county.stage
    most = intake.Figures()
    intake.measure(stage, most, _CONNECTIONS, 4, first)
    per_s = most.tickets_per_s[0] / 2
    now_of(county)
    county.now += _RUN_UP
    size = seconds * _DUE_PER_S
    due = (county.now + timedelta(seconds=number / _DUE_PER_S) for number in range(size))
    cases = filling.cases(county.size, size, due, county.officer)
    made = filling.fill(county.connection, county.grid_map, cases)
    county.size += size
    stage.start("clock")
    span_s = seconds + _RUN_UP.total_seconds()
    answers = intake.load(stage, _CONNECTIONS, span_s, first + 100_000, per_s)
    timers = [timer for _, timer in made]
    await_done(county, timers)
    stage.kill("clock")
    rows = county.connection.execute(_LAG, [timers]).fetchall()
    if len(rows) != size:
        raise BenchError(f"{size - len(rows)} limits left no event")
    taken = [answer for answer in answers["answers"] if answer[1] == 200]  # type: ignore[attr-defined]
    return [float(row[0]) for row in rows], len(taken) / answers["wall_s"]  # type: ignore[operator]


def await_done(county: County, timers: Sequence[UUID]) -> None:
    """Return when all of these limits have been seen to.

    Raises:
        BenchError: they have not been after a minute.
    """
    if not wait_until(lambda: waiting(county, timers) == 0, _PATIENCE_S):
        raise BenchError(f"limits are still waiting:\n{county.stage.log('clock')}")


def waiting(county: County, timers: Sequence[UUID]) -> int:
    """Return how many of these limits nobody has seen to yet."""
    [number] = county.connection.execute(_WAITING, [timers]).fetchone() or (0,)
    return int(number)


def has_fewer(county: County, timers: Sequence[UUID], than: int) -> bool:
    """Say whether some of these limits have been seen to since there were so many."""
    return waiting(county, timers) < than


def storm(county: County, due: int, seed: int) -> tuple[int, int, int]:
    """Kill clocks and their connections while they work; return missing, doubled, and kills."""
    now_of(county)
    made = county.add_due(due)
    timers = [timer for _, timer in made]
    with county.stage.parts() as (engine, _), engine.begin() as connection:
        clock.shift(connection, timedelta(minutes=1))
    dice, kills = Random(seed), 0
    for name in _CLOCKS:
        county.stage.start("clock", name)
    while left := waiting(county, timers):
        wait_until(partial(has_fewer, county, timers, left), _PATIENCE_S)
        time.sleep(dice.uniform(0, 0.4))
        if waiting(county, timers) == 0:
            break
        kills += 1
        if dice.random() < 1 / 3:
            with psycopg.connect(county.stage.servers.admin.conninfo(), autocommit=True) as admin:
                admin.execute(_HANG_UP)
        else:
            name = dice.choice(_CLOCKS)
            county.stage.kill(name)
            county.stage.start("clock", name)
    for name in _CLOCKS:
        county.stage.kill(name)
    return (*outcome(county, made), kills)


def open_county(stage: Stage, connection: psycopg.Connection, size: int) -> County:
    """Return the county with so many clocks that run for days yet."""
    with stage.parts() as (engine, kit), Session(engine) as session:
        now, grid_map = clock.read(session.connection()), kit.maps.current
        holder = staff.login_of(grid_map.grid(next(iter(grid_map.grids))).officer)
        officer = staff.by_login(session, holder).id
    with psycopg.connect(stage.servers.admin.conninfo(), autocommit=True) as admin:
        sleepers.fill(admin, grid_map, now, size, officer)
        # Far from the numbers of the tickets that `filling` makes.
        admin.execute("SELECT setval('ticket_number_seq', 900000)")
    return County(stage, connection, grid_map, officer, now)


def main() -> None:
    """Measure and print; the last line is for programs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--open", type=int, default=1_000_000)
    options.add_argument("--due", type=int, default=4_000)
    options.add_argument("--seconds", type=int, default=15, help="of demands coming in")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    print(f"Machine: {machine()}", flush=True)
    with open_stage() as stage:
        address = stage.servers.app_url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            county = open_county(stage, connection, chosen.open)
            print(f"{chosen.open:,} clocks run.", flush=True)
            one, first, idle_ms = rush(county, chosen.due, 1)
            print(f"One clock: {one:,.0f} decisions/s, idle {median(idle_ms):.2f} ms", flush=True)
            two, second, _ = rush(county, chosen.due, 2)
            bare = chosen.due / median(bare_sql(stage, chosen.due) for _ in range(3))
            print(f"Two: {two:,.0f} (shares {second.shares}); bare SQL {bare:,.0f}", flush=True)
            missing, doubled, kills = storm(county, chosen.due, chosen.seed)
            print(f"{kills} kills: missing {missing}, doubled {doubled}", flush=True)
            stage.start("web")
            stage.await_web()
            late, per_s = lag(county, chosen.seconds, 1)
    late.sort()
    p99 = late[int(len(late) * 0.99)]
    print(f"Beside {per_s:,.0f} demands/s: lag p50 {median(late):.2f} s, p99 {p99:.2f} s")
    values = {
        "open": chosen.open,
        "due": chosen.due,
        "idle_ms": median(idle_ms),
        "decisions_per_s": one,
        "decisions_per_s_2": two,
        "two_to_one": two / one,
        "bare_per_s": bare,
        "to_bare_sql": one / bare,
        "lag_p50_s": median(late),
        "lag_p99_s": p99,
        "demands_per_s": per_s,
        "missing": missing + first.missing + second.missing,
        "doubled": doubled + first.doubled + second.doubled,
        "kills": kills,
        "peak_mib": max(first.peak_mib, second.peak_mib),
    }
    print(last_line(values))


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"can't measure: {error}")
