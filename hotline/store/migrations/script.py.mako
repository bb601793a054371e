"""${message}."""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Say what becomes possible."""


def downgrade() -> None:
    """Say what is undone, or refuse and say why."""
