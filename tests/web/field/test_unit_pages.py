"""What a called unit does on a phone: acknowledged is not arrived, arrived is not done."""

from hotline.demo import staff
from hotline.domain.tickets import Action
from tests.county import County
from tests.web.field.field import (
    OFFICER,
    POWER,
    WATER,
    Phone,
    accepted,
    statements,
    ticket_path,
    whistled,
)

ATTACHED = staff.login_of("utility/water/attached/dagujiazi")


def test_a_unit_that_nobody_called_has_an_empty_list(county: County):
    assert "现在没有呼叫您的哨" in Phone(county, WATER).page("/field/whistles/")


def test_a_unit_sees_who_calls_where_for_what_and_for_how_long(county: County):
    number, call = whistled(county, Phone(county, OFFICER))
    phone = Phone(county, WATER)

    listed, page = phone.page("/field/whistles/"), phone.page(call)

    for words in (
        "应急处置哨 · 大孤家子镇拉马桥村",
        "已呼叫，未应答",
        "停水与供水",
        "剩余",
        "示例·拉马桥村",
    ):
        assert words in listed
    for words in ("主管道爆裂", "停水了", "应哨时限", number[:4]):
        assert words in page
    assert "13800001111" not in page


def test_the_attached_officer_of_the_unit_sees_the_call_as_well(county: County):
    _, call = whistled(county, Phone(county, OFFICER), kind="grid")

    assert "网格哨" in Phone(county, ATTACHED).page("/field/whistles/")
    Phone(county, ATTACHED).done(f"{call}/acknowledge")


def test_a_unit_acknowledges_arrives_and_is_done(county: County):
    number, call = whistled(county, Phone(county, OFFICER))
    phone = Phone(county, WATER)

    assert "已应哨，未到场" in phone.done(f"{call}/acknowledge")
    # As a phone without a script sends them: fields that nobody filled in are there, and empty.
    unfilled = {"accuracy_m": "", "place_note": "", "done_at": "", "seen_version": ""}
    place = {"latitude": "42.5", "longitude": "123.4"}
    assert "已到场" in phone.done(f"{call}/arrive", **place, **unfilled)
    assert "事不完，人不走" in phone.page(call)
    gone = {"whistle": str(county.parties(number)[0].whistle_id)}
    Phone(county, OFFICER).done(ticket_path(number, "danger-gone"), **gone)
    assert "已办完" in phone.done(f"{call}/finish", text="换了阀门")

    [arrived] = county.events(number, Action.ARRIVE)
    assert arrived["data"]["latitude"] == "42.5"


def test_a_unit_that_refused_can_still_acknowledge(county: County):
    number, call = whistled(county, Phone(county, OFFICER))
    phone = Phone(county, WATER)

    page = phone.done(f"{call}/refuse", text="不是我们的管线")

    assert "拒绝报到" in page
    assert "已上升到" in page
    assert len(county.events(number, Action.CLIMB)) == 1
    assert "已应哨" in phone.done(f"{call}/acknowledge")


def test_a_refusal_needs_its_reason(county: County):
    _, call = whistled(county, Phone(county, OFFICER))

    answer = Phone(county, WATER).press(f"{call}/refuse", text="  ")

    assert answer.status_code == 422
    assert "请写明情况" in answer.get_data(as_text=True)


def test_arriving_needs_a_position_or_words(county: County):
    _, call = whistled(county, Phone(county, OFFICER))

    answer = Phone(county, WATER).press(f"{call}/arrive")

    assert answer.status_code == 422
    assert "请写明您在哪里" in answer.get_data(as_text=True)


def test_a_place_that_is_not_on_earth_is_refused(county: County):
    number, call = whistled(county, Phone(county, OFFICER))
    phone = Phone(county, WATER)

    for place in (
        {"latitude": "95", "longitude": "123"},
        {"latitude": "42", "longitude": "181"},
        {"latitude": "north", "longitude": "123"},
        {"latitude": "42.5", "longitude": "123.4", "accuracy_m": "-1"},
        {"latitude": "42.5"},
        {"latitude": "", "longitude": "", "accuracy_m": "", "place_note": ""},
    ):
        assert phone.press(f"{call}/arrive", **place).status_code == 422
    assert county.events(number, Action.ARRIVE) == []


def test_done_before_arriving_is_refused_and_the_words_are_kept(county: County):
    _, call = whistled(county, Phone(county, OFFICER))

    answer = Phone(county, WATER).press(f"{call}/finish", text="换了阀门")

    assert answer.status_code == 409
    assert "换了阀门" in answer.get_data(as_text=True)


def test_another_unit_does_not_learn_of_the_call(county: County):
    _, call = whistled(county, Phone(county, OFFICER))
    other = Phone(county, POWER)

    other.page(call, status=404)
    assert other.press(f"{call}/acknowledge").status_code == 404
    assert "现在没有呼叫您的哨" in other.page("/field/whistles/")


def test_two_calls_at_once_are_said_to_clash(county: County):
    officer = Phone(county, OFFICER)
    whistled(county, officer)
    other = accepted(county, officer, words="大孤家子镇拉马桥村水管爆了")
    officer.done(
        ticket_path(other, "whistle"), kind="emergency", units="utility/water", text="又一处"
    )

    assert "几处同时呼叫" in Phone(county, WATER).page("/field/whistles/")


def test_an_ended_whistle_asks_for_nothing_more(county: County):
    officer, unit = Phone(county, OFFICER), Phone(county, WATER)
    number, call = whistled(county, officer)
    unit.done(f"{call}/arrive", place_note="泵站")
    whistle_id = str(county.parties(number)[0].whistle_id)
    officer.done(ticket_path(number, "danger-gone"), whistle=whistle_id)
    unit.done(f"{call}/finish", text="换了阀门")
    officer.done(ticket_path(number, "end-whistle"), whistle=whistle_id)

    assert "这一哨已经收了" in unit.page(call)
    assert "现在没有呼叫您的哨" in unit.page("/field/whistles/")


def test_the_list_asks_the_database_as_often_for_six_calls_as_for_one(county: County):
    officer, unit = Phone(county, OFFICER), Phone(county, WATER)
    whistled(county, officer)
    one = statements(unit, "/field/whistles/")
    for _ in range(5):
        whistled(county, officer)

    assert statements(unit, "/field/whistles/") == one
