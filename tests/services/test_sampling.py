"""The sample in the county: drawn once a day, asked by lot, repeated, counted, and never lost."""

from itertools import pairwise
from uuid import UUID

import pytest
from sqlmodel import Session, select

from hotline.domain.closing import ResultKind
from hotline.domain.errors import NotAllowedError, RefusedError
from hotline.domain.rates import Measure
from hotline.domain.sampling import Outcome, Why
from hotline.domain.shares import Rate
from hotline.domain.suspicion.frame import Flag, Grounds
from hotline.domain.tickets import Action, Status
from hotline.services.handling import closing, tickets
from hotline.services.reckoning import flags
from hotline.services.reckoning.rates import Line, Period
from hotline.services.staff import accounts
from hotline.services.verifying import sampling, verification, verifying
from hotline.services.verifying.verifying import Heard
from hotline.store import sampling as rows
from hotline.store.models import SampleCall, SampleCell, Staff, Submission
from hotline.work import CITIZEN
from tests.county import VILLAGE, County
from tests.suspects import parts
from workers import sampling as worker

HELP, COMPLAINT = f"{VILLAGE}停水了", f"{VILLAGE}自来水水浑有味"


def claimed(county: County, words: str = HELP, **more) -> str:
    """A ticket whose officer says that it is done."""
    number = county.demand(words, **more)
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
    with county.work(county.officer_of(number)) as work:
        result = closing.Result(ResultKind.EXPLAINED, "已当面说明情况")
        closing.submit(work, work.ticket(number), result)
    return number


def many(county: County, words: str, count: int) -> list[str]:
    """Tickets of one place, each of another caller."""
    return [claimed(county, words, number=f"+86139000{n:05d}") for n in range(count)]


def tomorrow(county: County) -> int:
    """Let the day pass and the worker draw; return how many draws it made."""
    county.move(days=1)
    return worker.draw_owed(parts(county))


def calls(county: County) -> dict[str, SampleCall]:
    """Who asks about what, by the ticket's number, in the order of the lots."""
    with Session(county.engine) as session:
        found = [one for n in range(1, 9) for one in rows.calls_of(session, n)]
    return {one.ticket.number: one.call for one in found}


def person(county: County, call: SampleCall):
    """The chosen verifier in their capacity."""
    with county.work() as work:
        return accounts.actor_of(work, work.session.get_one(Staff, call.verifier))


def say(county: County, number: str, outcome: Outcome, **more) -> None:
    """Let the chosen verifier write down what came of a call."""
    with county.work(person(county, calls(county)[number])) as work:
        verifying.heard(work, work.ticket(number), Heard(outcome, **more))


def period(county: County) -> Period:
    day = county.now().date()
    return Period(day.replace(day=1).replace(year=day.year - 1), day.replace(year=day.year + 1))


def cells(county: County):
    with county.work() as work:
        return sampling.cells(work, period(county))


def strata_are_those_of_the_rows(county: County) -> bool:
    """Whether the kept sums are what members and calls say."""
    names = ("town", "kind", "must", *rows.COUNTS)
    with Session(county.engine) as session:
        kept = {
            (cell.start, *(getattr(cell, name) for name in names))
            for cell in session.exec(select(SampleCell).where(SampleCell.grain == "day"))
            if any(getattr(cell, name) for name in rows.COUNTS)
        }
        told = {
            (day, *(getattr(cell, name) for name in names)) for day, cell in rows.recounted(session)
        }
    return kept == told


def test_a_day_is_drawn_once_and_anybody_can_draw_it_again(county):
    loud, quiet = many(county, COMPLAINT, 3), many(county, HELP, 11)

    assert tomorrow(county) == 1
    assert worker.draw_owed(parts(county)) == 0

    drawn = calls(county)
    assert {number for number in drawn if drawn[number].why is Why.KIND} == set(loud)
    assert len(set(drawn) & set(quiet)) == 2
    with county.work() as work:
        again = sampling.repeat(work, 1)
        assert again.same
        assert (again.framed, again.draw.drawn) == (14, 5)
        assert again.draw.rules["share"] == 0.1
    [event] = county.events(loud[0], Action.SAMPLE)
    assert event["data"]["draw"] == 1
    assert event["data"]["verifier"] in event["data"]["among"]
    assert strata_are_those_of_the_rows(county)


def test_a_draw_that_was_killed_has_not_happened_and_is_made_up_for(county):
    claimed(county, COMPLAINT)
    county.move(days=2)
    _killed(county)
    assert calls(county) == {}

    with county.work() as work:
        first = sampling.draw_next(work)
    assert (first.number, first.framed) == (1, 0)
    claimed(county, COMPLAINT, number="+8613900009999")
    county.move(days=3)

    assert worker.draw_owed(parts(county)) == 3
    assert len(calls(county)) == 1


def _killed(county) -> None:
    """A worker dies after the draw, before the commit."""
    with pytest.raises(KeyboardInterrupt), county.work() as work:
        sampling.draw_next(work)
        raise KeyboardInterrupt


def test_nobody_asks_twice_running_for_one_unit_and_no_handler_ever(county):
    numbers = many(county, COMPLAINT, 6)
    tomorrow(county)

    drawn = calls(county)
    chosen = [call.verifier for call in drawn.values()]
    assert set(drawn) == set(numbers)
    assert all(one != after for one, after in pairwise(chosen))
    with Session(county.engine) as session:
        units = {session.get_one(Staff, each).unit for each in chosen}
    assert units.isdisjoint({county.ticket(number).unit for number in numbers})

    stranger = next(
        actor
        for actor in map(county.actor, ("operator1", "operator2", "observer"))
        if actor.staff_id != drawn[numbers[0]].verifier
    )
    with county.work(stranger) as work, pytest.raises(NotAllowedError):
        verifying.heard(work, work.ticket(numbers[0]), Heard(Outcome.SOLVED))


def test_a_no_reopens_even_what_the_caller_had_confirmed_and_counts_against_the_claim(county):
    yes, no, silent = many(county, COMPLAINT, 3)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(no), solved=True, by="call", grade=5)
    tomorrow(county)

    say(county, yes, Outcome.SOLVED, grade=5, note="水清了")
    say(county, no, Outcome.UNSOLVED)
    say(county, silent, Outcome.UNREACHED)
    with pytest.raises(RefusedError):
        say(county, silent, Outcome.UNREACHED)
    for _ in range(2):
        county.move(hours=3)
        say(county, silent, Outcome.UNREACHED)

    assert county.ticket(yes).status is Status.ARCHIVED
    assert county.ticket(no).status is Status.HANDLING
    [cell] = cells(county)
    assert (cell.framed, cell.drawn, cell.solved, cell.unsolved, cell.unreached) == (3, 3, 1, 1, 1)
    assert len(county.events(silent, Action.VERIFY)) == 3
    with pytest.raises(RefusedError):
        say(county, yes, Outcome.SOLVED)
    assert strata_are_those_of_the_rows(county)


def test_whoever_does_not_ask_in_time_is_replaced_by_another_lot(county):
    number = claimed(county, COMPLAINT)
    tomorrow(county)
    first = calls(county)[number]
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="call")

    county.move(days=8)
    county.tick()

    second = calls(county)[number]
    assert second.verifier not in {None, first.verifier}
    assert second.turn > first.turn
    assert any(e["data"].get("step") == "verify" for e in county.events(number, Action.REMIND))


def test_what_the_caller_denies_first_is_known_and_nobody_rings_again(county):
    number = claimed(county, COMPLAINT)
    tomorrow(county)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=False, by="call")

    worker.draw_owed(parts(county))

    assert calls(county)[number].outcome is Outcome.UNSOLVED
    assert "verify" not in county.timers(number)
    assert strata_are_those_of_the_rows(county)


def test_what_is_flagged_later_is_asked_as_well_and_changes_its_stratum(county):
    numbers = many(county, HELP, 4)
    tomorrow(county)
    assert len(calls(county)) == 1

    for number in numbers:
        with county.work() as work:
            ticket = work.ticket(number)
            claim = work.session.exec(
                select(Submission).where(Submission.ticket_id == ticket.id)
            ).one()
            rules = work.kit.maps.current.suspicion
            flags.raise_(work, ticket, claim, Flag(Grounds.STARRED, 60, ()), rules)
    tomorrow(county)

    assert {call.why for call in calls(county).values()} == {Why.FLAGGED}
    assert set(calls(county)) == set(numbers)
    found = {cell.must: cell for cell in cells(county) if cell.framed}
    assert set(found) == {True}
    assert (found[True].framed, found[True].drawn) == (4, 4)
    assert strata_are_those_of_the_rows(county)


def test_v_of_a_period_needs_thirty_answers_and_then_stands_beside_what_is_claimed(county):
    with county.work() as work:
        for seen, outcome in ((20, "solved"), (12, "unsolved")):
            change = rows.Change(
                county.now().date(),
                "town/a",
                "complaint",
                must=True,
                counts={"framed": seen, "drawn": seen},
            )
            rows.change(work.session, [change, change._replace(counts={outcome: seen})])

    with county.work() as work:
        line = _line({Measure.CLAIMED: Rate(32, 32), Measure.SOLVED: Rate(31, 32)})
        found = sampling.headline_of(sampling.cells(work, period(county)), line)

    assert found.verified.share == 20 / 32
    assert abs(found.claimed.points - 12 / 32) < 1e-9
    assert found.claimed.interval.low < 12 / 32 < found.claimed.interval.high


def _line(rates):
    every = {measure: Rate(0, 0) for measure in Measure} | rates
    return Line(key="*", tickets=32, rates=every, grades={}, of_four={}, gap=None)


def test_an_anonymous_caller_cannot_be_asked_and_is_counted_so(county):
    number = claimed(county, COMPLAINT)
    with Session(county.engine) as session, session.begin():
        ticket = session.get_one(type(county.ticket(number)), UUID(str(county.ticket(number).id)))
        ticket.shield = "anonymous"
    tomorrow(county)

    assert calls(county)[number].outcome is Outcome.UNASKABLE
    [cell] = cells(county)
    assert cell.unreached == 1
