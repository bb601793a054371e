"""Messages as they come in, through the carrier's protocol and real HTTP."""

from collections.abc import Iterator

import pytest

from hotline.domain.tickets import Action, Status
from hotline.services.law import policy
from hotline.store import tickets as ticket_rows
from tests.domain.maps import SMALL_TEXT, faku, small
from tests.live import Live, live
from tests.prepared import map_without_nights
from tests.scenarios.conftest import let_operators_ring
from tests.scenarios.lookup import one_ticket, tickets_of

# Those that decide by the map: two of the web, a worker, a clock.
PROCESSES = 4


def write(night, number, words) -> str:
    """Text the hotline; return its answer."""
    before = len(night.carrier.inbox(number))
    night.carrier.text(number, words)
    night.wait_until(lambda: len(night.carrier.inbox(number)) > before)
    return night.carrier.inbox(number)[-1].body


def test_a_message_becomes_a_ticket_and_is_answered_with_its_number(night, caller):
    answer = write(night, caller, "孟家镇大房申村的路灯坏了好几天")

    ticket = one_ticket(night, caller)
    assert ticket.number in answer
    assert ticket.status is Status.DISPATCHED


def test_what_is_missing_is_asked_for_once_and_completes_the_same_ticket(night, caller):
    answer = write(night, caller, "停电一整天了")
    assert "哪个乡镇哪个村" in answer

    write(night, caller, "大孤家子镇拉马桥村")

    assert one_ticket(night, caller).status is Status.DISPATCHED


def test_more_about_the_same_matter_is_added_to_its_ticket(night, caller):
    write(night, caller, "大孤家子镇拉马桥村停水了")

    answer = write(night, caller, "水还没来，家里有老人")

    ticket = one_ticket(night, caller)
    assert "补充" in answer
    assert len(night.county.events(ticket.number, Action.ADD)) == 1


def test_another_matter_is_another_ticket(night, caller):
    write(night, caller, "大孤家子镇拉马桥村停水了")
    write(night, caller, "大孤家子镇拉马桥村垃圾没人收")

    assert len(tickets_of(night, caller)) == 2


def test_where_is_my_case_is_answered_without_a_new_ticket(night, caller):
    write(night, caller, "大孤家子镇拉马桥村停水了")

    answer = write(night, caller, "我的工单到哪了")

    assert one_ticket(night, caller).number in answer
    assert "待签收" in answer


def test_who_has_no_case_is_told_so(night, caller):
    assert "没有查到" in write(night, caller, "我的工单到哪了")
    assert tickets_of(night, caller) == []


def test_numbers_inside_a_message_move_to_identity(night, caller):
    write(night, caller, "大孤家子镇拉马桥村停水，找我老伴13712345678")

    ticket = one_ticket(night, caller)
    with night.county.work() as work:
        [text] = ticket_rows.texts(work.session, ticket.id)
        found = work.kit.keys.open(ticket_rows.identity(work.session, ticket.id).found_sealed)
    assert "13712345678" not in text.body
    assert found == "13712345678"


def taken_up(night, version: str) -> int:
    """How many processes have said that a map is in force."""
    lines = night.log.read_text(encoding="utf-8").splitlines()
    return sum("policy_in_force" in line and version[:12] in line for line in lines)


@pytest.fixture
def night_apart(clean_database, tmp_path) -> Iterator[Live]:
    """A hotline for one test alone: its map changes, and its log is counted."""
    with live(clean_database, tmp_path) as running:
        let_operators_ring(running)
        yield running


def test_a_new_map_is_taken_up_by_every_process_without_a_restart(night_apart, caller):
    night = night_apart

    def bring(grid_map, text, kind):
        with night.county.work(night.county.actor("supervisor")) as work:
            by = work.actor.staff_id
            policy.apply(work, grid_map, text, by=by, why="演练", kind=kind)
        # A message that has to go out, so that the worker has something to do.
        night.county.demand("大孤家子镇拉马桥村路灯不亮", number=None)
        night.wait_until(lambda: taken_up(night, grid_map.version) == PROCESSES, 60)

    bring(small(), SMALL_TEXT, "apply")
    try:
        write(night, caller, "西镇柳树沟村停水了")
        ticket = one_ticket(night, caller)
        assert ticket.map_version == small().version
        night.forward(minutes=31)
        night.wait_until(lambda: night.county.events(ticket.number, Action.REMIND))
    finally:
        bring(faku(), map_without_nights().read_text(encoding="utf-8"), "rollback")
