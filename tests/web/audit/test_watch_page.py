"""The page of the watch: who lives, what the auditor found, which test demands came back."""

import sqlalchemy as sa
from sqlmodel import Session

from hotline.services.reception import intake
from hotline.services.upkeep import watching
from hotline.store import watch
from hotline.work import CITIZEN
from tests.county import NO_WATER
from tests.services.test_auditor import a_round, lose_all
from tests.web.desk import Desk, queries

PAGE = "/audit/watch/"


def test_a_hotline_that_was_just_set_up_says_what_is_not_there_yet(county):
    page = Desk(county, "supervisor").page(PAGE)

    for said in ("一天以来没有任何进程的心跳", "还没有巡查过", "没有补设过时限", "还没有测试诉求"):
        assert said in page


def test_who_lives_what_was_found_and_what_came_back_stand_on_one_page(county):
    number = county.demand()
    lose_all(county)
    a_round(county)
    with county.work(CITIZEN) as work:
        made, _ = intake.receive(work, intake.Demand("web", None, NO_WATER, synthetic=True))
        watching.expect_back(work, work.ticket(made.number), "message")
    with county.work() as work:
        watching.failed(work, "web", "http_503", 900)
    with Session(county.engine) as session, session.begin():
        watch.beat(session, "clock", "county-1:77")
        watch.beat(session, "worker", "county-2")
        session.execute(
            sa.text("UPDATE heartbeat SET at = at - interval '90 s' WHERE process = 'worker'")
        )
    desk = Desk(county, "supervisor")
    with queries(county) as sent:
        page = desk.page(PAGE)

    assert len(sent) <= 6
    for said in ("county-1:77", "没有动静", "签收时限", "http_503", "在路上", "短信"):
        assert said in page
    assert page.count(f"/audit/tickets/{number}") >= 2
    assert f"/audit/tickets/{made.number}" in page
    assert "运行守望" in desk.page("/audit/")
