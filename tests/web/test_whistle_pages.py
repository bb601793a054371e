"""Whistles on pages: asked and granted, rated both ways, counted by town and unit, and pictured."""

import re
from datetime import timedelta

import pytest

from hotline.domain.disputes import ReturnReason
from hotline.domain.tickets import Action
from hotline.services.handling import returns
from hotline.services.whistles import course as whistle_course
from hotline.store import whistles as whistle_rows
from tests.web import nights
from tests.web.desk import Desk, login_of, queries
from tests.web.field.field import Phone, ticket_path

TOWN, VILLAGE = "town.dagujiazi.lead", "village.dagujiazi.lamaqiao.head"
WATER, HOUSING = "utility.water.duty", "department.housing.duty"


@pytest.fixture
def number(county):
    """A ticket in its officer's hands."""
    return nights.accepted(county)


def blown_path(county, number, name=""):
    """Return where the page of a ticket's newest whistle stands."""
    event = [e for e in county.events(number) if "whistle" in e["data"]][-1]
    return f"/field/blown/{event['data']['whistle']}" + (f"/{name}" if name else "")


def test_an_officer_asks_the_town_which_appoints_the_hour_and_ends_it(county, number):
    officer, town = Phone(county, login_of(county, number)), Phone(county, TOWN)
    assert "先请乡镇同意吹哨" in officer.page(ticket_path(number, "whistle"))
    asked = officer.done(
        ticket_path(number, "whistle"),
        kind="enforcement",
        units="department/housing",
        text="违建占压管线",
    )
    assert "已办：请求吹哨" in asked
    path = blown_path(county, number)
    assert path in town.page("/field/blown/")
    page = town.page(path)
    assert "违建占压管线" in page
    assert "答复吹哨请求时限" in page
    assert "撤回这一哨" not in page
    assert "撤回这一哨" in officer.page(path)
    assert officer.press(f"{path}/grant").status_code == 403

    slot = (county.now() + timedelta(hours=8, minutes=30)).strftime("%Y-%m-%dT%H:%M")
    page = town.done(f"{path}/grant", slot_from=slot)
    assert "哨声未收" in page
    [party] = county.parties(number)
    unit = Phone(county, HOUSING)
    call = f"/field/whistles/{party.id}"
    assert "约定到场" in unit.page("/field/whistles/")
    unit.done(f"{call}/arrive", place_note="现场")
    unit.done(f"{call}/act", text="当场责令拆除")
    unit.done(f"{call}/finish", text="已拆除")
    assert "已收哨" in town.done(f"{path}/end")
    assert "5" in town.page(path)
    rated = town.done(f"{path}/rate", party=str(party.id), arrival="5", conduct="4", result="5")
    assert "很好" in rated
    assert "该吹" in unit.done(f"{call}/rate", verdict="valid")
    assert (
        town.press(
            f"{path}/rate", party=str(party.id), arrival="5", conduct="4", result="5"
        ).status_code
        == 409
    )
    assert path not in town.page("/field/blown/")
    kinds = [event["action"] for event in county.events(number)]
    assert {"ask_whistle", "record_act", "rate_unit", "rate_whistle"} <= set(kinds)


def test_the_people_of_a_place_whistle_for_its_tickets_and_those_of_another_do_not(county, number):
    town = Phone(county, TOWN)
    address = f"/field/place/{number}/whistle"
    assert address in town.page("/field/place/")
    page = town.page(address)
    assert "没水" in page or "停水" in page
    answer = town.press(address, kind="joint", units="department/housing", text="反复停水")
    assert answer.status_code == 422
    assert "请从呼叫的单位里选一个牵头单位" in answer.get_data(as_text=True)
    lead = "department/housing"
    town.done(address, kind="joint", units=lead, lead=lead, text="反复停水，要换管网")
    assert county.parties(number)[0].role == "lead"

    other = Phone(county, "town.mengjia.lead")
    other.page(address, status=404)
    other.page(blown_path(county, number), status=404)

    unit = Phone(county, HOUSING)
    call = f"/field/whistles/{county.parties(number)[0].id}"
    assert "定方案" in unit.page(call)
    day = (county.now() + timedelta(days=2)).date().isoformat()
    planned = unit.done(f"{call}/plan", texts="更换管网", days=day, units=lead)
    assert "更换管网" in planned
    milestone = re.search(r'name="milestone" value="([^"]+)"', planned)[1]
    later = {"milestone": milestone, "what": "更换主管网", "day": day, "unit": lead}
    changed = unit.done(f"{call}/change", text="支管不用换", **later)
    for page in (changed, town.page(blown_path(county, number))):
        assert "更换主管网" in page
        assert "原文：更换管网" in page
        assert "理由：支管不用换" in page
    assert "已完成" in unit.done(f"{call}/meet", milestone=milestone, text="换完了")


def test_nobody_of_a_place_looks_through_complaints_and_reports(county, number):
    complaint = nights.accepted(county, "大孤家子镇拉马桥村垃圾没人收")
    head, officer = Phone(county, VILLAGE), Phone(county, login_of(county, complaint))

    page = head.page("/field/place/")

    assert number in page
    assert complaint not in page
    head.page(f"/field/place/{complaint}/whistle", status=404)
    refused = head.press(
        f"/field/place/{complaint}/whistle", kind="emergency", units="utility/water", text="?"
    )
    assert refused.status_code == 404
    # Whoever holds it may ask for a whistle: then the town hears of it.
    officer.done(
        ticket_path(complaint, "whistle"),
        kind="enforcement",
        units="department/environment",
        text="请执法",
    )
    assert "请执法" in Phone(county, TOWN).page(blown_path(county, complaint))


def test_a_refusal_reaches_the_whistler_with_its_reason_and_the_leader_to_whom_it_climbed(
    county, number
):
    officer, unit = Phone(county, login_of(county, number)), Phone(county, WATER)
    leader = Desk(county, "county.leader")
    leader.page("/audit/")
    with queries(county) as before:
        assert "升到您这里的哨" not in leader.page("/audit/")
    officer.done(
        ticket_path(number, "whistle"), kind="emergency", units="utility/water", text="爆管"
    )
    call = f"/field/whistles/{county.parties(number)[0].id}"
    assert "管道归物业" in unit.done(f"{call}/refuse", text="管道归物业")
    county.forward(minutes=6)

    told = [one.staff_id for one in county.messages(number) if one.template == "whistle_refused"]
    assert told == [county.officer_of(number).staff_id]
    assert "管道归物业" in officer.page(blown_path(county, number))
    leader.page("/audit/")
    with queries(county) as after:
        page = leader.page("/audit/")
    assert "升到您这里的哨（1）" in page
    assert "自来水公司" in page
    assert len(before) == len(after) <= 6
    assert "升到您这里的哨" not in Desk(county, "supervisor").page("/audit/")
    again = unit.press(f"{call}/finish", text="办完了")
    assert "这家单位的情况已经变了" in again.get_data(as_text=True)


def test_who_did_not_have_to_come_is_not_to_be_rated(county, number):
    officer = Phone(county, login_of(county, number))
    officer.done(
        ticket_path(number, "whistle"), kind="emergency", units="utility/water", text="爆管"
    )
    path = blown_path(county, number)
    assert "撤哨" in officer.done(f"{path}/call-off", text="看错了")

    assert "写下评价" not in officer.page(path)
    assert path not in officer.page("/field/blown/")


def test_no_field_of_a_form_is_called_by_its_english_name(county, number):
    officer = Phone(county, login_of(county, number))
    for fields in ({"kind": "grid", "units": ["a", "b"]}, {"kind": "grid", "command_id": "?"}):
        answer = officer.press(ticket_path(number, "whistle"), text="?", **fields)
        assert answer.status_code == 422
        said = re.search(r'class="alert[^>]*>(.*?)</div>', answer.get_data(as_text=True), re.DOTALL)
        assert not re.search(r"[a-z_]+", re.sub(r"<[^>]*>", "", said[1]))
    path = f"/console/tickets/{number}/ruling"
    ruling = Desk(county, "operator1").send(path, text="?").get_data(as_text=True)
    assert "请检查：裁定。" in ruling


def test_who_is_told_that_a_ticket_has_climbed_finds_it_without_its_words(county):
    complaint = county.demand("大孤家子镇拉马桥村垃圾没人收，堆到门口了")
    head = Phone(county, VILLAGE)
    assert "升到您这里的工单" not in head.page("/field/place/")
    while county.ticket(complaint).rung == "grid":
        county.forward(hours=3)

    head = Phone(county, VILLAGE)
    with queries(county) as asked:
        page = head.page("/field/place/")
    assert "升到您这里的工单（1）" in page
    assert "拉马桥村专职网格员" in page
    assert "堆到门口" not in page
    assert len(asked) <= 6
    # What was given to a bureau begins on the rung below it: it has climbed to nobody.
    given = county.demand("孟家镇孟家村水管漏水")
    with county.work(county.officer_of(given)) as work:
        proof = returns.Proof(ReturnReason.NOT_OUR_POWER, "归住建局")
        returns.send_back(work, work.ticket(given), proof)
    with county.work(county.actor("operator1")) as work:
        ticket = work.ticket(given)
        returns.rule(work, ticket, upheld=True, reason="是", onward="department/housing")
    assert "升到您这里的工单" not in Phone(county, "town.mengjia.lead").page("/field/place/")


def test_a_unit_wanted_in_two_places_at_once_is_told_which_clash(county, number):
    officer = Phone(county, login_of(county, number))
    units = {"kind": "emergency", "units": "utility/water", "text": "爆管"}
    officer.done(ticket_path(number, "whistle"), **units)
    other = nights.accepted(county, "孟家镇孟家村停水了")
    Phone(county, login_of(county, other)).done(ticket_path(other, "whistle"), **units)
    unit = Phone(county, WATER)

    with queries(county) as asked:
        page = unit.page("/field/whistles/")

    assert "2 处哨时间冲突" in page
    assert "冲突：孟家镇孟家村" in page
    assert "什么时候、哪里要人" in page
    assert page.count('class="within"') == page.count('class="shared"') == 2
    assert len(asked) <= 6
    unit.done(f"/field/whistles/{county.parties(other)[0].id}/refuse", text="另有抢修")
    assert "什么时候、哪里要人" in unit.page("/field/whistles/")
    with county.work(county.officer_of(other)) as work:
        ticket = work.ticket(other)
        party = whistle_rows.party(work.session, county.parties(other)[0].id)
        whistle_course.excuse(work, ticket, party, "不用来了")
    assert "什么时候、哪里要人" not in unit.page("/field/whistles/")


def test_towns_and_units_are_shown_without_ranks_and_with_few_queries(county):
    number = nights.submitted(county)
    desk = Desk(county, "supervisor")
    with queries(county) as asked:
        page = desk.page("/audit/whistles/")
    assert len(asked) <= 6
    assert "件数太少，不比较" in page
    assert "自来水公司" in page
    record = desk.page("/audit/whistles/units/utility/water")
    assert "这一年没有拒绝，也没有失约" in record
    desk.page("/audit/whistles/?year=1999", status=422)

    unit = Phone(county, WATER)
    assert "被呼叫" in unit.page("/field/whistles/record")
    town = Phone(county, "town.dagujiazi.duty")
    assert "本乡镇（街道）吹哨率" in town.page("/field/whistles/record")
    assert county.events(number, Action.DANGER_GONE)


def test_a_night_is_replayed_step_by_step_and_every_step_is_said_in_words(county):
    number = nights.whistled(county)
    desk = Desk(county, "observer")

    last = desk.page(f"/audit/tickets/{number}/replay")
    steps = int(re.search(r"第 (\d+) 步，共", last)[1])
    assert steps == last.count("replay?step=") - last.count('data-step="')
    assert 'data-step="next"' not in last
    first = desk.page(f"/audit/tickets/{number}/replay?step=0")
    assert 'data-step="next"' in first
    assert "还没有派单" in first
    assert "县领导：告知 1 次" in last
    assert last.count("<line ") == 1
    beyond = desk.page(f"/audit/tickets/{number}/replay?step=99999")
    assert f"第 {steps} 步，共 {steps} 步" in beyond


def test_the_wall_shows_what_runs_out_and_who_does_not_answer(county):
    desk = Desk(county, "supervisor")
    desk.page("/audit/wall/")
    with queries(county) as first:
        empty = desk.page("/audit/wall/")
    assert "没有在办工单" in empty
    number = nights.whistled(county)
    desk.page("/audit/wall/")
    with queries(county) as second:
        page = desk.page("/audit/wall/")

    assert len(first) == len(second) <= 6
    for words in ("大孤家子镇", "哨无人应", "自来水公司", number[:4], "再次催促"):
        assert words in page, words
    assert 'hx-trigger="every 10s"' in page


def test_the_map_is_drawn_around_one_unit_and_said_in_lists(county):
    desk = Desk(county, "observer")

    page = desk.page("/audit/map/?unit=utility/water")

    for words in ("住房和城乡建设局", "停水与供水", "自来水公司值班岗", "data-graph="):
        assert words in page, words
    assert "没有下级单位" in page
    assert "这是最高一级" in desk.page("/audit/map/")
    desk.page("/audit/map/?unit=nowhere", status=404)
