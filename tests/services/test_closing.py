"""A closure is a claim: what it must carry, who is asked, and what the answer does."""

from datetime import timedelta

import pytest

from hotline.domain.closing import ResultKind
from hotline.domain.disputes import ReturnReason
from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError, WrongStatusError
from hotline.domain.tickets import Action, Status
from hotline.services.handling import closing, photos, returns, tickets
from hotline.services.verifying import verification
from hotline.work import CITIZEN
from tests.photos import jpeg

PHOTO = (jpeg(),)


@pytest.fixture
def number(county):
    """A ticket about water, in its officer's hands."""
    made = county.demand()
    with county.work(county.officer_of(made)) as work:
        tickets.accept(work, work.ticket(made))
    return made


def submit(county, number, kind=ResultKind.ACTED, pictures=PHOTO, promised_on=None):
    """Let the officer submit a result."""
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        kept = photos.keep(work, ticket, "result", pictures, at_most=6)
        result = closing.Result(kind, "主管道已抢修，恢复供水", kept, promised_on)
        closing.submit(work, ticket, result)


def say(county, number, *, solved):
    """Let the caller answer."""
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=solved, by="call")


def test_a_claim_that_somebody_acted_needs_a_photo(county, number):
    with pytest.raises(InvalidError, match="photos"):
        submit(county, number, pictures=())

    assert county.ticket(number).status is Status.HANDLING


def test_a_promise_needs_a_day_to_come(county, number):
    with pytest.raises(InvalidError, match="promised_on"):
        submit(county, number, ResultKind.PROMISED_BY_DATE, promised_on=county.now().date())


def test_the_caller_is_rung_as_soon_as_a_result_is_submitted(county, number):
    submit(county, number)

    [question] = [row for row in county.messages(number) if row.cause == "ask"]
    assert (question.means, question.audience) == ("call", "caller")
    assert county.ticket(number).status is Status.REVISIT


def test_solved_ends_the_ticket(county, number):
    submit(county, number)

    say(county, number, solved=True)

    assert county.ticket(number).status is Status.ARCHIVED
    assert county.timers(number) == {}


def test_not_solved_sends_it_back_with_half_the_time(county, number):
    submit(county, number)

    say(county, number, solved=False)

    ticket = county.ticket(number)
    limit = county.kit.maps.current.limit("handle", ticket.class_code, urgent=ticket.urgent)
    assert (ticket.status, ticket.redos) == (Status.HANDLING, 1)
    allowed = ticket.due_at - ticket.last_event_at
    assert abs(allowed - timedelta(seconds=limit.amount / 2)) < timedelta(seconds=5)


def test_after_three_redos_it_goes_up_a_rung(county, number):
    for _ in range(3):
        submit(county, number)
        say(county, number, solved=False)

    [raised] = county.events(number, Action.RAISE)
    assert raised["data"]["to"] == "village"
    assert county.ticket(number).rung == "village"


def test_silence_is_archived_unverified_and_never_confirmed(county, number):
    submit(county, number)

    county.forward(days=2, seconds=1)

    assert county.ticket(number).status is Status.ARCHIVED_UNVERIFIED
    assert county.events(number, Action.CONFIRM) == []


def test_the_caller_is_asked_again_but_no_oftener_than_the_map_says(county, number):
    submit(county, number)

    for _ in range(12):
        county.forward(hours=4, seconds=1)

    asked = [row for row in county.messages(number) if row.cause == "ask"]
    assert len(asked) == county.kit.maps.current.limits.asking.attempts


def test_who_speaks_late_is_still_heard(county, number):
    submit(county, number)
    county.forward(days=3)

    say(county, number, solved=False)

    assert county.ticket(number).status is Status.HANDLING


def test_an_officer_never_confirms_their_own_closure(county, number):
    submit(county, number)

    with county.work(county.officer_of(number)) as work, pytest.raises(NotAllowedError):
        verification.answer(work, work.ticket(number), solved=True, by="call")


@pytest.mark.parametrize("login", ["operator1", "supervisor", "admin", "utility.water.duty"])
def test_no_account_at_all_confirms_for_the_caller(county, number, login):
    submit(county, number)

    with county.work(county.actor(login)) as work, pytest.raises(NotAllowedError):
        verification.answer(work, work.ticket(number), solved=True, by="call")


def test_an_answer_counts_once(county, number):
    submit(county, number)
    say(county, number, solved=True)

    with pytest.raises((RefusedError, WrongStatusError)):
        say(county, number, solved=False)


def test_a_return_is_ruled_by_an_operator_and_the_units_clock_never_stopped(county):
    made = county.demand()
    dispatched_at = county.ticket(made).dispatched_at
    with county.work(county.officer_of(made)) as work:
        returns.send_back(
            work, work.ticket(made), returns.Proof(ReturnReason.OTHER_PLACE, "不在本网格")
        )
    county.move(minutes=10)
    with county.work(county.actor("operator1")) as work:
        returns.rule(work, work.ticket(made), upheld=False, reason="地点就在本网格")

    assert county.ticket(made).status is Status.DISPATCHED
    assert county.ticket(made).dispatched_at == dispatched_at


def test_an_upheld_return_goes_back_to_triage_and_is_counted(county):
    made = county.demand()
    with county.work(county.officer_of(made)) as work:
        returns.send_back(
            work, work.ticket(made), returns.Proof(ReturnReason.OTHER_PLACE, "不在本网格")
        )
    with county.work(county.actor("operator1")) as work:
        returns.rule(work, work.ticket(made), upheld=True, reason="确实不在")

    ticket = county.ticket(made)
    assert (ticket.status, ticket.returns) == (Status.TRIAGE, 1)
    assert set(county.timers(made)) == {"triage"}


def test_more_time_is_granted_by_a_supervisor_of_another_unit_only(county, number):
    before = county.ticket(number).due_at
    with county.work(county.officer_of(number)) as work:
        tickets.ask_for_time(work, work.ticket(number), "管道材料未到")
    with county.work(county.actor("supervisor")) as work:
        tickets.rule_extension(work, work.ticket(number), granted=True, reason="属实")

    ticket = county.ticket(number)
    assert ticket.status is Status.HANDLING
    assert ticket.extensions == 1
    assert ticket.due_at > before


def test_more_time_is_not_asked_for_after_the_limit(county, number):
    county.move(days=2)

    with (
        county.work(county.officer_of(number)) as work,
        pytest.raises(RefusedError, match="extension_too_late"),
    ):
        tickets.ask_for_time(work, work.ticket(number), "来不及")


def test_an_overdue_ticket_climbs_rung_by_rung(county, number):
    county.forward(days=1, seconds=1)
    county.forward(hours=1)

    climbed = [event["data"]["to"] for event in county.events(number, Action.CLIMB)]
    assert climbed[:2] == ["village", "town"]


def test_what_nobody_signed_counts_as_accepted_by_the_first_receiver(county):
    made = county.demand()

    county.forward(hours=2)

    ticket = county.ticket(made)
    assert ticket.status is Status.HANDLING
    assert ticket.officer_id is not None
    [accepted] = county.events(made, Action.ACCEPT)
    assert accepted["role"] == "system"


def test_the_first_contact_is_owed_once_whoever_signs_and_however_late(county):
    made = county.demand()

    county.forward(hours=2)

    steps = [event["data"]["step"] for event in county.events(made, Action.REMIND)]
    assert steps.count("contact") == 1


def test_asking_for_more_time_stops_no_other_clock(county, number):
    before = county.timers(number)
    with county.work(county.officer_of(number)) as work:
        tickets.ask_for_time(work, work.ticket(number), "管道材料未到")

    after = county.timers(number)
    assert {step: after[step] for step in before} == before
