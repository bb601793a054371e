"""The embedded Valkey: how its files are made, and how it is run."""

import os
import signal
from pathlib import Path

import redis

from hotline.embedded.processes import Account
from hotline.embedded.server import Server

_CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {directory}
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


class ValkeyServer(Server):
    """Valkey on a loopback port, with a password and an append-only file."""

    name = "valkey"
    death_signal = signal.SIGTERM

    def __init__(
        self, directory: Path, address: tuple[int, str], account: Account | None, program: Path
    ) -> None:
        """Nothing is touched before `prepare`.

        Args:
            directory: Where the append-only file lies.
            address: The port to listen on, and the password.
            account: Whom the server runs as; `None` for ourselves.
            program: The server's program.
        """
        super().__init__(directory, address[0], account)
        self._password = address[1]
        self._program = program

    def prepare(self) -> None:
        """Write the configuration: in a file, since a command line shows its password to all."""
        self.directory.mkdir(mode=0o700, exist_ok=True)
        config = self._config
        config.unlink(missing_ok=True)
        config.touch(mode=0o600)
        text = _CONFIG.format(port=self.port, password=self._password, directory=self.directory)
        config.write_text(text, encoding="utf-8")
        if self.account is not None:
            for path in (self.directory, config):
                os.chown(path, self.account.uid, self.account.gid)

    def command(self) -> list[str]:
        """Return the command line."""
        return [str(self._program), str(self._config)]

    def answers(self) -> bool:
        """Return whether it says PONG, which it does not while it loads its file."""
        try:
            with redis.Redis(port=self.port, password=self._password) as client:
                return bool(client.ping())
        except redis.exceptions.ConnectionError:  # not listening, or still loading
            return False

    @property
    def _config(self) -> Path:
        return self.directory / "valkey.conf"
