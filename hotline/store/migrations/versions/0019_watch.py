"""What the auditor set again, ways of test demands, and a limit for deciding on an entry."""

from hotline.store.migrations.script import run_beside

revision = "0019"
down_revision = "0017"


def upgrade() -> None:
    """Run the SQL beside this file."""
    run_beside(__file__)


def downgrade() -> None:
    """Refuse: what citizens said and who decided is never dropped by a command."""
    raise RuntimeError("0019 has no way back: it would drop rows of the hotline")
