"""The web form: nothing is lost, nothing is doubled, and what is missing is asked once."""

from io import BytesIO
from uuid import uuid4

import pytest

from hotline.domain.tickets import Action, Status
from hotline.services.reception import web_demand
from hotline.store import tickets as ticket_rows
from tests.web.doors.citizen import NUMBER, Citizen
from tests.web.field.field import photo


@pytest.fixture
def citizen(county) -> Citizen:
    return Citizen(county)


def test_a_form_becomes_a_dispatched_ticket_with_number_and_code(county, citizen):
    page = citizen.tells("停水了，家里有老人", where="大孤家子镇拉马桥村", name="王女士")

    ticket = county.ticket(citizen.number)
    assert (ticket.channel, ticket.status) == ("web", Status.DISPATCHED)
    assert len(citizen.code) == 10
    for words in ("停水与供水", "拉马桥村", "已派单"):
        assert words in page
    [received] = county.events(citizen.number, Action.RECEIVE)
    assert (received["role"], received["data"]["channel"]) == ("citizen", "web")


def test_the_same_form_twice_is_one_ticket_with_the_same_code(county, citizen):
    key = str(uuid4())
    citizen.tells(key=key)
    first = (citizen.number, citizen.code)

    page = citizen.tells(key=key)

    assert (citizen.number, citizen.code) == first
    assert "已经提交过" in page


def test_other_words_under_the_same_key_are_another_demand(citizen):
    key = str(uuid4())
    citizen.tells(key=key)
    first = citizen.number

    citizen.tells("孟家镇桃山村路灯不亮", key=key)

    assert citizen.number != first


def test_a_place_with_two_meanings_is_asked_once_and_then_dispatched(county, citizen):
    page = citizen.tells("家里停水了，要急死了")
    assert "还要问您一句" in page
    assert county.ticket(citizen.number).status is Status.TRIAGE

    page = citizen.does("settle", text="大孤家子镇拉马桥村")

    assert county.ticket(citizen.number).status is Status.DISPATCHED
    assert "还要问您一句" not in page


def test_a_class_is_chosen_only_from_what_was_offered(county, citizen):
    citizen.tells("大孤家子镇拉马桥村出事了")

    citizen.does("settle", matter="utilities/water", text="水龙头不出水")

    assert county.ticket(citizen.number).class_code == "utilities/water"


def test_without_a_telephone_it_is_anonymous_or_not_taken(citizen):
    page = citizen.post("/demand/", 422, words="孟家镇桃山村路灯不亮", number="")

    assert "请填写能联系到您的电话" in page
    assert "孟家镇桃山村路灯不亮" in page


def test_a_form_with_a_fault_comes_back_as_it_was_typed(citizen):
    for fields in ({"words": ""}, {"words": "停水", "number": "12x"}, {"words": "x" * 1801}):
        page = citizen.post("/demand/", 422, **({"number": NUMBER, "where": "拉马桥"} | fields))
        assert "请改正以下内容" in page
        assert "拉马桥" in page


def test_an_anonymous_demand_keeps_no_number_even_if_one_was_typed(county, citizen):
    page = citizen.tells("大孤家子镇拉马桥村有人乱倒垃圾，电话13812345678", shield="anonymous")

    assert "没有保留电话和姓名" in page
    with county.work() as work:
        kept = ticket_rows.identity(work.session, work.ticket(citizen.number).id)
        assert kept is not None
        assert {kept.number_sealed, kept.number_hash, kept.name_sealed, kept.found_sealed} == {None}
    assert county.ticket(citizen.number).shield == "anonymous"


def test_too_many_demands_are_refused_with_everything_still_on_the_page(citizen):
    for count in range(web_demand.MOST_FROM_NUMBER):
        citizen.tells(f"大孤家子镇拉马桥村停水第{count}次")

    page = citizen.post("/demand/", 429, words="第七次停水", number=NUMBER)

    assert "还没有收下这一件" in page
    assert "第七次停水" in page


def test_photos_are_kept_and_a_file_that_is_none_costs_nobody_the_demand(county, citizen):
    page = citizen.tells(photos=[photo(), (BytesIO(b"no photo"), "x.jpg")])

    assert "有 1 个文件不是能识别的照片" in page
    [added] = county.events(citizen.number, Action.ADD)
    assert len(added["data"]["photos"]) == 1


def test_danger_is_answered_with_the_number_to_call(county, citizen):
    page = citizen.tells("大孤家子镇拉马桥村着火了")

    assert "119" in page
    assert county.events(citizen.number, Action.ALARM)


def test_the_page_is_small_and_holds_no_script(citizen):
    page = citizen.page("/demand/")

    assert "<script" not in page
    assert len(page.encode()) < 10_000
