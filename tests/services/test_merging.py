"""Merging (并案): one handling, one whistle; every caller with a clock, a reply and a grade."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

import pytest
import sqlalchemy as sa

from hotline.domain.closing import ResultKind
from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError, WrongStatusError
from hotline.domain.tickets import Action, Status
from hotline.embedded.processes import wait_until
from hotline.services.handling import closing, commands, photos, tickets
from hotline.services.reception import additions, duplicates, intake, merging, rejection
from hotline.services.verifying import verification
from hotline.services.whistles import whistle
from hotline.work import CITIZEN
from tests.county import NO_WATER
from tests.photos import jpeg
from tests.services.test_replay import difference

NEIGHBOURS = 3


@pytest.fixture
def event(county) -> list[str]:
    """Tickets of one event: the first leads, the others were merged into it."""
    numbers = [
        county.demand(NO_WATER, number=f"+861380000{caller:04d}") for caller in range(NEIGHBOURS)
    ]
    merge(county, *numbers)
    return numbers


def merge(county, lead: str, *others: str, login: str = "operator1") -> None:
    """Let an operator merge tickets."""
    with county.work(county.actor(login)) as work:
        merging.merge(work, work.ticket(lead), others)


def release(county, lead: str, number: str) -> None:
    """Let an operator take one out again."""
    with county.work(county.actor("operator1")) as work:
        merging.release(work, work.ticket(lead), number)


def submit(county, number: str) -> None:
    """Let the officer of a ticket sign for it, if need be, and submit a result."""
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        if ticket.status is Status.DISPATCHED:
            tickets.accept(work, ticket)
        kept = photos.keep(work, ticket, "result", [jpeg()], at_most=6)
        closing.submit(work, ticket, closing.Result(ResultKind.ACTED, "主管道已抢修", kept))


def say(county, number: str, *, solved: bool, grade: int | None = None) -> None:
    """Let a caller answer."""
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=solved, by="call", grade=grade)
    county.tick()


def statuses(county, numbers) -> list[Status]:
    """Where tickets stand."""
    return [county.ticket(number).status for number in numbers]


def test_merged_tickets_keep_their_number_caller_and_clock(county, event):
    lead, *others = [county.ticket(number) for number in event]

    assert [ticket.status for ticket in others] == [Status.MERGED] * 2
    assert {ticket.lead_id for ticket in others} == {lead.id}
    assert (lead.status, lead.members, lead.lead_id) == (Status.DISPATCHED, 2, None)
    assert all(ticket.closed_at is None and ticket.due_at is not None for ticket in others)
    assert all(set(county.timers(number)) == {"merged"} for number in event[1:])
    [told] = [row for row in county.messages(event[1]) if row.cause == "merged"]
    assert told.audience == "caller"


def test_the_officer_gets_one_ticket_and_blows_one_whistle(county, event):
    lead, member = event[:2]
    officer = county.officer_of(lead)
    with county.work(officer) as work:
        tickets.accept(work, work.ticket(lead))
        whistle.blow(work, work.ticket(lead), "grid", ["utility/water"], "整个村都停水")

    with county.work(officer) as work, pytest.raises(WrongStatusError):
        tickets.accept(work, work.ticket(member))
    with county.work(officer) as work, pytest.raises((WrongStatusError, NotAllowedError)):
        whistle.blow(work, work.ticket(member), "grid", ["utility/water"], "又吹一次")


def test_the_result_of_the_lead_is_put_to_every_caller(county, event):
    submit(county, event[0])

    assert statuses(county, event) == [Status.REVISIT] * 3
    [claim] = county.events(event[0], Action.SUBMIT)
    for number in event[1:]:
        [carried] = county.events(number, Action.CARRY)
        assert carried["data"]["kind"] == ResultKind.ACTED
        assert carried["data"]["lead_number"] == event[0]
        [asked] = [row for row in county.messages(number) if row.cause == "ask"]
        assert asked.audience == "caller"
    assert claim["data"]["kind"] == ResultKind.ACTED


def test_each_caller_answers_and_grades_for_themselves(county, event):
    submit(county, event[0])
    for number, grade in zip(event, (5, 3, 1), strict=True):
        say(county, number, solved=True, grade=grade)

    assert statuses(county, event) == [Status.ARCHIVED] * 3
    grades = [county.events(number, Action.CONFIRM)[0]["data"]["grade"] for number in event]
    assert grades == [5, 3, 1]


def test_silence_of_one_is_not_the_word_of_another(county, event):
    submit(county, event[0])
    say(county, event[0], solved=True)
    county.forward(days=30)

    assert statuses(county, event) == [Status.ARCHIVED, *[Status.ARCHIVED_UNVERIFIED] * 2]


def test_one_not_solved_reopens_the_handling_and_that_answer_stands(county, event):
    submit(county, event[0])
    say(county, event[0], solved=True)
    say(county, event[1], solved=True)
    say(county, event[2], solved=False)

    lead = county.ticket(event[0])
    assert statuses(county, event) == [Status.HANDLING, Status.ARCHIVED, Status.MERGED]
    assert (lead.redos, lead.closed_at) == (1, None)
    assert county.events(event[0], Action.REOPEN)[0]["data"]["numbers"] == [event[2]]
    assert len(county.events(event[2], Action.DENY)) == 1

    submit(county, event[0])
    assert statuses(county, event) == [Status.REVISIT, Status.ARCHIVED, Status.REVISIT]


def test_two_who_say_no_to_one_result_count_as_one_redo(county, event):
    submit(county, event[0])
    say(county, event[1], solved=False)
    say(county, event[2], solved=False)

    assert county.ticket(event[0]).redos == 1
    assert statuses(county, event) == [Status.HANDLING, Status.MERGED, Status.MERGED]


def test_a_late_no_of_a_merged_caller_is_heard(county, event):
    submit(county, event[0])
    county.forward(days=30)
    say(county, event[1], solved=False)

    assert county.ticket(event[0]).status is Status.HANDLING


def test_a_lead_that_somebody_holds_is_reopened_as_soon_as_it_is_free(county, event):
    submit(county, event[0])
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(event[1]), solved=False, by="call")

    with county.work() as holder:
        holder.ticket(event[0])
        county.tick()
    assert county.ticket(event[0]).status is Status.REVISIT

    county.forward(seconds=3)
    assert county.ticket(event[0]).status is Status.HANDLING


def test_an_answer_on_the_spot_reaches_every_caller(county):
    numbers = [county.demand("家里没水了", number=f"+861380000{n:04d}") for n in range(3)]
    merge(county, *numbers)
    with county.work(county.actor("operator1")) as work:
        intake.answer_on_the_spot(work, work.ticket(numbers[0]), "计划停水，下午三点恢复")

    assert statuses(county, numbers) == [Status.ANSWERED] * 3
    assert all(county.events(number, Action.ANSWER)[0]["data"]["text"] for number in numbers)


def test_a_merged_caller_who_objects_to_the_answer_is_looked_at_alone(county):
    numbers = [county.demand("家里没水了", number=f"+861380000{n:04d}") for n in range(2)]
    merge(county, *numbers)
    with county.work(county.actor("operator1")) as work:
        intake.answer_on_the_spot(work, work.ticket(numbers[0]), "计划停水，下午三点恢复")
    with county.work(CITIZEN) as work:
        rejection.object_to(work, work.ticket(numbers[1]), "三点过了还没有水")

    assert county.ticket(numbers[1]).status is Status.TRIAGE
    assert county.ticket(numbers[1]).lead_id is None
    assert difference(county, numbers[1]) == {}


def test_what_was_merged_by_mistake_goes_back_to_triage(county, event):
    release(county, event[0], event[1])

    ticket, lead = county.ticket(event[1]), county.ticket(event[0])
    assert (ticket.status, ticket.lead_id, ticket.triage_reason) == (
        Status.TRIAGE,
        None,
        merging.UNMERGED,
    )
    assert "triage" in county.timers(event[1])
    assert lead.members == 1


def test_nothing_is_taken_out_once_its_caller_was_asked(county, event):
    submit(county, event[0])
    say(county, event[1], solved=False)

    with pytest.raises(RefusedError, match="merge_relied_on"):
        release(county, event[0], event[1])


def test_a_lead_that_is_merged_takes_its_members_along(county, event):
    new_lead = county.demand(NO_WATER)
    merge(county, new_lead, event[0])

    leads = {county.ticket(number).lead_id for number in event}
    assert leads == {county.ticket(new_lead).id}
    assert (county.ticket(new_lead).members, county.ticket(event[0]).members) == (3, 0)


def test_an_urgent_ticket_makes_the_lead_urgent(county):
    usual = county.demand("大孤家子镇拉马桥村垃圾没人收")
    urgent = county.demand("家里停水了，老人在家")
    assert (county.ticket(usual).urgent, county.ticket(urgent).urgent) == (False, True)
    before = county.timers(usual)["sign"]

    merge(county, usual, urgent)

    assert county.ticket(usual).urgent
    assert county.timers(usual)["sign"] <= before


def test_a_merged_ticket_leads_no_other(county, event):
    with pytest.raises(RefusedError, match="lead_is_merged"):
        merge(county, event[1], county.demand())


@pytest.mark.parametrize("others", [(), ("000000000000",), "itself"])
def test_only_other_tickets_that_exist_are_merged(county, event, others):
    named = (event[0],) if others == "itself" else others
    with pytest.raises(InvalidError):
        merge(county, event[0], *named)


def test_nobody_but_an_operator_merges(county, event):
    with county.work(county.officer_of(event[0])) as work, pytest.raises(NotAllowedError):
        merging.merge(work, work.ticket(event[0]), [county.demand()])


def test_a_ticket_with_a_whistle_of_its_own_is_not_merged(county, event):
    other = county.demand()
    with county.work(county.officer_of(other)) as work:
        tickets.accept(work, work.ticket(other))
        whistle.blow(work, work.ticket(other), "grid", ["utility/water"], "停水")

    with pytest.raises(RefusedError, match="whistle_open"):
        merge(county, event[0], other)


def test_a_member_past_its_own_limit_is_on_record_and_nobody_is_told_twice(county, event):
    county.forward(days=30)

    assert county.events(event[1], Action.REMIND)
    assert not [row for row in county.messages(event[1]) if row.cause == "overdue"]


def test_a_member_adds_something_and_the_leads_officer_hears_of_it(county, event):
    with county.work(county.officer_of(event[0])) as work:
        tickets.accept(work, work.ticket(event[0]))
    with county.work(CITIZEN) as work:
        additions.say_more(work, work.ticket(event[1]), "老人一个人在家")

    [told] = [row for row in county.messages(event[1]) if row.cause == "addition"]
    assert told.staff_id == county.ticket(event[0]).officer_id


def test_the_rows_are_what_their_events_tell(county, event):
    release(county, event[0], event[2])
    submit(county, event[0])
    say(county, event[1], solved=False)
    again = county.demand(NO_WATER)
    merge(county, again, event[0])

    assert [difference(county, number) for number in [*event, again]] == [{}] * 4


def test_two_opposite_merges_at_once_take_the_tickets_in_one_order(county):
    """Whoever waits for the first ticket must not hold the second one meanwhile."""
    first, second = sorted(
        (county.ticket(county.demand(number=f"+861380000000{caller}")) for caller in range(2)),
        key=lambda ticket: ticket.id,
    )
    envelope = commands.Envelope(uuid4(), "gather", {})

    def opposite() -> None:
        with county.work(county.actor("operator2")) as work:
            into = partial(merging.merge, work, numbers=[first.number])
            commands.once(
                work, second.number, envelope, lambda lead, _at: into(lead), others=[first.number]
            )

    with county.work(county.actor("operator1")) as work, ThreadPoolExecutor(1) as pool:
        work.ticket_by_id(first.id)
        waits = pool.submit(opposite)
        wait_until(lambda: somebody_waits(county), 10)
        lead, other = work.tickets([first.number, second.number])
        merging.merge(work, lead, [other.number])
        work.flush()
        work.session.commit()
        with pytest.raises(RefusedError):
            waits.result()

    assert statuses(county, [first.number, second.number]) == [Status.DISPATCHED, Status.MERGED]


def test_suggested_groups_can_be_turned_over_to_the_oldest(county):
    numbers = [county.demand(number=f"+861380000010{caller}") for caller in range(4)]

    with county.work(county.actor("operator1")) as work:
        newest = duplicates.events(work, size=2)
        oldest = duplicates.events(work, at=newest.later, size=2)

    found = [{e.lead.number, *(o.ticket.number for o in e.others)} for e in (*newest, *oldest)]
    assert found == [set(numbers[2:]), set(numbers[:2])]
    assert oldest.later is None


def somebody_waits(county) -> bool:
    """Whether a session stands in line for a row that another one has locked."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    asked += " AND datname = current_database()"
    with county.engine.connect() as connection:
        return connection.exec_driver_sql(asked).scalar_one() > 0


def test_more_time_is_told_to_every_caller_however_many_there_are(county, event):
    many = 250
    with county.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object("
                "'id', gen_random_uuid(), 'number', (900000000000 + n)::text))).*"
                " FROM ticket t, generate_series(1, :many) n WHERE t.number = :number"
            ),
            {"many": many, "number": event[1]},
        )
    with county.work(county.officer_of(event[0])) as work:
        tickets.accept(work, work.ticket(event[0]))
        tickets.ask_for_time(work, work.ticket(event[0]), "等备件")
    with county.work(county.actor("supervisor")) as work:
        tickets.rule_extension(work, work.ticket(event[0]), granted=True, reason="属实")

    with county.engine.connect() as connection:
        told = connection.execute(
            sa.text("SELECT count(DISTINCT ticket_id) FROM outbox WHERE template = 'extended'")
        ).scalar_one()
    assert told == len(event) + many
