"""Show who a caller is, and put on record who looked."""

from dataclasses import dataclass
from uuid import UUID

from hotline.domain.errors import NotAllowedError, NotFoundError
from hotline.store import tickets as ticket_rows
from hotline.store.models import IdentityView, Ticket
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Identity:
    """Who called, in the clear; for the moment of showing it only."""

    number: str | None
    name: str | None
    found: tuple[str, ...]


def view(work: Work, ticket: Ticket, what: str) -> Identity:
    """Return who called, and add to the access log that this person looked.

    Args:
        work: in the role of somebody signed in.
        ticket: whose caller; it need not be locked: the log is not the ticket's chain.
        what: what for, such as ``call_caller``.

    Raises:
        NotFoundError: nobody is signed in, or no identity is kept.
    """
    row = ticket_rows.identity(work.session, ticket.id)
    if row is None or work.actor.staff_id is None:
        raise NotFoundError(what="identity")
    work.session.add(
        IdentityView(ticket_id=ticket.id, staff_id=work.actor.staff_id, what=what, at=work.now)
    )
    keys = work.kit.keys
    return Identity(
        number=keys.open(row.number_sealed) if row.number_sealed else None,
        name=keys.open(row.name_sealed) if row.name_sealed else None,
        found=tuple(keys.open(row.found_sealed).split("\n")) if row.found_sealed else (),
    )


def log_view(work: Work, ticket_id: UUID, what: str) -> None:
    """Put on record that somebody looked at what tells who a caller is.

    Args:
        work: in the role of somebody signed in.
        ticket_id: whose caller.
        what: what was looked at, such as ``call_caller``, ``original`` or ``recording``.

    Raises:
        NotAllowedError: nobody is signed in.
    """
    if work.actor.staff_id is None:
        raise NotAllowedError(reason="nobody")
    work.session.add(
        IdentityView(ticket_id=ticket_id, staff_id=work.actor.staff_id, what=what, at=work.now)
    )
