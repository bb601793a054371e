"""A shift at the desk: forty neighbours without water are one handling and forty replies."""

import re
from collections.abc import Iterator

import pytest
from sqlmodel import Session, col, select

from hotline.demo.carrier.people import answers, never_answers, say, silent, wait
from hotline.domain.tickets import Action, Status
from hotline.store.models import Call, Ticket, Whistle
from tests.county import CALLER, NO_WATER
from tests.live import Live, phone_of
from tests.photos import jpeg
from tests.visitor import Visitor

WATER = "utility.water.duty"
OFFICER = "grid.dagujiazi.lamaqiao"
NEIGHBOURS = [f"+8613700{n:06d}" for n in range(40)]


@pytest.fixture
def shift(hotline) -> Iterator[Live]:
    """A running hotline; one operator picks up, the other's telephone just rings."""
    with hotline.day(speed=2) as running:
        operator = phone_of(running.county, "operator1")
        running.carrier.set_person(operator, answers(say("您好，12345"), wait(8), silent()))
        running.carrier.set_person(phone_of(running.county, "operator2"), never_answers())
        yield running


def numbers_in(page: str) -> list[str]:
    """The tickets that a page offers to tick."""
    return re.findall(r'name="ticket" value="(\d{12})"', page)


def take_the_call(shift: Live, operator: Visitor) -> str:
    """Let a neighbour ring; the operator's page pops, and the form becomes a ticket."""
    sid = shift.carrier.call(CALLER, say("你好"), wait(10)).sid
    pulse = shift.wait_until(
        lambda: f"call={sid}" in (page := operator.page("/console/pulse/")) and page
    )
    assert "+86138****1111" in pulse
    assert "这个号码以前没有来电" in operator.page(f"/console/new/?call={sid}")
    made = operator.command("/console/new/", words=NO_WATER, call=sid)
    with Session(shift.county.engine) as session:
        ticket_id = session.get_one(Call, sid).ticket_id
        number = session.get_one(Ticket, ticket_id).number
    assert number in made.url
    return number


def come_and_finish(shift: Live, lead: str) -> None:
    """Let the water utility hear the whistle, come, and finish."""
    [party] = shift.county.parties(lead)
    unit = Visitor(shift.url, WATER)
    for step in ("acknowledge", "arrive", "finish"):
        unit.command(f"/field/whistles/{party.id}/{step}", text="已换阀门", place_note="村口")


def handle(shift: Live, lead: str) -> None:
    """Let the officer sign, whistle once, and submit when the water is back."""
    officer = Visitor(shift.url, OFFICER)
    page = officer.command(f"/field/tickets/{lead}/accept").text
    assert "并入的工单（40）" in page
    officer.command(
        f"/field/tickets/{lead}/whistle", kind="grid", units="utility/water", text="全村停水"
    )
    come_and_finish(shift, lead)
    officer.command(
        f"/field/tickets/{lead}/end-whistle",
        whistle=str(shift.county.parties(lead)[0].whistle_id),
    )
    result = {"kind": "acted", "text": "主管道已抢修，恢复供水"}
    officer.command(
        f"/field/tickets/{lead}/submit", files={"photos": ("a.jpg", jpeg(), "image/jpeg")}, **result
    )


def standing(shift: Live, *statuses: Status) -> int:
    """How many tickets stand in one of these."""
    with Session(shift.county.engine) as session:
        return len(session.exec(select(Ticket.id).where(col(Ticket.status).in_(statuses))).all())


def test_forty_neighbours_are_one_whistle_and_forty_replies(shift):
    operator = Visitor(shift.url, "operator1")
    lead = take_the_call(shift, operator)
    shift.caller_answers(CALLER, "1", "4")
    for number in NEIGHBOURS:
        shift.county.demand(NO_WATER, channel="message", number=number)

    assert numbers_in(operator.page(f"/console/tickets/{lead}"))
    ticked = numbers_in(operator.page("/console/duplicates/"))
    assert len(ticked) == 40
    operator.command(f"/console/duplicates/{lead}", ticket=ticked)
    handle(shift, lead)
    assert standing(shift, Status.REVISIT) == 41
    for number in NEIGHBOURS:
        shift.carrier.text(number, "2" if number == NEIGHBOURS[7] else "1 5")

    shift.wait_until(lambda: shift.county.events(lead, Action.REOPEN), timeout_s=60)
    shift.wait_until(lambda: standing(shift, Status.ARCHIVED) == 39, timeout_s=60)
    assert standing(shift, Status.MERGED) == 1
    assert shift.county.ticket(lead).status is Status.HANDLING
    with Session(shift.county.engine) as session:
        [blown] = session.exec(select(Whistle))
        assert blown.ticket_id == shift.county.ticket(lead).id
