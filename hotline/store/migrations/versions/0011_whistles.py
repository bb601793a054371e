"""Kinds of whistle, ways of joining parties, evaluations both ways."""

from hotline.store.migrations.script import run_beside

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the SQL beside this file."""
    run_beside(__file__)


def downgrade() -> None:
    """Refuse: what citizens said and who decided is never dropped by a command."""
    raise RuntimeError("0011 has no way back: it would drop rows of the hotline")
