"""The register of refusals (否定备案), read from the ledger: nobody keeps a second book."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hotline.domain.tickets import Action
from hotline.store import paging
from hotline.store.models import Ticket, TicketEvent
from hotline.store.paging import Order, Page

# What refuses somebody: a demand, a ticket, a whistle.
REFUSALS: Final = (Action.REJECT, Action.RETURN, Action.REFUSE)
_RULINGS: Final = (
    *(Action.APPROVE, Action.DISAPPROVE, Action.UPHOLD, Action.OVERTURN),
    Action.RULE_DUTY,
)


def page(
    session: Session, actions: tuple[Action, ...], *, number: str | None = None, at: str = ""
) -> Page[tuple[TicketEvent, Ticket, TicketEvent | None]]:
    """Return a page of refusals, the newest first, each with its ticket and its ruling.

    Args:
        session: any.
        actions: of `REFUSALS`, which ones.
        number: of one ticket only.
        at: where the page begins (`hotline.store.paging`).
    """
    ruling, later = aliased(TicketEvent), aliased(TicketEvent)
    ruled: sa.ScalarSelect[Any] = (
        sa.select(sa.func.min(later.seq))
        .where(
            col(later.ticket_id) == col(TicketEvent.ticket_id),
            col(later.seq) > col(TicketEvent.seq),
            col(later.action).in_(_RULINGS),
            col(TicketEvent.action) != Action.REFUSE,
        )
        .correlate(TicketEvent)
        .scalar_subquery()
    )
    query = (
        sa.select(TicketEvent, Ticket, ruling)
        .join(Ticket, col(Ticket.id) == col(TicketEvent.ticket_id))
        .outerjoin(
            ruling,
            sa.and_(col(ruling.ticket_id) == col(TicketEvent.ticket_id), col(ruling.seq) == ruled),
        )
        .where(col(TicketEvent.action).in_(actions))
    )
    if number is not None:
        query = query.where(col(Ticket.number) == number)
    order = Order((col(TicketEvent.at), col(TicketEvent.hash)), descending=True)
    return paging.page(session, query, order, at=at)
