"""A statement that is a transaction of its own: one round trip, durable when it returns.

Only the hot path of intake uses it (`docs/performance.md`). It reads what rows know in one
statement and writes a whole ticket in another; nothing that it read is locked, so a transaction
around both would promise nothing more and cost three more round trips. The driver is asked
directly: SQLAlchemy's own work is three quarters of what such a short statement costs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
import sqlalchemy as sa


@contextmanager
def alone(engine: sa.Engine) -> Iterator[psycopg.Connection[Any]]:
    """Lend a connection of the pool; each statement on it is committed by itself.

    Raises:
        sqlalchemy.exc.DBAPIError: what the database refused, in the words of every other store.
    """
    try:
        pooled = engine.raw_connection()
    except psycopg.OperationalError as error:  # SQLAlchemy gives this one on as it is
        raise sa.exc.OperationalError(None, None, error) from error
    connection = cast("psycopg.Connection[Any]", pooled.driver_connection)
    connection.autocommit = True
    try:
        yield connection
    except psycopg.IntegrityError as error:
        raise sa.exc.IntegrityError(None, None, error) from error
    except psycopg.OperationalError as error:
        raise sa.exc.OperationalError(None, None, error) from error
    finally:
        if not connection.closed:  # a broken one is thrown away by the pool
            connection.autocommit = False
        pooled.close()
