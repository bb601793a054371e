"""The whole hotline as it really runs: the Procfile's processes, a queue, a telephone company."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from subprocess import Popen
from typing import Self

import psycopg
import redis
import requests
from rq import Worker

from hotline.channels.templates import for_carrier
from hotline.channels.voice import fallback
from hotline.demo import staff
from hotline.demo.carrier.people import Step, answers, press, silent
from hotline.demo.carrier.server import FakeCarrier
from hotline.demo.up import STAND_INS
from hotline.embedded.processes import Start, end, free_port, spawn
from hotline.embedded.supervisor import read_procfile
from tests.county import County, ServerAddresses, open_county
from tests.prepared import ROOT
from tests.servers import Database, empty

SPEED = 60.0
STARTING_S = 90.0


@dataclass
class Live:
    """A running hotline and the world around it."""

    county: County
    carrier: FakeCarrier
    url: str
    env: dict[str, str]
    log: Path
    children: dict[str, Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start one process of the Procfile."""
        command = read_procfile(ROOT / "Procfile", self.env)[name]
        with self.log.open("ab") as output:
            self.children[name] = spawn(command, Start(output=output, env=self.env, cwd=ROOT))

    def wait_for_all(self) -> None:
        """Wait until every process has read its settings and does its work.

        They import for seconds of a core each, and a busy machine shares its cores.
        """
        self.wait_until(self.answers, STARTING_S)
        self.wait_until(lambda: b"clock_started" in self.log.read_bytes(), STARTING_S)
        with redis.Redis.from_url(self.env["HOTLINE_REDIS_URL"]) as connection:
            self.wait_until(lambda: Worker.count(connection=connection), STARTING_S)

    def stop(self, name: str) -> None:
        """End one process, as a service manager does."""
        end(self.children.pop(name), signal.SIGTERM)

    def answers(self) -> bool:
        """Say whether the web process serves."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    def wait_until(self, true, timeout_s: float = 30.0):
        """Wait for a condition and return what it gave; say what the processes said if not."""
        until = time.monotonic() + timeout_s
        while not (found := true()):
            if time.monotonic() > until:
                raise AssertionError(self.log.read_text(encoding="utf-8")[-4000:])
            time.sleep(0.05)
        return found

    def forward(self, **amount: float) -> None:
        """Move the time of the hotline and of the telephone company."""
        self.county.move(**amount)
        self.carrier.forward(timedelta(**amount))

    def call(self, number: str, *steps: Step) -> list[str]:
        """Let somebody ring the hotline, wait for the end, return what they heard."""
        return self.carrier.heard(self.carrier.finished(self.carrier.call(number, *steps)))

    def caller_answers(self, number: str, *keys: str) -> None:
        """Let a telephone be picked up, press keys, then stay silent."""
        self.carrier.set_person(number, answers(*(press(key) for key in keys), silent()))


@contextmanager
def live(
    database: ServerAddresses, folder: Path, *, profile: str = "twilio", speed: float = SPEED
) -> Iterator[Live]:
    """Start the carrier, its people ``speed`` times as quick, and the Procfile's processes."""
    with Processes(database, folder, profile) as processes, processes.day(speed) as opened:
        yield opened


class Processes:
    """The Procfile's processes on one database; they may serve one test's day after the other's.

    Starting them costs ten seconds of a core, most of what a scenario costs.
    """

    def __init__(self, database: ServerAddresses, folder: Path, profile: str) -> None:
        self.profile = profile
        self._database = database
        self._folder = folder
        self._ports = free_port(), free_port()
        self._children: dict[str, Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children.values():
            end(child, signal.SIGTERM)

    @contextmanager
    def day(self, speed: float = SPEED) -> Iterator[Live]:
        """Open a telephone company of its own, and start the processes that do not run."""
        url, carrier_url = (f"http://127.0.0.1:{port}" for port in self._ports)
        carrier = FakeCarrier(
            app_url=url,
            token="demo",
            account="ACdemo0000000000000000000000000000",
            profile=self.profile,
            speed=speed,
            port=self._ports[1],
            fallback_twiml=fallback(f"{url}/hooks/voice/thanks"),
        )
        carrier.add_templates(for_carrier())
        more = {"public_url": url, "carrier_url": carrier_url, "carrier_profile": self.profile}
        opening = open_county(
            self._database, self._folder, emergency_numbers=dict(STAND_INS), **more
        )
        with carrier, opening as county:
            env = _env(county, self._ports[0])
            log = self._folder / "processes.log"
            opened = Live(county, carrier, url, env, log, self._children)
            for name in ("web", "worker", "clock"):
                if name not in self._children:
                    opened.start(name)
            opened.wait_for_all()
            yield opened


class KeptHotline:
    """A worker's hotline that goes on running between tests; each finds its county empty."""

    def __init__(self, database: Database, new_folder: Callable[[], Path]) -> None:
        self._database = database
        self._new_folder = new_folder
        self._processes: Processes | None = None

    @contextmanager
    def day(self, profile: str = "twilio", speed: float = SPEED) -> Iterator[Live]:
        """Empty the county and open a day in it, as a customer of a carrier."""
        if self._processes is not None and self._processes.profile != profile:
            self.close()
        if self._processes is None:
            self._processes = Processes(self._database, self._new_folder(), profile)
        self._empty()
        with self._processes.day(speed) as opened:
            yield opened

    def _empty(self) -> None:
        """Empty the county while processes work in it: they may want tables in another order."""
        while True:
            try:
                empty(self._database, keep="rq:worker")
            except psycopg.errors.DeadlockDetected:
                continue  # PostgreSQL has let the other go first
            return

    def close(self) -> None:
        """End the processes."""
        if self._processes is not None:
            self._processes.__exit__()
            self._processes = None


def _env(county: County, port: int) -> dict[str, str]:
    settings = county.settings
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "HOTLINE_ENV": "test",
        "HOTLINE_HOST": "127.0.0.1",
        "HOTLINE_PORT": str(port),
        "HOTLINE_PUBLIC_URL": str(settings.public_url),
        "HOTLINE_DATABASE_URL": settings.database_url.get_secret_value(),
        "HOTLINE_REDIS_URL": settings.redis_url.get_secret_value(),
        "HOTLINE_CARRIER_URL": str(settings.carrier_url),
        "HOTLINE_CARRIER_PROFILE": settings.carrier_profile,
        "HOTLINE_EMERGENCY_NUMBERS": ",".join(f"{k}={v}" for k, v in STAND_INS.items()),
        "HOTLINE_GRID_MAP": str(settings.grid_map),
        "HOTLINE_MEDIA_DIR": str(settings.media_dir),
        "HOTLINE_ROOTS_DIR": str(settings.roots_dir),
        "HOTLINE_CLOCK_IDLE_S": "0.1",
    }


def phone_of(county: County, login: str) -> str:
    """Return a demo person's telephone number."""
    with county.work() as work:
        person = staff.by_login(work.session, login)
        return county.kit.keys.open(person.number_sealed)
