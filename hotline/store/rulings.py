"""Rows of the catalogue's entries that rulings made."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hotline.domain.rulings import Entry, Scope
from hotline.store import paging
from hotline.store.models import CatalogueEntry, Staff, Ticket, TicketText
from hotline.store.paging import Order, Page

PROPOSED: Final = "proposed"
APPROVED: Final = "approved"
DECLINED: Final = "declined"
STATES: Final = (PROPOSED, APPROVED, DECLINED)


class Listed(NamedTuple):
    """An entry with the ticket that it came from, its reasons, and who proposed and decided."""

    entry: CatalogueEntry
    ticket: Ticket
    text: TicketText
    proposer: Staff
    decider: Staff | None


def in_force_question(class_code: str) -> str:
    """Return the SQL that gives the entries in force of a class as one JSON array, or NULL.

    Args:
        class_code: SQL of the class's code. Whoever asks for more in one round trip embeds this.
    """
    return f"""(SELECT json_agg(json_build_object('id', e.id, 'class_code', e.class_code,
  'place', e.place, 'words', e.words, 'version', e.version, 'lead', e.lead,
  'helpers', e.helpers, 'settles', e.settles, 'decided_at', e.decided_at))
 FROM catalogue_entry e WHERE e.class_code = {class_code}
  AND e.state = 'approved' AND e.superseded_at IS NULL)"""  # noqa: S608  nothing from outside


_IN_FORCE: Final = sa.text(f"SELECT {in_force_question(':class_code')}")


def in_force(session: Session, class_code: str) -> tuple[Entry, ...]:
    """Return the entries of a class that are in force."""
    return read(session.execute(_IN_FORCE, {"class_code": class_code}).scalar_one())


def read(found: list[Mapping[str, Any]] | None) -> tuple[Entry, ...]:
    """Return the entries that `in_force_question` answered with."""
    return tuple(Entry.of(row) for row in found or ())


def get(session: Session, entry_id: UUID, *, lock: bool = False) -> CatalogueEntry | None:
    """Return an entry, under its row lock if one is wanted."""
    query = select(CatalogueEntry).where(col(CatalogueEntry.id) == entry_id)
    return session.exec(query.with_for_update() if lock else query).one_or_none()


def versions(session: Session, scope: Scope, *, lock: bool = False) -> list[CatalogueEntry]:
    """Return every entry of exactly this scope, the newest first; under row locks if wanted."""
    query = (
        select(CatalogueEntry)
        .where(
            col(CatalogueEntry.class_code) == scope.class_code,
            col(CatalogueEntry.place) == scope.place,
            col(CatalogueEntry.words) == sa.cast(list(scope.words), sa.ARRAY(sa.Text)),
        )
        .order_by(col(CatalogueEntry.version).desc())
    )
    return list(session.exec(query.with_for_update() if lock else query))


def of_ticket(session: Session, ticket_id: UUID) -> list[CatalogueEntry]:
    """Return the entries that came out of a ticket's disputes, the newest first."""
    return list(
        session.exec(
            select(CatalogueEntry)
            .where(col(CatalogueEntry.ticket_id) == ticket_id)
            .order_by(col(CatalogueEntry.proposed_at).desc())
        )
    )


def page(session: Session, state: str, *, at: str = "") -> Page[Listed]:
    """Return a page of the entries in a state, the newest first."""
    proposer, decider = aliased(Staff), aliased(Staff)
    query = (
        sa.select(CatalogueEntry, Ticket, TicketText, proposer, decider)
        .join(Ticket, col(Ticket.id) == col(CatalogueEntry.ticket_id))
        .join(TicketText, col(TicketText.id) == col(CatalogueEntry.text_id))
        .join(proposer, col(proposer.id) == col(CatalogueEntry.proposed_by))
        .outerjoin(decider, col(decider.id) == col(CatalogueEntry.decided_by))
        .where(col(CatalogueEntry.state) == state)
    )
    order = Order((col(CatalogueEntry.proposed_at), col(CatalogueEntry.id)), descending=True)
    found = paging.page(session, query, order, at=at)
    rows = [Listed(*row) for row in found]
    return Page(rows, earlier=found.earlier, later=found.later)
