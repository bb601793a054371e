"""The embedded PostgreSQL: how its data are made, and how it is run."""

import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

import psycopg

from hotline.embedded.binaries import postgres_major
from hotline.embedded.processes import Account, EmbeddedError, Start, run
from hotline.embedded.provision import ADMIN, Address
from hotline.embedded.server import Server

_BUILTIN_LOCALE_SINCE = 17


class PostgresServer(Server):
    """PostgreSQL on a loopback port, with passwords (SCRAM).

    No UNIX socket: it was not measurably faster, and its path must stay under 107 bytes.
    """

    name = "postgres"
    death_signal = signal.SIGINT  # its "fast" shutdown; SIGTERM would wait for clients to leave

    def __init__(
        self,
        directory: Path,
        admin: Address,
        account: Account | None,
        programs: Path,
        options: Mapping[str, str],
    ) -> None:
        """Nothing is touched before `prepare`.

        Args:
            directory: The cluster's data directory.
            admin: The superuser's address; its port is the one to listen on.
            account: Whom the server runs as; `None` for ourselves.
            programs: The directory of `postgres` and `initdb`.
            options: Further settings of the server, such as `{"fsync": "off"}`.
        """
        super().__init__(directory, admin.port, account)
        self._admin = admin
        self._programs = programs
        self._options = dict(options)

    def prepare(self) -> None:
        """Make the cluster if there is none.

        Raises:
            EmbeddedError: `initdb` failed, or the data are of another major version.
        """
        major = postgres_major(self._programs)
        if not self.directory.exists():
            self._make_cluster(major)
        made_by = (self.directory / "PG_VERSION").read_text(encoding="utf-8").strip()
        if made_by != str(major):
            raise EmbeddedError(
                f"{self.directory} was made by PostgreSQL {made_by}, the programs in "
                f"{self._programs} are {major}: use those of {made_by}, or 'make reset'."
            )

    def command(self) -> list[str]:
        """Return the command line."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Its details quote the row that was refused.
            "log_error_verbosity": "terse",
            **self._options,
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self.directory), *options]

    def answers(self) -> bool:
        """Return whether the superuser can sign in."""
        try:
            with psycopg.connect(self._admin.at("postgres").conninfo(), connect_timeout=5):
                return True
        except psycopg.OperationalError:  # not listening yet, or "the system is starting up"
            return False

    def _make_cluster(self, major: int) -> None:
        """Run `initdb` beside the final place and move it there: whole or not at all."""
        partial = self.directory.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        secret = partial.with_suffix(".password")
        secret.touch(mode=0o600)
        secret.write_text(self._admin.password, encoding="utf-8")
        self._own(partial, secret)
        command = [
            *(str(self._programs / "initdb"), "-D", str(partial), "--encoding=UTF8"),
            *(f"--username={ADMIN}", f"--pwfile={secret}", "--auth=scram-sha-256"),
            *locale_flags(major),
        ]
        done = run(command, Start(account=self.account, cwd=self.directory.parent, env=_plain()))
        secret.unlink()
        if done.returncode != 0:
            raise EmbeddedError(f"initdb failed:\n{done.stdout}")
        partial.rename(self.directory)

    def _own(self, *paths: Path) -> None:
        if self.account is not None:
            for path in paths:
                os.chown(path, self.account.uid, self.account.gid)


def locale_flags(major: int) -> list[str]:
    """Return the `initdb` flags that sort by code point and yet know Chinese letters.

    `--locale=C` alone makes `pg_trgm` find no trigrams in Chinese text, silently.
    """
    if major < _BUILTIN_LOCALE_SINCE:
        return ["--locale=C.UTF-8"]
    return [
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--locale=C", "--lc-ctype=C.UTF-8"),
    ]


def _plain() -> dict[str, str]:
    """Return an environment without the caller's language or libpq settings."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
