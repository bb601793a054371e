"""Suspicion: how photos look, claims of closure, what signals said of them, and flags."""

from hotline.store.migrations.script import run_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the SQL beside this file."""
    run_beside(__file__)


def downgrade() -> None:
    """Refuse: what citizens said and who decided is never dropped by a command."""
    raise RuntimeError("0007 has no way back: it would drop rows of the hotline")
