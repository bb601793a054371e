"""What a fresh PostgreSQL needs before our migrations: two roles, a database, trigrams.

Used on the embedded server at each start; safe to repeat. docs/decisions/0010-embedded-servers.md
gives the same statements for a database server that somebody else looks after.
"""

from dataclasses import dataclass, replace
from urllib.parse import quote

import psycopg
from psycopg import sql

from hotline.embedded.processes import EmbeddedError

ADMIN, OWNER, APP = "hotline_admin", "hotline_owner", "hotline_app"
DATABASE = "hotline"


@dataclass(frozen=True, slots=True)
class Address:
    """Where and as whom to reach a database."""

    port: int
    role: str
    password: str
    database: str = DATABASE
    host: str = "127.0.0.1"

    def at(self, database: str) -> "Address":
        """Return the address of another database of the same server, as the same role."""
        return replace(self, database=database)

    def url(self) -> str:
        """Return the address as SQLAlchemy writes it, for the psycopg driver."""
        return self.conninfo().replace("postgresql://", "postgresql+psycopg://", 1)

    def conninfo(self) -> str:
        """Return the address as libpq, psql and pgbench write it."""
        return (
            f"postgresql://{self.role}:{quote(self.password, safe='')}"
            f"@{self.host}:{self.port}/{self.database}"
        )


def provision(admin: Address, owner_password: str, app_password: str) -> None:
    """Create both roles and the database `hotline`, or bring them up to date.

    `hotline_owner` owns the database and its schema and runs migrations; `hotline_app` may only
    do what the migrations grant it. Neither is a superuser.

    Args:
        admin: A superuser's address; its own database is not touched.
        owner_password: The password that `hotline_owner` has afterwards.
        app_password: The password that `hotline_app` has afterwards.

    Raises:
        EmbeddedError: The server makes no trigrams of Chinese text.
        psycopg.Error: The server refused.
    """
    with psycopg.connect(admin.at("postgres").conninfo(), autocommit=True) as connection:
        for role, password in ((OWNER, owner_password), (APP, app_password)):
            _ensure_role(connection, role, password)
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)
        ).fetchone()
    if not found:
        create_database(admin, DATABASE)
    with psycopg.connect(admin.at(DATABASE).conninfo(), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        check_trigrams(connection)


def create_database(admin: Address, name: str, template: str = "template0") -> None:
    """Create a database that `hotline_owner` owns and `hotline_app` may connect to.

    Args:
        admin: A superuser's address.
        name: The new database's name.
        template: The database to copy; nobody may be connected to it.
    """
    with psycopg.connect(admin.at("postgres").conninfo(), autocommit=True) as connection:
        for statement in (
            "CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}",
            "REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC",
            "GRANT CONNECT ON DATABASE {name} TO {app}",
        ):
            connection.execute(
                sql.SQL(statement).format(
                    name=sql.Identifier(name),
                    template=sql.Identifier(template),
                    owner=sql.Identifier(OWNER),
                    app=sql.Identifier(APP),
                )
            )


def check_trigrams(connection: psycopg.Connection) -> None:
    """Check that the database cuts Chinese text into trigrams.

    With the wrong `LC_CTYPE` (`C`), `pg_trgm` silently finds none, and every search by likeness
    of places and texts would come back empty.

    Raises:
        EmbeddedError: It does not.
    """
    row = connection.execute("SELECT show_trgm('停水')").fetchone()
    if not row or not row[0]:
        raise EmbeddedError(
            "pg_trgm makes no trigrams of Chinese text in this database: create it with "
            "LC_CTYPE C.UTF-8 (or another UTF-8 locale) instead of C."
        )


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    statement = "ALTER ROLE {role} {rights}" if exists else "CREATE ROLE {role} {rights}"
    rights = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
        sql.Literal(password)
    )
    connection.execute(sql.SQL(statement).format(role=sql.Identifier(role), rights=rights))
