"""The tables of the spine: people, tickets, ledger, whistles, timers, outbox, inbox."""

from hotline.store.migrations.script import run_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything; grants are given by `hotline.store.migrate` after each upgrade."""
    run_beside(__file__)


def downgrade() -> None:
    """Refuse: a ledger is never dropped by a command."""
    raise RuntimeError("0001 has no way back: it would drop the ledger")
