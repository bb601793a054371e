"""Supervision: warned before the limit, red at it, watched more closely after it; by hand too."""

from datetime import timedelta

import pytest

from hotline.domain.deadlines import due_at, due_before
from hotline.domain.errors import RefusedError
from hotline.domain.limits import Limit
from hotline.domain.supervision import Alert
from hotline.domain.tickets import Action, Supervision
from hotline.services.handling import supervision, tickets
from tests.county import VILLAGE
from tests.web.desk import Desk, login_of, queries

RUBBISH = f"{VILLAGE}垃圾没人收"
ONE, FIVE = Limit.parse("1wd"), Limit.parse("5wd")


@pytest.fixture
def number(county):
    """A ticket that is not urgent, in its officer's hands."""
    made = county.demand(RUBBISH)
    with county.work(county.officer_of(made)) as work:
        tickets.accept(work, work.ticket(made))
        tickets.contact(work, work.ticket(made), "reached")
    return made


def reach(county, at):
    """Move the time to just after an instant, and let the clock do what is due."""
    county.forward(seconds=(at - county.now()).total_seconds() + 1)


def told(event):
    return {facts.get("post") or str(facts.get("person")) for facts in event["data"]["told"]}


def test_a_result_that_is_owed_is_warned_of_then_red_then_watched_then_named(county, number):
    calendar, due = county.kit.calendar, county.ticket(number).due_at
    assert county.timers(number)["early"] == due_before(due, Limit.parse("2wd"), calendar)

    reach(county, county.timers(number)["early"])
    [early] = county.events(number, Action.WARN)
    assert (early["data"]["alert"], len(early["data"]["told"])) == ("early", 1)

    reach(county, due_before(due, ONE, calendar))
    yellow = county.events(number, Action.WARN)[-1]
    assert yellow["data"]["alert"] == "yellow"
    assert len(told(yellow)) > 1

    reach(county, due)
    ticket = county.ticket(number)
    assert (ticket.alert, ticket.supervised) == (Alert.RED, Supervision.WHEN_LATE)
    assert county.timers(number)["circulate"] == due_at(due, FIVE, calendar).at

    for level in (Supervision.FROM_THE_START, Supervision.TO_THE_TOP):
        reach(county, county.timers(number)["handle"])
        assert county.ticket(number).supervised == level
    assert [event["data"]["level"] for event in county.events(number, Action.OVERSEE)] == [2, 3]

    reach(county, due_at(due, FIVE, calendar).at)
    [named] = county.events(number, Action.CIRCULATE)
    assert "supervisor" in {facts.get("role") for facts in named["data"]["told"]}
    assert county.ticket(number).alert == Alert.CIRCULATED
    assert "circulate" not in county.timers(number)


def test_a_supervisor_urges_and_watches_by_hand_and_the_officer_reads_why(county, number):
    supervisor = county.actor("supervisor")
    desk, phone = Desk(county, "supervisor"), Desk(county, login_of(county, number))
    page = f"/audit/supervision/{number}"

    assert "督办员催办" in desk.done(f"{page}/urge", text="群众再次来电，请今天去看")
    assert "群众再次来电" in phone.page(f"/field/tickets/{number}")
    desk.done(f"{page}/oversee", level="3", text="涉及冬季取暖")
    with county.work(supervisor) as work, pytest.raises(RefusedError):
        supervision.oversee(work, work.ticket(number), 2, "再来")

    urged, watched = county.ticket(number), county.events(number, Action.OVERSEE)[-1]
    assert (urged.urged, urged.supervised) == (1, Supervision.TO_THE_TOP)
    assert len(watched["data"]["told"]) > 1
    assert {row.template for row in county.messages(number)} >= {"urged", "overseen"}
    assert "提级督办" in phone.page("/field/")
    with queries(county) as sent:
        assert number[-6:] in desk.page("/audit/supervision/?list=raised").replace(" ", "")
    assert len([one for one in sent if one.startswith(("SELECT", "WITH"))]) <= 8
    desk.done(f"{page}/relax", text="已办好")
    assert county.ticket(number).supervised == Supervision.NONE
    assert county.now() - county.ticket(number).received_at < timedelta(days=1)
