"""Words that ask when, and tell of a matter as well, are a demand: nobody speaks into the void."""

import pytest

from hotline.services.reception import messages
from hotline.store import tickets as ticket_rows
from hotline.work import CITIZEN

SENDER = "+8613800007777"


def text(county, words, sid="SM1"):
    with county.work(CITIZEN) as work:
        return messages.incoming(work, messages.read(work.kit, sid, SENDER, words, {"Body": words}))


def tickets_of(county):
    with county.work() as work:
        return ticket_rows.open_of_number(work.session, county.kit.keys.lookups(SENDER))


@pytest.mark.parametrize(
    "words",
    [
        "大孤家子镇拉马桥村从昨天晚上就没水，啥时候能修",
        "从前天停电到现在，多久能有人处理",
    ],
)
def test_a_demand_that_asks_when_is_a_ticket_of_somebody_who_had_none(county, words):
    answer = text(county, words)
    [ticket] = tickets_of(county)
    assert ticket.number in answer


def test_asking_after_a_case_that_nobody_has_makes_no_ticket(county):
    text(county, "我的工单到哪了")
    assert not tickets_of(county)
