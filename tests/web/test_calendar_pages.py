"""Pages of working time: a deadline opened to its arithmetic, and the calendar of a year."""

from hotline.services.reception import codes
from tests.services.test_calendar import (  # noqa: F401  fixture
    NOTICE,
    ROAD,
    YEAR,
    recount,
    take,
    ticket,
)
from tests.web.desk import Desk, login_of, queries
from tests.web.doors.citizen import Citizen


def test_every_running_limit_opens_to_its_arithmetic_for_all_who_see_it(
    county,
    ticket,  # noqa: F811
):
    with county.work() as work:
        code = codes.code_of(work, work.ticket(ticket).id)
    citizen = Citizen(county)
    pages = (
        Desk(county, "supervisor").page(f"/audit/tickets/{ticket}"),
        Desk(county, "operator1").page(f"/console/tickets/{ticket}"),
        Desk(county, login_of(county, ticket)).page(f"/field/limits/{ticket}"),
        citizen.opens(ticket, code),
    )

    for page in pages:
        for words in (
            "逐日计算",
            f"{YEAR - 1}-12-30",
            "08:30–11:30",
            "周末",
            "不计",
            "暂定",
            "起算",
        ):
            assert words in page


def test_a_notice_shows_on_the_page_of_its_year_and_in_the_arithmetic(county, ticket):  # noqa: F811
    supervisor = Desk(county, "supervisor")
    assert "还没有通知" in supervisor.page(f"/audit/calendar/?year={YEAR}")

    take(county, NOTICE)
    recount(county)
    fresh = Desk(county, "supervisor")
    fresh.client.application.extensions["hotline"].in_force.refresh()
    with queries(county) as asked:
        page = fresh.page(f"/audit/calendar/?year={YEAR}")

    assert len(asked) <= 6
    for words in ("已公布", "2026年第8号", f"{YEAR}-01-04", "元旦", "08:30–11:30"):
        assert words in page
    assert "放假 · 元旦" in fresh.page(f"/audit/tickets/{ticket}")
    assert supervisor.page("/audit/calendar/?year=1999", 404)


def test_a_year_nobody_knows_says_so(county):
    number = county.demand(ROAD)

    page = Desk(county, "supervisor").page("/audit/calendar/")

    assert "国务院办公厅关于2026年" in page
    assert "国庆节" in page
    assert number
