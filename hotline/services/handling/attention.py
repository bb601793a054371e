"""Put something before a supervisor, once."""

from collections.abc import Mapping
from uuid import UUID

from hotline.domain.errors import NotFoundError
from hotline.store import attention as rows
from hotline.work import Work


def raise_(
    work: Work, kind: str, key: str, facts: Mapping[str, object], ticket_id: UUID | None = None
) -> None:
    """Put an entry before the supervisors; the same ``key`` makes only one."""
    work.books.attend(kind=kind, key=key, facts=facts, at=work.now, about=ticket_id)


def is_new(work: Work, key: str) -> bool:
    """Whether no entry was ever made under this key."""
    return not rows.is_known(work.session, key)


def row(
    work: Work, kind: str, key: str, facts: Mapping[str, object], ticket_id: UUID
) -> dict[str, object]:
    """Return an entry as a row, for a command that writes a new ticket in one statement."""
    return rows.values(kind=kind, key=key, facts=facts, at=work.now, ticket_id=ticket_id)


def settle(work: Work, entry_id: UUID) -> None:
    """Mark an entry as seen to by the supervisor who acts.

    Raises:
        NotFoundError: no such open entry.
    """
    entry = rows.get_open(work.session, entry_id)
    if entry is None:
        raise NotFoundError(attention=entry_id)
    entry.settled_at, entry.settled_by = work.now, work.actor.staff_id


def settle_key(work: Work, key: str) -> None:
    """Mark an entry as seen to because what it asked for was done; it may have been before."""
    entry = rows.by_key(work.session, key)
    if entry is not None:
        entry.settled_at, entry.settled_by = work.now, work.actor.staff_id
