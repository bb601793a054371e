"""A database as a whole, before it is backed up or restored into: asked as its owner."""

from datetime import datetime

import sqlalchemy as sa

from hotline import clock


def now_of(url: str) -> datetime:
    """Return the hotline's time in a database."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return clock.read(connection)
    finally:
        engine.dispose()


def is_empty(url: str) -> bool:
    """Say whether a database holds no table of anybody's."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            query = sa.text("SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')")
            return bool(connection.execute(query).scalar_one())
    finally:
        engine.dispose()
