"""Disputes, rulings, plans and final replies in a real browser, by whoever has a part in them."""

from playwright.sync_api import Browser, expect

from hotline.services.reception import codes
from tests.browser.test_desk_pages import OPEN_FOLDS, sign_in, url  # noqa: F401  the fixture
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot
from tests.services.test_disputes import PIPE, TOWN, disputed_twice, ruled, send_back
from tests.services.test_long_cases import ROAD, deferred, denied, final, submitted
from tests.web.desk import login_of
from tests.web.nights import accepted


def test_everybody_can_use_the_pages_of_disputes_and_long_cases(browser: Browser, county, url):  # noqa: F811
    settled, waiting, first = disputed_twice(county), disputed_twice(county), county.demand(PIPE)
    ruled(county, settled, place=TOWN, words=("小区",))
    send_back(county, first)
    listed, over = accepted(county, ROAD), accepted(county, ROAD)
    deferred(county, listed, 20, 60)
    submitted(county, over)
    denied(county, over)
    officer = login_of(county, over)
    fresh = accepted(county, ROAD)
    pages = {
        "operator1": {"return": f"/console/tickets/{first}"},
        "panel.duty.chair": {
            "hearings": "/audit/hearings/",
            "hearing": f"/audit/tickets/{waiting}",
            "entries": "/audit/catalogue/",
        },
        "supervisor": {"plan": f"/audit/tickets/{listed}"},
        "department.housing.duty": {"to-state": "/field/hearings/"},
        officer: {
            "listed": f"/field/tickets/{listed}",
            "milestone": f"/field/tickets/{listed}/milestone",
            "defer": f"/field/tickets/{fresh}/defer",
            "conclude": f"/field/tickets/{over}/conclude",
            "return": f"/field/tickets/{fresh}/return",
        },
    }
    for size, language in ((PHONE, "zh-CN"), (DESK, "en")):
        for login, paths in pages.items():
            with open_context(browser, size, language) as context:
                page = context.new_page()
                sign_in(page, url, login)
                for name, path in paths.items():
                    page.goto(url + path)
                    page.evaluate(OPEN_FOLDS)
                    assert_accessible(page)
                    screenshot(page, f"contest-{name}-{size[0]}-{language}")
                links = page.locator("a[href*='/field/hearings/'], a[href*='/audit/catalogue/']")
                inside = links.filter(has_text="·").first
                if inside.count():
                    inside.click()
                    assert_accessible(page)
                    screenshot(page, f"contest-one-{login}-{size[0]}-{language}")
    final(county, over)
    deferred(county, fresh, 30)
    for number, name in ((over, "final"), (fresh, "plan")):
        with county.work() as work:
            code = codes.code_of(work, work.ticket(number).id)
        with open_context(browser, PHONE, "zh-CN") as context:
            page = context.new_page()
            page.goto(f"{url}/case/")
            page.fill("[name=number]", number)
            page.fill("[name=code]", code)
            page.locator("main form button").first.click()
            expect(page.locator("h1")).not_to_have_text("查询")
            assert_accessible(page)
            screenshot(page, f"contest-citizen-{name}")
