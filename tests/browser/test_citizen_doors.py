"""The citizen's pages in a real browser: legible on a phone, without scripts, in two languages."""

import gzip
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hotline.demo.staff import PASSWORD
from hotline.domain.refusal import RejectReason
from hotline.domain.tickets import Status
from hotline.services.reception import codes, rejection
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot
from tests.county import County
from tests.web import nights
from tests.web.client import app_for, served

MOST_BYTES = 6_000  # of a page's HTML, compressed


@pytest.fixture
def site(county: County) -> Iterator[str]:
    with served(app_for(county)) as url:
        yield url


def look(page: Page, name: str) -> None:
    """Keep a page's picture, and ask what keeps anybody from using it."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    screenshot(page, name)
    assert_accessible(page)
    assert len(gzip.compress(page.content().encode())) <= MOST_BYTES
    assert page.locator("script").count() == 0


def tell(page: Page, site: str, words: str) -> tuple[str, str]:
    """Fill the form in as a person does; return number and code."""
    page.goto(f"{site}/demand/")
    page.locator("[name=words]").fill(words)
    page.locator("[name=number]").fill("13900001111")
    page.locator("main button[type=submit]").click()
    page.wait_for_selector(".figure__value")
    number, code = (
        re.sub(r"\D", "", text) for text in page.locator(".figure__value").all_text_contents()[:2]
    )
    return number, code


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_citizen_tells_answers_looks_and_withdraws_on_a_phone(
    browser: Browser, county, site, language
):
    with open_context(browser, PHONE, language) as context:
        page = context.new_page()
        page.goto(f"{site}/demand/")
        look(page, f"doors-demand-{language}")
        number, code = tell(page, site, "家里停水了，急死了")
        look(page, f"doors-receipt-asked-{language}")
        page.locator("#asked [name=text]").fill("大孤家子镇拉马桥村")
        page.locator("#asked button").click()
        expect(page.locator("h1")).to_have_text(re.compile("已派单|Dispatched"))
        look(page, f"doors-case-{language}")
        page.locator("form[action$='/leave'] button").click()
        look(page, f"doors-enter-{language}")
        page.locator("[name=number]").fill(number)
        page.locator("[name=code]").fill(code)
        page.locator("main button[type=submit]").click()
        page.locator("details summary").last.click()
        page.locator("[name=sure]").check()
        page.locator("form[action$='/withdraw'] button").click()
        expect(page.locator("h1")).to_have_text(re.compile("您已撤回|withdrawn"))
        assert county.ticket(number).status is Status.WITHDRAWN


def test_a_whole_night_can_be_read_by_the_citizen_and_answered_without_scripts(
    browser: Browser, county, site
):
    number = nights.submitted(county)
    with county.work() as work:
        code = codes.code_of(work, work.ticket(number).id)
    with browser.new_context(
        java_script_enabled=False, locale="zh-CN", viewport={"width": 360, "height": 740}
    ) as context:
        page = context.new_page()
        page.goto(f"{site}/case/")
        page.locator("[name=number]").fill(number)
        page.locator("[name=code]").fill(code)
        page.locator("main button[type=submit]").click()
        screenshot(page, "doors-case-night")
        page.get_by_label("没有解决").check()
        page.locator("#verdict button").click()
        expect(page.get_by_text("记下了")).to_be_visible()
    assert county.ticket(number).status is Status.HANDLING


def test_the_counter_the_rejection_and_the_register_can_be_used_by_everybody(
    browser: Browser, county, site
):
    number = county.demand("家里没水了，急死了")
    refusal = rejection.Refusal(RejectReason.ELSEWHERE, "elsewhere", "事情在邻县")
    nights.returned(county)
    with county.work(county.actor("operator1")) as work:
        rejection.propose(work, work.ticket(number), refusal)
    waiting = county.demand("家里没电了，急死了")
    with open_context(browser, DESK, "zh-CN") as context:
        page = context.new_page()
        for login, paths in (
            ("operator1", ["/console/counter/", f"/console/tickets/{waiting}"]),
            ("supervisor", [f"/audit/tickets/{number}", "/audit/refusals/"]),
        ):
            context.clear_cookies()
            page.goto(f"{site}/sign-in")
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            page.locator("main button").click()
            for path in paths:
                page.goto(site + path)
                page.evaluate(
                    "document.querySelectorAll('details').forEach(fold => fold.open = true)"
                )
                screenshot(page, f"doors-{login}-{paths.index(path)}")
                assert_accessible(page)
        page.goto(f"{site}/audit/refusals/?kind=reject")
        expect(page.get_by_text("事情在邻县")).to_be_visible()
        expect(page.get_by_text("待裁定")).to_be_visible()
