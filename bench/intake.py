"""``make bench NAME=intake``: demands over HTTP, durable, routed and answered, beside their floor.

The floor is what this machine's PostgreSQL can do at all: `pgbench` with three inserts in a
transaction, on the same server, with as many connections. Both are run in turns. A demand counts
when it was answered *and* its ticket, its place in the inbox and its event `dispatch` (or its
reason to wait) are in the database; everything answered and not there is lost.
"""

import argparse
import json
import math
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Final

import psycopg

from bench.stage import BenchError, Stage, last_line, machine, open_stage, token
from hotline.embedded.provision import create_database

CONNECTIONS: Final = (8, 32)
_FLOOR: Final = "floor"
# One ticket, one event, one outgoing message: the smallest that an intake could write.
_TABLES: Final = """
CREATE TABLE ticket (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number text UNIQUE,
  body text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE event (ticket bigint REFERENCES ticket, seq int, body text NOT NULL,
  PRIMARY KEY (ticket, seq));
CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket bigint
  REFERENCES ticket, body text NOT NULL);
"""
_SCRIPT: Final = """
BEGIN;
INSERT INTO ticket (number, body) VALUES (gen_random_uuid()::text, repeat('x', 200))
  RETURNING id \\gset
INSERT INTO event (ticket, seq, body) VALUES (:id, 1, repeat('x', 600));
INSERT INTO outbox (ticket, body) VALUES (:id, repeat('x', 200));
COMMIT;
"""
# SID, HTTP status, seconds, body.
Answer = tuple[str, int, float, str]
_NUMBER: Final = re.compile(r"\d{12}")
# A generous guess of how many requests a second will be needed.
_MOST_PER_S: Final = 2500


@dataclass
class Figures:
    """What was measured with one number of connections, run by run."""

    floor_tps: list[float] = field(default_factory=list)
    tickets_per_s: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lost: int = 0
    refused: int = 0

    def values(self) -> dict[str, float]:
        """Return the medians."""
        floor, rate = median(self.floor_tps), median(self.tickets_per_s)
        cuts = quantiles(self.seconds, n=100)
        return {
            "ratio_to_floor": rate / floor,
            "cpu_ms_per_ticket": median(self.cpu_ms),
            "p50_ms": cuts[49] * 1000,
            "p99_ms": cuts[98] * 1000,
            "lost": self.lost,
            "refused": self.refused,
            "floor_tps": floor,
            "tickets_per_s": rate,
        }


def floor(stage: Stage, connections: int, seconds: int) -> float:
    """Return the transactions a second that `pgbench` reaches."""
    script = stage.folder / "floor.sql"
    script.write_text(_SCRIPT, encoding="utf-8")
    pgbench = str(stage.servers.postgres_bin / "pgbench")
    address = stage.servers.admin.at(_FLOOR).conninfo()
    command = [pgbench, "-n", "-f", str(script), "-c", str(connections), "-j", "2"]
    done = subprocess.run(
        [*command, "-T", str(seconds), address], check=False, capture_output=True, text=True
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise BenchError(f"pgbench: {done.stdout}{done.stderr}")
    return float(found[1])


def load(
    stage: Stage, connections: int, seconds: float, first: int, per_s: float = math.inf
) -> dict[str, object]:
    """Let callers in for so long; return their results (see `bench.load.run`), with CPU seconds."""
    result = stage.folder / "load.json"
    order = {
        "url": stage.url,
        "token": token(),
        "grid_map": stage.env["HOTLINE_GRID_MAP"],
        "first": first,
        "size": int(_MOST_PER_S * seconds),
        "connections": connections,
        "seconds": seconds,
        "per_s": per_s,
        "result": str(result),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "bench.load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as callers:
        if callers.stdin is None or callers.stdout is None:
            raise BenchError("no pipes")
        print(json.dumps(order), file=callers.stdin, flush=True)
        if callers.stdout.readline() != "ready\n":
            raise BenchError("the callers did not start")
        before = stage.cpu_s("web")
        print(file=callers.stdin, flush=True)
        callers.wait()
        cpu_s = stage.cpu_s("web") - before
    if callers.returncode:
        raise BenchError("the callers failed")
    return {**json.loads(result.read_text(encoding="utf-8")), "cpu_s": cpu_s}


def measure(stage: Stage, figures: Figures, connections: int, seconds: float, first: int) -> None:
    """Run the callers once and add what came of it."""
    found = load(stage, connections, seconds, first)
    answers: list[Answer] = found["answers"]  # type: ignore[assignment]
    taken = [answer for answer in answers if answer[1] == 200]
    if not taken:
        raise BenchError(f"nothing was taken in; web says:\n{stage.log('web')}")
    figures.refused += len(answers) - len(taken)
    figures.lost += lost(stage, taken)
    figures.seconds += [answer[2] for answer in taken]
    figures.tickets_per_s.append(len(taken) / found["wall_s"])  # type: ignore[operator]
    figures.cpu_ms.append(1000 * found["cpu_s"] / len(taken))  # type: ignore[operator]


def lost(stage: Stage, taken: Sequence[Answer]) -> int:
    """Return how many answered messages have no ticket, or one that goes nowhere."""
    with psycopg.connect(stage.servers.admin.conninfo()) as connection:
        there = connection.execute(
            "SELECT i.sid, t.number, coalesce(t.triage_reason, e.action) FROM inbox i"
            " JOIN ticket t ON strpos(i.answer, t.number) > 0 AND t.received_at = i.at"
            " LEFT JOIN ticket_event e ON e.ticket_id = t.id AND e.action = 'dispatch'"
        ).fetchall()
    settled = {sid: number for sid, number, outcome in there if outcome}
    missing = [
        sid
        for sid, _, _, body in taken
        if settled.get(sid) is None or settled[sid] not in _NUMBER.findall(body)
    ]
    return len(missing)


def report(connections: int, figures: Figures) -> None:
    """Print what was measured, for people."""
    values = figures.values()
    print(
        f"{connections:>3} connections: {values['tickets_per_s']:,.0f} demands/s of a floor of "
        f"{values['floor_tps']:,.0f} transactions/s: ratio {values['ratio_to_floor']:.3f}\n"
        f"    runs {[round(rate) for rate in figures.tickets_per_s]}"
        f" beside floors {[round(rate) for rate in figures.floor_tps]}\n"
        f"    p50 {values['p50_ms']:.1f} ms, p99 {values['p99_ms']:.1f} ms,"
        f" {values['cpu_ms_per_ticket']:.2f} ms of web's CPU per ticket,"
        f" lost {figures.lost}, refused {figures.refused}",
        flush=True,
    )


def main() -> None:
    """Measure and print; the last line is for programs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=5, help="of each run")
    options.add_argument("--rounds", type=int, default=3, help="of floor and demands in turn")
    chosen = options.parse_args()
    print(f"Machine: {machine()}", flush=True)
    found = {connections: Figures() for connections in CONNECTIONS}
    with open_stage() as stage:
        create_database(stage.servers.admin, _FLOOR)
        with psycopg.connect(stage.servers.admin.at(_FLOOR).conninfo()) as connection:
            connection.execute(_TABLES)
        stage.start("web")
        stage.await_web()
        first = 1
        warm_up = Figures()
        measure(stage, warm_up, 8, 1, first)
        for _ in range(chosen.rounds):
            for connections, figures in found.items():
                first += 100_000
                figures.floor_tps.append(floor(stage, connections, chosen.seconds))
                measure(stage, figures, connections, chosen.seconds, first)
    for connections, figures in found.items():
        report(connections, figures)
    many, few = found[32].values(), found[8].values()
    print(last_line({**many, "connections": 32, **{f"{k}_8": v for k, v in few.items()}}))


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"can't measure: {error}")
