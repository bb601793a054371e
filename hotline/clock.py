"""The only reader of the time: the database's, plus the shift of test and demonstration.

Every process sees the same time, whatever its machine's own clock says, and whole days run
through real processes when `shift` moves it (`hotline demo forward 3h`).
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

COUNTY_ZONE = ZoneInfo("Asia/Shanghai")


def read(connection: sa.Connection) -> datetime:
    """Return the hotline's time now, as an aware instant."""
    now: datetime = connection.execute(sa.text("SELECT hotline_now()")).scalar_one()
    return now


def shift(connection: sa.Connection, by: timedelta) -> datetime:
    """Move the hotline's time forward and return the new time.

    Only where the app role was given the right to, which production never does.

    Raises:
        ValueError: ``by`` is not positive: time never runs backwards.
        sqlalchemy.exc.ProgrammingError: this installation may not shift its time.
    """
    if by <= timedelta(0):
        raise ValueError("time only moves forward")
    connection.execute(
        sa.text("UPDATE time_shift SET shift = shift + :by WHERE id = 1"), {"by": by}
    )
    return read(connection)


def shifted_by(connection: sa.Connection) -> timedelta:
    """Return how far the hotline's time is ahead of the database's."""
    ahead: timedelta = connection.execute(
        sa.text("SELECT shift FROM time_shift WHERE id = 1")
    ).scalar_one()
    return ahead


def of_this_machine(zone: ZoneInfo) -> datetime:
    """Return the machine's own time, for a shell that asks a map's file and no database."""
    return datetime.now(zone)  # noqa: TID251  the one place that may


def midnight(day: date) -> datetime:
    """Return the instant at which a day of the county begins."""
    return datetime.combine(day, time(), COUNTY_ZONE)
