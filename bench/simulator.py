"""``make bench NAME=simulator``: 1,000 nights rehearsed, and 100 of them lived by the engine too.

Nights are drawn from a seed: who calls, who is away, who answers after how long. A night that the
engine lives through is a real one: PostgreSQL, its time moved, the clock's own pass.
"""

import argparse
import sys
import time
from datetime import UTC, datetime, timedelta
from random import Random

from bench.nights import County, Night, random_night, told_alike
from bench.stage import BenchError, last_line, machine, open_stage
from hotline.kit import Kit
from hotline.services.law.rehearsal import rehearse
from hotline.services.law.scenes import Answer, Scene
from hotline.store.paper import MapStaffing

_NEW_YEARS_EVE = datetime(2026, 12, 30, 18, 0, tzinfo=UTC)  # 02:00 of the 31st in the county


def scene_of(night: Night, at: datetime) -> Scene:
    """Return a night as a scene that begins at an instant."""
    answers = tuple(Answer(at + after, act, unit, kind) for after, act, unit, kind in night.script)
    return Scene(night.words, at, at + night.lasts, answers=answers)


def replay(kit: Kit, nights: list[Night]) -> tuple[float, int]:
    """Rehearse every night, and return the seconds that took and the moments that were told."""
    begun, moments = time.monotonic(), 0
    for number, night in enumerate(nights):
        scene = scene_of(night, _NEW_YEARS_EVE + timedelta(minutes=number))
        moments += len(rehearse(kit, scene, MapStaffing(night.away)).moments)
    return time.monotonic() - begun, moments


def main() -> None:
    """Rehearse, live, compare; print figures, the last line for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=1000)
    parser.add_argument("--lived", type=int, default=100)
    parser.add_argument("--seed", type=int, default=12345)
    chosen = parser.parse_args()
    random = Random(chosen.seed)
    nights = [random_night(random) for _ in range(chosen.nights)]
    print(f"Nights rehearsed and lived. {machine()}.", flush=True)
    with open_stage() as stage, stage.parts() as (engine, kit):
        kit.maps.router.warm()
        wall_s, moments = replay(kit, nights)
        print(f"{chosen.nights:,} nights, {moments:,} moments: {wall_s:.1f} s.", flush=True)
        county, differs = County(engine, kit), 0
        begun = time.monotonic()
        for night in nights[: chosen.lived]:
            lived = county.live(night)
            if found := told_alike(lived, county.rehearse(lived.scene)):
                differs += 1
                print(night, *found, sep="\n  ", flush=True)
        print(f"{chosen.lived} of them lived by the engine: {time.monotonic() - begun:.1f} s.")
    print(
        last_line(
            {
                "nights": float(chosen.nights),
                "wall_s": wall_s,
                "lived": float(chosen.lived),
                "differs_from_engine": float(differs),
            }
        )
    )


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"can't measure: {error}")
