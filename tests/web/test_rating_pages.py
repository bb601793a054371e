"""The pages of ratings: the citizen's link and terminal, the desk's list, the unit's, the probe."""

import re

import pytest
from sqlmodel import Session

from hotline.domain.tickets import Action
from hotline.in_force import InForce
from hotline.services.reception import codes
from hotline.services.verifying import probing, ratings, verification
from hotline.store import attention
from hotline.store import ratings as rows
from hotline.work import CITIZEN
from tests.county import County
from tests.services.test_ratings import link_of, mend, rated, submitted
from tests.web.client import app_for, client_for, served, sign_in
from tests.web.desk import Desk, login_of, queries
from tests.web.doors.citizen import Citizen
from workers import ratings as probe
from workers.runtime import Runtime


@pytest.fixture
def linked(county: County) -> tuple[str, str]:
    """A ticket whose caller was sent a link for a grade, and the link's path."""
    number = submitted(county, channel="message")
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="message")
        ratings.invite(work, work.ticket(number), "rate")
    return number, f"/c/r/{link_of(county, number)}"


def test_one_star_by_link_is_kept_starts_the_clock_and_the_link_is_used_up(county, linked):
    number, path = linked
    visitor = client_for(county)
    assert "非常不满意" in visitor.get(path).get_data(as_text=True)
    assert visitor.post(path, data={}).status_code == 422

    answer = visitor.post(path, data={"grade": "1", "comment": "没人来过"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/c/rated")
    assert "bad_call" in county.timers(number)
    used = visitor.post(path, data={"grade": "5"})
    assert (used.status_code, "link_used" in used.get_data(as_text=True)) == (409, True)
    assert client_for(county).post("/c/r/nonsense", data={"grade": "5"}).status_code == 404
    # Another one goes to the number that called, and nowhere else.
    visitor.post(f"{path}/again")
    assert f"/c/r/{link_of(county, number)}" != path


def test_a_signed_in_desk_does_not_rate(county, linked):
    number, path = linked
    staff = sign_in(client_for(county), "operator1")

    answer = staff.post(path, data={"grade": "5"})

    assert (answer.status_code, "staff_device" in answer.get_data(as_text=True)) == (409, True)
    assert county.events(number, Action.REFUSE_GRADE)
    assert county.events(number, Action.RATE) == []


def test_the_terminal_of_the_hall_takes_verdict_and_grade_and_forgets(county):
    number = submitted(county)
    with county.work() as work:
        code = codes.code_of(work, work.ticket(number).id)
    hall = Citizen(county)
    hall.post("/case/terminal/", 404, number=number, code="0000000000")
    hall.post("/case/terminal/", 303, number=number, code=code)
    assert "是否解决" in hall.page("/case/terminal/grade")
    hall.post("/case/terminal/grade", 422, grade="2")

    assert "原样记下" in hall.post("/case/terminal/grade", 200, solved="1", grade="2")

    [event] = county.events(number, Action.CONFIRM)
    assert (event["data"]["by"], event["data"]["grade"]) == ("terminal", 2)
    assert hall.client.get("/case/terminal/grade").status_code == 303


def test_the_status_page_shows_every_version_and_the_clock_and_lets_one_change(county):
    citizen = Citizen(county)
    number = submitted(county)
    with county.work() as work:
        code = codes.code_of(work, work.ticket(number).id)
    citizen.opens(number, code)
    citizen.does("verdict", solved="1", grade="1", comment="没修好")

    page = citizen.does("rate", grade="4")

    for words in ("您的差评怎样处理", "待回访", "第 1 次", "第 2 次", "改评价"):
        assert words in page


def test_the_desk_rings_the_unit_puts_right_and_both_lists_are_short_of_queries(county):
    number = rated(county, 1)
    desk = Desk(county, "operator1")
    with queries(county) as few:
        assert number[:4] in desk.page("/console/bad-ratings/")
    rated(county, 2)
    with queries(county) as many:
        desk.page("/console/bad-ratings/")
    assert len(few) == len(many) <= 6
    with Session(county.engine) as session:
        bad = rows.open_bad(session, county.ticket(number).id)

    page = desk.send(f"/console/bad-ratings/{bad.id}").get_data(as_text=True)
    assert "13800001111" in page
    desk.done(f"/console/bad-ratings/{bad.id}/call", outcome="reached", text="路面没恢复")

    field = Desk(county, login_of(county, number))
    with queries(county) as listed:
        assert "差评整改" in field.page("/field/bad-ratings/")
    assert len(listed) <= 6
    assert "怎么改的" in field.page(f"/field/bad-ratings/{bad.id}")
    assert "已记录" in field.done(f"/field/bad-ratings/{bad.id}", text="路面恢复了")
    assert "待再评价" in desk.page("/console/bad-ratings/?list=asked")


def test_a_keyed_call_asks_for_the_fix_where_there_are_no_links(county):
    number = rated(county, 1)
    desk = Desk(county, "operator1")
    with Session(county.engine) as session:
        bad = rows.open_bad(session, county.ticket(number).id)
    desk.done(f"/console/bad-ratings/{bad.id}/call", outcome="reached", text="")
    mend(county, number)

    [asked] = [row for row in county.messages(number) if row.template == "rate"]
    assert (asked.means, asked.audience) == ("call", "caller")


def test_the_daily_probe_knocks_like_a_caller_and_finds_its_star(county):
    parts = Runtime(county.settings, county.engine, InForce(county.engine, county.kit))
    with served(app_for(county)) as address:
        assert probe.probe_door(parts, address) is None

    page = Desk(county, "supervisor").page("/audit/ratings/")
    assert "自检通过" in page
    assert "还没有人评价" in page


def test_a_door_that_drops_low_grades_alarms_the_supervisors(county):
    """A form that thanks for one star and stores nothing: Hebei, 2025."""
    app = app_for(county)

    def thankful(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            start_response("303 See Other", [("Location", "/c/rated")])
            return [b""]
        return app(environ, start_response)

    parts = Runtime(county.settings, county.engine, InForce(county.engine, county.kit))
    with served(thankful) as address:
        assert probe.probe_door(parts, address) == "not_kept"

    with Session(county.engine) as session:
        kinds = [entry.attention.kind for entry in attention.open_entries(session)]
    assert kinds == ["probe_failed"]
    assert "没有存上" in Desk(county, "supervisor").page("/audit/ratings/")


def test_a_probe_that_never_comes_back_is_judged_by_the_clock(county):
    parts = Runtime(county.settings, county.engine, InForce(county.engine, county.kit))
    with parts.work() as work:
        probing.start(work)

    county.forward(minutes=16)

    assert "没有存上" in Desk(county, "supervisor").page("/audit/ratings/")
    assert re.search("评价通道自检未通过", Desk(county, "supervisor").page("/audit/"))
