"""Show who a caller is, put on record who looked, and tell the caller that they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError
from hotline.domain.tickets import Role
from hotline.store import tickets as ticket_rows
from hotline.store import views as view_rows
from hotline.store.models import Staff, Ticket
from hotline.store.models.proofs import IdentityView
from hotline.store.paging import Page
from hotline.work import Work

# What can be looked at: stored, hashed and shown to the caller.
WHATS: Final = ("call_caller", "original", "recording", "search_number")
# Who may learn who a confidential ticket's caller is.
OF_THE_HOTLINE: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR})
# Why somebody looks. Codes, for the log can't be redacted.
REASONS: Final = ("contact", "on_site", "danger", "oversight", "complaint_of_caller")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who called, in the clear; for the moment of showing it only.

    ``found`` are the numbers, doors and names of the texts, in the order of their marks.
    """

    number: str | None
    name: str | None
    address: str | None
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Viewed:
    """One look at who a caller is, as the caller may be told: no name of whoever looked."""

    at: datetime
    role: Role
    unit: str
    what: str
    reason: str | None


def view(work: Work, ticket: Ticket, what: str, reason: str | None = None) -> Identity:
    """Return who called, and add to the access log that this person looked.

    Args:
        work: in the role of somebody signed in.
        ticket: whose caller; it need not be locked: the log is not the ticket's chain.
        what: one of `WHATS`.
        reason: one of `REASONS`; a confidential ticket's caller is shown for a reason only.

    Raises:
        NotFoundError: nobody is signed in, or no identity is kept.
        InvalidError: the ticket is confidential and no reason was given.
        NotAllowedError: it is confidential, and whoever asks handles it.
    """
    if ticket.confidential and work.actor.role not in OF_THE_HOTLINE:
        raise NotAllowedError(reason="confidential", ticket=ticket.number)
    row = ticket_rows.identity(work.session, ticket.id)
    if row is None or work.actor.staff_id is None:
        raise NotFoundError(what="identity")
    if needs_reason(ticket) and reason is None:
        raise InvalidError(fields=["reason"])
    log_view(work, ticket.id, what, reason)
    keys = work.kit.keys
    return Identity(
        number=keys.open(row.number_sealed) if row.number_sealed else None,
        name=keys.open(row.name_sealed) if row.name_sealed else None,
        address=keys.open(row.address_sealed) if row.address_sealed else None,
        found=tuple(keys.open(row.found_sealed).split("\n")) if row.found_sealed else (),
    )


def needs_reason(ticket: Ticket) -> bool:
    """Whether whoever looks at a ticket's caller must say why: the caller asked for secrecy."""
    return ticket.confidential


def log_view(work: Work, ticket_id: UUID, what: str, reason: str | None = None) -> None:
    """Put on record that somebody looked at what tells who a caller is.

    Args:
        work: in the role of somebody signed in.
        ticket_id: whose caller.
        what: what was looked at, one of `WHATS`.
        reason: what for, one of `REASONS`, where it was said.

    Raises:
        NotAllowedError: nobody is signed in.
        InvalidError: a reason that we do not know.
    """
    if work.actor.staff_id is None:
        raise NotAllowedError(reason="nobody")
    if reason is not None and reason not in REASONS:
        raise InvalidError(fields=["reason"])
    work.session.add(
        IdentityView(
            ticket_id=ticket_id,
            staff_id=work.actor.staff_id,
            what=what,
            at=work.now,
            reason=reason,
        )
    )


def views_of(work: Work, ticket_id: UUID) -> tuple[Viewed, ...]:
    """Return every look at who a ticket's caller is, oldest first, for the caller's own eyes.

    It says when, in which role, of which unit, and what was looked at: never by whom by name.
    """
    return tuple(
        Viewed(seen.at, staff.role, staff.unit, seen.what, seen.reason)
        for seen, staff in view_rows.of_ticket(work.session, ticket_id)
    )


def access_log(
    work: Work, wanted: view_rows.Wanted, *, at: str = ""
) -> Page[tuple[IdentityView, Staff, Ticket]]:
    """Return a page of the access log, newest first, for those who watch over it."""
    return view_rows.log(work.session, wanted, at=at)


def lookers(work: Work) -> Sequence[Staff]:
    """Return everybody who ever looked at an identity, by name, to choose from."""
    return view_rows.lookers(work.session)
