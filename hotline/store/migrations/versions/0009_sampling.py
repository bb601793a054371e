"""Revisits as a sample: draws, strata, verifiers by lot."""

from hotline.store.migrations.script import run_beside

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run the SQL beside this file."""
    run_beside(__file__)


def downgrade() -> None:
    """Refuse: what citizens said and who decided is never dropped by a command."""
    raise RuntimeError("0009 has no way back: it would drop rows of the hotline")
