"""The county's lines: for visitors (12345-9) and people in hardship (12345-5), with own limits."""

from datetime import timedelta

import pytest

from hotline.domain.tickets import Action, Supervision
from hotline.services.handling import tickets
from hotline.services.reception import calls
from hotline.store.models import Call
from hotline.work import CITIZEN
from tests.county import NO_WATER, VILLAGE

VISITORS, HARDSHIP = "12345-9", "12345-5"
RUBBISH = f"{VILLAGE}垃圾没人收"
BASE = "https://12345.example.org/hooks/voice"


def test_a_line_has_limits_of_its_own_that_run_day_and_night(county):
    plain = county.demand(RUBBISH)
    visitor = county.demand(RUBBISH, line=VISITORS)

    received = county.ticket(visitor).received_at
    assert county.timers(visitor)["sign"] == received + timedelta(minutes=30)
    assert county.timers(visitor)["contact"] == received + timedelta(hours=1)
    assert county.timers(plain)["sign"] >= received + timedelta(hours=2)


def test_what_a_line_does_not_set_stays_as_the_class_and_the_county_say(county):
    grid_map = county.kit.maps.current
    plain = grid_map.limit("return", None, urgent=False)

    assert grid_map.limit("return", None, urgent=False, line=HARDSHIP) == plain
    assert str(grid_map.limit("return", None, urgent=False, line=VISITORS)) == "86400s"
    assert str(grid_map.limit("handle", None, urgent=False, line=HARDSHIP)) == "3wd"


def test_an_unknown_line_is_the_one_that_everybody_rings(county):
    assert county.ticket(county.demand(line="12345-7")).line == "12345"


def test_supervisors_know_of_a_watched_line_from_the_start_and_of_each_limit(county):
    number = county.demand(RUBBISH, line=VISITORS)
    assert county.ticket(number).supervised == Supervision.FROM_THE_START

    county.forward(minutes=31)

    first, late = county.events(number, Action.REMIND)
    assert [facts["role"] for facts in first["data"]["told"]] == ["supervisor"] * len(
        first["data"]["told"]
    )
    assert "supervisor" in [facts.get("role") for facts in late["data"]["told"]]


def test_the_plain_line_troubles_no_supervisor_with_a_late_signature(county):
    number = county.demand(NO_WATER)
    county.forward(minutes=31)

    late = county.events(number, Action.REMIND)
    assert late
    assert not any("role" in facts for event in late for facts in event["data"]["told"])


def ring(county, sid, number="+8613800002222"):
    with county.work(CITIZEN) as work:
        return calls.incoming(work, sid, number, BASE)


@pytest.mark.parametrize(("key", "line"), [("9", VISITORS), ("5", HARDSHIP), ("7", None)])
def test_a_key_during_the_greeting_sets_the_line_and_the_caller_waits_on(county, key, line):
    greeting = ring(county, f"CA{key}")
    assert "外地来客请按9" in greeting
    assert f"{BASE}/line" in greeting

    with county.work(CITIZEN) as work:
        answer = calls.dialled(work, f"CA{key}", key, BASE)
    with county.work() as work:
        assert work.session.get_one(Call, f"CA{key}").line == line

    assert "<Enqueue" in answer
    assert "<Gather" not in answer


def test_whoever_dialled_a_line_is_rung_back_on_it(county):
    ring(county, "CA1")
    with county.work(CITIZEN) as work:
        calls.dialled(work, "CA1", "9", BASE)
    with county.work(CITIZEN) as work:
        made = calls.end(work, "CA1")

    assert (made.line, made.triage_reason) == (VISITORS, "ring_back")


def test_a_line_counts_for_the_whole_life_of_its_ticket(county):
    number = county.demand(RUBBISH, line=VISITORS)
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))

    ticket = county.ticket(number)
    assert ticket.due_at == ticket.dispatched_at + timedelta(hours=24)
