"""A ticket's row is a summary of its events: rebuilt from them, it is the same (design §6)."""

from dataclasses import fields

import pytest

from hotline.domain.disputes import ReturnReason
from hotline.domain.replay import State, replay
from hotline.domain.tickets import Status
from hotline.services.handling import returns, tickets
from hotline.services.reception import additions, intake
from hotline.services.verifying import ratings, verification
from hotline.store.models import Ticket
from hotline.work import CITIZEN
from tests.web import nights


def difference(county, number: str) -> dict[str, tuple[object, object]]:
    """What the row says otherwise than the events, by column."""
    return between(replay(county.events(number)), county.ticket(number))


def between(state: State, row: Ticket) -> dict[str, tuple[object, object]]:
    """What a row said otherwise than a state, by column."""
    told = {field.name: getattr(state, field.name) for field in fields(State)}
    stands = {name: getattr(row, name) for name in told}
    stands |= {
        name: str(stands[name]) if stands[name] else None
        for name in ("officer_id", "submitted_by", "lead_id", "first_asked")
    }
    return {name: (told[name], stands[name]) for name in told if told[name] != stands[name]}


@pytest.mark.parametrize(
    "history",
    [nights.a_night, nights.whistled, nights.returned, nights.more_time],
    ids=lambda history: history.__name__,
)
def test_the_row_is_what_its_events_tell(county, history):
    number = history(county)

    assert difference(county, number) == {}


def test_a_ticket_that_waited_was_located_returned_and_located_again(county):
    [number] = nights.in_triage(county)
    assert difference(county, number) == {}
    operator = county.actor("operator1")
    place = {"grid_code": "210124101201", "class_code": "utilities/water"}

    with county.work(CITIZEN) as work:
        additions.say_more(work, work.ticket(number), "就是吃不上水")
    assert difference(county, number) == {}
    with county.work(operator) as work:
        intake.locate(work, work.ticket(number), **place, urgent=False)
    assert difference(county, number) == {}
    with county.work(county.officer_of(number)) as work:
        returns.send_back(
            work, work.ticket(number), returns.Proof(ReturnReason.OTHER_PLACE, "不在本网格")
        )
    with county.work(operator) as work:
        returns.rule(work, work.ticket(number), upheld=True, reason="确属邻村")

    assert county.ticket(number).status is Status.TRIAGE
    assert difference(county, number) == {}


def test_redos_raise_the_rung_and_a_late_grade_moves_nothing(county):
    number = nights.submitted(county)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=False, by="call")
    assert difference(county, number) == {}
    county.forward(days=3)

    assert county.ticket(number).rung != "grid"
    assert difference(county, number) == {}


def test_the_end_stays_where_it_was_when_a_grade_comes_later(county):
    number = nights.submitted(county)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="call")
    county.move(hours=1)
    with county.work(CITIZEN) as work:
        ratings.rate(work, work.ticket(number), 5, by="call")

    assert difference(county, number) == {}


def test_silence_and_a_late_no_are_rebuilt_too(county):
    number = nights.submitted(county)
    county.forward(days=30)
    assert county.ticket(number).status is Status.ARCHIVED_UNVERIFIED
    assert difference(county, number) == {}

    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=False, by="link")

    assert difference(county, number) == {}


def test_time_that_was_granted_is_counted(county):
    number = nights.more_time(county)
    with county.work(county.actor("supervisor")) as work:
        tickets.rule_extension(work, work.ticket(number), granted=True, reason="备件在路上")

    assert replay(county.events(number)).extensions == 1
    assert difference(county, number) == {}


def test_a_history_without_its_beginning_is_refused(county):
    number = county.demand()

    with pytest.raises(ValueError, match="begins with the receipt"):
        replay(county.events(number)[1:])
    with pytest.raises(ValueError, match="begins with the receipt"):
        replay([])
