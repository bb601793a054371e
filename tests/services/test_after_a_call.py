"""Whoever telephoned has number and code in writing afterwards."""

import re

from sqlmodel import Session, select

from hotline.services.reception import calls, codes
from hotline.services.telling import outbox
from hotline.store import tickets as ticket_rows
from hotline.store.models import Outgoing
from hotline.work import CITIZEN
from tests.county import CALLER, NO_WATER


def test_after_a_call_number_and_code_come_by_message_and_open_the_case(county):
    with county.work(CITIZEN) as work:
        calls.incoming(work, "CA-kept", CALLER, "/hooks/voice")
        calls.left(work, "CA-kept", "leave", "/hooks/voice")
        calls.said(work, "CA-kept", NO_WATER, "", "/hooks/voice")
    with county.work(CITIZEN) as work:
        calls.end(work, "CA-kept")
    with county.work(CITIZEN) as work:
        calls.end(work, "CA-kept")
        [mine] = ticket_rows.open_of_number(work.session, county.kit.keys.lookups(CALLER))

    [promised] = [row for row in county.messages(mine.number) if row.cause == "kept"]
    assert promised.params["code"] == codes.FROM_KEY
    with county.work() as work:
        [sent] = [one for one in outbox.take(work, 50) if one.id == promised.id]
    code = re.search(r"查询码(\d{10})", sent.text)[1]
    with county.work(CITIZEN) as work:
        assert codes.check(work, mine.number, code, "10.0.0.1").id == mine.id


def test_who_withholds_the_number_is_written_nothing_after_a_call(county):
    with county.work(CITIZEN) as work:
        calls.incoming(work, "CA-withheld", None, "/hooks/voice")
        calls.left(work, "CA-withheld", "leave", "/hooks/voice")
        calls.said(work, "CA-withheld", NO_WATER, "", "/hooks/voice")
        calls.end(work, "CA-withheld")
    with Session(county.engine) as session:
        promised = session.exec(select(Outgoing).where(Outgoing.audience == "caller")).all()

    assert promised == []
