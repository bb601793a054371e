"""Duty lists on the pages: a round is laid out, a list uploaded, turns swapped on a phone."""

import re
from functools import partial
from io import BytesIO

import pytest
from click.testing import CliRunner

from hotline.cli.main import main
from tests.services.test_rosters import (
    HEADER,
    OFFICER,
    OTHER,
    POST,
    at,
    give_turn,
    on_list,
    person,
    tomorrow,
)
from tests.web.client import client_for
from tests.web.desk import Desk, queries


@pytest.mark.parametrize("path", ["/people/gaps", "/people/duty-lists/"])
def test_the_pages_of_duty_lists_have_a_fixed_number_of_queries(county, path):
    desk = Desk(county, "supervisor")

    with queries(county) as sent:
        desk.page(path)

    assert len([one for one in sent if "FROM sign_in" not in one]) <= 6


def test_a_supervisor_lays_out_a_round_and_takes_it_off_again(county):
    desk, day = Desk(county, "supervisor"), tomorrow(county)
    fields = {
        "staff": [str(person(county, login).id) for login in (OFFICER, OTHER)] + [""],
        "first_day": day.isoformat(),
        "last_day": day.isoformat(),
        "hours": "8:00 20:00",
        "pace": "shift",
        "kind": "holiday",
    }

    page = desk.done(f"/people/posts/{POST}/round", **fields)

    assert "排了 2 班" in page
    assert [login for login, *_ in on_list(county)] == [OFFICER, OTHER]
    [batch] = set(re.findall(r"/batches/([0-9a-f-]{36})/remove", page))
    desk.done(f"/people/posts/{POST}/batches/{batch}/remove")
    assert on_list(county) == []


def test_a_list_is_uploaded_looked_at_and_added(county):
    desk = Desk(county, "supervisor")
    text = f"{HEADER}{POST},{OFFICER},{tomorrow(county)},,,\n"
    sent = {"list": (BytesIO(text.encode()), "国庆.csv"), "kind": "holiday"}

    looked = desk.client.post("/people/duty-lists/look", data=sent).get_data(as_text=True)
    assert on_list(county) == []
    [address] = re.findall(r'action="(/people/duty-lists/[^"]+/apply)"', looked)

    assert "已加上 1 班" in desk.done(address, kind="holiday", post="")
    assert [login for login, *_ in on_list(county)] == [OFFICER]


def test_two_officers_swap_on_their_phones_and_one_subscribes(county):
    day = tomorrow(county)
    turn = give_turn(county, OFFICER, day)
    give_turn(county, OTHER, day.fromordinal(day.toordinal() + 1))
    asker, asked = Desk(county, OFFICER), Desk(county, OTHER)
    with queries(county) as sent:
        assert "请人换班" in asker.page("/duty/")
    assert len([one for one in sent if "FROM sign_in" not in one]) <= 6

    asker.done("/duty/swaps", duty=str(turn), of=str(person(county, OTHER).id))
    [answer] = set(re.findall(r'action="(/duty/swaps/[^"]+/answer)"', asked.page("/duty/")))
    assert "已换成" in asked.done(answer, accepted="1")

    assert [login for login, *_ in on_list(county)] == [OTHER, OTHER]
    page = asked.client.post("/duty/calendar").get_data(as_text=True)
    [feed] = set(re.findall(r"(/duty/calendar/[\w-]+\.ics)", page))
    calendar = client_for(county).get(feed)
    assert calendar.content_type.startswith("text/calendar")
    assert calendar.get_data().count(b"BEGIN:VEVENT") == 2
    assert at(day, 8).strftime("%Y%m%dT000000Z").encode() in calendar.get_data()


def test_the_shell_says_when_nobody_will_answer(county):
    settings = county.settings
    env = {
        "HOTLINE_ENV": "test",
        "HOTLINE_DATABASE_URL": settings.database_url.get_secret_value(),
        "HOTLINE_REDIS_URL": settings.redis_url.get_secret_value(),
    }

    shell = partial(CliRunner(env=env).invoke, main)
    said = shell(["roster", "gaps", "--unit", "拉马桥村村民委员会"])
    mistyped = shell(["roster", "gaps", "--unit", "village/dagujiazi/lamaqiaoo"])

    assert said.exit_code == 0
    assert "北京时间：每个岗位都有人 | every post has somebody, gaps=0\n" in said.output
    assert mistyped.exit_code == 1
    assert "没有找到：单位“village/dagujiazi/lamaqiaoo” | not found: unit" in mistyped.output


def test_a_head_is_offered_whom_they_may_put_on_their_list_and_told_who_is_not_theirs(county):
    desk = Desk(county, "utility.water.lead")
    page = desk.page("/people/posts/utility/water/duty")
    offered = re.findall(r"· (法库县\w+)</option>", page.split('id="d-staff"')[1])

    assert set(offered) == {"法库县自来水公司"}
    shift = {"first_day": f"{tomorrow(county)}", "from_hour": "08:00", "until_hour": "20:00"}
    strange = {"staff": str(person(county, OFFICER).id), **shift}
    refused = desk.client.post("/people/posts/utility/water/duty/duty", data=strange)
    assert refused.status_code == 403
    assert "这个单位的人员和岗位不归您安排" in refused.get_data(as_text=True)
    own = {**shift, "staff": str(person(county, "utility.water.duty").id)}
    assert desk.client.post("/people/posts/utility/water/duty/duty", data=own).status_code == 303
    twice = desk.client.post("/people/posts/utility/water/duty/duty", data=own)
    assert f"是 {tomorrow(county)} 08:00 开始的那一班" in twice.get_data(as_text=True)
    away = {"from_day": shift["first_day"], "until_day": shift["first_day"]}
    left = desk.client.post(f"/people/staff/{own['staff']}/leave", data=away, follow_redirects=True)
    assert "这段时间值班表上还有 1 班" in left.get_data(as_text=True)
    supervisor = Desk(county, "supervisor").page("/people/posts/utility/water/duty")
    assert re.search(r"· (法库县\w+)</option>", supervisor)[1] == "法库县自来水公司"
