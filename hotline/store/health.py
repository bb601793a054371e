"""What the database says of itself: its version and schema, its rights, its triggers, its time."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from hotline.store.migrate import APPEND_ONLY


def server_version(connection: sa.Connection) -> int:
    """Return the server's major version."""
    number: str = connection.execute(sa.text("SHOW server_version_num")).scalar_one()
    return int(number) // 10_000


def schema_version(connection: sa.Connection) -> str | None:
    """Return which migration was the last one; ``None``: none ever ran."""
    if connection.execute(sa.text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
        return None
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one())


def unguarded(connection: sa.Connection) -> Sequence[str]:
    """Return the tables of the ledger whose trigger does not refuse every change."""
    guarded = connection.execute(
        sa.text(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = 'append_only' AND t.tgenabled IN ('O','A')"
        )
    ).scalars()
    return sorted(set(APPEND_ONLY) - set(guarded))


def changeable(connection: sa.Connection) -> Sequence[str]:
    """Return the tables of the ledger that this role may change or empty."""
    return [
        table
        for table in APPEND_ONLY
        if connection.execute(
            sa.text("SELECT has_table_privilege(:table, 'UPDATE, DELETE, TRUNCATE')"),
            {"table": table},
        ).scalar_one()
    ]


def server_time(connection: sa.Connection) -> datetime:
    """Return the server's own time, without the shift of a demonstration."""
    found: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return found


def newest_sealed(connection: sa.Connection) -> bytes | None:
    """Return the newest sealed number of a caller, to see whether the keys open it."""
    found: bytes | None = connection.execute(
        sa.text(
            "SELECT i.number_sealed FROM ticket t JOIN ticket_identity i ON i.ticket_id = t.id"
            " WHERE i.number_sealed IS NOT NULL ORDER BY t.received_at DESC LIMIT 1"
        )
    ).scalar_one_or_none()
    return found
