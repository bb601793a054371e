"""The operators' desk: what waits, in which order; place, answer, ring back, rule, take down."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from hotline.domain.tickets import Action, Status
from hotline.services.handling import attention
from tests.county import CALLER
from tests.web import nights
from tests.web.client import client_for
from tests.web.desk import Desk, queries

PLACE, CLASS = "大孤家子镇拉马桥村", "utilities/water"


@pytest.fixture
def desk(county) -> Desk:
    return Desk(county, "operator1")


@pytest.fixture
def number(county) -> str:
    """A ticket in triage: the place is missing."""
    [number] = nights.in_triage(county)
    return number


def path(number: str, command: str = "") -> str:
    return f"/console/tickets/{number}" + (f"/{command}" if command else "")


def test_the_board_shows_alarms_calls_triage_and_returns(county, desk):
    shown = nights.a_busy_desk(county)

    page = desk.page("/console/")

    for words in ("险情警报", "可能需要 120", "1 个来电在排队", "地点缺失", "需要回电", "类别不明"):
        assert words in page, words
    assert "待核实派单（5）" in page
    assert "退单待裁定（1）" in page
    assert CALLER not in page
    assert "+86138****1111" in page
    assert shown["night"] not in page


def test_the_ticket_that_is_due_first_stands_first(county, desk):
    later = county.demand("大孤家子镇拉马桥村有件事要说")
    urgent = county.demand("家里没水了")

    page = desk.page("/console/")

    assert page.index(path(urgent)) < page.index(path(later))


def test_the_board_asks_the_database_six_times_however_many_tickets_wait(county, desk):
    desk.page("/console/")
    with queries(county) as empty:
        desk.page("/console/")
    nights.a_busy_desk(county)
    nights.in_triage(county, 10)
    desk.page("/console/")

    with queries(county) as full:
        desk.page("/console/")

    assert len(empty) == len(full) <= 6


def test_a_number_is_found_as_it_is_read_out(county, desk, number):
    spoken = f"{number[:4]} {number[4:8]} {number[8:]}"

    answer = desk.send("/search/", text=spoken)

    assert answer.headers["Location"] == path(number)


def test_an_operator_names_the_place_and_the_officer_gets_it(county, desk, number):
    assert "没有听到地点" in desk.page(path(number))

    page = desk.done(path(number, "locate"), place=PLACE, demand=CLASS, urgent="1")

    ticket = county.ticket(number)
    assert (ticket.status, ticket.grid) == (Status.DISPATCHED, "210124101201")
    assert "已记录：派单" in page
    assert county.events(number, Action.LOCATE)[0]["role"] == "operator"


@pytest.mark.parametrize("place", ["没有这个村", "", "拉马桥"])
def test_a_place_that_is_no_grid_is_refused_in_words(county, desk, number, place):
    answer = desk.send(path(number, "locate"), place=place, demand=CLASS)

    assert answer.status_code == 422
    assert "网格" in answer.get_data(as_text=True)
    assert county.ticket(number).status is Status.TRIAGE


def test_a_class_that_the_catalogue_does_not_know_is_refused(county, desk, number):
    answer = desk.send(path(number, "locate"), place=PLACE, demand="no/such")

    assert answer.status_code == 422
    assert county.ticket(number).status is Status.TRIAGE


def test_the_same_form_twice_does_one_thing(county, desk, number):
    key = str(uuid4())
    for _ in range(2):
        desk.done(path(number, "note"), command_id=key, text="再打一次")

    assert len(county.events(number, Action.NOTE)) == 1


def test_a_form_of_an_old_screen_is_refused(county, desk, number):
    desk.done(path(number, "locate"), place=PLACE, demand=CLASS, seen_version="1")

    answer = desk.send(path(number, "note"), text="迟了", seen_version="1")

    assert answer.status_code == 409
    assert county.events(number, Action.NOTE) == []


def test_an_answer_on_the_spot_ends_the_ticket(county, desk, number):
    desk.done(path(number, "answer"), text="停水公告已发，下午三点恢复")

    assert county.ticket(number).status is Status.ANSWERED


def test_what_the_caller_adds_may_settle_the_place(county, desk, number):
    desk.done(path(number, "add"), text="我在拉马桥村")

    assert county.ticket(number).status is Status.DISPATCHED


def test_each_look_at_the_callers_number_goes_on_record(county, desk, number):
    assert CALLER not in desk.page(path(number))

    answer = desk.send(path(number, "caller"))

    assert CALLER in answer.get_data(as_text=True)
    assert desk.client.get(path(number, "caller")).status_code == 302
    with county.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT staff_id, what FROM identity_view")).all()
    assert rows == [(county.actor("operator1").staff_id, "call_caller")]


def test_the_outcome_of_ringing_back_is_recorded(county, desk, number):
    desk.done(path(number, "contact"), outcome="reached", text="在拉马桥村")

    [contact] = county.events(number, Action.CONTACT)
    assert contact["data"]["outcome"] == "reached"
    assert county.ticket(number).contacted_at is not None
    assert desk.send(path(number, "contact"), outcome="maybe").status_code == 422


@pytest.mark.parametrize(("upheld", "status"), [("1", Status.TRIAGE), ("0", Status.DISPATCHED)])
def test_an_operator_rules_on_a_return(county, desk, upheld, status):
    number = nights.returned(county)
    assert "不在本网格，在邻村地界" in desk.page(path(number))

    desk.done(path(number, "ruling"), upheld=upheld, text="查过地图")

    assert county.ticket(number).status is status


def test_a_ruling_wants_a_reason(county, desk):
    number = nights.returned(county)

    assert desk.send(path(number, "ruling"), upheld="1", text="  ").status_code == 422
    assert county.ticket(number).status is Status.DISPUTED


def test_a_demand_is_taken_down_by_hand_once(county, desk):
    form = {
        "command_id": str(uuid4()),
        "words": "孟家镇桃山村路灯不亮",
        "number": "138 0000 2222",
        "name": "王女士",
    }
    first, second = (desk.client.post("/console/new/", data=form) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    number = first.headers["Location"].split("/")[-1].split("?")[0]
    ticket = county.ticket(number)
    assert (ticket.channel, ticket.status) == ("desk", Status.DISPATCHED)
    assert county.events(number)[0]["role"] == "operator"
    caller = desk.send(path(number, "caller")).get_data(as_text=True)
    assert "+8613800002222" in caller
    assert "王女士" in caller


def test_the_same_key_with_other_words_is_refused(desk):
    key = str(uuid4())
    desk.client.post("/console/new/", data={"command_id": key, "words": "路灯不亮"})

    answer = desk.client.post("/console/new/", data={"command_id": key, "words": "停水"})

    assert answer.status_code == 409


@pytest.mark.parametrize(
    "wrong", [{"number": "abc"}, {"words": ""}, {"words": "长" * 2001}, {"command_id": "1"}]
)
def test_a_demand_that_makes_no_sense_is_refused_and_nothing_is_kept(county, desk, wrong):
    form = {"command_id": str(uuid4()), "words": "路灯不亮", "number": ""} | wrong

    assert desk.client.post("/console/new/", data=form).status_code == 422
    with county.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM ticket")).scalar_one() == 0


def test_the_reading_follows_what_is_written(desk):
    def reading(words: str) -> str:
        return desk.client.post("/console/new/reading", data={"words": words}).get_data(
            as_text=True
        )

    assert "登记后立即派单" in reading("拉马桥村停水了")
    assert "还要核实：地点缺失" in reading("停水了")
    assert "写下原话后" in reading("  ")


def test_an_operator_sees_to_an_alarm_and_to_nothing_else(county, desk):
    nights.alarmed(county)
    with county.work() as work:
        attention.raise_(work, "nobody", "nobody:1", {})
    with county.engine.connect() as connection:
        entries = dict(connection.execute(sa.text("SELECT kind, id FROM attention")).all())

    desk.done(f"/console/alarms/{entries['danger']}")

    assert "险情警报" not in desk.page("/console/")
    assert desk.send(f"/console/alarms/{entries['nobody']}").status_code == 404


def test_a_supervisor_looks_in_but_does_not_dispatch(county, number):
    desk = Desk(county, "supervisor")

    page = desk.page(path(number))

    assert "核实并派单" not in page
    assert desk.send(path(number, "locate"), place=PLACE, demand=CLASS).status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_speak_both_languages(county, desk, language):
    for number in nights.a_busy_desk(county).values():
        desk.page(f"/console/tickets/{number}?lang={language}")
    page = desk.page(f"/console/?lang={language}")

    assert ("Danger alarm" in page) == (language == "en")


def test_nobody_sees_a_ticket_without_signing_in(county, number):
    answer = client_for(county).get(path(number), headers={"Accept": "text/html"})

    assert answer.status_code == 302
    assert "停水" not in answer.get_data(as_text=True)
