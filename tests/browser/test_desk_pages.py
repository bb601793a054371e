"""The desks in a real browser: legible and usable at both sizes, in both languages, by keys."""

import pytest
from playwright.sync_api import Browser, Page, expect

from hotline.demo.staff import PASSWORD
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot
from tests.services.test_audit import seal, tamper
from tests.services.test_search import read_all
from tests.web import nights
from tests.web.client import app_for, served

OPEN_FOLDS = "document.querySelectorAll('details').forEach(fold => fold.open = true)"


@pytest.fixture
def url(county):
    with served(app_for(county)) as address:
        yield address


def sign_in(page: Page, url: str, login: str) -> None:
    page.goto(f"{url}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").click()
    expect(page.locator("h1")).not_to_have_text("登录")
    # The heading is there before the scripts have run: a key pressed now would go unheard.
    page.wait_for_load_state("load")


def test_everybody_can_use_every_page_of_the_desks(browser: Browser, county, url):
    shown = nights.a_busy_desk(county)
    seal(county)
    read_all(county)
    text_id = county.events(shown["night"])[0]["data"]["text"]
    operators = {
        "board": "/console/",
        "new": "/console/new/",
        "triage": f"/console/tickets/{shown['triage']}",
        "returned": f"/console/tickets/{shown['returned']}",
        "search": "/search/?status=triage",
    }
    supervisors = {
        "audit": "/audit/",
        "night": f"/audit/tickets/{shown['night']}",
        "more-time": f"/audit/tickets/{shown['more_time']}",
        "views": "/audit/views/",
        "supervision": "/audit/supervision/?list=red",
        "retention": "/audit/retention/",
        "redact": f"/audit/tickets/{shown['night']}/texts/{text_id}",
    }
    for size, language in ((PHONE, "zh-CN"), (DESK, "en")):
        for login, pages in (("operator1", operators), ("supervisor", supervisors)):
            with open_context(browser, size, language) as context:
                page = context.new_page()
                sign_in(page, url, login)
                for name, path in pages.items():
                    page.goto(url + path)
                    page.evaluate(OPEN_FOLDS)
                    assert_accessible(page)
                    screenshot(page, f"desk-{name}-{size[0]}-{language}")


def test_empty_desks_say_so(browser: Browser, url):
    for login, words in (("operator1", "没有等待核实的工单"), ("supervisor", "没有须处理的事")):
        with open_context(browser, PHONE) as context:
            page = context.new_page()
            sign_in(page, url, login)

            expect(page.get_by_text(words)).to_be_visible()
            assert_accessible(page)


def test_the_board_refreshes_itself_and_is_worked_by_keys(desk_page: Page, county, url):
    first = county.demand("家里没水了")
    sign_in(desk_page, url, "operator1")
    desk_page.keyboard.press("j")
    second = county.demand("家里停水了，老人在家")

    expect(desk_page.get_by_text("有新的工单")).to_be_visible(timeout=15_000)
    rows = desk_page.locator("#triage [data-row] a")
    expect(rows).to_have_count(2)
    expect(desk_page.locator(f"a[href$='{first}']")).to_be_focused()

    desk_page.keyboard.press("Enter")
    desk_page.wait_for_url(f"**/console/tickets/{first}")
    assert second != first


def test_an_operator_takes_a_demand_down_while_the_machine_reads_along(
    desk_page: Page, county, url
):
    sign_in(desk_page, url, "operator1")
    desk_page.keyboard.press("n")
    desk_page.wait_for_url("**/console/new/")
    desk_page.fill("[name=words]", "我是拉马桥村的，家里停水了")
    expect(desk_page.get_by_text("登记后立即派单")).to_be_visible()

    desk_page.get_by_role("button", name="登记").click()

    expect(desk_page.get_by_text("已记录：受理")).to_be_visible()
    expect(desk_page.get_by_text("待签收", exact=True)).to_be_visible()


def test_an_operator_finds_the_place_and_dispatches(desk_page: Page, county, url):
    [number] = nights.in_triage(county)
    sign_in(desk_page, url, "operator1")
    desk_page.goto(f"{url}/console/tickets/{number}")
    desk_page.fill("[name=place]", "没有这个村")
    desk_page.get_by_role("button", name="派单").click()
    expect(desk_page.get_by_text("请检查：网格")).to_be_visible()

    desk_page.fill("[name=place]", "大孤家子镇拉马桥村")
    desk_page.get_by_role("button", name="派单").click()

    expect(desk_page.get_by_text("已记录：派单")).to_be_visible()


def test_the_callers_number_is_shown_when_asked_for(desk_page: Page, county, url):
    [number] = nights.in_triage(county)
    sign_in(desk_page, url, "operator1")
    desk_page.goto(f"{url}/console/tickets/{number}")
    desk_page.get_by_role("button", name="显示号码").click()

    expect(desk_page.get_by_role("link", name="拨打 +8613800001111")).to_be_visible()
    assert_accessible(desk_page)


def test_a_broken_chain_cannot_be_overlooked(phone_page: Page, county, url):
    number = nights.accepted(county)
    tamper(county, "UPDATE ticket_event SET actor = 'somebody' WHERE seq = 2")
    sign_in(phone_page, url, "supervisor")
    phone_page.goto(f"{url}/audit/tickets/{number}")

    expect(phone_page.get_by_role("alert")).to_contain_text("链条断裂")
    assert_accessible(phone_page)
