"""Run the processes of a Procfile together, for trial and development.

One parent starts them, gives their lines one output, starts again what ends by itself, and ends
them all. In production a service manager does this from the same Procfile.
"""

import os
import re
import selectors
import shlex
import signal
import socket
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from hotline.embedded.processes import EmbeddedError, Start, session_members, spawn

_TICK_S = 0.1
_PATIENCE_S = 10.0  # for all processes together to end by themselves
_LONGEST_PAUSE_S = 30.0
_SETTLED_S = 60.0  # having run this long, a process starts again without a pause
_COLOURS = (36, 32, 33, 35, 34)
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class _Program:
    """One line of the Procfile, and its child while it runs. Instants are monotonic seconds."""

    name: str
    command: list[str]
    prefix: str
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float | None = None
    pause_s: float = 0.5
    unfinished: bytearray = field(default_factory=bytearray)


class Supervisor:
    """Runs `release` to its end, then the Procfile's other processes until told to stop.

    A child that is killed takes along what it had started itself (a web server's workers outlive
    their master otherwise), and so does the death of this process, however it dies.
    """

    def __init__(
        self,
        procfile: Path,
        env: Mapping[str, str],
        extra: Mapping[str, Sequence[str]] | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Read the Procfile; nothing is started before `run`.

        Args:
            procfile: Lines `name: command`; `$NAME` stands for a variable of `env`. No shell.
            env: The processes' whole environment. `HOTLINE_HOST` and `HOTLINE_PORT` say where
                `web` will listen.
            extra: Further processes, started before those of the Procfile and ended after them.
            tick: Called some ten times a second, for other things that need watching.

        Raises:
            EmbeddedError: A line can't be read, or names a variable that `env` lacks.
        """
        self._root = procfile.absolute().parent
        # `python` and `granian` mean those of the environment that we run in.
        path = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", os.defpath)])
        self._env = {**env, "PATH": path, "PYTHONUNBUFFERED": "1"}
        commands = read_procfile(procfile, self._env)
        self._release = commands.pop("release", None)
        wanted = {name: list(command) for name, command in (extra or {}).items()} | commands
        width = max(map(len, wanted), default=0)
        self._programs = [
            _Program(name, command, _prefix(name, number, width))
            for number, (name, command) in enumerate(wanted.items())
        ]
        self._tick = tick
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._impatient = False

    def run(self, on_ready: Callable[[], None]) -> None:
        """Run everything until Ctrl-C, SIGTERM or a hang-up; a second Ctrl-C stops waiting.

        Args:
            on_ready: Called once, when `web` accepts connections.

        Raises:
            EmbeddedError: `release` failed; nothing else was started.
        """
        with self._signals():
            try:
                self._run_release()
                if not self._stopping:
                    for program in self._programs:
                        self._start(program)
                    self._watch(on_ready)
            finally:
                self._end_all()
                self._selector.close()

    def pids(self) -> dict[str, int]:
        """Return the process ids of what runs now, by name; for tests and benches of crashes."""
        return {p.name: p.child.pid for p in self._programs if p.child is not None}

    @contextmanager
    def _signals(self) -> Iterator[None]:
        former = {number: signal.signal(number, self._ask_to_stop) for number in _ENDING}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, number: int, _frame: FrameType | None) -> None:
        self._impatient = self._stopping and number == signal.SIGINT
        self._stopping = True

    def _run_release(self) -> None:
        if self._release is None:
            return
        release = _Program("release", self._release, _prefix("release", 0, 0))
        self._start(release)
        self._programs.append(release)  # so that it is ended with the others, if need be
        while release.child is not None and release.child.poll() is None and not self._stopping:
            self._relay_output()
        if self._stopping:
            return
        self._programs.remove(release)
        code = self._bury(release)
        if code:
            raise EmbeddedError(f"release failed with {_ending(code)}; nothing else was started.")

    def _watch(self, on_ready: Callable[[], None]) -> None:
        ready = False
        while not self._stopping:
            self._relay_output()
            self._tick()
            for program in self._programs:
                self._care_for(program)
            if not ready and self._web_listens():
                ready = True
                on_ready()

    def _care_for(self, program: _Program) -> None:
        """Start the program again if it has ended: soon at first, later with longer pauses."""
        now = time.monotonic()
        if program.child is not None and program.child.poll() is not None:
            if now - program.started_at > _SETTLED_S:
                program.pause_s = 0.5
            code = self._bury(program)
            pause = program.pause_s
            self._say(program, f"ended with {_ending(code)}; starting again in {pause:g} s")
            program.start_at = now + pause
            program.pause_s = min(pause * 2, _LONGEST_PAUSE_S)
        elif program.start_at is not None and now >= program.start_at:
            self._start(program)

    def _start(self, program: _Program) -> None:
        how = Start(output=subprocess.PIPE, env=self._env, cwd=self._root)
        program.child = spawn(program.command, how)
        program.started_at = time.monotonic()
        program.start_at = None
        if program.child.stdout is not None:
            os.set_blocking(program.child.stdout.fileno(), False)
            self._selector.register(program.child.stdout, selectors.EVENT_READ, program)

    def _bury(self, program: _Program) -> int:
        """End what an ended child left behind, print its last words, return its exit code."""
        child = program.child
        if child is None:
            return 0
        code = child.wait()
        for pid in session_members(child.pid):
            with suppress(ProcessLookupError):  # ended by itself meanwhile
                os.kill(pid, signal.SIGKILL)
        if child.stdout is not None:
            self._read(program)
            self._forget(child.stdout)
            child.stdout.close()
        if program.unfinished:
            self._say(program, program.unfinished.decode(errors="replace"))
            program.unfinished.clear()
        program.child = None
        return code

    def _end_all(self) -> None:
        """End the processes one after another, the last started first."""
        deadline = time.monotonic() + _PATIENCE_S
        for program in reversed(self._programs):
            child = program.child
            if child is None:
                continue
            child.terminate()
            while child.poll() is None:
                self._relay_output()
                if self._impatient or time.monotonic() > deadline:
                    child.kill()
            self._bury(program)

    def _web_listens(self) -> bool:
        host, port = self._env.get("HOTLINE_HOST", "127.0.0.1"), self._env.get("HOTLINE_PORT")
        if port is None:
            return True
        try:
            with socket.create_connection((host, int(port)), 1):
                return True
        except OSError:  # not yet
            return False

    def _relay_output(self) -> None:
        for key, _events in self._selector.select(_TICK_S):
            self._read(key.data)

    def _read(self, program: _Program) -> None:
        pipe = program.child.stdout if program.child else None
        if pipe is None:
            return
        with suppress(BlockingIOError):  # nothing more for now
            while chunk := os.read(pipe.fileno(), 65536):
                program.unfinished += chunk
            self._forget(pipe)  # closed at its other end: it would be "ready" for ever
        *lines, rest = bytes(program.unfinished).split(b"\n")
        program.unfinished = bytearray(rest)
        for line in lines:
            self._say(program, line.decode(errors="replace"))

    def _forget(self, pipe: IO[bytes]) -> None:
        if pipe in self._selector.get_map():
            self._selector.unregister(pipe)

    def _say(self, program: _Program, line: str) -> None:
        print(f"{program.prefix} {line}", flush=True)


def read_procfile(procfile: Path, env: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the commands of a Procfile by name, with the variables of `env` filled in.

    Raises:
        EmbeddedError: A line is not `name: command`, or names a variable that `env` lacks.
    """
    commands = {}
    for number, line in enumerate(procfile.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = re.fullmatch(r"([A-Za-z0-9_-]+):\s*(\S.*)", line)
        if not found:
            raise EmbeddedError(f"{procfile}:{number}: not 'name: command'.")
        try:
            commands[found[1]] = [string.Template(w).substitute(env) for w in shlex.split(found[2])]
        except (KeyError, ValueError) as error:
            raise EmbeddedError(f"{procfile}:{number}: {error} has no value.") from error
    return commands


def _prefix(name: str, number: int, width: int) -> str:
    text = f"{name:<{width}} |"
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{_COLOURS[number % len(_COLOURS)]}m{text}\033[0m"


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
