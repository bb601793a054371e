"""One server program as a child: launched, awaited, stopped, killed, launched again."""

import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

from hotline.embedded.processes import (
    Account,
    EmbeddedError,
    Start,
    end,
    living_in,
    spawn,
    wait_until,
)

_READY_S = 60.0  # recovery after a crash may replay much, on a slow disk
_FORMER_S = 30.0


class Server(ABC):
    """What PostgreSQL and Valkey have in common as children of ours.

    Attributes:
        name: The server's name in messages and of its log file.
        directory: Its data directory, which is also its working directory.
        port: The loopback TCP port that it listens on.
    """

    name: str
    death_signal: signal.Signals

    def __init__(self, directory: Path, port: int, account: Account | None) -> None:
        """Nothing is touched before `launch`.

        Args:
            directory: The server's data directory.
            port: The loopback TCP port to listen on.
            account: Whom it runs as; `None` for ourselves.
        """
        self.directory = directory
        self.port = port
        self.account = account
        self.log = directory.with_suffix(".log")
        self._child: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make what the first start needs; does nothing later."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command line that runs the server in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Return whether the server answers a question by now."""

    def launch(self) -> None:
        """Start the program, once nothing of a former one is left; does not wait for answers.

        Raises:
            EmbeddedError: A former one still runs on this directory.
        """
        if not wait_until(lambda: not living_in(self.directory), _FORMER_S):
            pids = ", ".join(map(str, living_in(self.directory)))
            raise EmbeddedError(f"A former {self.name} still runs on {self.directory}: {pids}.")
        with self.log.open("ab") as log:
            how = Start(
                death_signal=self.death_signal,
                account=self.account,
                output=log,
                cwd=self.directory.parent,  # ours may be closed to the account
            )
            self._child = spawn(self.command(), how)

    def await_ready(self) -> None:
        """Return when the server answers.

        Raises:
            EmbeddedError: It ended instead, or took longer than a minute; with its last words.
        """
        if wait_until(lambda: self.is_dead() or self.answers(), _READY_S) and not self.is_dead():
            return
        words = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
        raise EmbeddedError("\n".join([f"{self.name} does not start; {self.log} ends:", *words]))

    def is_dead(self) -> bool:
        """Return whether the program was started and has ended by itself."""
        return self._child is not None and self._child.poll() is not None

    def stop(self) -> None:
        """Stop the server in order, if it runs: what it acknowledged is on disk afterwards."""
        if self._child is not None:
            end(self._child, self.death_signal)
            self._child = None

    def kill(self) -> None:
        """Kill the server with SIGKILL, as a crash would."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
