"""One night without water, from a real call to a confirmed closure: HTTP, carrier, queue."""

import re
from collections.abc import Iterator

import pytest

from hotline.demo.carrier.people import answers, press, say, silent
from hotline.domain.tickets import Action, Status
from hotline.services.proof import audit
from tests.county import CALLER
from tests.live import Live
from tests.photos import jpeg
from tests.scenarios.conftest import let_operators_ring
from tests.visitor import Visitor

OFFICER = "grid.dagujiazi.lamaqiao"


@pytest.fixture(params=["twilio", "mainland"])
def night(request, hotline) -> Iterator[Live]:
    """A running hotline at 02:00; operators' telephones just ring."""
    with hotline.day(profile=request.param) as running:
        let_operators_ring(running)
        yield running


def place_the_call(night: Live) -> str:
    """Let the woman call; return her ticket's number."""
    heard = night.call(CALLER, say("我在大孤家子镇拉马桥村，家里没水了"))
    return re.search(r"工单号([\d ，]{15,})", heard[-1])[1].replace(" ", "").replace("，", "")


def whistle_for_water(night: Live, number: str) -> Visitor:
    """Let the officer sign and whistle."""
    officer = Visitor(night.url, OFFICER)
    assert number in officer.page("/field/").replace(" ", "")
    officer.command(f"/field/tickets/{number}/accept")
    officer.command(
        f"/field/tickets/{number}/whistle", kind="emergency", units="utility/water", text="主管爆裂"
    )
    return officer


def wait_for(night: Live, number: str, action: Action, count: int = 1) -> list[dict]:
    """Wait until something happened to a ticket so often."""
    return night.wait_until(
        lambda: len(found := night.county.events(number, action)) >= count and found
    )


def climb_to_the_top(night: Live, number: str) -> None:
    """Let nobody answer until the county leader was told."""
    night.forward(minutes=5, seconds=1)
    wait_for(night, number, Action.CLIMB, 1)
    night.forward(minutes=5)
    wait_for(night, number, Action.CLIMB, 2)


def report_in(night: Live, number: str) -> None:
    """Let the water utility acknowledge, arrive and finish."""
    water = Visitor(night.url, "utility.water.duty")
    [party] = night.county.parties(number)
    assert str(party.id) in water.page("/field/whistles/")
    water.command(f"/field/whistles/{party.id}/acknowledge")
    water.command(f"/field/whistles/{party.id}/arrive", latitude="42.61", longitude="123.41")
    officer = Visitor(night.url, OFFICER)
    officer.command(f"/field/tickets/{number}/danger-gone", whistle=str(party.whistle_id))
    water.command(f"/field/whistles/{party.id}/finish", text="已更换爆裂管段，恢复供水")


def close(night: Live, number: str, officer: Visitor) -> None:
    """Let the officer end the whistle and submit with a photo."""
    [whistle] = {party.whistle_id for party in night.county.parties(number)}
    officer.command(f"/field/tickets/{number}/end-whistle", whistle=str(whistle))
    officer.command(f"/field/tickets/{number}/contact", outcome="reached", text="已告知")
    officer.command(
        f"/field/tickets/{number}/submit",
        kind="acted",
        text="水管已修好，已恢复供水",
        files=[("photos", ("done.jpg", jpeg(), "image/jpeg"))],
    )


def whole(night: Live, number: str) -> bool:
    """Say whether nobody changed the ticket's history."""
    with night.county.work() as work:
        return audit.verify_ticket(work.session, night.county.ticket(number).id).whole


def test_the_night_from_the_call_to_the_confirmed_closure(night):
    number = place_the_call(night)
    officer = whistle_for_water(night, number)
    climb_to_the_top(night, number)
    report_in(night, number)
    night.carrier.set_person(CALLER, answers(press("1"), press("5"), silent()))
    close(night, number, officer)

    night.wait_until(lambda: night.county.ticket(number).status is Status.ARCHIVED)
    night.wait_until(lambda: night.county.events(number, Action.RATE))
    climbs = night.county.events(number, Action.CLIMB)
    assert [climb["data"]["to"] for climb in climbs] == ["town", "county_leader"]
    assert whole(night, number)
    page = Visitor(night.url, "supervisor").page(f"/audit/tickets/{number}")
    assert "逐级上升" in page
    assert "来电人：已解决" in page


def test_who_says_not_solved_gets_it_back_to_the_officer(night):
    number = place_the_call(night)
    officer = whistle_for_water(night, number)
    report_in(night, number)
    night.carrier.set_person(CALLER, answers(press("2"), press("1"), silent()))
    close(night, number, officer)

    wait_for(night, number, Action.DENY)
    ticket = night.county.ticket(number)
    assert (ticket.status, ticket.redos) == (Status.HANDLING, 1)
    assert whole(night, number)
