"""Whistles in a real browser: a whistler's and a unit's pages, the replay by keys, map and wall."""

from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from hotline.domain.joining import Terms
from hotline.domain.tickets import Action
from hotline.services.whistles import whistle
from tests.browser.test_desk_pages import sign_in, url  # noqa: F401  the fixture
from tests.browser_tools import DESK, PHONE, assert_accessible, open_context, screenshot, watch
from tests.county import County
from tests.web import nights

TOWN, HOUSING = "town.dagujiazi.lead", "department.housing.duty"


def a_day_of_whistles(county: County) -> dict[str, dict[str, str]]:
    """Whistles of every kind, in every state; return the pages to look at, by who looks."""
    night = nights.submitted(county)
    nights.whistled(county)
    for words, who in (
        ("孟家镇孟家村路坏了", "town.mengjia.lead"),
        ("大孤家子镇拉马桥村路坏了", TOWN),
    ):
        number = nights.accepted(county, words)
        terms = Terms(lead="department/housing", slot_from=county.now() + timedelta(hours=1))
        with county.work(county.actor(who)) as work:
            units = ["department/housing", "department/transport"]
            whistle.blow(work, work.ticket(number), "joint", units, "要换桥面", terms=terms)
    asked = nights.accepted(county, "大孤家子镇拉马桥村垃圾没人收")
    with county.work(county.officer_of(asked)) as work:
        whistle.blow(
            work, work.ticket(asked), "enforcement", ["department/environment"], "反复倾倒"
        )
    joint = next(party for party in county.parties(number) if party.role == "lead")
    [request] = county.events(asked, Action.ASK_WHISTLE)
    [sounded] = county.events(night, Action.WHISTLE)
    blown, done = request["data"]["whistle"], sounded["data"]["whistle"]
    return {
        TOWN: {"asked": f"/field/blown/{blown}", "rated": f"/field/blown/{done}"},
        HOUSING: {"calls": "/field/whistles/", "call": f"/field/whistles/{joint.id}"},
        "supervisor": {
            "replay": f"/audit/tickets/{night}/replay",
            "wall": "/audit/wall/",
            "figures": "/audit/whistles/",
            "map": "/audit/map/?unit=department/housing",
        },
    }


def look(page: Page, url: str, pages: dict[str, str], mark: str) -> None:  # noqa: F811
    """Open pages one after the other: each can be read by everybody, and is kept as a picture."""
    for name, path in pages.items():
        page.goto(url + path)
        assert_accessible(page)
        screenshot(page, f"whistle-{name}-{mark}")


def test_everybody_can_use_the_pages_of_whistles(browser: Browser, county, url):  # noqa: F811
    sizes = {TOWN: (PHONE, "zh-CN"), HOUSING: (PHONE, "en"), "supervisor": (DESK, "zh-CN")}
    for login, pages in a_day_of_whistles(county).items():
        size, language = sizes[login]
        with open_context(browser, size, language) as context:
            page = context.new_page()
            problems = watch(page)
            sign_in(page, url, login)
            look(page, url, pages, f"{size[0]}-{language}")
            assert problems == []
            if "replay" in pages:
                replay_by_keys(page, url + pages["replay"])


def replay_by_keys(page: Page, address: str) -> None:
    """Walk through a replay without a mouse."""
    page.goto(f"{address}?step=0")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**step=1*")
    page.keyboard.press("End")
    expect(page.locator('a[data-step="next"]')).to_have_count(0)
