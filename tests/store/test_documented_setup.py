"""What the documents tell an administrator to type makes a database that the release accepts."""

import re
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa

from hotline.embedded.provision import Address
from hotline.store import migrate, policy
from tests.architecture.sources import ROOT
from tests.embedded.test_servers import second_postgres
from tests.servers import own_servers

PASSWORD = "…"


def documented() -> tuple[list[str], list[str]]:
    """Return the statements to type at the server and then in the new database."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    block = re.search(r"```sql\n(.+?)```", text, re.DOTALL)[1]
    # Beside the database of the servers' own, so under another name.
    at_server, in_database = (
        re.sub(r"--.*", "", block).replace("hotline", "county").split("\\c county")
    )
    return _statements(at_server), _statements(in_database)


def _statements(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


@contextmanager
def documented_database(admin: Address):
    """A database made as documented; yields its address as a superuser."""
    at_server, in_database = documented()
    with psycopg.connect(admin.at("postgres").conninfo(), autocommit=True) as connection:
        for statement in at_server:
            connection.execute(statement)
    with psycopg.connect(admin.at("county").conninfo(), autocommit=True) as connection:
        *before, look = in_database
        for statement in before:
            connection.execute(statement)
        assert connection.execute(look).fetchone()[0]
    yield admin.at("county")


@pytest.mark.parametrize("postgres_bin", [None, "another"], ids=["the wheel's", "another"])
def test_the_documented_statements_make_a_database_that_can_be_released(postgres_bin):
    binaries = second_postgres() if postgres_bin else None
    with own_servers(postgres_bin=binaries) as servers, documented_database(servers.admin) as admin:
        owner = Address(admin.port, "county_owner", PASSWORD, "county")
        app = Address(admin.port, "county_app", PASSWORD, "county")

        migrate.upgrade(owner.url(), "county_app")

        engine = sa.create_engine(app.url())
        with engine.connect() as connection:
            assert policy.knows_chinese(connection)
            assert not policy.owns_ledger(connection)
            assert connection.execute(sa.text("SELECT count(*) FROM ticket")).scalar_one() == 0
        engine.dispose()
