"""The hotline as its Procfile starts it, on embedded servers of its own, for a bench to measure.

Everything lies in a directory that is deleted afterwards. Both servers are as durable as an
installation's (`fsync` on). Children are started from the main thread only.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import sqlalchemy as sa

from config import DEMO_SECRET, Settings
from hotline import boot
from hotline.demo import staff
from hotline.demo.up import STAND_INS
from hotline.embedded.processes import (
    Start,
    end,
    free_port,
    session_members,
    spawn,
    wait_until,
)
from hotline.embedded.servers import EmbeddedServers
from hotline.embedded.supervisor import read_procfile
from hotline.kit import Kit

ROOT: Final = Path(__file__).resolve().parents[1]
_READY_S: Final = 60.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """The bench could not measure; it ends with a code that is not zero."""


@dataclass
class Stage:
    """Servers, settings, and the processes that were started on them.

    Attributes:
        servers: PostgreSQL and Valkey.
        folder: where everything lies, the processes' logs among it.
        url: where `web` listens, and what signatures cover.
        more: further settings of the processes, by variable.
    """

    servers: EmbeddedServers
    folder: Path
    url: str
    more: Mapping[str, str] = field(default_factory=dict)
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """The whole environment of every process."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOTLINE_ENV": "test",
            "HOTLINE_DATABASE_URL": self.servers.app_url,
            "HOTLINE_OWNER_DATABASE_URL": self.servers.owner_url,
            "HOTLINE_REDIS_URL": self.servers.redis_url,
            "HOTLINE_HOST": "127.0.0.1",
            "HOTLINE_PORT": self.url.rpartition(":")[2],
            "HOTLINE_PUBLIC_URL": self.url,
            "HOTLINE_EMERGENCY_NUMBERS": ",".join(f"{k}={v}" for k, v in STAND_INS.items()),
            "HOTLINE_MEDIA_DIR": str(self.folder / "media"),
            "HOTLINE_ROOTS_DIR": str(self.folder / "roots"),
            "HOTLINE_GRID_MAP": str(ROOT / "grid_map.yaml"),
            **self.more,
        }

    @property
    def settings(self) -> Settings:
        """The same settings, for work in this process."""
        values = {
            name.removeprefix("HOTLINE_").lower(): value
            for name, value in self.env.items()
            if name.startswith("HOTLINE_")
        }
        return Settings(_env_file=None, **values)  # type: ignore[arg-type]

    @contextmanager
    def parts(self) -> Iterator[tuple[sa.Engine, Kit]]:
        """Open the engine and the kit that a process would have."""
        engine = boot.build_engine(self.settings)
        try:
            yield engine, boot.build_kit(self.settings, engine)
        finally:
            engine.dispose()

    def release(self) -> Self:
        """Migrate, apply the map, add the sample county's staff."""
        boot.release(self.settings)
        with self.parts() as (engine, kit):
            staff.load(engine, kit)
        return self

    def start(self, name: str, called: str | None = None) -> None:
        """Start one process of the Procfile; does not wait for it.

        Args:
            name: in the Procfile.
            called: what it is called here, where there are several of a kind.
        """
        command = read_procfile(ROOT / "Procfile", self.env)[name]
        with (self.folder / f"{called or name}.log").open("ab") as log:
            how = Start(output=log, env=_with_our_python(self.env), cwd=ROOT)
            self.children[called or name] = spawn(command, how)

    def kill(self, name: str) -> None:
        """Kill a process and everything it started, as the loss of its machine would."""
        child = self.children.pop(name)
        members = session_members(child.pid)
        for pid in members:
            with suppress(ProcessLookupError):  # ended by itself meanwhile
                os.kill(pid, signal.SIGKILL)
        child.wait()

    def await_web(self, *, patience_s: float = _READY_S) -> None:
        """Return when `web` answers.

        Raises:
            BenchError: it does not.
        """
        if not wait_until(self.web_answers, patience_s):
            raise BenchError(f"web does not answer:\n{self.log('web')}")

    def web_answers(self) -> bool:
        """Return whether `web` answers by now."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:  # not yet
            return False

    def log(self, name: str) -> str:
        """Return the last lines that a process wrote."""
        path = self.folder / f"{name}.log"
        if not path.exists():
            return ""
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])

    def cpu_s(self, name: str) -> float:
        """Return the CPU seconds that a process and its children have used by now."""
        return sum(map(_cpu_s, session_members(self.children[name].pid)))

    def stop(self) -> None:
        """End every process in order."""
        for name, child in self.children.items():
            end(child, signal.SIGTERM)
            if name == "web":
                for pid in session_members(child.pid):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
        self.children.clear()


@contextmanager
def open_stage(more: Callable[[str], Mapping[str, str]] | None = None) -> Iterator[Stage]:
    """Start the servers and release; processes are started by whoever measures.

    Args:
        more: gives further settings, by variable, once `web`'s address is known.
    """
    folder = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    folder.chmod(0o711)  # the servers run under an account of their own
    url = f"http://127.0.0.1:{free_port()}"
    try:
        with EmbeddedServers(folder / "servers") as servers:
            stage = Stage(servers, folder, url, more(url) if more else {})
            try:
                yield stage.release()
            finally:
                stage.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def token() -> str:
    """Return the carrier's token that the processes check signatures with."""
    return DEMO_SECRET


def last_line(values: Mapping[str, float | str]) -> str:
    """Return the line for programs: ``key=value`` pairs."""
    return " ".join(
        f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in values.items()
    )


def machine() -> str:
    """Return what this machine is, for the reader of the figures."""
    model = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    load = os.getloadavg()[0]
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{os.cpu_count()} cores, {model}, Python {python}, load before {load:.1f}"


def _cpu_s(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # ended meanwhile
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS


def _with_our_python(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which `python` and `granian` mean those that run us."""
    path = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
    return {**env, "PATH": path, "PYTHONUNBUFFERED": "1"}
