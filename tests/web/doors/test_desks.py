"""What the doors add to the desks: the counter and its slip, rejections, the register, shields."""

import re
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from hotline.domain.refusal import RejectReason
from hotline.domain.tickets import Action, Status
from hotline.services.handling import tickets
from hotline.services.reception import intake, rejection, web_demand
from hotline.work import CITIZEN
from tests.county import County
from tests.services.test_doors import NO_PLACE, WINDOW
from tests.web import nights
from tests.web.desk import Desk, queries
from tests.web.doors.citizen import Citizen


@pytest.fixture
def operator(county) -> Desk:
    return Desk(county, "operator1")


def slip_of(page: str) -> tuple[str, str]:
    """Return number and code as the slip says them."""
    number, code = re.findall(r'figure__value">([\d ]+)<', page)[:2]
    return number.replace(" ", ""), code.replace(" ", "")


def test_a_matter_at_the_counter_gets_a_slip_once_and_is_withdrawn_with_it(county, operator):
    fields = {"command_id": str(uuid4()), "window": WINDOW, "words": "低保办了三回没办成"}
    fields |= {"service": "低保申请", "number": "13900001111"}
    first = operator.send("/console/counter/", **fields).get_data(as_text=True)
    again = operator.send("/console/counter/", **fields).get_data(as_text=True)
    number, code = slip_of(first)
    assert slip_of(again) == (number, code)
    assert "最迟响应" in first
    ticket = county.ticket(number)
    assert (ticket.channel, ticket.window_id) == ("counter", WINDOW)
    assert "低保申请" in Citizen(county).opens(number, code)

    back = {"number": number, "code": "0000000000", "window": WINDOW}
    assert operator.send("/console/counter/withdraw", **back).status_code == 403
    operator.done("/console/counter/withdraw", **(back | {"code": code}))

    assert county.ticket(number).status is Status.WITHDRAWN
    [event] = county.events(number, Action.WITHDRAW)
    assert (event["data"]["by"], event["data"]["window"]) == ("counter", WINDOW)


def test_a_window_that_the_map_does_not_know_takes_nothing(operator):
    answer = operator.send("/console/counter/", window="nowhere", words="没办成")

    assert answer.status_code == 422


def test_a_rejection_goes_through_two_desks_and_the_caller_reads_the_route(county, operator):
    citizen = Citizen(county)
    citizen.tells(NO_PLACE)
    path = f"tickets/{citizen.number}"
    refusal = {"reason": "elsewhere", "route": "elsewhere", "text": "事情在邻县"}
    operator.done(f"/console/{path}/reject", **refusal)
    assert "拟不予受理" in citizen.opens()
    supervisor = Desk(county, "supervisor")
    assert "审批不予受理" in supervisor.page(f"/audit/{path}")

    supervisor.done(f"/audit/{path}/rejection", approved="1", text="属实")

    page = citizen.opens()
    for words in ("不予受理", "事发地12345热线", "事情在邻县"):
        assert words in page
    citizen.does("object", text="就在本县")
    assert county.ticket(citizen.number).status is Status.TRIAGE


def test_the_register_is_read_with_a_fixed_number_of_queries(county):
    def fill(count: int) -> None:
        for _ in range(count):
            number = county.demand(NO_PLACE)
            refusal = rejection.Refusal(RejectReason.COURT, "court", "法院已经立案")
            with county.work(county.actor("operator1")) as work:
                rejection.propose(work, work.ticket(number), refusal)

    supervisor, counted = Desk(county, "supervisor"), []
    for count in (1, 4):
        fill(count)
        with queries(county) as sent:
            assert "法院已经立案" in supervisor.page("/audit/refusals/")
        counted.append(len(sent))

    assert counted[0] == counted[1] <= 6
    assert "没有这样的备案" in supervisor.page("/audit/refusals/?kind=return")
    assert supervisor.client.get("/audit/refusals/?kind=nothing").status_code == 422
    assert "法院已经立案" in Desk(county, "observer").page("/audit/refusals/")


def test_an_officer_of_a_confidential_ticket_asks_the_hotline_and_never_sees_a_number(county):
    number = county.demand(shield="confidential")
    login = login_of(county, number)
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
    phone = Desk(county, login)
    page = phone.page(f"/field/tickets/{number}")
    assert "来电人要求保密" in page
    assert "打电话给来电人" not in page
    answer = phone.client.post(f"/field/tickets/{number}/caller", data={"reason": "contact"})
    assert answer.status_code in {403, 422}
    assert "13800001111" not in answer.get_data(as_text=True)

    phone.done(f"/field/tickets/{number}/relay", text="请问水表在哪里")

    assert [row for row in county.messages(number) if row.template == "relay"]


def login_of(county: County, number: str) -> str:
    return county.ticket(number).post.replace("/", ".")


def test_a_gap_is_promised_at_the_desk_and_marked_by_the_officer(county, operator):
    number = nights.accepted(county)
    day = (county.now() + timedelta(days=2)).date().isoformat()
    gap = {"text": "身份证复印件", "promised_by": "caller", "by_day": day}
    assert "身份证复印件" in operator.done(f"/console/tickets/{number}/gap", **gap)
    phone = Desk(county, login_of(county, number))
    form = phone.page(f"/field/tickets/{number}/gap-filled")
    [promised] = re.findall(r'name="gap" value="([\w-]+)"', form)

    phone.done(f"/field/tickets/{number}/gap-filled", gap=promised)

    [event] = county.events(number, Action.GAP_FILLED)
    assert event["role"] == "officer"
    assert "gap" not in county.timers(number)


def test_a_caller_on_the_line_is_what_lets_an_operator_withdraw(county, operator):
    number = county.demand()
    page = operator.page(f"/console/tickets/{number}")
    assert "来电人在电话里要求撤回" not in page

    assert operator.send(f"/console/tickets/{number}/withdraw").status_code == 403
    assert county.ticket(number).status is Status.DISPATCHED


def test_whoever_was_asked_first_stands_on_the_ticket(county, operator):
    with county.work(county.actor("operator2")) as work:
        made, _ = intake.receive(work, intake.Demand("desk", None, NO_PLACE))

    page = operator.page(f"/console/tickets/{made.number}")

    assert "示例话务员乙（单位接手前由其负责）" in page


def test_a_form_that_arrives_twice_at_the_same_moment_makes_one_ticket(county):
    demand = intake.Demand("web", "+8613900001111", "大孤家子镇拉马桥村停水了")
    key, made, failed = str(uuid4()), [], []
    together = threading.Barrier(4)

    def send() -> None:
        together.wait()
        for _ in range(2):
            try:
                with county.work(CITIZEN) as work:
                    taken = web_demand.take(
                        work, key, demand, {"words": "x"}, (), address="10.0.0.1", at_most=1
                    )
            except sa.exc.IntegrityError as error:
                failed.append(error)
            else:
                made.append(taken.number)
                return

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 4
    assert len(set(made)) == 1
