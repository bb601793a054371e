"""The case file of a flag: the rows behind each sign side by side, the answer, and the ruling."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hotline.domain.grid.model import GridMap
from hotline.domain.suspicion.frame import OPEN_STATES, FlagState, Signal
from hotline.services.handling import timing
from hotline.services.reckoning import flags
from hotline.store import flags as flag_rows
from hotline.store import people
from hotline.store import suspicion as rows
from hotline.store import tickets as ticket_rows
from hotline.store.flags import Precision, Queued
from hotline.store.models import (
    FlagRow,
    Media,
    Staff,
    Submission,
    SuspicionRow,
    Ticket,
    TicketText,
)
from hotline.work import Work

_ID_OF: Final = {"photo": "ticket", "ticket": "id"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A photo of the claim and the earlier one that is the same picture."""

    mine: UUID
    other: UUID
    at: datetime | None
    ticket: Ticket | None
    likeness: str
    bits: int
    own_ticket: bool


@dataclass(frozen=True, slots=True)
class Closing:
    """One closing on the time line of a bulk: seconds after the first of them."""

    after_s: int
    at: datetime
    ticket: Ticket | None
    characters: int


@dataclass(frozen=True, slots=True)
class Back:
    """A ticket that came back."""

    ticket: Ticket | None
    at: datetime | None
    window: str
    metres: int | None
    same_caller: bool


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign with the rows behind it, and how often its signal was right so far."""

    row: SuspicionRow
    precision: Precision
    pairs: tuple[Pair, ...]
    closings: tuple[Closing, ...]
    backs: tuple[Back, ...]
    counts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything that a flag's page shows."""

    flag: FlagRow
    claim: Submission
    ticket: Ticket
    map: GridMap
    signs: tuple[Sign, ...]
    texts: Mapping[UUID, TicketText]
    people: Mapping[UUID, Staff]
    answer_photos: tuple[Media, ...]
    may_rule: bool


def read(work: Work, found: Queued) -> CaseFile:
    """Return the case file of a flag, in a fixed number of queries."""
    flag, claim, ticket = found
    said = _newest(rows.signs(work.session, [claim.id]))
    every = [row for sign in said for row in sign.rows]
    claims = rows.submissions(
        work.session, {UUID(row["id"]) for row in every if row["what"] == "submission"}
    )
    wanted = {UUID(row[_ID_OF[row["what"]]]) for row in every if row["what"] in _ID_OF}
    tickets = rows.tickets(work.session, wanted | {one.ticket_id for one in claims.values()})
    precision = flag_rows.precision(work.session)
    ids = {flag.answered_by, flag.ruled_by, claim.by} - {None}
    answered = [
        row for row in ticket_rows.media(work.session, ticket.id) if row.purpose == "answer"
    ]
    return CaseFile(
        flag=flag,
        claim=claim,
        ticket=ticket,
        map=timing.map_of(work, ticket),
        signs=tuple(
            Sign(
                sign,
                precision[Signal(sign.signal)],
                tuple(_pairs(sign.rows, claim, tickets)),
                tuple(_closings(sign.rows, claims, tickets)),
                tuple(_backs(sign.rows, tickets)),
                {"claim" if row["id"] == str(claim.id) else row["what"]: row for row in sign.rows},
            )
            for sign in said
        ),
        texts={text.id: text for text in ticket_rows.texts(work.session, ticket.id)},
        people=people.named(work.session, {one for one in ids if one is not None}),
        answer_photos=tuple(answered),
        may_rule=flags.may_rule(work, found),
    )


def rulable(state: FlagState) -> bool:
    """Whether a flag in this state waits for a ruling."""
    return state in OPEN_STATES and state is not FlagState.ASKED


def _newest(said: Sequence[SuspicionRow]) -> list[SuspicionRow]:
    """Return the newest word of each signal, the strongest first: rules may have changed."""
    newest: dict[Signal, SuspicionRow] = {}
    for row in sorted(said, key=lambda row: row.at):
        newest[row.signal] = row
    return sorted(newest.values(), key=lambda row: -row.strength)


def _at(row: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(row["at"]) if row.get("at") else None


def _pairs(
    found: Sequence[Mapping[str, Any]], claim: Submission, tickets: Mapping[UUID, Ticket]
) -> Iterator[Pair]:
    for row in found:
        if row["what"] == "photo":
            other = UUID(row["ticket"])
            yield Pair(
                mine=UUID(row["id"]),
                other=UUID(row["other"]),
                at=_at(row),
                ticket=tickets.get(other),
                likeness=row["likeness"],
                bits=row["bits"],
                own_ticket=other == claim.ticket_id,
            )


def _closings(
    found: Sequence[Mapping[str, Any]],
    claims: Mapping[UUID, Submission],
    tickets: Mapping[UUID, Ticket],
) -> Iterator[Closing]:
    bulk = [row for row in found if row["what"] == "submission" and "characters" in row]
    first = _at(bulk[0]) if bulk else None
    for row in bulk:
        at, one = _at(row), claims.get(UUID(row["id"]))
        if at is not None and first is not None:
            yield Closing(
                int((at - first).total_seconds()),
                at,
                tickets.get(one.ticket_id) if one else None,
                row["characters"],
            )


def _backs(found: Sequence[Mapping[str, Any]], tickets: Mapping[UUID, Ticket]) -> Iterator[Back]:
    for row in found:
        if row["what"] == "ticket":
            yield Back(
                tickets.get(UUID(row["id"])),
                _at(row),
                row["window"],
                row.get("metres"),
                bool(row["same_caller"]),
            )
