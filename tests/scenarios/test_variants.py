"""The same night when things go wrong: repeats, a wrong village, a stand-in, a web that is down."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session

from hotline.demo import staff as demo_staff
from hotline.demo.carrier.faults import Faults
from hotline.demo.carrier.people import answers, press, say, silent
from hotline.domain.tickets import Action, Status
from hotline.store import attention
from hotline.store import tickets as ticket_rows
from hotline.store.models import Leave
from tests.county import CALLER
from tests.live import Live
from tests.scenarios.conftest import let_operators_ring
from tests.scenarios.lookup import tickets_of
from tests.scenarios.test_night import (
    OFFICER,
    close,
    place_the_call,
    report_in,
    wait_for,
    whistle_for_water,
    whole,
)
from tests.visitor import Visitor


@pytest.fixture
def night(hotline) -> Iterator[Live]:
    """A running hotline at 02:00; operators' telephones just ring."""
    with hotline.day() as running:
        let_operators_ring(running)
        yield running


def away(night: Live, *logins: str) -> None:
    """Send people on leave for two days."""
    with night.county.work() as work:
        for login in logins:
            person = demo_staff.by_login(work.session, login)
            begins, ends = work.now - timedelta(hours=1), work.now + timedelta(days=2)
            work.session.add(Leave(staff_id=person.id, from_at=begins, until_at=ends))


def test_every_webhook_twice_and_out_of_order_changes_nothing(night):
    night.carrier.set_faults(Faults(seed=12345, repeat=1.0, reorder=1.0))
    night.carrier.set_person(CALLER, answers(press("1"), press("5"), silent()))

    number = place_the_call(night)
    officer = whistle_for_water(night, number)
    report_in(night, number)
    close(night, number, officer)
    night.wait_until(lambda: night.county.ticket(number).status is Status.ARCHIVED)
    night.carrier.settle()

    assert len(tickets_of(night, CALLER)) == 1
    assert len(night.county.events(number, Action.RECEIVE)) == 1
    assert len(night.county.events(number, Action.CONFIRM)) == 1
    assert whole(night, number)


def test_a_ticket_in_the_wrong_village_comes_back_and_goes_to_the_right_one(night):
    number = place_the_call(night)
    Visitor(night.url, OFFICER).command(
        f"/field/tickets/{number}/return",
        dispute="other_place",
        text="停水的是大孤家子村，不是拉马桥村",
    )
    operator = Visitor(night.url, "operator1")
    operator.command(f"/console/tickets/{number}/ruling", upheld="1", text="退单属实")
    operator.command(
        f"/console/tickets/{number}/locate", place="大孤家子镇大孤家子村", demand="utilities/water"
    )

    ticket = night.county.ticket(number)
    assert (ticket.status, ticket.grid, ticket.returns) == (Status.DISPATCHED, "210124101200", 1)
    assert ticket.post == "grid/dagujiazi/dagujiazi"


def test_the_officers_stand_in_is_told_and_can_do_everything(night):
    away(night, OFFICER)
    stand_in = demo_staff.login_of(
        night.county.kit.maps.current.post("grid/dagujiazi/lamaqiao").stand_in
    )

    number = place_the_call(night)

    [dispatched] = night.county.events(number, Action.DISPATCH)
    assert dispatched["data"]["told"][0]["stand_in"] == stand_in.replace(".", "/")
    substitute = Visitor(night.url, stand_in)
    substitute.command(f"/field/tickets/{number}/accept")
    assert night.county.ticket(number).status is Status.HANDLING


def test_nobody_on_duty_anywhere_is_on_record_and_before_a_supervisor(night):
    posts = night.county.kit.maps.current.posts
    number = place_the_call(night)
    away(night, *(demo_staff.login_of(post) for post in posts if not post.startswith("grid/")))
    whistle_for_water(night, number)

    climbs = wait_for(night, number, Action.CLIMB, 2)

    assert [climb["data"]["why"] for climb in climbs] == ["nobody_on_duty"] * 2
    night.forward(hours=3)

    def entries():
        with Session(night.county.engine) as session:
            kinds = {entry.attention.kind for entry in attention.open_entries(session)}
        return "whistle_unanswered" in kinds

    night.wait_until(entries)


def test_a_caller_whose_line_meets_no_web_is_recorded_and_rung_back(night):
    night.stop("web")

    heard = night.call(CALLER, say("大孤家子镇拉马桥村停水"))
    assert any("暂时无法受理" in text for text in heard)
    night.start("web")
    night.wait_until(night.answers)
    night.forward(minutes=2)

    [ticket] = night.wait_until(lambda: tickets_of(night, CALLER))
    assert (ticket.status, ticket.triage_reason) == (Status.TRIAGE, "ring_back")

    def recordings():
        with Session(night.county.engine) as session:
            return ticket_rows.media(session, ticket.id)

    night.forward(minutes=1)
    night.wait_until(recordings)


def test_a_message_that_found_no_web_becomes_a_ticket_and_is_answered(night):
    night.stop("web")
    night.carrier.text(CALLER, "大孤家子镇拉马桥村停电了")
    night.carrier.settle()
    night.start("web")
    night.wait_until(night.answers)
    night.forward(minutes=2)

    [ticket] = night.wait_until(lambda: tickets_of(night, CALLER))
    assert ticket.status is Status.DISPATCHED
    night.wait_until(lambda: night.carrier.inbox(CALLER))
    assert ticket.number in night.carrier.inbox(CALLER)[-1].body
