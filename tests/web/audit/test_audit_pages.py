"""The supervisors' desk: the night on one page, proved; what needs somebody; rulings."""

import re

import pytest
import sqlalchemy as sa

from hotline.domain.tickets import Action, Status
from hotline.services.handling import attention
from hotline.services.proof import redaction
from hotline.store import tickets as ticket_rows
from tests.services.test_audit import seal, tamper
from tests.web import nights
from tests.web.desk import Desk, queries


@pytest.fixture
def desk(county) -> Desk:
    return Desk(county, "supervisor")


def test_the_night_is_on_one_page_with_its_proof(county, desk):
    number = nights.a_night(county)
    seal(county)

    page = desk.page(f"/audit/tickets/{number}")

    events = county.events(number)
    for words in (
        f"链条完整：{len(events)} 条记录",
        "第 1 号签名根",
        f"覆盖到第 {len(events)} 条",
        "来电人的时钟",
        "单位的时钟",
        "主管道爆裂",
        "超时未应答",
        "whistles.emergency",
        "42.506431, 123.416002 (± 12 m)",
        "水已恢复，入户看过",
        "来电人：已解决",
        "查看号码，联系来电人",
        events[0]["map"][:12],
    ):
        assert words in page, words
    assert page.count('class="line__entry') == len(events)
    assert "/small" in page


def test_every_kind_of_event_is_said_in_words(county, desk):
    for number in nights.a_busy_desk(county).values():
        page = desk.page(f"/audit/tickets/{number}")
        for event in county.events(number):
            assert f"#{event['seq']}</span>" in page


def test_a_broken_chain_is_said_in_red_with_its_place(county, desk):
    number = nights.accepted(county)
    tamper(county, "UPDATE ticket_event SET actor = 'somebody' WHERE seq = 3")

    page = desk.page(f"/audit/tickets/{number}")

    assert "链条断裂" in page
    assert "第 3 条：记录的列被改动" in page
    assert "链条完整" not in page


def test_redacted_words_say_so_and_the_chain_stays_whole(county, desk):
    number = nights.accepted(county)
    with county.work(county.actor("supervisor")) as work:
        [text, *_] = ticket_rows.texts(work.session, county.ticket(number).id)
        redaction.redact(work, work.ticket(number), text.id, "来电人要求")

    page = desk.page(f"/audit/tickets/{number}")

    assert "依规删除" in page
    assert "链条完整" in page


def test_the_nights_page_asks_the_database_as_often_for_a_long_night_as_for_a_short_one(
    county, desk
):
    short, long = nights.accepted(county), nights.a_night(county)
    desk.page(f"/audit/tickets/{short}")

    with queries(county) as first:
        desk.page(f"/audit/tickets/{short}")
    with queries(county) as second:
        desk.page(f"/audit/tickets/{long}")

    assert len(first) == len(second) <= 20


def test_the_board_asks_the_database_as_often_for_many_tickets_as_for_none(county, desk):
    desk.page("/audit/")
    with queries(county) as first:
        desk.page("/audit/")
    nights.a_busy_desk(county)
    desk.page("/audit/")

    for name in ("open", "triage", "recent"):
        with queries(county) as second:
            desk.page(f"/audit/?list={name}")

        assert len(first) == len(second) <= 6


def test_an_entry_is_settled_once_by_a_named_person(county, desk):
    number = nights.alarmed(county)
    assert number[8:] in desk.page("/audit/")
    with county.engine.connect() as connection:
        entry = connection.execute(sa.text("SELECT id FROM attention")).scalar_one()

    desk.done(f"/audit/attention/{entry}")

    assert "没有须处理的事" in desk.page("/audit/")
    assert desk.send(f"/audit/attention/{entry}").status_code == 404
    with county.engine.connect() as connection:
        by = connection.execute(sa.text("SELECT settled_by FROM attention")).scalar_one()
    assert by == county.actor("supervisor").staff_id


def test_whoever_raises_the_same_thing_twice_makes_one_entry(county, desk):
    for _ in range(2):
        with county.work() as work:
            attention.raise_(work, "nobody", "nobody:1", {})

    assert "须处理（1）" in desk.page("/audit/")


@pytest.mark.parametrize(("granted", "action"), [("1", Action.GRANT), ("0", Action.DECLINE)])
def test_a_supervisor_rules_on_a_wish_for_more_time(county, desk, granted, action):
    number = nights.more_time(county)
    assert "备件明天才到" in desk.page(f"/audit/tickets/{number}")

    page = desk.done(f"/audit/tickets/{number}/extension", granted=granted, text="情况属实")

    assert county.ticket(number).status is Status.HANDLING
    assert len(county.events(number, action)) == 1
    assert "已记录" in page
    assert "审批延期" not in page


def test_a_supervisor_of_the_unit_that_asks_does_not_rule(county):
    number = nights.more_time(county)
    with county.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE staff SET unit = :unit WHERE login = 'supervisor'"),
            {"unit": county.ticket(number).unit},
        )
    desk = Desk(county, "supervisor")

    answer = desk.send(f"/audit/tickets/{number}/extension", granted="1", text="情况属实")

    assert answer.status_code == 403
    assert "须由其他单位的督办员裁定" in answer.get_data(as_text=True)
    assert county.ticket(number).status is Status.EXTENSION_PENDING


def test_an_administrator_reads_but_does_not_rule(county):
    number = nights.more_time(county)
    desk = Desk(county, "admin")

    assert "审批延期" not in desk.page(f"/audit/tickets/{number}")
    answer = desk.send(f"/audit/tickets/{number}/extension", granted="1", text="情况属实")
    assert answer.status_code == 403


def test_a_ticket_that_does_not_exist_is_not_found(desk):
    desk.page("/audit/tickets/000000000000", status=404)


def test_a_long_list_is_turned_over_page_by_page(county, desk):
    numbers = nights.in_triage(county, 52)

    first = desk.page("/audit/?list=triage")
    [later] = re.findall(r'href="([^"]+)" rel="next"', first)
    second = desk.page(later.replace("&amp;", "&"))
    [earlier] = re.findall(r'href="([^"]+)" rel="prev"', second)

    assert [f"/tickets/{number}" in first for number in numbers].count(True) == 50
    assert [f"/tickets/{number}" in second for number in numbers].count(True) == 2
    assert "list=triage" in later
    assert desk.page(earlier.replace("&amp;", "&")).count("/audit/tickets/") >= 50
    desk.page("/audit/?page=made-up", status=422)
    desk.page("/audit/?list=made-up", status=404)


def test_a_ticket_climbs_in_words_only_when_it_has_climbed(county):
    number = county.demand("大孤家子镇拉马桥村举报村书记贪污公款")
    before = Desk(county, "supervisor").page(f"/audit/tickets/{number}")
    assert "<dt>已升到</dt><dd>尚未</dd>" in before

    while not county.events(number, Action.CLIMB):
        county.forward(days=1)

    after = Desk(county, "supervisor").page(f"/audit/tickets/{number}")
    assert "<dt>已升到</dt><dd>乡镇（街道）" in after
