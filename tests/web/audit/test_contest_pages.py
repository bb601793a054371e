"""Disputes, plans and final replies on the pages of everybody who has a part in them."""

import re
from datetime import timedelta

from hotline.clock import COUNTY_ZONE
from hotline.domain.tickets import Status
from hotline.services.reckoning import counting
from tests.services.test_disputes import (
    HOUSING,
    PIPE,
    TOWN,
    WATER,
    disputed_twice,
    ruled,
    send_back,
)
from tests.services.test_long_cases import ROAD, denied, submitted
from tests.web.desk import Desk, login_of, queries
from tests.web.doors.citizen import Citizen
from tests.web.field.field import Phone, ticket_path


def test_a_dispute_is_passed_on_heard_ruled_and_approved_on_pages(county):
    first = county.demand(PIPE)
    send_back(county, first)
    operator = Desk(county, "operator1")
    assert "不属于本单位职责" in operator.page(f"/console/tickets/{first}")
    # A supervisor who may rule as well finds the form where they look at the ticket.
    ruling = Desk(county, "supervisor").page(f"/audit/tickets/{first}")
    assert f'action="/console/tickets/{first}/ruling"' in ruling
    assert 'value="village/dagujiazi/lamaqiao"' not in ruling
    page = operator.done(
        f"/console/tickets/{first}/ruling", upheld="1", onward=HOUSING, text="应由住建局办"
    )
    assert "已记录" in page
    send_back(county, first)
    assert county.ticket(first).status is Status.ADJUDICATION

    housing = Phone(county, "department.housing.duty")
    [path] = re.findall(r'href="(/field/hearings/[0-9a-f-]+)"', housing.page("/field/hearings/"))
    assert "已记录" in housing.done(path, text="楼前主管道归供水单位")
    Phone(county, "utility.power.duty").page(path, status=404)

    panel, other = Desk(county, "panel.duty.chair"), Desk(county, "supervisor")
    number = f"/audit/tickets/{first}"
    assert "作出裁定" not in other.page(number)
    assert "楼前主管道归供水单位" in panel.page(number)
    panel.done(f"{number}/heard", unit=WATER, text="副经理到场，认可")
    refused = other.send(f"{number}/duty", lead=WATER, text="我来")
    assert "只有确责小组" in refused.get_data(as_text=True)
    panel.done(f"{number}/duty", lead=WATER, helpers=HOUSING, place=TOWN, words="小区", text="表前")
    assert first[-4:] in panel.page("/audit/hearings/").replace(" ", "")
    # Whoever disputed it is told what was ruled, and finds it again.
    assert "ruled" in {one.template for one in county.messages(first)}
    mine = Phone(county, "grid.dagujiazi.lamaqiao").page("/field/hearings/")
    assert "由法库县自来水公司办理" in mine

    page = panel.page("/audit/catalogue/")
    [entry] = set(re.findall(r'href="(/audit/catalogue/[0-9a-f-]+)"', page))
    assert "须由另一人批准" in panel.page(entry)
    assert "剩余" in panel.page(entry)
    assert "剩余" in page
    assert "已记录" in other.done(entry, yes="1", text="同意")
    assert "生效中" in other.page(f"{entry}?done=x")
    assert "确责条目，第 1 版" in operator.page(f"/console/tickets/{county.demand(PIPE)}")
    assert "已记录" in other.done(f"{entry}/next", lead="", text="网格图已更新")
    assert "第 2 版" in other.page("/audit/catalogue/")


def test_wrong_returns_and_wrong_dispatches_stand_side_by_side_and_open_to_their_tickets(county):
    ruled(county, disputed_twice(county), lead=HOUSING, helpers=())
    with county.work() as work:
        assert counting.count(work, 10) == 1
    desk = Desk(county, "supervisor")

    page = desk.page("/audit/rates/?by=county&shown=disputes")

    assert {"退单不成立", "错派", "挂账"} <= set(re.findall(r'data-label="([^"]+)"', page))
    for measure in ("overturned", "misdispatched"):
        [link] = set(re.findall(rf'href="([^"]+measure={measure}[^"]*)"', page))
        assert "停水与供水" in desk.page(link.replace("&amp;", "&"))
    desk.page("/audit/rates/?shown=made-up", status=422)


def test_the_lists_of_disputes_and_entries_cost_the_same_however_long(county):
    desk = Desk(county, "supervisor")
    for path in ("/audit/hearings/", "/audit/catalogue/?list=approved"):
        desk.page(path)
    disputed_twice(county)
    for path in ("/audit/hearings/", "/audit/catalogue/"):
        with queries(county) as first:
            desk.page(path)
        disputed_twice(county)
        with queries(county) as second:
            desk.page(path)
        assert len(first) == len(second) <= 6
    desk.page("/audit/catalogue/?list=made-up", status=404)


def test_a_long_case_and_its_final_reply_on_every_page(county):
    citizen = Citizen(county)
    citizen.tells(ROAD)
    number = citizen.number
    phone, desk = Phone(county, login_of(county, number)), Desk(county, "supervisor")
    phone.done(ticket_path(number, "accept"))
    page = phone.page(ticket_path(number, "defer"))
    [leader] = re.findall(r'<option value="(town/[^"]+/lead)"', page)
    day = (county.now().astimezone(COUNTY_ZONE) + timedelta(days=40)).date().isoformat()
    late = phone.press(ticket_path(number, "defer"), leader=leader, text="分段修", what_1="铺完")
    assert "至少写一个节点" in late.get_data(as_text=True)
    phone.done(ticket_path(number, "defer"), leader=leader, text="分段修", what_1="铺完", by_1=day)
    lead = Desk(county, leader.replace("/", "."))
    assert number[-4:] not in lead.page("/plans/").replace(" ", "")
    desk.done(f"/audit/tickets/{number}/long-term", yes="1", text="确需时日")
    assert county.ticket(number).status is Status.LONG_TERM
    with queries(county) as asked:
        led = lead.page("/plans/")
    assert "分段修" in led
    assert "铺完" in led
    assert len(asked) <= 6
    assert "现在没有由您负责的挂账" in Desk(county, "panel.duty.chair").page("/plans/")
    assert "铺完" in phone.page(ticket_path(number))
    desk.done(f"/audit/tickets/{number}/review", yes="1", text="看过现场")
    [milestone] = re.findall(
        r'name="milestone" value="([^"]+)"', phone.page(ticket_path(number, "milestone"))
    )
    change = {"milestone": milestone, "what": "铺完并划线", "by_day": day}
    changed = desk.done(f"/audit/tickets/{number}/plan", text="要划线", **change)
    for page in (changed, phone.page(ticket_path(number)), citizen.opens()):
        assert "铺完并划线" in page
        assert "原文：铺完" in page
    assert "理由：要划线" in changed
    assert "理由：要划线" not in citizen.opens()
    same = desk.send(f"/audit/tickets/{number}/plan", text="再改", **change)
    assert "没有要改的" in same.get_data(as_text=True)
    phone.done(ticket_path(number, "milestone"), milestone=milestone, text="铺完了")
    phone.done(ticket_path(number, "resume"), text="计划完成")
    submitted(county, number)
    denied(county, number)

    phone.done(ticket_path(number, "conclude"), text="已按等级公路标准修复，依据见附件")
    desk.done(f"/audit/tickets/{number}/final", yes="1", text="依据充分")
    page = citizen.opens()
    assert "已按等级公路标准修复" in page
    assert "长期计划" in page
    assert "申诉正在复核" in citizen.does("appeal", text="坑还在")
    assert "须由另一人裁定申诉" in desk.send(
        f"/audit/tickets/{number}/appeal", yes="0", text="维持"
    ).get_data(as_text=True)
    Desk(county, "panel.duty.chair").done(
        f"/audit/tickets/{number}/appeal", yes="1", text="应当再办"
    )
    assert county.ticket(number).status is Status.HANDLING
