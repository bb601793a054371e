"""Children that cannot outlive us, and the few facts about processes that we ask of Linux."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_CHILD = Path(__file__).with_name("child.py")
_POLL_S = 0.02


class EmbeddedError(Exception):
    """Something about the embedded servers or processes that a person must put right."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine that a server runs as, because PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int


def server_account(data_dir: Path) -> Account | None:
    """Return the account to drop to when we are root; `None` means: stay who we are.

    The owner of existing data wins, so that installing a `postgres` user later changes nothing;
    otherwise `postgres`, else `nobody`.

    Raises:
        EmbeddedError: We are root and the machine has neither account.
    """
    if os.geteuid() != 0:
        return None
    if data_dir.exists() and data_dir.stat().st_uid != 0:
        owner = pwd.getpwuid(data_dir.stat().st_uid)
        return Account(owner.pw_name, owner.pw_uid, owner.pw_gid)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return Account(name, known[name].pw_uid, known[name].pw_gid)
    raise EmbeddedError("As root we need a user 'postgres' or 'nobody' for the database server.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How to start one child.

    Attributes:
        death_signal: What the kernel sends it when the thread that started it ends.
        account: Whom it runs as; `None` for ourselves.
        output: Where its standard output and error go: a descriptor, file or `subprocess.PIPE`.
        env: Its whole environment; `None` for ours.
    """

    death_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    output: int | IO[bytes] = subprocess.DEVNULL
    env: Mapping[str, str] | None = None
    cwd: Path | None = None


def guarded(command: Sequence[str], start: Start) -> list[str]:
    """Return the command line that runs `command` as a child that dies with this process.

    Raises:
        EmbeddedError: There is no such program on the path.
    """
    path = (start.env or os.environ).get("PATH", os.defpath)
    program = shutil.which(command[0], path=path)
    if program is None:
        raise EmbeddedError(f"There is no program {command[0]!r} to run.")
    account = f"{start.account.uid}:{start.account.gid}" if start.account else "-"
    signal_number = str(int(start.death_signal))
    return [
        *(sys.executable, "-I", "-S", str(_CHILD)),
        *(str(os.getpid()), signal_number, account),
        *(program, *command[1:]),
    ]


def spawn(command: Sequence[str], start: Start) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, out of reach of the terminal's Ctrl-C.

    Raises:
        EmbeddedError: Called outside the main thread: the kernel ties the death signal to the
            *thread* that forked, so a short-lived thread would take the child along.
    """
    if threading.current_thread() is not threading.main_thread():
        raise EmbeddedError("Children are started from the main thread only.")
    return subprocess.Popen(
        guarded(command, start),
        stdin=subprocess.DEVNULL,
        stdout=start.output,
        stderr=subprocess.STDOUT,
        env=None if start.env is None else dict(start.env),
        cwd=start.cwd,
        start_new_session=True,
    )


def run(command: Sequence[str], start: Start) -> subprocess.CompletedProcess[str]:
    """Run a short command to its end and return what it said, error output included."""
    return subprocess.run(
        guarded(command, start),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=None if start.env is None else dict(start.env),
        cwd=start.cwd,
        text=True,
        errors="replace",
    )


def end(child: subprocess.Popen[bytes], ask: signal.Signals, patience_s: float = 10.0) -> None:
    """Ask a child to end, wait up to `patience_s` seconds, then kill it. Ends are reaped."""
    if child.poll() is None:
        child.send_signal(ask)
    try:
        child.wait(patience_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def wait_until(done: Callable[[], bool], patience_s: float) -> bool:
    """Poll `done` for up to `patience_s` seconds. Returns whether it became true."""
    deadline = time.monotonic() + patience_s
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def living_in(directory: Path) -> list[int]:
    """Return the processes whose working directory is `directory`.

    Both servers change into their data directory, so this finds a former server, and PostgreSQL's
    orphaned back ends, without trusting a stale pid file whose number may be another's by now.
    """
    wanted = str(directory.resolve())
    return [pid for pid in _pids() if _working_directory(pid) == wanted]


def session_members(session: int) -> list[int]:
    """Return the living processes of a session: a child's own children, wherever they moved."""
    return [pid for pid in _pids() if _session_of(pid) == session]


def _pids() -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            yield int(entry.name)


def _working_directory(pid: int) -> str | None:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:  # ended meanwhile, or another user's
        return None


def _session_of(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # ended meanwhile
        return None
    state, _parent, _group, session = stat.rpartition(")")[2].split()[:4]
    return None if state in "ZX" else int(session)


def free_port() -> int:
    """Return a loopback TCP port that is free at this moment.

    Taken from below the range that Linux gives to outgoing connections, so that no client comes to
    sit on it while its server restarts.
    """
    while True:
        port = 20000 + secrets.randbelow(10000)
        if port_is_free(port):
            return port


def pick_port(preferred: int, host: str = "127.0.0.1") -> int:
    """Return `preferred`, or the next free port above it when it is taken, and say so.

    Raises:
        EmbeddedError: None of the hundred ports from `preferred` is free.
    """
    for port in range(preferred, min(preferred + 100, 65536)):
        if port_is_free(port, host):
            if port != preferred:
                print(f"Port {preferred} is busy; using {port}.", flush=True)
            return port
    raise EmbeddedError(f"No free port from {preferred} to {preferred + 99} on {host}.")


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether a server could listen on `port` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do: a port in TIME_WAIT after a restart is not a busy one.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
