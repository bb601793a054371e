"""Words of danger: operators know at once, and no usual limit makes anybody wait."""

import pytest
from sqlmodel import Session

from hotline.domain.tickets import Action, Status
from hotline.services.reception import messages
from hotline.store import attention
from hotline.work import CITIZEN

DANGER = "大孤家子镇拉马桥村有人煤气中毒"
NUMBER = "+8613800007777"


def text(county, words, sid="SM1") -> str:
    """Let somebody write to the hotline; return the answer."""
    params = {"MessageSid": sid, "Body": words}
    with county.work(CITIZEN) as work:
        return messages.incoming(work, messages.read(work.kit, sid, NUMBER, words, params))


def mine(county):
    """Return the writer's only ticket."""
    from hotline.store import tickets as rows  # noqa: PLC0415

    with Session(county.engine) as session:
        [ticket] = rows.open_of_number(session, county.kit.keys.lookups(NUMBER))
    return ticket


def minutes_left(county, ticket) -> float:
    """Return how long the ticket's limit still runs, in natural time."""
    return (ticket.due_at - county.now()).total_seconds() / 60


def test_a_written_danger_alarms_the_operators_and_says_what_cannot_wait(county):
    answer = text(county, DANGER)

    ticket = mine(county)
    assert ticket.number in answer
    assert "请马上拨打120" in answer
    assert ticket.urgent
    assert county.events(ticket.number, Action.ALARM)[0]["data"]["service"] == "120"
    assert {row.template for row in county.messages(ticket.number)} >= {"alarm"}
    with Session(county.engine) as session:
        assert len(attention.open_entries(session, {"danger"})) == 1


def test_a_danger_that_waits_for_a_person_waits_no_usual_time(county):
    text(county, "家里有人煤气中毒")

    ticket = mine(county)
    assert ticket.status is Status.TRIAGE
    assert minutes_left(county, ticket) <= 15
    assert (county.timers(ticket.number)["triage"] - ticket.due_at).total_seconds() == 0


def test_a_danger_that_is_told_later_hastens_the_ticket_that_waits(county):
    text(county, "我要反映一个事")
    ticket = mine(county)
    assert not ticket.urgent

    text(county, "屋里着火了", sid="SM2")

    hastened = mine(county)
    assert hastened.id == ticket.id
    assert hastened.urgent
    assert minutes_left(county, hastened) <= 15


def test_a_dispatched_ticket_that_becomes_dangerous_is_signed_and_answered_sooner(county):
    text(county, "大孤家子镇拉马桥村垃圾没人收")
    ticket = mine(county)
    assert ticket.status is Status.DISPATCHED

    text(county, "补充：垃圾着火了", sid="SM2")

    hastened = mine(county)
    assert hastened.urgent
    assert minutes_left(county, hastened) <= 30
    running = county.timers(ticket.number)
    assert (running["contact"] - county.now()).total_seconds() <= 30 * 60


@pytest.mark.parametrize("words", ["大孤家子镇拉马桥村停水了", "没有着火，就是垃圾没人收"])
def test_without_danger_nobody_is_alarmed(county, words):
    text(county, words)

    assert county.events(mine(county).number, Action.ALARM) == []
