"""The pages about people: holes are seen, leave and duty lists kept, lists applied, all guarded."""

import re
from io import BytesIO

import pytest

from hotline.clock import COUNTY_ZONE
from hotline.demo import staff as demo_staff
from hotline.demo.staff import PASSWORD
from hotline.domain.tickets import Role
from hotline.store import people, roster
from tests.architecture.test_guards import guards, roles_of
from tests.county import CALLER, County
from tests.web import nights
from tests.web.client import app_for, client_for
from tests.web.desk import Desk, queries

UNIT = "village/dagujiazi/lamaqiao"
POST = "grid/dagujiazi/lamaqiao"
OFFICER = "grid.dagujiazi.lamaqiao"
LIST = "登录名,姓名,手机号,单位,角色,岗位\n"
NEW = f"zhang.san,张三,13800002222,大孤家子镇,网格员,{POST}\n"


def id_of(county: County, login: str) -> str:
    with county.work() as work:
        return str(demo_staff.by_login(work.session, login).id)


def day(county: County, days: int = 0) -> str:
    county_day = county.now().astimezone(COUNTY_ZONE)
    return (county_day.date().fromordinal(county_day.toordinal() + days)).isoformat()


def hidden(page: str) -> dict[str, str]:
    """What the form that applies a list sends."""
    return dict(re.findall(r'type="hidden" name="(upload|digest|retire)" value="([^"]*)"', page))


def upload(desk: Desk, text: str, path: str = "/staffing/look", **fields: str):
    sent = {"list": (BytesIO(text.encode()), "名单.csv"), **fields}
    return desk.client.post(path, data=sent, content_type="multipart/form-data")


@pytest.mark.parametrize("path", ["/people/", f"/people/?unit={UNIT}", "/people/log"])
def test_lists_of_people_have_a_fixed_number_of_queries(county, path):
    desk = Desk(county, "supervisor")

    with queries(county) as sent:
        desk.page(path)

    assert len([one for one in sent if "FROM sign_in" not in one]) <= 6


def test_a_town_leader_notes_leave_and_the_hole_is_seen_and_filled(county):
    leader = Desk(county, "town.dagujiazi.lead")
    both = [id_of(county, OFFICER), id_of(county, f"{OFFICER}.standby")]
    for who in both:
        leader.done(
            f"/people/staff/{who}/leave",
            from_day=day(county, 1),
            until_day=day(county, 3),
            stand_in="",
        )

    assert "1 段没有人" in leader.page(f"/people/?unit={UNIT}")
    page = leader.page(f"/people/posts/{POST}")
    assert "今后 14 天有 1 段没有人负责" in page
    leader.done(
        f"/people/posts/{POST}/duty",
        staff=id_of(county, "village.dagujiazi.lamaqiao.head"),
        first_day=day(county, 1),
        last_day=day(county, 3),
        from_hour="00:00",
        until_hour="00:00",
    )
    assert "段没有人负责" not in leader.page(f"/people/posts/{POST}")
    with county.work() as work:
        assert len(roster.listed(work.session, [POST], work.now)) == 3


def test_a_leader_sees_and_changes_nobody_elses_people(county):
    leader = Desk(county, "town.dagujiazi.lead")
    stranger = id_of(county, "operator1")

    leader.page(f"/people/staff/{stranger}", 404)
    leader.page("/people/?unit=town/mengjia", 404)
    leader.page("/people/log", 404)
    answer = leader.send(
        f"/people/staff/{stranger}/leave", from_day=day(county), until_day=day(county, 2)
    )
    assert answer.status_code == 403
    own = id_of(county, OFFICER)
    assert leader.send(f"/people/staff/{own}/link").status_code == 403


def test_a_list_is_looked_at_and_applied_and_the_link_is_shown_once(county):
    admin = Desk(county, "admin")

    looked = upload(admin, LIST + NEW)
    page = looked.get_data(as_text=True)
    assert looked.status_code == 200
    assert "zhang.san" in page
    fields = hidden(page)
    done = admin.send("/staffing/apply", **fields)

    assert done.headers["Cache-Control"] == "no-store"
    [token] = re.findall(r"/set-password/([\w-]+)", done.get_data(as_text=True))
    assert admin.send("/staffing/apply", **fields).status_code == 404
    newcomer = client_for(county)
    path = f"/set-password/{token}"
    assert "zhang.san" in newcomer.get(path).get_data(as_text=True)
    short = newcomer.post(path, data={"password": "short", "again": "short"})
    assert short.status_code == 422
    good = {"password": "拉马桥的一天2026", "again": "拉马桥的一天2026"}
    assert newcomer.post(path, data=good).status_code == 303
    assert newcomer.get(path).status_code == 404
    answer = newcomer.post("/sign-in", data={"login": "zhang.san", "password": good["again"]})
    assert answer.status_code == 303


def test_a_list_with_faults_shows_them_all_and_cannot_be_applied(county):
    admin = Desk(county, "admin")

    looked = upload(admin, LIST + "A!,,1,无此镇,国王,没有这个岗位\n")

    page = looked.get_data(as_text=True)
    assert looked.status_code == 422
    for code in ("bad_login", "missing", "bad_phone", "unknown_unit", "unknown_role"):
        assert f"<code>{code}</code>" in page
    assert "执行这些改动" not in page
    with county.work() as work:
        assert people.by_login(work.session, "a!") is None


def test_a_list_is_not_applied_when_what_stands_has_changed_since(county):
    admin = Desk(county, "admin")
    page = upload(admin, LIST + NEW).get_data(as_text=True)
    fields = hidden(page)
    other = Desk(county, "admin")
    other_page = upload(other, LIST + NEW.replace("张三", "张三丰")).get_data(as_text=True)
    again = hidden(other_page)
    other.send("/staffing/apply", **again)

    # The upload of the same person was replaced by the second one.
    assert admin.send("/staffing/apply", **fields).status_code == 404


def test_the_template_is_a_spreadsheet(county):
    answer = Desk(county, "admin").client.get("/staffing/template")

    assert answer.get_data()[:2] == b"PK"


def test_a_lay_supervisor_can_send_nothing_and_sees_no_number(county):
    number = nights.accepted(county)
    observer = Desk(county, "observer")
    app = app_for(county)

    sent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        for guard in guards(app, rule.endpoint)
        if Role.OBSERVER in roles_of(guard, "POST") and {"POST", "PUT"} & rule.methods
    ]
    # Beside looking at photos with a reason they ask the callers whom the lot gave them.
    own = {"verifying.ring", "verifying.answer"}
    assert [name for name in sent if not name.startswith("media.") and name not in own] == []
    for path in ("/audit/", f"/audit/tickets/{number}"):
        page = observer.page(path)
        assert CALLER not in page
        assert CALLER[-11:] not in page
        forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page)
        assert forms == ["/sign-out"]
    observer.page(f"/console/tickets/{number}", 403)
    observer.page("/people/", 403)


def test_an_administrator_gives_somebody_a_new_link_which_is_on_record(county):
    admin, who = Desk(county, "admin"), id_of(county, OFFICER)

    page = admin.send(f"/people/staff/{who}/link").get_data(as_text=True)

    [token] = re.findall(r"/set-password/([\w-]+)", page)
    assert token not in admin.page(f"/people/staff/{who}")
    assert "给了设置密码的链接" in admin.page("/people/log")
    assert client_for(county).post("/sign-in", data={"login": OFFICER, "password": PASSWORD})
