"""``make bench NAME=crash``: everything is killed at random, and nobody is lost or served twice.

Calls and messages come in through the fake carrier while web, worker, clock, single children of
theirs, Valkey and PostgreSQL are killed and Valkey is wiped. Afterwards every caller must have
exactly one ticket (a caller who only met the static answer has one to be rung back), every promise
an end, the carrier nothing twice, and every chain its links.
"""

import argparse
import sys
import time

from bench.stage import BenchError, last_line, machine
from bench.storm import open_storm
from hotline.embedded.processes import EmbeddedError


def main() -> None:
    """Let the storm rage, settle, count and print; the last line is for programs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--demands", type=int, default=500)
    options.add_argument("--kills", type=int, default=24)
    options.add_argument("--seed", type=int, default=int(time.monotonic() * 1000) % 100_000)
    chosen = options.parse_args()
    print(f"Machine: {machine()}\nSeed: {chosen.seed}", flush=True)
    with open_storm(chosen.seed) as storm:
        began = time.monotonic()
        storm.rage(chosen.demands, chosen.kills)
        raged_s = time.monotonic() - began
        count = storm.settle()
        wall_s = time.monotonic() - began
        failed = sum(1 for request in storm.carrier.webhooks if not request.outcome.startswith("2"))
        print(
            f"Killed: {', '.join(f'{name} {times}' for name, times in sorted(storm.blows.items()))}"
            f"\n{failed} of {len(storm.carrier.webhooks)} requests of the carrier failed."
            f"\nRaged for {raged_s:.0f} s, right again {wall_s - raged_s:.0f} s later.",
            flush=True,
        )
    for name in ("lost", "doubled", "sent_twice", "unfinished"):
        for one in getattr(count, name):
            print(f"{name}: {one}")
    print(
        last_line(
            {
                "demands": count.demands,
                "kills": count.kills,
                "lost": len(count.lost),
                "doubled": len(count.doubled) + len(count.sent_twice),
                "unfinished": len(count.unfinished),
                "broken_chains": count.broken_chains,
                "seed": chosen.seed,
                "wall_s": wall_s,
            }
        )
    )


if __name__ == "__main__":
    try:
        main()
    except (BenchError, EmbeddedError) as error:
        sys.exit(f"can't measure: {error}")
