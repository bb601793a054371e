"""The whole hotline as it really runs: the Procfile's processes, a queue, a telephone company."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

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

SPEED = 60.0


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
        """Wait until every process has read its settings and does its work."""
        self.wait_until(self.answers)
        self.wait_until(lambda: b"clock_started" in self.log.read_bytes())
        with redis.Redis.from_url(self.env["HOTLINE_REDIS_URL"]) as connection:
            self.wait_until(lambda: Worker.count(connection=connection))

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
    with ExitStack() as stack:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        carrier = FakeCarrier(
            app_url=url,
            token="demo",
            account="ACdemo0000000000000000000000000000",
            profile=profile,
            speed=speed,
            fallback_twiml=fallback(f"{url}/hooks/voice/thanks"),
        )
        carrier.add_templates(for_carrier())
        stack.enter_context(carrier)
        more = {"public_url": url, "carrier_url": carrier.url, "carrier_profile": profile}
        county = stack.enter_context(
            open_county(database, folder, emergency_numbers=dict(STAND_INS), **more)
        )
        opened = Live(county, carrier, url, _env(county, port), folder / "processes.log")
        stack.callback(_end_all, opened)
        for name in ("web", "worker", "clock"):
            opened.start(name)
        opened.wait_for_all()
        yield opened


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


def _end_all(opened: Live) -> None:
    for child in opened.children.values():
        end(child, signal.SIGTERM)


def phone_of(county: County, login: str) -> str:
    """Return a demo person's telephone number."""
    with county.work() as work:
        person = staff.by_login(work.session, login)
        return county.kit.keys.open(person.number_sealed)
