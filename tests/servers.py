"""Real servers for the tests: one PostgreSQL and one Valkey per run, a database per worker.

`tests/conftest.py` imports the hooks and fixtures of this module. Under xdist the controller
starts the servers, since it outlives its workers; without xdist the first test that asks does.
The servers of a run forget nothing while it lasts but do not wait for the disk: tests of crashes
use `own_servers`, which are durable.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql

from hotline.embedded.processes import EmbeddedError
from hotline.embedded.provision import ADMIN, APP, OWNER, Address, create_database
from hotline.embedded.servers import EmbeddedServers
from hotline.embedded.state import erase
from tests.prepared import prepare

_PREFIX = "hotline-test-"
_TEMPLATE = "hotline_template"
_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_VALKEY_DATABASES = 16


@dataclass(frozen=True)
class ServerUrls:
    """How a worker reaches the run's servers. Plain values: they cross to xdist's workers."""

    port: int
    admin_password: str
    owner_password: str
    app_password: str
    valkey: str
    postgres_bin: str

    @property
    def admin(self) -> Address:
        return Address(self.port, ADMIN, self.admin_password)

    def valkey_url(self, number: int) -> str:
        return f"{self.valkey.rpartition('/')[0]}/{number % _VALKEY_DATABASES}"


@dataclass(frozen=True)
class Database:
    """One migrated database on the run's servers, and the Valkey database that goes with it."""

    admin: Address
    owner: Address
    app: Address
    redis_url: str

    @property
    def owner_url(self) -> str:
        return self.owner.url()

    @property
    def app_url(self) -> str:
        return self.app.url()

    @property
    def admin_url(self) -> str:
        return self.admin.url()


@contextmanager
def own_servers(**options) -> Iterator[EmbeddedServers]:
    """Servers for one test alone, durable unless told otherwise, deleted afterwards."""
    with data_dir() as directory, EmbeddedServers(directory, **options) as servers:
        yield servers


@contextmanager
def data_dir() -> Iterator[Path]:
    """A directory that the servers' account can reach: pytest's own is private to root."""
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    if getattr(config.option, "dist", "no") != "no" and not hasattr(config, "workerinput"):
        config.stash[_URLS] = _start(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["servers"] = asdict(node.config.stash[_URLS])


@pytest.fixture(scope="session")
def server_urls(pytestconfig) -> ServerUrls:
    """The run's servers, started if need be."""
    if hasattr(pytestconfig, "workerinput"):
        return ServerUrls(**pytestconfig.workerinput["servers"])
    return _start(pytestconfig)


@pytest.fixture(scope="session")
def database(server_urls) -> Database:
    """This worker's migrated database, with whatever its former tests left in it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return new_database(server_urls, worker, int(worker.removeprefix("gw")))


@pytest.fixture
def clean_database(database: Database) -> Database:
    """This worker's database and Valkey as after the migrations: every test may assume so."""
    empty(database)
    return database


def new_database(urls: ServerUrls, name: str, valkey_number: int = 0) -> Database:
    """Copy the migrated template, making it first if this is the run's first copy."""
    with psycopg.connect(urls.admin.at("postgres").conninfo(), autocommit=True) as connection:
        # Workers race for the template: whoever gets the lock first makes it.
        connection.execute("SELECT pg_advisory_lock(1)")
        _make_template(urls, connection)
        create_database(urls.admin, f"hotline_{name}", template=_TEMPLATE)
    here = urls.admin.at(f"hotline_{name}")
    with psycopg.connect(here.conninfo(), autocommit=True) as connection:
        _remember_seeds(connection)
    return Database(
        admin=here,
        owner=Address(urls.port, OWNER, urls.owner_password, here.database),
        app=Address(urls.port, APP, urls.app_password, here.database),
        redis_url=urls.valkey_url(valkey_number),
    )


def empty(database: Database, keep: str | None = None) -> None:
    """Make the database as new: the rows that migrations made, and no others.

    Only tables that have pages are emptied, and of those with rows from the start only the ones
    that were written since: nobody's staff is copied anew because of another's ticket.
    The superuser's `replica` role keeps the append-only triggers from refusing. ``keep`` is how
    the keys begin that Valkey keeps: what processes that run on have said of themselves.
    """
    with psycopg.connect(database.admin.conninfo()) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL lock_timeout = '10s'")  # a forgotten transaction of a test
        seeds = _tables(connection, "seeds")
        known = _SEEDED.get(database.admin.database, {})
        as_they_were = {table for table in seeds if known.get(table) == _mark(connection, table)}
        used = [table for table in _tables(connection, "public") if table not in as_they_were]
        # Truncating one table by itself asks that all that refer to it go along: all here do.
        if used:
            connection.execute(
                sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(
                    sql.SQL(", ").join(sql.Identifier(table) for table in used)
                )
            )
        for table in seeds:
            if table not in as_they_were or not _mark(connection, table)[0]:
                connection.execute(
                    sql.SQL(
                        "INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM seeds.{0}"
                    ).format(sql.Identifier(table))
                )
        _restart_sequences(connection)
        _SEEDED[database.admin.database] = {table: _mark(connection, table) for table in seeds}
    with redis.Redis.from_url(database.redis_url) as client:
        if keep is None:
            client.flushdb()
        elif others := [key for key in client.scan_iter() if not key.startswith(keep.encode())]:
            client.delete(*others)


_SEEDED: dict[str, dict[str, tuple[int, int]]] = {}
"""By database: each seeded table as it was when it was last restored."""


def _mark(connection: psycopg.Connection, table: str) -> tuple[int, int]:
    """What changes with every write to a table: how many rows, and the newest row's transaction."""
    found = connection.execute(
        sql.SQL("SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM {}").format(
            sql.Identifier(table)
        )
    ).fetchone()
    assert found is not None
    return found


_URLS: pytest.StashKey[ServerUrls] = pytest.StashKey()


def _start(config: pytest.Config) -> ServerUrls:
    _sweep_former_runs()
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX))
    config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
    servers = EmbeddedServers(directory, postgres_options=_HASTY)
    config.add_cleanup(servers.stop)
    servers.start()
    state = servers.state
    return ServerUrls(
        port=state.postgres_port,
        admin_password=state.admin_password,
        owner_password=state.owner_password,
        app_password=state.app_password,
        valkey=servers.redis_url,
        postgres_bin=str(servers.postgres_bin),
    )


def _sweep_former_runs() -> None:
    """Delete what runs that were killed left behind; a running one's lock protects it."""
    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if os.access(directory, os.W_OK):
            try:
                erase(directory)
                directory.joinpath("lock").unlink()
                directory.rmdir()
            except EmbeddedError:
                continue  # in use, or only just made


def _make_template(urls: ServerUrls, connection: psycopg.Connection) -> None:
    if not connection.execute(
        "SELECT 1 FROM pg_database WHERE datname = %s", (_TEMPLATE,)
    ).fetchone():
        create_database(urls.admin, _TEMPLATE)
        with psycopg.connect(urls.admin.at(_TEMPLATE).conninfo(), autocommit=True) as template:
            template.execute("CREATE EXTENSION pg_trgm")
        owner = Address(urls.port, OWNER, urls.owner_password, _TEMPLATE)
        app = Address(urls.port, APP, urls.app_password, _TEMPLATE)
        # Most tests act in the sample county: releasing it anew each time would cost a minute.
        prepare(owner.url(), app.url())


def _remember_seeds(connection: psycopg.Connection) -> None:
    """Keep a copy of the rows that the migrations made; `empty` puts them back."""
    connection.execute("CREATE SCHEMA seeds")
    for table in _tables(connection, "public"):
        connection.execute(
            sql.SQL("CREATE TABLE seeds.{0} AS TABLE public.{0}").format(sql.Identifier(table))
        )


def _tables(connection: psycopg.Connection, schema: str) -> list[str]:
    """The tables that have pages: the others have no rows."""
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0"
        " AND relnamespace = %s::regnamespace",
        (schema,),
    )
    return [name for (name,) in found]


def _restart_sequences(connection: psycopg.Connection) -> None:
    used = connection.execute(
        "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value > 0"
    ).fetchall()
    for (name,) in used:
        connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))
