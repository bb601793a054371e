"""Flags in a real browser: the queue, the two photos side by side, the unit's answer."""

from playwright.sync_api import Browser

from hotline.services.reckoning import flags
from tests.browser.test_desk_pages import sign_in, url  # noqa: F401  the fixture
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot
from tests.pictures import file_of, mirrored, picture
from tests.suspects import claim, flag, judge, signed
from tests.web.desk import login_of


def test_everybody_can_use_the_pages_of_a_flag(browser: Browser, county, url):  # noqa: F811
    first = signed(county, "大孤家子镇拉马桥村路灯不亮了")
    claim(county, first, file_of(picture(1)))
    shown = [signed(county, number=f"+861380000{one}") for one in (3333, 4444)]
    for number in shown:
        claim(county, number, file_of(mirrored(picture(1))))
    judge(county)
    answered, waiting = (flag(county, number).id for number in shown)
    with county.work(county.officer_of(shown[0])) as work:
        flags.answer(work, work.ticket(shown[0]), answered, "选错了照片，附上当天拍的照片。")
    officer = login_of(county, shown[1])
    pages = {
        "supervisor": {"flags": "/audit/flags/", "flag": f"/audit/flags/{answered}"},
        officer: {"my-flags": "/field/flags/", "my-flag": f"/field/flags/{waiting}"},
    }
    for size, language in ((PHONE, "zh-CN"), (DESK, "en")):
        for login, paths in pages.items():
            with open_context(browser, size, language) as context:
                page = context.new_page()
                sign_in(page, url, login)
                for name, path in paths.items():
                    page.goto(url + path)
                    assert_accessible(page)
                    screenshot(page, f"flag-{name}-{size[0]}-{language}")
