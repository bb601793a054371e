"""Lists of what supervisors watch, and how many stand in each."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from hotline.domain.supervision import Alert
from hotline.domain.tickets import Supervision
from hotline.store import tickets
from hotline.store.models import Ticket
from hotline.store.paging import Page

# What supervisors watch: by how closely, and by how far a limit has come.
WATCHED: Final[Mapping[str, sa.ColumnElement[bool]]] = {
    "raised": col(Ticket.supervised) == Supervision.TO_THE_TOP,
    "overseen": col(Ticket.supervised) == Supervision.FROM_THE_START,
    "urged": col(Ticket.supervised) == Supervision.WHEN_LATE,
    "circulated": col(Ticket.alert) == Alert.CIRCULATED,
    "red": col(Ticket.alert).between(Alert.RED, Alert.RAISED),
    "yellow": col(Ticket.alert) == Alert.YELLOW,
}


def page(session: Session, name: str, *, at: str = "", size: int = tickets.PAGE) -> Page[Ticket]:
    """Return a page of one list of what is watched, the one that is due first in front.

    Args:
        session: any.
        name: of `WATCHED`.
        at: where the page begins (`hotline.store.paging`).
        size: how many at most.
    """
    if name == "red":
        stages = range(Alert.RED, Alert.CIRCULATED)
        return tickets.in_order(
            session, [[col(Ticket.alert) == stage] for stage in stages], at, size
        )
    return tickets.in_order(session, [[WATCHED[name]]], at, size)


def count(session: Session) -> dict[str, int]:
    """Return how many tickets each list has, up to `tickets.MANY`, in one query."""
    open_ = col(Ticket.closed_at).is_(None)
    counts = [
        sa.select(sa.func.count())
        .select_from(
            sa.select(sa.literal(1))
            .where(open_, tickets.REAL, which)
            .limit(tickets.MANY)
            .subquery()
        )
        .scalar_subquery()
        .label(name)
        for name, which in WATCHED.items()
    ]
    return dict(session.execute(sa.select(*counts)).one()._mapping)  # noqa: SLF001  public, by its documentation
