"""Rows of the ledger as a whole: what a root covers, and everything there is to verify.

Columns are read as plain text: a word that no enum knows is a fault to report, not a crash.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.ledger import Head, View
from hotline.domain.proof import Recorded, Words
from hotline.store.models import Ticket, TicketText
from hotline.store.models.proofs import IdentityView, LedgerHead, LedgerRoot, LedgerView

# Sealing takes turns by this key; it collides with nobody else's.
_SEALING: Final = 12346


class Chain(NamedTuple):
    """One ticket's chain as it is stored: its head, its number, its events and its words."""

    ticket_id: UUID
    number: str
    head: Head
    events: tuple[Recorded, ...]
    texts: Mapping[str, Words]


class Rooted(NamedTuple):
    """A signed root, and the end of one ticket's chain that it covers."""

    root: LedgerRoot
    head: Head


def take_turn(session: Session) -> None:
    """Wait until nobody else is sealing; the turn ends with the transaction."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEALING})


def last_root(session: Session) -> LedgerRoot | None:
    """Return the newest root."""
    return session.exec(
        select(LedgerRoot).order_by(col(LedgerRoot.number).desc()).limit(1)
    ).one_or_none()


def unrooted(session: Session, limit: int) -> list[Head]:
    """Lock up to ``limit`` tickets that no root covers as they stand, and return their heads.

    One that somebody is working on is left for the next root: nobody waits for a seal.
    """
    rows = session.execute(
        sa.select(col(Ticket.id), col(Ticket.event_seq), col(Ticket.head_hash))
        .where(col(Ticket.rooted_seq) < col(Ticket.event_seq))
        .order_by(col(Ticket.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Head(str(ticket_id), seq, hash_) for ticket_id, seq, hash_ in rows]


def unsealed_views(session: Session, limit: int) -> list[View]:
    """Return up to ``limit`` views of identities that no root covers."""
    rows = session.exec(
        select(IdentityView)
        .where(~sa.exists().where(col(LedgerView.view_id) == col(IdentityView.id)))
        .order_by(col(IdentityView.at))
        .limit(limit)
    )
    return [_view(row) for row in rows]


def add_root(
    session: Session, root: LedgerRoot, heads: Sequence[Head], views: Sequence[View]
) -> None:
    """Store a root with what it covers, and mark its tickets as covered."""
    session.add(root)
    session.flush()
    if heads:
        rows = [
            {"root": root.number, "ticket_id": UUID(h.ticket), "seq": h.seq, "hash": h.hash}
            for h in heads
        ]
        session.execute(sa.insert(LedgerHead), rows)
        session.execute(
            sa.update(Ticket)
            .where(col(LedgerHead.root) == root.number, col(LedgerHead.ticket_id) == Ticket.id)
            .values(rooted_seq=LedgerHead.seq)
            .execution_options(synchronize_session=False)
        )
    if views:
        session.execute(
            sa.insert(LedgerView), [{"root": root.number, "view_id": UUID(v.id)} for v in views]
        )


def roots(session: Session) -> list[LedgerRoot]:
    """Return every root, oldest first."""
    return list(session.exec(select(LedgerRoot).order_by(col(LedgerRoot.number))))


def heads_of_root(session: Session, number: int) -> list[Head]:
    """Return the heads that a root covers."""
    rows = session.exec(
        select(LedgerHead).where(col(LedgerHead.root) == number).order_by(col(LedgerHead.ticket_id))
    )
    return [Head(str(row.ticket_id), row.seq, row.hash) for row in rows]


def views_of_root(session: Session, number: int) -> list[View]:
    """Return the views that are new in a root."""
    rows = session.exec(
        select(IdentityView)
        .join(LedgerView, col(LedgerView.view_id) == col(IdentityView.id))
        .where(col(LedgerView.root) == number)
    )
    return [_view(row) for row in rows]


def rooted(session: Session, ticket_id: UUID) -> list[Rooted]:
    """Return the roots that cover a ticket, oldest first."""
    rows = session.exec(
        select(LedgerRoot, LedgerHead)
        .join(LedgerHead, col(LedgerHead.root) == col(LedgerRoot.number))
        .where(col(LedgerHead.ticket_id) == ticket_id)
        .order_by(col(LedgerRoot.number))
    )
    return [Rooted(root, Head(str(ticket_id), head.seq, head.hash)) for root, head in rows]


def views(session: Session, ticket_id: UUID) -> list[IdentityView]:
    """Return who looked at the identity of a ticket's caller, oldest first."""
    return list(
        session.exec(
            select(IdentityView)
            .where(col(IdentityView.ticket_id) == ticket_id)
            .order_by(col(IdentityView.at))
        )
    )


def hashes(session: Session, heads: Collection[Head]) -> dict[tuple[str, int], str]:
    """Return the hashes of these events as they are stored now, by ticket and number."""
    wanted = [(UUID(head.ticket), head.seq) for head in heads]
    rows = session.execute(
        sa.text(
            "SELECT e.ticket_id, e.seq, e.hash FROM ticket_event e"
            " JOIN unnest(CAST(:tickets AS uuid[]), CAST(:seqs AS integer[])) w(ticket_id, seq)"
            " ON e.ticket_id = w.ticket_id AND e.seq = w.seq"
        ),
        {"tickets": [ticket for ticket, _ in wanted], "seqs": [seq for _, seq in wanted]},
    )
    return {(str(ticket_id), seq): hash_ for ticket_id, seq, hash_ in rows}


def chain(session: Session, ticket_id: UUID) -> Chain | None:
    """Return one ticket's chain; its head and events are of one and the same moment."""
    found = _chains(session, sa.text(_CHAINS.format(which="t.id = :one")), {"one": ticket_id})
    return found[0] if found else None


def chains_after(session: Session, after: UUID, limit: int) -> list[Chain]:
    """Return the chains of the next ``limit`` tickets in the order of their ids."""
    which = "t.id IN (SELECT id FROM ticket WHERE id > :after ORDER BY id LIMIT :limit)"
    return _chains(session, sa.text(_CHAINS.format(which=which)), {"after": after, "limit": limit})


_CHAINS: Final = (
    "SELECT t.id, t.number, t.event_seq, t.head_hash, e.seq, e.action, e.status, e.role, e.actor,"
    " e.at, e.body, e.previous, e.hash"
    " FROM ticket t LEFT JOIN ticket_event e ON e.ticket_id = t.id WHERE {which}"
    " ORDER BY t.id, e.seq"
)


def _chains(session: Session, query: sa.TextClause, values: Mapping[str, object]) -> list[Chain]:
    heads: dict[UUID, tuple[str, Head]] = {}
    events: dict[UUID, list[Recorded]] = defaultdict(list)
    for ticket_id, number, seq, hash_, *event in session.execute(query, dict(values)):
        heads[ticket_id] = (number, Head(str(ticket_id), seq, hash_))
        if event[0] is not None:
            events[ticket_id].append(Recorded(*event))
    texts: dict[UUID, dict[str, Words]] = defaultdict(dict)
    for row in session.exec(select(TicketText).where(col(TicketText.ticket_id).in_(list(heads)))):
        texts[row.ticket_id][str(row.id)] = Words(row.salt, row.body, row.redacted_at is not None)
    return [
        Chain(ticket_id, number, head, tuple(events[ticket_id]), texts[ticket_id])
        for ticket_id, (number, head) in heads.items()
    ]


def _view(row: IdentityView) -> View:
    return View(str(row.id), str(row.ticket_id), str(row.staff_id), row.what, row.at, row.reason)


def numbers(session: Session, ticket_ids: Collection[str]) -> dict[str, str]:
    """Return the numbers of tickets by id, of those that are there."""
    rows = session.execute(
        sa.select(col(Ticket.id), col(Ticket.number)).where(
            col(Ticket.id).in_([UUID(ticket_id) for ticket_id in ticket_ids])
        )
    )
    return {str(ticket_id): number for ticket_id, number in rows}
