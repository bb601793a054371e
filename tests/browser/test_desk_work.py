"""The operators' desk in a browser: legible at both sizes, a call worked without a mouse."""

import pytest
from playwright.sync_api import Browser, Page, expect

from hotline.services.reception import calls
from hotline.work import CITIZEN
from tests.browser.test_desk_pages import OPEN_FOLDS, sign_in
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot
from tests.county import NO_WATER
from tests.services.test_merging import merge
from tests.web import nights
from tests.web.client import app_for, served
from tests.web.console.test_desk_day import a_ring_back
from tests.web.desk import Desk


@pytest.fixture
def url(county):
    with served(app_for(county)) as address:
        yield address


def a_shift(county) -> dict[str, str]:
    """A desk in the middle of a shift: a storm, ring-backs, somebody to ask, a hand-over."""
    storm = [county.demand(NO_WATER, number=f"+861380000{n:04d}") for n in range(5)]
    merge(county, *storm[:2])
    back = a_ring_back(county, "+8613800003333")
    asked = nights.submitted(county)
    for _ in range(3):
        county.forward(days=1)
    Desk(county, "operator2").send("/console/shift/", notes="自来水公司说三点来水，留意拉马桥村")
    return {"lead": storm[0], "member": storm[1], "like": storm[2], "back": back, "asked": asked}


def pick_up(county, sid: str = "CAlive") -> None:
    """A caller waits, and the first operator picks up."""
    nights.a_waiting_call(county, sid)
    with county.work(CITIZEN) as work:
        calls.picked(work, sid, str(county.actor("operator1").staff_id))


def test_every_page_of_a_shift_is_usable_by_everybody(browser: Browser, county, url):
    shown = a_shift(county)
    paths = {
        "ring-backs": "/console/ring-backs/",
        "callers": "/console/callers/",
        "duplicates": "/console/duplicates/",
        "shift": "/console/shift/",
        "lead": f"/console/tickets/{shown['lead']}",
    }
    for size, language in ((PHONE, "zh-CN"), (DESK, "en")):
        with open_context(browser, size, language) as context:
            page = context.new_page()
            sign_in(page, url, "operator1")
            for name, path in paths.items():
                page.goto(url + path)
                page.evaluate(OPEN_FOLDS)
                assert_accessible(page)
                screenshot(page, f"desk-{name}-{size[0]}-{language}")
            for name in ("ring-backs", "callers"):
                page.goto(url + paths[name])
                page.locator("[data-row-act]").first.click()
                page.wait_for_url(f"**/console/{name}/*")
                assert_accessible(page)
                screenshot(page, f"desk-{name}-form-{size[0]}-{language}")


def test_a_call_is_taken_read_accepted_and_dispatched_without_a_mouse(desk_page: Page, county, url):
    county.demand(NO_WATER)
    sign_in(desk_page, url, "operator1")
    pick_up(county)
    desk_page.wait_for_url("**/console/new/?call=CAlive", timeout=15_000)
    keys = desk_page.keyboard
    expect(desk_page.locator("[name=words]")).to_be_focused()
    expect(desk_page.locator("#caller-history")).to_contain_text("待签收")

    keys.type("大孤家")
    first = desk_page.locator("[data-accept=place]").first
    expect(first).to_contain_text("Alt 1")
    keys.type("子镇停水了")
    expect(desk_page.locator("#reading")).to_contain_text("供水")
    keys.press("Escape")
    keys.press("?")
    expect(desk_page.locator("#keys")).to_be_visible()
    assert_accessible(desk_page)
    screenshot(desk_page, "desk-keys-1440-zh-CN")
    keys.press("Escape")
    expect(desk_page.locator("#keys")).not_to_be_visible()
    keys.press("Alt+w")
    keys.press("Control+a")
    keys.type("停水了，我在大孤家子")
    expect(first).to_contain_text("大孤家子村")
    expect(desk_page.locator("#reading")).to_contain_text("一次问清")
    screenshot(desk_page, "desk-call-1440-zh-CN")
    keys.press("Alt+1")
    expect(desk_page.locator("[name=place]")).not_to_have_value("")
    expect(desk_page.get_by_text("登记后立即派单")).to_be_visible()
    keys.press("Control+Enter")

    expect(desk_page.get_by_text("已记录：受理")).to_be_visible()
    expect(desk_page.get_by_text("待签收", exact=True).first).to_be_visible()


def test_a_call_never_takes_away_what_somebody_is_writing(desk_page: Page, county, url):
    sign_in(desk_page, url, "operator1")
    desk_page.goto(f"{url}/console/new/")
    desk_page.keyboard.type("写到一半")
    pick_up(county)

    expect(desk_page.get_by_text("您接起的来电")).to_be_visible(timeout=15_000)
    expect(desk_page.locator("[name=words]")).to_have_value("写到一半")
    assert_accessible(desk_page)
