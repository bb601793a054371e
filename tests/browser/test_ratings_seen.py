"""Ratings in a real browser: the caller's link, status page and terminal; the desk, the unit."""

from playwright.sync_api import Browser
from sqlmodel import Session

from hotline.services.reception import codes
from hotline.services.verifying import ratings, verification
from hotline.store import ratings as rows
from hotline.work import CITIZEN
from tests.browser.test_desk_pages import sign_in, url  # noqa: F401  the fixture
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot
from tests.services.test_ratings import link_of, rated, submitted
from tests.web.desk import login_of


def test_everybody_can_use_the_pages_of_ratings(browser: Browser, county, url):  # noqa: F811
    bad = rated(county, 1)
    linked = submitted(county, channel="message", number="+8613800003333")
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(linked), solved=True, by="message")
        ratings.invite(work, work.ticket(linked), "rate")
    open_ = county.demand("双台子乡转山子村村路坏了")
    with county.work() as work:
        code = codes.code_of(work, work.ticket(bad).id)
    with Session(county.engine) as session:
        bad_id = rows.open_bad(session, county.ticket(bad).id).id
    staff = {
        "operator1": {"list": "/console/bad-ratings/"},
        login_of(county, bad): {
            "to-mend": "/field/bad-ratings/",
            "mend": f"/field/bad-ratings/{bad_id}",
        },
        "supervisor": {
            "door": "/audit/ratings/",
            "calendar": "/audit/calendar/?year=2026",
            "arithmetic": f"/audit/tickets/{open_}",
        },
        login_of(county, open_): {"limits": f"/field/limits/{open_}"},
    }
    for size, language in ((PHONE, "zh-CN"), (DESK, "en")):
        with open_context(browser, size, language) as context:
            page = context.new_page()

            def see(name: str, page=page, size=size, language=language) -> None:
                assert_accessible(page)
                screenshot(page, f"rating-{name}-{size[0]}-{language}")

            page.goto(f"{url}/c/r/{link_of(county, linked)}")
            see("link")
            page.goto(f"{url}/case/terminal/")
            page.locator("[name=number]").fill(bad)
            page.locator("[name=code]").fill(code)
            see("terminal")
            page.locator("form button[type=submit]").first.click()
            see("terminal-grade")
            page.goto(f"{url}/case/")
            see("case")
        for login, paths in staff.items():
            with open_context(browser, size, language) as context:
                page = context.new_page()
                sign_in(page, url, login)
                for name, path in paths.items():
                    page.goto(url + path)
                    if name in {"limits", "arithmetic"}:
                        page.locator("details summary").last.click()
                    assert_accessible(page)
                    screenshot(page, f"rating-{name}-{size[0]}-{language}")
                if login == "operator1":
                    page.locator("[data-row-act]").first.click()
                    assert_accessible(page)
                    screenshot(page, f"rating-call-{size[0]}-{language}")
