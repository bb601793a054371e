"""The sample and the ledger in a real browser: on a phone and at a desk, in both languages."""

from playwright.sync_api import Browser

from hotline.domain.sampling import Outcome
from hotline.store import sampling as rows
from tests.browser.test_desk_pages import sign_in, url  # noqa: F401  the fixture
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot
from tests.services.test_counting import count_all
from tests.services.test_sampling import COMPLAINT, HELP, calls, many, say, tomorrow
from tests.web.audit.test_sampling_pages import chosen

_PAGES = {
    "rates": "/audit/rates/?since={since}",
    "sampling": "/audit/sampling/?since={since}",
    "draw": "/audit/sampling/1",
    "events": "/audit/events/",
    "checks": "/audit/checks/",
}


def test_everybody_can_use_the_pages_of_the_sample(browser: Browser, county, url):  # noqa: F811
    first, second, third = many(county, COMPLAINT, 3)
    many(county, HELP, 2)
    tomorrow(county)
    say(county, first, Outcome.SOLVED)
    say(county, second, Outcome.UNREACHED)
    with county.work() as work:
        day = county.now().date()
        seen = {"framed": 90, "drawn": 40, "solved": 24, "unsolved": 12, "unreached": 4}
        change = rows.Change(day, "town/dagujiazi", "report", must=True, counts=seen)
        rows.change(work.session, [change])
    count_all(county)
    since = county.now().date().replace(day=1)
    verifier = chosen(county, third)

    for size, language in ((PHONE, "zh-CN"), (DESK, "en")):
        with open_context(browser, size, language) as context:
            page = context.new_page()
            sign_in(page, url, "supervisor")
            for name, path in _PAGES.items():
                page.goto(url + path.format(since=since))
                if name == "checks" and size == PHONE:
                    page.get_by_role("button", name="校验全部台账").click()
                assert_accessible(page)
                screenshot(page, f"sample-{name}-{size[0]}-{language}")
        with open_context(browser, size, language) as context:
            page = context.new_page()
            sign_in(page, url, verifier)
            page.goto(f"{url}/verifying/")
            assert_accessible(page)
            screenshot(page, f"sample-list-{size[0]}-{language}")
            page.locator("[data-row-act]").first.click()
            assert_accessible(page)
            screenshot(page, f"sample-ask-{size[0]}-{language}")
    assert calls(county)[first].outcome is Outcome.SOLVED
