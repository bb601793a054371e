"""Evaluation both ways: the whistler of each unit, each unit of the whistle; once, for good."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from hotline.domain.errors import InvalidError, RefusedError
from hotline.domain.tickets import Action
from hotline.domain.whistle import PartyState
from hotline.services.handling import tickets
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import whistlers
from hotline.store import whistles as rows
from hotline.store.models import Ticket, WhistleParty, WhistleRating
from hotline.work import Work

VERDICTS: Final = ("valid", "wrong_unit", "premature")
_GRADES: Final = range(1, 6)
# Whoever has refused or was let off has no more to do: their word on the whistle may come at once.
SETTLED: Final = frozenset({PartyState.DONE, PartyState.REFUSED, PartyState.EXCUSED})


class Grades(NamedTuple):
    """What the whistler says of a unit, each from 1 (bad) to 5 (good)."""

    arrival: int
    conduct: int
    result: int


def rate_unit(
    work: Work,
    ticket: Ticket,
    party: WhistleParty,
    grades: Grades,
    text: str = "",
    *,
    done_at: datetime | None = None,
) -> None:
    """The whistler grades a unit's arrival, conduct and result, when the whistle has ended.

    Raises:
        InvalidError: a grade that is none.
        RefusedError: the whistle is open, or this was said before.
        NotAllowedError: somebody else blew it.
    """
    whistle = rows.whistle(work.session, party.whistle_id)
    if whistle is None or whistle.ended_at is None:
        raise RefusedError(reason="whistle_not_ended", ticket=ticket.number)
    whistlers.guard(work, ticket, whistle)
    if not set(grades) <= set(_GRADES):
        raise InvalidError(fields=["grades"])
    data = {"arrival": grades.arrival, "conduct": grades.conduct, "outcome_grade": grades.result}
    row = _row(work, ticket, party, "whistler", text)
    row.arrival, row.conduct, row.result = grades
    _record(work, ticket, party, row, Action.RATE_UNIT, data | {"done_at": done_at})


def rate_whistle(
    work: Work,
    ticket: Ticket,
    party: WhistleParty,
    verdict: str,
    text: str = "",
    *,
    done_at: datetime | None = None,
) -> None:
    """A called unit says whether the whistle was right: valid, the wrong unit, or too early.

    Raises:
        InvalidError: no such verdict.
        RefusedError: the unit has still to do with it, or this was said before.
        NotAllowedError: another unit was called.
    """
    whistle = whistle_course.guard_unit(work, ticket, party)
    if whistle.ended_at is None and PartyState(party.state) not in SETTLED:
        raise RefusedError(reason="whistle_not_ended", ticket=ticket.number)
    if verdict not in VERDICTS:
        raise InvalidError(fields=["verdict"])
    row = _row(work, ticket, party, "unit", text)
    row.verdict = verdict
    data: dict[str, object] = {"verdict": verdict, "done_at": done_at}
    _record(work, ticket, party, row, Action.RATE_WHISTLE, data)


def _row(work: Work, ticket: Ticket, party: WhistleParty, side: str, text: str) -> WhistleRating:
    if any(row.side == side for row in rows.ratings_of(work.session, [party.id])):
        raise RefusedError(reason="rated_before", ticket=ticket.number)
    written = work.write(ticket, "rating", tickets.words(text)) if text.strip() else None
    work.session.flush()
    assert work.actor.staff_id is not None  # noqa: S101  both guards have seen a person
    return WhistleRating(
        whistle_id=party.whistle_id,
        party_id=party.id,
        ticket_id=ticket.id,
        side=side,
        by=work.actor.staff_id,
        at=work.now,
        text_id=UUID(written["text"]) if written else None,
    )


def _record(
    work: Work,
    ticket: Ticket,
    party: WhistleParty,
    row: WhistleRating,
    action: Action,
    data: dict[str, object],
) -> None:
    work.session.add(row)
    facts: dict[str, object] = {"whistle": party.whistle_id, "party": party.id, "unit": party.unit}
    facts |= {"text": str(row.text_id)} if row.text_id else {}
    work.act(ticket, action, facts | data)
