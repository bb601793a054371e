"""Claims are judged once by each version of the rules; a flag is answered, then ruled."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from hotline.domain.errors import NotAllowedError, NotFoundError, RefusedError
from hotline.domain.rates import Measure, fold
from hotline.domain.suspicion.frame import FlagState, Signal
from hotline.domain.tickets import Action, Status
from hotline.kit import Maps
from hotline.services.reckoning import flags
from hotline.services.reckoning import suspicion as judging
from hotline.services.verifying import verification
from hotline.store import flags as flag_rows
from hotline.work import CITIZEN
from tests.pictures import file_of, mirrored, picture
from tests.prepared import map_without_nights
from tests.suspects import claim, claims, flag, judge, parts, signed, signs
from workers import suspicion

ELSEWHERE = "大孤家子镇拉马桥村路灯不亮了"


@pytest.fixture
def suspect(county):
    """A ticket whose claim shows the mirror image of another matter's photo."""
    first = signed(county, ELSEWHERE)
    claim(county, first, file_of(picture(1)))
    number = signed(county)
    claim(county, number, file_of(mirrored(picture(1))))
    judge(county)
    return number


def answer(county, number):
    """Let the officer answer the flag."""
    with county.work(county.officer_of(number)) as work:
        flags.answer(work, work.ticket(number), flag(county, number).id, "照片选错了，附上原图")


def rule(county, number, ruling=FlagState.CONFIRMED, login="supervisor"):
    """Let a supervisor rule."""
    with county.work(county.actor(login)) as work:
        flags.rule(work, work.ticket(number), flag(county, number).id, ruling, "经核对两张照片")


def test_a_photo_of_another_matter_raises_a_flag_and_its_unit_is_asked(county, suspect):
    found = flag(county, suspect)

    assert signs(county, suspect) == [Signal.REUSED_PHOTO]
    assert found.state is FlagState.ASKED
    assert county.timers(suspect)["answer_flag"] == found.answer_due_at
    [told] = [row for row in county.messages(suspect) if row.cause == "flagged"]
    assert told.staff_id == county.officer_of(suspect).staff_id


def test_a_flag_alone_changes_nothing_of_the_ticket(county, suspect):
    assert county.ticket(suspect).status is Status.REVISIT
    assert claims(county, suspect)[0].discredited_at is None


def test_an_honest_claim_is_judged_and_left_alone(county):
    number = signed(county)
    claim(county, number)

    assert judge(county) == 1
    assert signs(county, number) == []
    assert flag(county, number) is None


def test_judging_again_changes_nothing(county, suspect):
    before, [told] = county.events(suspect), county.events(suspect, Action.FLAG)
    with county.work() as work:
        for found in claims(county, suspect):
            judging.judge(work, found.id)

    assert judge(county) == 0
    assert county.events(suspect) == before
    assert told["data"]["signals"] == ["reused_photo"]


def test_history_is_judged_anew_under_new_rules_and_keeps_what_the_old_ones_said(county, suspect):
    text = map_without_nights().read_text(encoding="utf-8")
    stricter = text.replace("suspicion:\n", "suspicion:\n  thresholds: {photo_bits: 12}\n", 1)
    county.kit = replace(county.kit, maps=Maps(stricter))

    assert judge(county) == 2
    assert judge(county) == 0
    assert signs(county, suspect) == ["reused_photo"] * 2
    assert len(county.events(suspect, Action.FLAG)) == 1


def test_one_repair_for_two_callers_is_no_flag(county):
    shared = file_of(picture(1))
    for caller in ("+8613800001111", "+8613800002222"):
        number = signed(county, number=caller)
        claim(county, number, shared)
    judge(county)

    assert signs(county, number) == []


def test_what_comes_back_the_next_day_is_a_sign_and_no_flag_by_itself(county):
    number = signed(county)
    claim(county, number)
    judge(county)
    county.move(days=1)
    signed(county)

    suspicion.review_day(parts(county))
    suspicion.review_day(parts(county))

    assert signs(county, number) == ["comes_back"]
    assert flag(county, number) is None


def test_the_unit_answers_once_and_then_a_supervisor_has_a_limit(county, suspect):
    answer(county, suspect)

    assert flag(county, suspect).state is FlagState.ANSWERED
    assert {"rule_flag"} <= set(county.timers(suspect))
    assert "answer_flag" not in county.timers(suspect)
    with pytest.raises(RefusedError, match="flag_answered"):
        answer(county, suspect)


def test_another_units_person_cannot_answer_nor_learn_of_it(county, suspect):
    with (
        county.work(county.actor("utility.power.duty")) as work,
        pytest.raises(NotFoundError),
    ):
        flags.answer(work, work.ticket(suspect), flag(county, suspect).id, "不关我们的事")


def test_nobody_rules_before_the_unit_was_heard(county, suspect):
    with pytest.raises(RefusedError, match="flag_asked"):
        rule(county, suspect)


def test_only_a_supervisor_rules(county, suspect):
    answer(county, suspect)

    with pytest.raises(NotAllowedError):
        rule(county, suspect, login="operator1")


def test_silence_is_said_and_then_it_is_ruled_without_an_answer(county, suspect):
    county.move(seconds=(flag(county, suspect).answer_due_at - county.now()).total_seconds() + 1)
    county.tick()

    assert flag(county, suspect).state is FlagState.UNANSWERED
    rule(county, suspect, FlagState.NOT_ENOUGH)
    assert flag(county, suspect).state is FlagState.NOT_ENOUGH


def test_a_supervisor_who_lets_the_ruling_wait_is_reminded(county, suspect):
    answer(county, suspect)
    county.forward(days=20)

    reminded = [event["data"]["step"] for event in county.events(suspect, Action.REMIND)]
    assert "rule_flag" in reminded
    assert "rule_flag" in county.timers(suspect)


def test_confirmed_takes_the_credit_away_reopens_and_tells_the_caller(county, suspect):
    answer(county, suspect)
    rule(county, suspect)

    ticket = county.ticket(suspect)
    assert (ticket.status, ticket.redos) == (Status.HANDLING, 1)
    assert claims(county, suspect)[0].discredited_at is not None
    assert county.events(suspect, Action.DISCREDIT)
    fact = fold(county.events(suspect), lambda at: at.date())
    assert not fact.counts.get(Measure.CLAIMED)
    assert Measure.ON_TIME not in fact.counts
    assert "reopened" in {row.cause for row in county.messages(suspect)}
    assert not {"answer_flag", "rule_flag"} & set(county.timers(suspect))


@pytest.mark.parametrize("solved", [True, False])
def test_confirmed_reopens_what_the_caller_believed_and_leaves_what_is_in_work(
    county, suspect, solved
):
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(suspect), solved=solved, by="call")
    answer(county, suspect)
    rule(county, suspect)

    assert county.ticket(suspect).status is Status.HANDLING
    assert county.ticket(suspect).redos == 1


def test_cleared_leaves_everything_and_tells_the_officer(county, suspect):
    answer(county, suspect)
    rule(county, suspect, FlagState.CLEARED)

    assert county.ticket(suspect).status is Status.REVISIT
    assert claims(county, suspect)[0].discredited_at is None
    assert "flag_cleared" in {row.cause for row in county.messages(suspect)}
    with pytest.raises(RefusedError, match="flag_ruled"):
        rule(county, suspect)


def test_a_signal_shows_how_often_it_was_right(county, suspect):
    answer(county, suspect)
    rule(county, suspect)

    with Session(county.engine) as session:
        precision = flag_rows.precision(session)
    assert precision[Signal.REUSED_PHOTO] == (1, 0, 0)
    assert precision[Signal.IN_BULK].ruled == 0


def test_a_claim_keeps_the_limit_that_was_running(county):
    number = signed(county)
    due, dispatched = county.ticket(number).due_at, county.ticket(number).dispatched_at
    claim(county, number)

    [made] = claims(county, number)
    assert (made.limit_from, made.due_at) == (dispatched, due)
    assert timedelta(0) <= made.at - made.done_at < timedelta(seconds=5)
