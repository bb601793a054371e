"""Rows of policy: applied maps and the working calendar; and what start-up asks the database."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from hotline.domain.deadlines import Calendar
from hotline.domain.grid import Office
from hotline.store.models import CalendarDay, MapVersion


def is_applied(session: Session, version: str) -> bool:
    """Say whether a map version was applied here."""
    return session.get(MapVersion, version) is not None


def apply_map(connection: sa.Connection, version: str, content: str) -> None:
    """Remember a map as it was written; the same version twice is one row."""
    connection.execute(
        insert(MapVersion)
        .values(version=version, content=content, applied_at=sa.text("hotline_now()"))
        .on_conflict_do_nothing()
    )


def add_days(connection: sa.Connection, days: Iterable[tuple[date, str, str]]) -> None:
    """Add days off and make-up days; a day that is known stays as it is."""
    rows = [{"day": day, "kind": kind, "source": source} for day, kind, source in days]
    if rows:
        connection.execute(insert(CalendarDay).on_conflict_do_nothing(), rows)


def calendar(session: Session, office: Office) -> Calendar:
    """Return the working calendar of the county."""
    rows = session.exec(select(CalendarDay).order_by(col(CalendarDay.day)))
    return Calendar.from_days([(row.day, row.kind, row.source) for row in rows], office)


def owns_ledger(connection: sa.Connection) -> bool:
    """Say whether the role that is signed in could change the ledger's table or its rows."""
    owns: bool = connection.execute(
        sa.text(
            "SELECT pg_has_role(current_user, c.relowner, 'MEMBER') "
            "OR has_table_privilege(current_user, c.oid, 'UPDATE, DELETE, TRUNCATE') "
            "OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) "
            "FROM pg_class c WHERE c.oid = 'ticket_event'::regclass"
        )
    ).scalar_one()
    return owns


def knows_chinese(connection: sa.Connection) -> bool:
    """Say whether trigrams are made of Chinese text here; some locales silently make none."""
    installed = connection.execute(
        sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
    ).scalar_one()
    if not installed:
        return False
    return bool(connection.execute(sa.text("SELECT show_trgm('停水') <> '{}'")).scalar_one())
