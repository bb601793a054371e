"""The tables of the spine: people, tickets, ledger, whistles, timers, outbox, inbox."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything; grants are given by `hotline.store.migrate` after each upgrade."""
    # The driver itself takes a whole script, and no `%` in it for a parameter.
    connection: Any = op.get_bind().connection
    connection.driver_connection.execute(
        Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    )


def downgrade() -> None:
    """Refuse: a ledger is never dropped by a command."""
    raise RuntimeError("0001 has no way back: it would drop the ledger")
