"""The field's pages on a phone and a desk, in both languages: to be read, reached and touched."""

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hotline.demo.staff import PASSWORD
from hotline.domain.tickets import Status
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot, watch
from tests.county import County
from tests.web.client import app_for, served
from tests.web.field.field import (
    OFFICER,
    WATER,
    Phone,
    accepted,
    photo,
    ticket_path,
    whistled,
)
from tests.web.test_citizen import asked

# Each size and each language is looked at, as on the desks; not every pair of them.
LOOKS = pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh"), (DESK, "en")], ids=["phone", "desk"]
)
MOST_BYTES = 15_000  # of a page's HTML, compressed: what a slow network can carry at once


@pytest.fixture
def site(county: County) -> Iterator[str]:
    """The address of the county's pages."""
    with served(app_for(county)) as url:
        yield url


def enter(page: Page, site: str, login: str) -> None:
    page.goto(f"{site}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/field/**")


def look(page: Page, site: str, path: str, name: str) -> None:
    """Open a page, keep its picture, and ask what keeps anybody from using it."""
    answer = page.goto(f"{site}{path}")
    assert answer is not None
    assert len(gzip.compress(answer.body())) <= MOST_BYTES
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    screenshot(page, name)
    assert_accessible(page)


def county_at_work(county: County) -> dict[str, str]:
    """Fill the officer's list; return the pages to look at, by name."""
    officer, unit = Phone(county, OFFICER), Phone(county, WATER)
    waiting = county.demand()
    night, call = whistled(county, officer)
    whistled(county, officer)
    officer.done(ticket_path(night, "contact"), outcome="reached", text="说好马上到")
    county.forward(minutes=6)
    unit.done(f"{call}/acknowledge")
    unit.done(f"{call}/arrive", place_note="泵站门口")
    officer.done(
        ticket_path(night, "danger-gone"), whistle=str(county.parties(night)[0].whistle_id)
    )
    unit.done(f"{call}/finish", text="换了阀门，已经来水")
    done = accepted(county, officer, words="大孤家子镇拉马桥村停电了")
    officer.done(ticket_path(done, "submit"), kind="acted", text="线路已修好", photos=photo())
    county.move(minutes=40)
    pages = {"list": "/field/", "waiting": ticket_path(waiting), "night": ticket_path(night)}
    pages |= {"submitted": ticket_path(done)}
    for command in ("contact", "check-in", "whistle", "submit", "extend", "return", "note"):
        pages[command] = ticket_path(night, command)
    return pages


@LOOKS
def test_everybody_can_use_an_officers_pages(browser: Browser, county, site, size, language):
    pages = county_at_work(county)
    with open_context(browser, size, {"zh": "zh-CN", "en": "en-GB"}[language]) as context:
        page = context.new_page()
        faults = watch(page)
        enter(page, site, OFFICER)
        for name, path in pages.items():
            look(page, site, path, f"field-{name}-{size[0]}-{language}")
        assert faults == []


@LOOKS
def test_everybody_can_use_a_units_pages(browser: Browser, county, site, size, language):
    officer = Phone(county, OFFICER)
    pages = {"calls": "/field/whistles/"}
    _, pages["call"] = whistled(county, officer)
    _, pages["arrived"] = whistled(county, officer)
    county.forward(minutes=5, seconds=1)
    Phone(county, WATER).done(f"{pages['arrived']}/arrive", place_note="泵站")
    with open_context(browser, size, {"zh": "zh-CN", "en": "en-GB"}[language]) as context:
        page = context.new_page()
        enter(page, site, WATER)
        for name, path in pages.items():
            look(page, site, path, f"unit-{name}-{size[0]}-{language}")


def test_empty_lists_can_be_read(phone_page: Page, county, site):
    enter(phone_page, site, OFFICER)
    look(phone_page, site, "/field/", "field-empty")
    look(phone_page, site, "/field/whistles/", "unit-empty")


def test_an_officer_works_with_one_thumb_from_the_list_to_the_number(
    phone_page: Page, county, site
):
    county.demand()
    enter(phone_page, site, OFFICER)

    phone_page.get_by_role("link", name="停水与供水").click()
    phone_page.get_by_role("button", name="签收工单").click()
    expect(phone_page.get_by_text("已办：签收")).to_be_visible()
    phone_page.get_by_role("link", name="打电话给来电人").first.click()
    phone_page.get_by_role("button", name="显示号码").click()
    expect(phone_page.get_by_role("link", name="拨打")).to_have_attribute(
        "href", "tel:+8613800001111"
    )
    assert_accessible(phone_page)
    screenshot(phone_page, "field-caller")


def test_a_refused_form_comes_back_with_what_was_typed(phone_page: Page, county, site):
    number = accepted(county, Phone(county, OFFICER))
    enter(phone_page, site, OFFICER)
    phone_page.goto(f"{site}{ticket_path(number, 'submit')}")

    phone_page.get_by_label("限期办理", exact=True).check()
    phone_page.get_by_label("办了什么").fill("下周修好")
    phone_page.get_by_role("button", name="提交").click()

    expect(phone_page.get_by_role("alert")).to_contain_text("限期办理要填")
    expect(phone_page.get_by_label("办了什么")).to_have_value("下周修好")
    assert_accessible(phone_page)
    screenshot(phone_page, "field-refused")


def test_a_screen_that_is_out_of_date_is_told_what_changed(phone_page: Page, county, site):
    number = county.demand()
    enter(phone_page, site, OFFICER)
    phone_page.goto(f"{site}{ticket_path(number, 'return')}")
    phone_page.get_by_label("不在本辖区").check()
    phone_page.get_by_label("理由和依据").fill("不归本村")
    Phone(county, OFFICER).done(ticket_path(number, "accept"))

    phone_page.get_by_role("button", name="退回工单").click()

    expect(phone_page.get_by_text("工单有了变化")).to_be_visible()
    expect(phone_page.get_by_label("理由和依据")).to_have_value("不归本村")
    assert_accessible(phone_page)
    screenshot(phone_page, "field-stale")
    phone_page.get_by_role("button", name="退回工单").click()
    expect(phone_page.get_by_text("已办：退单")).to_be_visible()


def test_the_pages_work_without_scripts(browser: Browser, county, site):
    number = county.demand()
    with browser.new_context(java_script_enabled=False, locale="zh-CN") as context:
        page = context.new_page()
        enter(page, site, OFFICER)
        page.goto(f"{site}{ticket_path(number)}")
        page.get_by_role("button", name="签收工单").click()
        expect(page.get_by_text("已办：签收")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_caller_answers_on_any_phone(phone_page: Page, county, site, language):
    number, path = asked(county)

    look(phone_page, site, f"{path}?lang={language}", f"citizen-ask-{language}")
    phone_page.locator("[name=solved][value='1']").check()
    phone_page.locator("[name=grade][value='5']").check()
    phone_page.locator("main button[type=submit]").click()

    phone_page.wait_for_url("**/c/thanks")
    assert county.ticket(number).status is Status.ARCHIVED
    assert_accessible(phone_page)
    screenshot(phone_page, f"citizen-thanks-{language}")
    look(phone_page, site, f"{path}?lang={language}", f"citizen-gone-{language}")
