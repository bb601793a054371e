"""Words are struck out for good: nobody finds them, nobody guesses them, and the chain proves."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError
from hotline.domain.tickets import Action
from hotline.services.proof import audit, redaction
from hotline.services.proof.redaction import struck
from hotline.store import tickets as ticket_rows
from hotline.store.models import TicketText
from tests.county import County
from tests.services.test_audit import tamper
from tests.services.test_search import numbers, read_all
from tests.web.desk import Desk

WORDS = "大孤家子镇拉马桥村停水了，是李小花家的井堵了"


@pytest.fixture
def number(county):
    made = county.demand(WORDS)
    read_all(county)
    return made


def text_of(county: County, number: str) -> TicketText:
    with Session(county.engine) as session:
        return ticket_rows.texts(session, county.ticket(number).id)[0]


def redact(county: County, number: str, *strike: str, login: str = "supervisor") -> TicketText:
    with county.work(county.actor(login)) as work:
        text_id = text_of(county, number).id
        redaction.redact(work, work.ticket(number), text_id, "来电人要求", strike)
    return text_of(county, number)


def whole(county: County, number: str) -> bool:
    with Session(county.engine) as session:
        return audit.verify_ticket(session, county.ticket(number).id).whole


def test_a_name_is_struck_out_and_the_rest_stays(county, number):
    text = redact(county, number, "李小花")

    assert text.body == "大孤家子镇拉马桥村停水了，是███家的井堵了"
    assert text.redacted_at is not None
    assert whole(county, number)


def test_a_text_is_struck_out_as_a_whole(county, number):
    assert redact(county, number).body == ""
    assert whole(county, number)


def test_what_was_struck_out_is_found_by_nobody_from_that_moment(county, number):
    assert numbers(county, "李小花") == [number]

    redact(county, number, "李小花")

    assert numbers(county, "李小花") == []
    read_all(county)
    assert numbers(county, "李小花") == []
    assert numbers(county, "停水") == [number]


def test_nobody_can_try_out_names_against_the_hash_that_stays(county, number):
    assert redact(county, number, "李小花").salt == ""


def test_it_is_an_event_with_who_and_why(county, number):
    text = redact(county, number, "李小花", login="admin")

    [event] = county.events(number, Action.REDACT)
    assert event["data"]["of"] == [str(text.id)]
    assert event["actor"] == str(county.actor("admin").staff_id)
    assert "李小花" not in str(county.events(number))
    assert "text_hash" in event["data"]


@pytest.mark.parametrize("login", ["operator1", "grid.dagujiazi.lamaqiao"])
def test_only_supervisors_and_administrators_strike_out(county, number, login):
    with pytest.raises(NotAllowedError):
        redact(county, number, login=login)

    assert text_of(county, number).body == WORDS


def test_words_that_do_not_stand_there_are_refused_and_nothing_changes(county, number):
    with pytest.raises(InvalidError):
        redact(county, number, "李小花", "王二")

    assert text_of(county, number).body == WORDS


def test_another_tickets_text_is_out_of_reach(county, number):
    other = county.demand()
    with pytest.raises(NotFoundError), county.work(county.actor("supervisor")) as work:
        redaction.redact(work, work.ticket(other), text_of(county, number).id, "理由")


def test_words_that_vanish_without_such_an_event_are_a_fault(county, number):
    tamper(county, "UPDATE ticket_text SET body = '', redacted_at = hotline_now()")

    assert not whole(county, number)


def test_longer_words_are_struck_out_before_shorter_ones():
    assert struck("张三丰和张三", ["张三", "张三丰"]) == "███和██"


def test_a_supervisor_strikes_words_out_on_a_page(county, number):
    desk = Desk(county, "supervisor")
    text = text_of(county, number)
    path = f"/audit/tickets/{number}/texts/{text.id}"
    assert path in desk.page(f"/audit/tickets/{number}")
    assert "李小花" in desk.page(path)

    page = desk.done(path, strike="李小花\n", text="来电人要求")

    assert "李小花" not in page
    assert "███家的井堵了" in page
    assert "其中一些词已于" in page
    assert "链条完整" in page
    assert desk.send(path, strike="", text="理由").status_code == 422
    desk.page(f"/audit/tickets/{number}/texts/{uuid4()}", status=404)


def test_a_row_keeps_nothing_of_what_was_struck_out(county, number):
    redact(county, number)

    with county.engine.connect() as connection:
        for table in ("ticket_text", "ticket_event", "ticket_search", "outbox"):
            rows = connection.execute(sa.text(f"SELECT * FROM {table}")).all()
            assert "李小花" not in str(rows), table
