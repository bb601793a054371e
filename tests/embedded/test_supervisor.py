"""The supervisor of the Procfile, run for real as a process of its own."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError

import psycopg
import pytest

from hotline.embedded.processes import EmbeddedError, free_port, wait_until
from hotline.embedded.supervisor import read_procfile

ROOT = Path(__file__).parents[2]
RUN = """
import os, sys
from pathlib import Path
from hotline.embedded.processes import EmbeddedError
from hotline.embedded.supervisor import Supervisor
try:
    supervisor = Supervisor(Path("Procfile"), os.environ, {"carrier": ["python", "-c", STAY]})
    supervisor.run(lambda: print("ready", flush=True))
except EmbeddedError as error:
    print("refused:", error)
print("over")
"""
STAY = "import time; time.sleep(1000)"
WEB = (
    "web: granian --interface wsgi --no-ws --log-level error --host $HOTLINE_HOST --port"
    " $HOTLINE_PORT --workers 2 --respawn-failed-workers --respawn-interval 0.5"
    " --workers-kill-timeout 5 page:page"
)
PAGE = """
def page(environ, start_response):
    start_response("200 OK", [])
    return [b"here"]
"""


class Running:
    """A supervisor in a process of its own, on a Procfile in a directory of its own."""

    def __init__(self, directory: Path, *lines: str) -> None:
        self.port = free_port()
        self.said = directory / "said.txt"
        directory.joinpath("Procfile").write_text("\n".join(lines), encoding="utf-8")
        directory.joinpath("page.py").write_text(PAGE, encoding="utf-8")
        # Every descendant inherits the mark, so that we find them all whatever becomes of parents.
        self.mark = f"HOTLINE_MARK={directory}"
        packages = Path(psycopg.__file__).parents[1]
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"STAY = {STAY!r}\n{RUN}"],
                cwd=directory,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(map(str, (directory, ROOT, packages))),
                    "HOTLINE_HOST": "127.0.0.1",
                    "HOTLINE_PORT": str(self.port),
                    "HOTLINE_MARK": str(directory),
                },
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def wait_to_say(self, text: str, times: int = 1) -> None:
        found = wait_until(lambda: self.output().count(text) >= times, 30)
        assert found, self.output()

    def output(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def descendants(self, having: str = "") -> list[int]:
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit()
            and int(entry.name) != self.process.pid
            and self.mark in _text(entry / "environ")
            and having in _text(entry / "cmdline")
        ]

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as reply:
                return bytes(reply.read()) == b"here"
        except (URLError, OSError):
            return False


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start_one(*lines: str) -> Running:
        started.append(Running(tmp_path, *lines))
        return started[-1]

    yield start_one
    for one in started:
        one.process.kill()
        one.process.wait()


def test_release_comes_first_and_a_signal_ends_everything(start):
    up = start("release: python -c 'print(1 + 1)'", WEB, f"clock: python -c '{STAY}'")
    up.wait_to_say("ready")
    assert up.answers()
    # The carrier, web and its two workers, clock.
    assert wait_until(lambda: len(up.descendants()) == 5, 10)

    up.process.send_signal(signal.SIGTERM)

    assert up.process.wait(10) == 0
    assert up.descendants() == []
    assert up.output().splitlines()[0] == "release | 2"
    assert up.output().splitlines()[-1] == "over"


def test_kill_9_of_the_supervisor_leaves_nothing(start):
    up = start(WEB, f"clock: python -c '{STAY}'")
    up.wait_to_say("ready")
    assert up.answers()

    up.process.kill()
    up.process.wait()

    assert wait_until(lambda: not up.descendants(), 10), up.descendants()


def test_a_killed_web_server_takes_its_workers_along_and_starts_again(start):
    up = start(WEB)
    up.wait_to_say("ready")
    assert wait_until(lambda: len(up.descendants("granian")) == 3, 10)
    former = up.descendants("granian")
    master = min(former)

    os.kill(master, signal.SIGKILL)

    up.wait_to_say("web     | ended with signal SIGKILL; starting again in 0.5 s")
    assert wait_until(lambda: not set(former) & set(up.descendants()), 10)
    assert wait_until(up.answers, 10)


def test_a_process_that_ends_is_started_again_after_growing_pauses(start):
    up = start("web: python -c 'print(7); raise SystemExit(3)'")

    up.wait_to_say("web     | 7", times=2)

    up.wait_to_say("ended with code 3; starting again in 0.5 s")
    up.wait_to_say("ended with code 3; starting again in 1 s")


def test_a_failed_release_starts_nothing_else(start):
    up = start("release: python -c 'raise SystemExit(4)'", f"web: python -c '{STAY}'")

    up.process.wait(20)

    assert "refused: release failed with code 4" in up.output()
    assert "ready" not in up.output()


def test_the_projects_procfile_can_be_read():
    env = {"HOTLINE_HOST": "127.0.0.1", "HOTLINE_PORT": "8345"}

    commands = read_procfile(ROOT / "Procfile", env)

    assert list(commands) == ["release", "web", "worker", "clock"]
    assert commands["web"][commands["web"].index("--port") + 1] == "8345"


@pytest.mark.parametrize(
    ("line", "fault"),
    [("web: serve $HOTLINE_PROT", "'HOTLINE_PROT' has no value"), ("web", "not 'name: command'")],
)
def test_a_wrong_line_is_named_by_its_number(tmp_path, line, fault):
    tmp_path.joinpath("Procfile").write_text(f"# ours\n{line}\n", encoding="utf-8")

    with pytest.raises(EmbeddedError, match=f"Procfile:2: {fault}"):
        read_procfile(tmp_path / "Procfile", {})
