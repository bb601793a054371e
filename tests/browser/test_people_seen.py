"""The pages about people in a real browser: legible and usable at both sizes, in both languages."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from hotline.demo import staff as demo_staff
from hotline.services.staff import people, staff_list
from tests.browser.test_desk_pages import OPEN_FOLDS, sign_in
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot
from tests.web.client import app_for, served

HEAD = "village.dagujiazi.lamaqiao.head"
UNIT = "village/dagujiazi/lamaqiao"
OFFICER = "grid.dagujiazi.lamaqiao"


@pytest.fixture
def url(county):
    with served(app_for(county)) as address:
        yield address


@pytest.fixture
def person(county) -> str:
    """An officer on leave without anybody at the stand-in's post, told by WeCom first."""
    with county.work(county.actor("supervisor")) as work:
        for login in (f"{OFFICER}.standby", OFFICER):
            who = people.person(work, demo_staff.by_login(work.session, login).id)
            people.add_leave(work, who, work.now, work.now.replace(year=2027), None)
        people.set_channels(work, who, ["wecom", "mail"], "wang@county.example")
        return str(who.id)


def test_everybody_can_use_the_pages_about_people(browser: Browser, county, url, person, tmp_path):
    bad, good = tmp_path / "bad.csv", tmp_path / "good.xlsx"
    bad.write_text("登录名,姓名,单位,角色,岗位,备注\nA!,,无此镇,国王,无此岗,x\n", encoding="utf-8")
    good.write_bytes(staff_list.template())
    pages = {
        "top": "/people/",
        "unit": f"/people/?unit={UNIT}",
        "post": "/people/posts/grid/dagujiazi/lamaqiao",
        "person": f"/people/staff/{person}",
        "log": "/people/log",
        "gaps": "/people/gaps",
        "duty-list": "/people/duty-lists/",
    }
    with county.work(county.actor("supervisor")) as work:
        post = people.post(work, "grid/dagujiazi/lamaqiao")
        head = demo_staff.by_login(work.session, HEAD)
        days = [(work.now + timedelta(days=d), work.now + timedelta(days=d + 1)) for d in (1, 2)]
        people.add_duty(work, post, people.person(work, head.id), days)
    for size, language in ((PHONE, "zh-CN"), (DESK, "en")):
        with open_context(browser, size, language) as context:
            page = context.new_page()
            sign_in(page, url, "admin")
            for name, path in pages.items():
                page.goto(url + path)
                page.evaluate(OPEN_FOLDS)
                assert_accessible(page)
                screenshot(page, f"people-{name}-{size[0]}-{language}")
            page.goto(f"{url}/staffing/")
            for name, path in (("bad", bad), ("plan", good)):
                page.set_input_files("[name=list]", path)
                page.locator("main form button").last.click()
                expect(page.locator("#plan")).to_be_visible()
                assert_accessible(page)
                screenshot(page, f"people-{name}-{size[0]}-{language}")
        with open_context(browser, size, language) as context:
            page = context.new_page()
            sign_in(page, url, HEAD)
            page.goto(f"{url}/duty/")
            page.evaluate(OPEN_FOLDS)
            assert_accessible(page)
            screenshot(page, f"duty-{size[0]}-{language}")


def test_an_administrator_imports_people_by_hand_alone(browser: Browser, county, url, tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(staff_list.template())
    with open_context(browser, DESK) as context:
        page = context.new_page()
        sign_in(page, url, "admin")
        page.goto(f"{url}/staffing/")
        page.set_input_files("[name=list]", path)
        page.get_by_role("button", name="预演").press("Enter")
        page.get_by_role("button", name="执行这些改动").press("Enter")

        expect(page.locator("main code").first).to_contain_text("/set-password/")
        assert_accessible(page)
        address = page.locator("main code").first.inner_text()
        page.goto(address.replace("http://127.0.0.1:8345", url))
        page.fill("[name=password]", "拉马桥的一天2026")
        page.fill("[name=again]", "拉马桥的一天2026")
        assert_accessible(page)
        page.get_by_role("button", name="设置密码").press("Enter")
        expect(page.locator("h1")).to_have_text("登录")
