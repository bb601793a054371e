"""Run the SQL file that stands beside a migration."""

from pathlib import Path
from typing import Any

from alembic import op


def run_beside(module: str) -> None:
    """Run ``NAME.sql`` beside ``NAME.py``, the file of a migration, as one script."""
    # The driver itself takes a whole script, and no `%` in it for a parameter.
    connection: Any = op.get_bind().connection
    connection.driver_connection.execute(
        Path(module).with_suffix(".sql").read_text(encoding="utf-8")
    )
