"""Versions of the map: applied, rolled back, and tickets moved between them."""

from hotline.store.migrations.script import run_beside

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Run the SQL beside this file."""
    run_beside(__file__)


def downgrade() -> None:
    """Refuse: what citizens said and who decided is never dropped by a command."""
    raise RuntimeError("0015 has no way back: it would drop rows of the hotline")
