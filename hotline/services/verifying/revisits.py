"""Callers whom an operator asks (人工回访): those the machine did not reach, and those of a redo.

The sample is another matter: drawn by lot, asked by lot (`hotline.services.verifying.sampling`).
The answer is the caller's, taken down by somebody who had no part in the handling: whoever closes
never verifies.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from hotline.domain.errors import NotAllowedError, RefusedError
from hotline.domain.tickets import Action, Role
from hotline.services.handling import tickets
from hotline.services.verifying import verification
from hotline.services.verifying.chain import took_part
from hotline.store import desk
from hotline.store import tickets as ticket_rows
from hotline.store.desk import Asker, ToAsk
from hotline.store.models import Ticket
from hotline.store.paging import Page
from hotline.work import Work

# A caller who did not answer can be asked by a person for so long after the silence ended it.
_LATE: Final = timedelta(days=7)


class Why(StrEnum):
    """Why a person asks this caller."""

    UNREACHED = "unreached"  # the machine's calls failed, or were not answered
    REDONE = "redone"  # it was not solved before


@dataclass(frozen=True, slots=True)
class Revisit:
    """A caller to ask: the open question with its ticket, and why a person asks."""

    row: ToAsk
    why: Why


def waiting(work: Work, *, at: str = "") -> Page[Revisit]:
    """Return a page of the callers whom a person should ask now; one query.

    How often the machine asks is the current map's number. Tickets of one's own are out.
    """
    asker = Asker(work.actor.staff_id, work.actor.unit)
    attempts = work.kit.maps.current.limits.asking.attempts
    found = desk.to_ask(work.session, asker, work.now - _LATE, attempts, at=at)
    rows = [Revisit(row, Why.UNREACHED if row.unreached else Why.REDONE) for row in found]
    return Page(rows, found.earlier, found.later)


def heard(work: Work, ticket: Ticket, *, solved: bool, grade: int | None, note: str = "") -> None:
    """Write down what the caller answered to a person.

    Args:
        work: in the role of the operator who spoke with the caller.
        ticket: locked, with an open question.
        solved: what the caller said.
        grade: 5 (非常满意) to 1 (非常不满意), if the caller gave one.
        note: what else the caller said.

    Raises:
        NotAllowedError: whoever asks had a part in the handling.
        RefusedError: nothing is being asked.
    """
    _guard(work, ticket)
    if note.strip():
        work.act(ticket, Action.NOTE, dict(work.write(ticket, "note", tickets.words(note))))
    verification.answer(
        work, ticket, solved=solved, by="person", grade=grade, heard_by=work.actor.staff_id
    )


def not_reached(work: Work, ticket: Ticket, note: str = "") -> None:
    """Write down that a person did not reach the caller either.

    Raises:
        RefusedError: nothing is being asked.
    """
    _guard(work, ticket)
    question = ticket_rows.open_ask(work.session, ticket.id)
    if question is None or question.answered_at is not None:
        raise RefusedError(reason="not_asked", ticket=ticket.number)
    question.tries += 1
    data: dict[str, object] = {"round": question.round, "try": question.tries}
    data |= {"by": "person", "outcome": "unreached"}
    if note.strip():
        data |= work.write(ticket, "note", tickets.words(note))
    work.act(ticket, Action.ASK, data)


def _guard(work: Work, ticket: Ticket) -> None:
    if work.actor.role is not Role.OPERATOR:
        raise NotAllowedError(role=work.actor.role)
    if work.actor.staff_id is None or took_part(work, ticket):
        raise NotAllowedError(ticket=ticket.number, reason="self_verified")
