"""A working day of the county: many callers, several doors, one hotline that runs for real."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from hotline.demo import staff as demo_staff
from hotline.demo.carrier.people import press, say
from hotline.domain.tickets import Action, Status
from hotline.services.proof import audit
from hotline.services.staff import people
from hotline.store import tickets as ticket_rows
from tests.live import Live
from tests.photos import jpeg
from tests.scenarios.conftest import let_operators_ring
from tests.scenarios.lookup import one_ticket, tickets_of
from tests.visitor import Visitor

NEIGHBOURS = 40
OFFICER = "grid.dagujiazi.lamaqiao"
MORNING = (
    "大孤家子镇拉马桥村停水了",
    "拉马桥没水了，早上起来就没有",
    "我家在拉马桥村，水停了，做不了饭",
    "大孤家子镇拉马桥村三组断水",
)


@pytest.fixture(scope="module")
def day(hotline) -> Iterator[Live]:
    """A running hotline whose operators write rather than pick up."""
    with hotline.day() as running:
        let_operators_ring(running)
        yield running


@pytest.fixture(scope="module")
def operator(day) -> Visitor:
    return Visitor(day.url, "operator1")


@pytest.fixture(scope="module")
def supervisor(day) -> Visitor:
    return Visitor(day.url, "supervisor")


def neighbour(index: int) -> str:
    return f"+8613700{index:06d}"


def happened(day: Live, number: str, action: Action) -> list[dict]:
    return day.wait_until(lambda: day.county.events(number, action))


def largest_event(operator: Visitor) -> int:
    """How many tickets the largest suggested event has."""
    page = operator.page("/console/duplicates/")
    return max(map(int, re.findall(r"：(\d+) 件", page)), default=0)


def test_forty_neighbours_have_one_whistle_and_forty_replies(day, operator):
    for index in range(NEIGHBOURS):
        day.carrier.text(neighbour(index), MORNING[index % len(MORNING)])
    tickets = [one_ticket(day, neighbour(index)) for index in range(NEIGHBOURS)]
    assert {ticket.status for ticket in tickets} == {Status.DISPATCHED}
    lead, *others = [ticket.number for ticket in tickets]

    # Whoever else of this day spoke of the same matter may stand among them.
    day.wait_until(lambda: largest_event(operator) >= NEIGHBOURS)
    operator.command(f"/console/duplicates/{lead}", ticket=others, back="1")
    officer = Visitor(day.url, OFFICER)
    officer.command(f"/field/tickets/{lead}/accept")
    officer.command(
        f"/field/tickets/{lead}/whistle", kind="emergency", units="utility/water", text="主管爆裂"
    )
    [party] = day.county.parties(lead)
    water = Visitor(day.url, "utility.water.duty")
    blown = str(party.whistle_id)
    for step in ("acknowledge", "arrive"):
        water.command(f"/field/whistles/{party.id}/{step}", place_note="村口")
    officer.command(f"/field/tickets/{lead}/danger-gone", whistle=blown)
    water.command(f"/field/whistles/{party.id}/finish", text="已恢复供水")
    officer.command(f"/field/tickets/{lead}/end-whistle", whistle=blown)
    officer.command(
        f"/field/tickets/{lead}/submit",
        kind="acted",
        text="水管已修好，已恢复供水",
        files=[("photos", ("p.jpg", jpeg(), "image/jpeg"))],
    )

    # Everybody is asked for themselves: 39 say yes, one says no, and the no counts.
    for index in range(NEIGHBOURS):
        asked = day.wait_until(
            lambda index=index: [
                message.body
                for message in day.carrier.inbox(neighbour(index))
                if tickets[index].number in message.body and "解决" in message.body
            ]
        )
        assert asked
        day.carrier.text(neighbour(index), "没有，还是没水" if index == NEIGHBOURS - 1 else "1 5")
    confirmed = day.wait_until(
        lambda: (
            sum(bool(day.county.events(ticket.number, Action.CONFIRM)) for ticket in tickets)
            == NEIGHBOURS - 1
        )
    )
    assert confirmed
    happened(day, tickets[-1].number, Action.DENY)
    happened(day, lead, Action.REOPEN)


def test_a_visitors_complaint_in_the_holiday_runs_day_and_night(day):
    guest = "+8613600000009"

    day.call(guest, press("9"), say("我在大孤家子镇拉马桥村买的东西缺斤少两"))

    ticket = one_ticket(day, guest)
    assert ticket.line == "12345-9"
    limits = day.county.timers(ticket.number)
    assert min(limits.values()) <= ticket.received_at + timedelta(minutes=30)


def test_a_hardship_case_has_its_own_line_and_limits(day, operator):
    number = "+8613600000005"
    page = operator.command(
        "/console/new/", words="孟家镇老边村揭不开锅了想申请临时救助", number=number, line="12345-5"
    )
    assert page.status_code == 200

    ticket = one_ticket(day, number)
    assert ticket.line == "12345-5"
    assert ticket.class_code == "welfare/subsistence"


def test_a_wrong_town_is_asked_and_never_guessed(day):
    number = "+8613600000010"
    day.carrier.text(number, "孟家镇拉马桥村停电了")

    ticket = one_ticket(day, number)
    assert (ticket.status, ticket.grid) == (Status.TRIAGE, None)
    answer = day.wait_until(lambda: day.carrier.inbox(number))[-1].body
    assert "哪" in answer

    day.carrier.text(number, "大孤家子镇拉马桥村")
    day.wait_until(lambda: one_ticket(day, number).status is Status.DISPATCHED)


def test_a_demand_for_another_county_is_told_whose_it_is(day, operator, supervisor):
    number = "+8613600000011"
    day.carrier.text(number, "康平县胜利街道的路灯坏了")
    ticket = one_ticket(day, number)
    assert ticket.triage_reason == "outside_county"

    operator.command(
        f"/console/tickets/{ticket.number}/reject",
        reason="elsewhere",
        route="elsewhere",
        text="康平县由康平县12345受理",
    )
    supervisor.command(f"/audit/tickets/{ticket.number}/rejection", approved="1", text="不在本县")

    assert day.county.ticket(ticket.number).status is Status.REJECTED
    assert ticket.number in supervisor.page("/audit/refusals/").replace(" ", "")
    day.wait_until(
        lambda: any("康平" in m.body or "12345" in m.body for m in day.carrier.inbox(number)[1:])
    )


def test_an_anonymous_report_leaves_no_number_behind(day):
    citizen = Visitor(day.url)
    page = citizen.send(
        "/demand/",
        key=str(uuid4()),
        words="大孤家子镇拉马桥村有人往河里偷排污水",
        shield="anonymous",
    )
    number, code = (
        value.replace(" ", "") for value in re.findall(r'figure__value">([\d ]+)<', page.text)[:2]
    )

    ticket = day.county.ticket(number)
    assert ticket.shield == "anonymous"
    with day.county.work() as work:
        kept = ticket_rows.identity(work.session, ticket.id)
    assert kept is None or kept.number_hash is None
    status = citizen.send("/case/", number=number, code=code)
    assert "您的时钟" in status.text


def test_an_angry_repeat_caller_has_one_case_that_grows(day):
    number = "+8613600000012"
    day.carrier.text(number, "大孤家子镇拉马桥村路灯坏了")
    ticket = one_ticket(day, number)

    for words in ("路灯还是没修！", "你们到底管不管路灯"):
        day.carrier.text(number, words)

    day.wait_until(lambda: len(day.county.events(ticket.number, Action.ADD)) == 2)
    assert [one.number for one in tickets_of(day, number)] == [ticket.number]


def test_a_town_before_its_pilot_date_does_it_itself(day):
    number = "+8613600000013"
    day.carrier.text(number, "卧牛石乡孙家屯村停水了")

    ticket = one_ticket(day, number)

    assert (ticket.status, ticket.post) == (Status.DISPATCHED, "town/woniushi/duty")
    town = Visitor(day.url, "town.woniushi.duty")
    assert ticket.number in town.page("/field/").replace(" ", "")
    town.command(f"/field/tickets/{ticket.number}/accept")
    assert day.county.ticket(ticket.number).status is Status.HANDLING


def test_an_officer_on_leave_without_a_stand_in_leaves_it_to_the_rung_above(day):
    logins = ("grid.dagujiazi.daling", "grid.dagujiazi.daling.standby")
    with day.county.work(day.county.actor("supervisor")) as work:
        for login in logins:
            who = people.person(work, demo_staff.by_login(work.session, login).id)
            people.add_leave(work, who, work.now, work.now + timedelta(days=3), None)
    number = "+8613600000014"

    day.carrier.text(number, "大孤家子镇大岭村停水了")

    ticket = one_ticket(day, number)
    head = Visitor(day.url, "village.dagujiazi.daling.head")
    assert ticket.number in head.page("/field/").replace(" ", "")


def test_at_the_end_of_the_day_the_ledger_is_whole(day, tmp_path):
    day.carrier.text("+8613600000015", "孟家镇桃山村停电了")
    one_ticket(day, "+8613600000015")

    with day.county.work() as work:
        report = audit.verify_all(work.session, tmp_path, day.county.kit.keys.public_key)

    assert report.tickets
    assert not report.faults
