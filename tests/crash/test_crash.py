"""Callers are served exactly once although everything is killed under them (a short storm)."""

import secrets

import pytest

from bench.storm import open_storm


@pytest.mark.timeout(300)
def test_no_caller_is_lost_or_served_twice_whatever_is_killed():
    seed = secrets.randbelow(100_000)
    again = f"python -m bench.crash --demands 60 --kills 6 --seed {seed}"
    print(again)  # noqa: T201  shown when the test fails
    with open_storm(seed) as storm:
        storm.rage(60, 6)
        count = storm.settle()
        assert count.is_right, (count, storm.stage.log("web"), storm.stage.log("worker"))
        assert (count.demands, count.kills) == (60, 6)
