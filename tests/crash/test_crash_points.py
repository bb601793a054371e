"""A worker that sends dies at each commit: the carrier has every message, and has it once.

Marked before it is given to the carrier, and recorded after: whatever dies in between is looked up
in the carrier's own list before anything goes out again.
"""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from bench.stage import ROOT
from hotline.channels.templates import for_carrier
from hotline.demo.carrier.server import FakeCarrier

# The commits of a worker that sends one message: it is taken, it is still ours, it is sent.
COMMITS = 3


def environment(county, carrier_url) -> dict[str, str]:
    settings = county.settings
    return {
        "HOTLINE_ENV": "test",
        "HOTLINE_DATABASE_URL": settings.database_url.get_secret_value(),
        "HOTLINE_REDIS_URL": settings.redis_url.get_secret_value(),
        "HOTLINE_MEDIA_DIR": str(settings.media_dir),
        "HOTLINE_GRID_MAP": str(settings.grid_map),
        "HOTLINE_CARRIER_URL": carrier_url,
    }


@pytest.fixture
def carrier():
    with FakeCarrier(token="demo", account="ACdemo0000000000000000000000000000", speed=60) as made:
        made.add_templates(for_carrier())
        yield made


@pytest.fixture
def job(county, carrier):
    """Let a worker send what waits; return the signal that killed it at a commit, or 0."""
    command = [sys.executable, "-m", "tests.crash.dying_worker"]
    pipe, env = subprocess.PIPE, environment(county, carrier.url)
    with subprocess.Popen(command, env=env, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as worker:
        assert worker.stdin
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"

        def done(which: int = 0, when: str = "before") -> int:
            worker.stdin.write(f"{which} {when}\n")
            worker.stdin.flush()
            return int(worker.stdout.readline())

        yield done
        worker.kill()


def test_a_worker_that_dies_at_any_commit_sends_every_message_once(county, carrier, job):
    for which in range(1, COMMITS + 1):
        for when in ("before", "after"):
            number = county.demand("大孤家子镇拉马桥村路灯不亮", number=None)
            assert job(which, when) == signal.SIGKILL, (which, when)
            for _ in range(2):  # what nobody knows of is looked up, then sent again
                county.move(minutes=2)
                carrier.forward(timedelta(minutes=2))
                assert job() == 0
            [row] = county.messages(number)
            mine = [one.sid for one in carrier.messages if str(row.id) in one.status_callback]
            assert (mine, row.state) == ([row.sid], "sent"), (which, when)
    assert job(1 + COMMITS) == 0  # there is no further commit
