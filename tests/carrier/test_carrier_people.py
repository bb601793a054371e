"""The people in the fake carrier: who answers, who texts back, who can't be reached."""

import pytest

from hotline.demo.carrier.faults import Faults
from hotline.demo.carrier.people import (
    answers,
    busy,
    hang_up,
    live,
    never_answers,
    press,
    say,
    silent,
    steps_of,
    unreachable,
    voicemail,
)

CALLER = "+8613900000001"
OFFICER = "+8613900000002"


def ring(api, customer, **more):
    form = {"To": OFFICER, "From": "12345", "Url": f"{customer.url}/answer", "Timeout": "20"}
    return api("POST", "Calls.json", **form | more).json()["sid"]


@pytest.mark.parametrize(
    ("person", "status"),
    [
        (answers(), "completed"),
        (voicemail(), "completed"),
        (answers(after_s=60), "no-answer"),
        (never_answers(), "no-answer"),
        (busy(), "busy"),
        (unreachable(), "failed"),
        (live(), "no-answer"),
    ],
)
def test_a_call_ends_by_the_manner_of_the_person(api, carrier, customer, person, status):
    carrier.set_person(OFFICER, person)

    assert carrier.finished(ring(api, customer)).status == status


def test_somebody_who_is_talking_is_busy_to_others(api, carrier, customer):
    customer.says("/answer", "<Pause length='100'/>")
    first = ring(api, customer)
    carrier.wait_until(lambda: carrier.exchange.calls[first].status == "in-progress")

    assert carrier.finished(ring(api, customer)).status == "busy"
    assert carrier.finished(first).status == "completed"


def test_of_two_calls_at_once_one_gets_through(api, carrier, customer):
    customer.says("/answer", "<Pause length='50'/>")

    both = [carrier.finished(sid).status for sid in [ring(api, customer), ring(api, customer)]]

    assert sorted(both) == ["busy", "completed"]


def test_manners_change_from_call_to_call(api, carrier, customer):
    carrier.set_person(OFFICER, never_answers(), busy(), answers())

    found = [carrier.finished(ring(api, customer)).status for _ in range(4)]

    assert found == ["no-answer", "busy", "completed", "completed"]


def test_a_person_answers_texts_by_what_they_hold(api, carrier, customer):
    carrier.set_person(OFFICER, answers().who(("是否解决", "2"), ("满意", "5")))

    for words in ("您的问题是否解决？", "请评价是否满意", "已派单"):
        api("POST", "Messages.json", To=OFFICER, From="12345", Body=words)
    carrier.settle()

    bodies = [form["Body"] for form in customer.asked["/hooks/messages/incoming"]]
    assert sorted(bodies) == ["2", "5"]


def test_the_hotline_answers_a_text(carrier, customer):
    customer.says("/hooks/messages/incoming", "<Message>已<Body>受理</Body></Message>")

    carrier.text(CALLER, "停水了")

    assert carrier.expect_message(CALLER).direction == "outbound-reply"


def test_a_text_that_nobody_took_is_still_listed(api, carrier, customer):
    customer.says("/hooks/messages/incoming", 500)

    sid = carrier.text(CALLER, "停水了").sid
    carrier.settle()

    assert api("GET", f"Messages/{sid}.json").json()["direction"] == "inbound"
    assert carrier.troubles


@pytest.mark.parametrize(
    ("person", "ends"),
    [
        (answers(), ["sent", "delivered"]),
        (answers().with_delivery("undelivered", 30006), ["sent", "undelivered"]),
        (answers().with_delivery("lost"), ["sent"]),
    ],
)
def test_a_message_ends_by_its_receiver(api, carrier, customer, person, ends):
    carrier.set_person(OFFICER, person)

    api(
        "POST",
        "Messages.json",
        To=OFFICER,
        From="12345",
        Body="您好",
        StatusCallback=f"{customer.url}/told?outbox=7",
    )
    carrier.settle()

    assert [form["MessageStatus"] for form in customer.asked["/told"]] == ends


def test_faults_can_spoil_a_delivery(api, carrier):
    carrier.set_faults(Faults(undelivered=1))

    sid = api("POST", "Messages.json", To=OFFICER, From="12345", Body="您好").json()["sid"]
    carrier.settle()

    assert api("GET", f"Messages/{sid}.json").json()["error_code"] == 30003


def test_an_unexpected_message_or_call_fails_a_test(api, carrier, customer):
    api("POST", "Messages.json", To=OFFICER, From="12345", Body="您好")
    carrier.finished(ring(api, customer))

    with pytest.raises(AssertionError, match="您好"):
        carrier.assert_no_unexpected_messages()
    with pytest.raises(AssertionError, match="unexpected calls"):
        carrier.assert_no_unexpected_calls()
    carrier.expect_message(OFFICER)
    carrier.expect_call(OFFICER)
    carrier.assert_no_unexpected_messages()
    carrier.assert_no_unexpected_calls()
    with pytest.raises(AssertionError, match="no message"):
        carrier.expect_message(OFFICER, timeout_s=0.1)


def test_a_plain_list_is_read_as_steps():
    assert steps_of(["停水了", "1", "", "2611#"]) == (
        say("停水了"),
        press("1"),
        silent(),
        press("2611#"),
    )
    assert hang_up().kind == "hang_up"
