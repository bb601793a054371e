"""Indexes that measurements asked for."""

from hotline.store.migrations.script import run_beside

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Run the SQL beside this file."""
    run_beside(__file__)


def downgrade() -> None:
    """Refuse: what citizens said and who decided is never dropped by a command."""
    raise RuntimeError("0016 has no way back: it would drop rows of the hotline")
