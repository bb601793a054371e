"""An operator at the desk: the caller is put through before the machine takes over."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session, col, select

from hotline.demo.carrier.people import answers, never_answers, say, silent, wait
from hotline.store.models import Call, Staff
from tests.county import CALLER
from tests.live import Live, phone_of


@pytest.fixture
def day(hotline) -> Iterator[Live]:
    """A running hotline in which people take long enough to reach for the telephone."""
    with hotline.day(speed=2) as running:
        running.carrier.set_person(phone_of(running.county, "operator2"), never_answers())
        yield running


def test_an_operator_who_picks_up_speaks_with_the_caller(day):
    operator = phone_of(day.county, "operator1")
    day.carrier.set_person(operator, answers(say("您好，12345"), wait(1), silent()))

    heard = day.call(CALLER, say("你好"))

    with Session(day.county.engine) as session:
        hashes = day.county.kit.keys.lookups(CALLER)
        [call] = session.exec(select(Call).where(col(Call.number_hash).in_(hashes)))
        assert session.get_one(Staff, call.picked_by).login == "operator1"
    assert call.ticket_id is None
    assert not any("机器受理" in text for text in heard)
