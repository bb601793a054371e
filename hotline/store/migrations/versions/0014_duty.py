"""Duty lists, swaps and the published calendar."""

from hotline.store.migrations.script import run_beside

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Run the SQL beside this file."""
    run_beside(__file__)


def downgrade() -> None:
    """Refuse: what citizens said and who decided is never dropped by a command."""
    raise RuntimeError("0014 has no way back: it would drop rows of the hotline")
