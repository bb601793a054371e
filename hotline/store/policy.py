"""Rows of policy: applied maps; and what start-up asks the database."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from hotline.store.alone import alone
from hotline.store.models import MapVersion, PolicyChange, Staff

# No two maps come into force at once.
_LOCK: Final = 12346
_KINDS_IN_FORCE: Final = ("release", "apply", "rollback")


def in_force(session: Session) -> MapVersion | None:
    """Return the map that decides about new tickets; ``None`` before the first release."""
    return session.exec(
        select(MapVersion)
        .join(PolicyChange, col(PolicyChange.version) == col(MapVersion.version))
        .where(col(PolicyChange.kind).in_(_KINDS_IN_FORCE))
        .order_by(col(PolicyChange.number).desc())
        .limit(1)
    ).one_or_none()


class InForceNow(NamedTuple):
    """What decides now: the version of the map, and the newest notice of the calendar."""

    version: str | None
    notice: int


def in_force_now(engine: sa.Engine) -> InForceNow:
    """Return what is in force, with as little as can be: every process asks each second.

    Raises:
        sqlalchemy.exc.OperationalError: the database does not answer.
    """
    with alone(engine) as connection:
        found = connection.execute(
            "SELECT (SELECT version FROM policy_change WHERE kind <> 'move'"
            " ORDER BY number DESC LIMIT 1), coalesce(max(number), 0) FROM calendar_notice"
        ).fetchone()
    return InForceNow(*found) if found else InForceNow(None, 0)


def lock(session: Session) -> None:
    """Let nobody else bring a map into force before this transaction ends."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def keep(session: Session, version: str, content: str) -> None:
    """Remember a map as it was written; the same version twice is one row."""
    session.execute(_kept(version, content))


def add_change(  # noqa: PLR0913  one row, named fields
    session: Session,
    *,
    kind: str,
    version: str,
    previous: str | None,
    staff_id: UUID | None,
    why: str,
    at: datetime,
) -> PolicyChange:
    """Put a change of policy on record, under `lock`."""
    last = session.exec(select(sa.func.max(PolicyChange.number))).one()
    row = PolicyChange(
        number=(last or 0) + 1,
        kind=kind,
        version=version,
        previous=previous,
        staff_id=staff_id,
        why=why,
        at=at,
    )
    session.add(row)
    session.flush()
    return row


def changes(session: Session, limit: int = 100) -> list[tuple[PolicyChange, Staff | None]]:
    """Return what happened to the policy and who did it, the newest first."""
    query = (
        select(PolicyChange, Staff)
        .outerjoin(Staff, col(Staff.id) == col(PolicyChange.staff_id))
        .order_by(col(PolicyChange.number).desc())
        .limit(limit)
    )
    return [(change, staff) for change, staff in session.exec(query)]


def versions(session: Session, beginning: str) -> list[MapVersion]:
    """Return the kept maps whose version begins so."""
    return list(
        session.exec(
            select(MapVersion).where(col(MapVersion.version).startswith(beginning, autoescape=True))
        )
    )


def apply_map(connection: sa.Connection, version: str, content: str) -> None:
    """Bring the map of an installation's file into force, unless it was here before.

    A file that was seen before changes nothing: another map may have come into force since, and
    a restart must not undo that.
    """
    with Session(connection) as session:
        lock(session)
        if session.get(MapVersion, version) is None:
            before = in_force(session)
            keep(session, version, content)
            now = session.execute(sa.select(sa.func.hotline_now())).scalar_one()
            add_change(
                session,
                kind="release",
                version=version,
                previous=before.version if before else None,
                staff_id=None,
                why="",
                at=now,
            )


def _kept(version: str, content: str) -> sa.Executable:
    return (
        insert(MapVersion)
        .values(version=version, content=content, applied_at=sa.text("hotline_now()"))
        .on_conflict_do_nothing()
    )


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
