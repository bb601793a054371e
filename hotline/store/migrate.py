"""Bring the database to the newest schema, and give the app role exactly what it needs.

Runs as the owner (`HOTLINE_OWNER_DATABASE_URL`), in the release step only. The app role never
owns a table, and may only read and add to the ledger.
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

APPEND_ONLY: Final = (
    "ticket_event",
    "ledger_root",
    "ledger_head",
    "ledger_view",
    "identity_view",
    "staff_change",
    "notice_attempt",
    "map_version",
    "policy_change",
    "calendar_notice",
    "rating",
    "rating_attempt",
    "sample_draw",
    "sample_member",
    "whistle_rating",
    "restored_limit",
)
_HERE = Path(__file__).parent / "migrations"


def upgrade(owner_url: str, app_role: str = "hotline_app", *, may_shift_time: bool = False) -> None:
    """Migrate to the newest version and grant the app role its rights; safe to repeat.

    Args:
        owner_url: SQLAlchemy URL of the owner role.
        app_role: the role that web, worker and clock sign in as.
        may_shift_time: whether the app role may move the time (test and demonstration only).
    """
    engine = sa.create_engine(owner_url)
    try:
        with engine.begin() as connection:
            # Two releases at once must not race each other.
            connection.execute(sa.text("SET LOCAL lock_timeout = '30s'"))
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(12345)"))
            command.upgrade(config(connection), "head")
            _grant(connection, app_role, may_shift_time=may_shift_time)
    finally:
        engine.dispose()


def config(connection: sa.Connection) -> Config:
    """Return Alembic's configuration bound to ``connection``."""
    made = Config()
    made.set_main_option("script_location", str(_HERE))
    made.attributes["connection"] = connection
    return made


def _grant(connection: sa.Connection, app_role: str, *, may_shift_time: bool) -> None:
    role = connection.dialect.identifier_preparer.quote(app_role)
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(APPEND_ONLY)} FROM {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON time_shift, alembic_version FROM {role}",
    ]
    if may_shift_time:
        statements.append(f"GRANT UPDATE ON time_shift TO {role}")
    for statement in statements:
        connection.execute(sa.text(statement))
