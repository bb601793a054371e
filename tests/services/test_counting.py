"""Counting: whatever happened in whatever order, the sums are those of the whole ledger."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind
from hotline.domain.disputes import ReturnReason
from hotline.domain.errors import HotlineError
from hotline.domain.rates import Measure
from hotline.services.handling import closing, returns, tickets
from hotline.services.reckoning import counting
from hotline.services.verifying import probing, ratings, verification
from hotline.store import facts
from hotline.work import CITIZEN
from tests.county import VILLAGE, County
from tests.web import nights

WORDS = (f"{VILLAGE}停水了", "孟家镇桃山村垃圾没人收", "双台子乡转山子村村路坏了", "家里没水了")


def count_all(county: County, batch: int = 100) -> int:
    """Count until nothing is left; return how many tickets were counted."""
    total = 0
    while True:
        with county.work() as work:
            done = counting.count(work, batch)
        total += done
        if not done:
            return total


def rebuilt(county: County, batch: int = 3) -> None:
    with county.work() as work:
        counting.begin_rebuild(work)
    while True:
        with county.work() as work:
            if counting.go_on(work, batch) is None:
                return


def everything(county: County) -> tuple[list, list]:
    """Every fact and every sum that is not nothing."""
    with county.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM ticket_fact ORDER BY ticket_id"))
        kept = [tuple(row) for row in rows]
        cells = connection.execute(
            sa.text("SELECT * FROM rate_cell WHERE tickets > 0 ORDER BY 1, 2, 3, 4")
        )
        return kept, [tuple(row) for row in cells]


def sums(county: County, dimension: str = "county", key: str = counting.EVERYTHING) -> dict:
    day = county.now().astimezone(COUNTY_ZONE).date()
    with Session(county.engine) as session:
        found = facts.sums(session, dimension, day - timedelta(days=400), day + timedelta(days=1))
    return found.get(key, {})


def rate(county: County, measure: Measure, **where: str) -> tuple[int, int]:
    found = sums(county, **where)
    return found[f"{measure}_n"], found[f"{measure}_d"]


# --- single facts -------------------------------------------------------------------------------


def test_a_night_that_the_caller_confirmed_counts_as_solved_and_on_time(county):
    nights.a_night(county)

    count_all(county)

    for measure in (Measure.CLAIMED, Measure.CONFIRMED, Measure.SOLVED, Measure.ONCE):
        assert rate(county, measure) == (1, 1)
    assert rate(county, Measure.SATISFIED) == (1, 1)
    assert sums(county)["grade_4"] == 1
    assert rate(county, Measure.SOLVED, dimension="town", key="town/dagujiazi") == (1, 1)


def test_a_claim_that_nobody_answered_is_claimed_and_not_solved(county):
    nights.submitted(county)
    county.forward(days=3)

    count_all(county)

    assert rate(county, Measure.CLAIMED) == (1, 1)
    assert rate(county, Measure.SOLVED) == (0, 1)
    assert rate(county, Measure.SOLVED_KNOWN) == (0, 0)
    assert rate(county, Measure.REACH) == (0, 1)
    assert rate(county, Measure.UNREACHED) == (1, 1)


def test_a_claim_that_the_caller_denied_is_not_a_closure_any_more(county):
    number = nights.submitted(county)
    count_all(county)
    assert rate(county, Measure.CLAIMED) == (1, 1)

    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=False, by="call", grade=1)
    count_all(county)

    assert rate(county, Measure.CLAIMED) == (0, 1)
    assert rate(county, Measure.REDO) == (1, 1)
    assert rate(county, Measure.SATISFIED) == (0, 1)


def test_what_comes_back_in_a_week_is_a_recurrence_of_the_first(county):
    nights.a_night(county)
    count_all(county)
    assert rate(county, Measure.RECURRED_7) == (0, 1)

    county.move(days=6)
    county.demand()
    count_all(county)

    assert rate(county, Measure.RECURRED_7) == (1, 1)
    assert rate(county, Measure.RECURRED_30) == (1, 1)


def test_what_comes_back_in_a_month_is_no_recurrence_of_the_week(county):
    nights.a_night(county)
    county.move(days=20)
    county.demand()

    count_all(county)

    assert rate(county, Measure.RECURRED_7) == (0, 1)
    assert rate(county, Measure.RECURRED_30) == (1, 1)


def test_a_demand_that_waits_for_its_place_is_nobodys_failure(county):
    nights.in_triage(county)

    count_all(county)

    assert sums(county)["tickets"] == 1
    assert rate(county, Measure.CLAIMED) == (0, 0)
    assert sums(county, "town", "town/dagujiazi") == {}


def test_what_the_hotline_makes_to_test_its_doors_counts_nowhere(county):
    with county.work() as work:
        probing.start(work)

    assert count_all(county) == 0
    assert (sums(county), everything(county)) == ({}, ([], []))


def test_counting_twice_changes_nothing(county):
    nights.a_night(county)
    count_all(county)
    before = everything(county)

    assert count_all(county) == 0
    assert everything(county) == before


# --- whatever happens ---------------------------------------------------------------------------

Act = Callable[[County, str], None]


def _accept(county: County, number: str) -> None:
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))


def _contact(county: County, number: str) -> None:
    with county.work(county.officer_of(number)) as work:
        tickets.contact(work, work.ticket(number), "reached")


def _submit(county: County, number: str) -> None:
    with county.work(county.officer_of(number)) as work:
        closing.submit(
            work, work.ticket(number), closing.Result(ResultKind.EXPLAINED, "已当面说明情况")
        )


def _return(county: County, number: str) -> None:
    with county.work(county.officer_of(number)) as work:
        returns.send_back(
            work, work.ticket(number), returns.Proof(ReturnReason.OTHER_PLACE, "不在本网格")
        )


def _rule(county: County, number: str) -> None:
    with county.work(county.actor("operator1")) as work:
        returns.rule(work, work.ticket(number), upheld=number[-1] in "02468", reason="已查看")


def _confirm(county: County, number: str) -> None:
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="call", grade=5)


def _deny(county: County, number: str) -> None:
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=False, by="call", grade=2)


def _change(county: County, number: str) -> None:
    with county.work(CITIZEN) as work:
        ratings.rate(work, work.ticket(number), 1, by="message")


def _hours(county: County, _number: str) -> None:
    county.forward(hours=3)


def _weeks(county: County, _number: str) -> None:
    county.move(days=9)


def _again(county: County, _number: str) -> None:
    county.demand(WORDS[0])


def _crash(county: County, _number: str) -> None:
    """A worker dies in the middle of a batch."""
    with pytest.raises(KeyboardInterrupt), county.work() as work:
        counting.count(work, 2)
        raise KeyboardInterrupt


def _count(county: County, number: str) -> None:
    with county.work() as work:
        counting.count(work, 1 + int(number[-1]) % 3)


ACTS: tuple[Act, ...] = (
    *(_accept, _accept, _contact, _submit, _submit, _return, _rule, _confirm, _deny, _change),
    *(_hours, _weeks, _again, _crash, _count, _count),
)


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_incremental_sums_are_those_of_a_count_from_the_beginning(county, seed):
    chance = random.Random(seed)
    numbers = [county.demand(chance.choice(WORDS)) for _ in range(3)]

    for _ in range(14):
        _try(chance.choice(ACTS), county, chance.choice(numbers))
    count_all(county, 2)
    incremental = everything(county)
    rebuilt(county)

    assert incremental == everything(county)


def _try(act: Act, county: County, number: str) -> None:
    try:
        act(county, number)
    except HotlineError:
        return  # the rules refuse it here: nothing has happened
