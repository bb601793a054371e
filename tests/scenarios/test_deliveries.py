"""What becomes of messages and calls: next means, next person, never a false “delivered”."""

import pytest

from hotline.demo.carrier.people import (
    answers,
    press,
    say,
    silent,
    unreachable,
    voicemail,
)
from hotline.domain.tickets import Action
from tests.live import phone_of
from tests.scenarios.lookup import one_ticket

OFFICER = "grid.dagujiazi.lamaqiao"


@pytest.fixture
def officer(night):
    """The officer's telephone, which may be made to misbehave; it is well again afterwards."""
    number = phone_of(night.county, OFFICER)
    yield number
    night.carrier.set_person(number, answers(silent()))


def ends(night, number, means, state, count=1):
    """Wait until so many promises of a kind about a ticket came to an end; return them."""
    return night.wait_until(
        lambda: (
            len(
                found := [
                    row
                    for row in night.county.messages(number)
                    if (row.means, row.state, row.audience) == (means, state, "staff")
                ]
            )
            >= count
            and found
        )
    )


def test_a_message_that_is_not_delivered_is_followed_by_a_call_and_then_by_the_stand_in(
    night,
    caller,
    officer,
):
    night.carrier.set_person(officer, unreachable())

    night.call(caller, say("大孤家子镇拉马桥村垃圾没人收"))

    number = one_ticket(night, caller).number
    [message] = ends(night, number, "message", "failed")
    [call] = ends(night, number, "call", "failed")
    assert message.staff_id == call.staff_id
    [instead] = ends(night, number, "message", "delivered")
    assert instead.post == night.county.kit.maps.current.post(OFFICER.replace(".", "/")).stand_in
    failures = [
        event["data"]
        for event in night.county.events(number, Action.DELIVER)
        if event["data"].get("state") == "failed"
    ]
    assert [failure["means"] for failure in failures] == ["message", "call"]


def test_a_voicemail_never_counts_as_delivered(night, caller, officer):
    night.carrier.set_person(officer, voicemail())

    night.call(caller, say("大孤家子镇拉马桥村停水了"))

    number = one_ticket(night, caller).number
    [call] = ends(night, number, "call", "failed")
    assert call.fault == "voicemail"


def test_who_presses_a_key_has_heard_the_alert(night, caller, officer):
    night.carrier.set_person(officer, answers(press("1")))

    night.call(caller, say("大孤家子镇拉马桥村停水了"))

    number = one_ticket(night, caller).number
    ends(night, number, "call", "delivered")


def test_a_carrier_that_is_busy_is_asked_again(night, caller):
    night.carrier.be_busy(1)

    night.call(caller, say("大孤家子镇拉马桥村垃圾没人收"))

    number = one_ticket(night, caller).number
    [row] = [row for row in night.county.messages(number) if row.means == "message"]
    night.wait_until(lambda: night.county.messages(number)[0].attempts >= 1)
    night.forward(minutes=1)
    ends(night, number, row.means, "delivered")


def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice(night, caller, officer):
    night.carrier.settle()  # what others were told before is not counted
    before = len(night.carrier.inbox(officer))
    night.carrier.lose_answers(1)

    night.call(caller, say("大孤家子镇拉马桥村垃圾没人收"))

    number = one_ticket(night, caller).number
    night.forward(minutes=1)
    ends(night, number, "message", "delivered")
    night.carrier.settle()
    assert len(night.carrier.inbox(officer)) == before + 1
