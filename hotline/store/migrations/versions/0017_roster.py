"""Kinds of duty, shifts laid out together, swaps, and calendars that others subscribe to."""

from hotline.store.migrations.script import run_beside

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Run the SQL beside this file."""
    run_beside(__file__)


def downgrade() -> None:
    """Refuse: what citizens said and who decided is never dropped by a command."""
    raise RuntimeError("0017 has no way back: it would drop rows of the hotline")
