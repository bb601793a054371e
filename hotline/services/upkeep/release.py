"""The release step: newest schema, rights of the app role, this map, the official calendar.

Runs before web, worker and clock start; safe to repeat, and safe to run twice at once.
"""

import sqlalchemy as sa
from sqlmodel import Session

from hotline import clock
from hotline.domain.errors import SetupError
from hotline.domain.grid.model import GridMap
from hotline.services.law import calendar
from hotline.store import migrate, policy


def run(owner_url: str, app_url: str, grid_map: GridMap, content: str, *, demo: bool) -> None:
    """Bring a database up to this release.

    Args:
        owner_url: SQLAlchemy URL of the owner role, used here and nowhere else.
        app_url: SQLAlchemy URL of the app role, which is given its rights.
        grid_map: the map to apply, already checked.
        content: the map as it was written, kept for ever under its version.
        demo: whether the app role may move the time.

    Raises:
        SetupError: the two URLs name the same role.
    """
    owner, app = sa.make_url(owner_url).username, sa.make_url(app_url).username
    if app is None or owner == app:
        raise SetupError(reason="owner_and_app_are_one_role")
    migrate.upgrade(owner_url, app, may_shift_time=demo)
    engine = sa.create_engine(app_url)
    try:
        with engine.begin() as connection:
            policy.apply_map(connection, grid_map.version, content)
            with Session(connection) as session:
                calendar.seed(session, clock.read(connection))
                session.flush()
    finally:
        engine.dispose()
