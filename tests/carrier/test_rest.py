"""The REST interface: as strict as the real one."""

from datetime import timedelta

import pytest

from hotline.demo.carrier.faults import Faults
from hotline.demo.carrier.people import live, voicemail

CALLER = "+8613900000001"
OFFICER = "+8613900000002"


def text_to(api, **more):
    return api("POST", "Messages.json", **{"To": OFFICER, "From": "12345", "Body": "您好"} | more)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Tone": "friendly"}, 20001),
        ({"To": "12"}, 21211),
        ({"To": "13900000002 "}, 21211),
        ({"From": "+8613900000009"}, 21606),
        ({"Body": ""}, 21602),
        ({"To": "110"}, 21216),
    ],
)
def test_a_wrong_request_is_refused_with_the_real_code(api, carrier, change, code):
    answer = text_to(api, **change)

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert carrier.messages == []


@pytest.mark.parametrize("auth", [("AC1", "x"), ("", ""), ("AC" + "0" * 32, "wrong")])
def test_only_the_account_gets_in(api, auth):
    answer = api("GET", "Messages.json", auth=auth)

    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_a_call_needs_instructions(api, carrier):
    answer = api("POST", "Calls.json", To=OFFICER, From="12345")

    assert answer.json()["code"] == 21205


def test_a_call_can_carry_its_instructions(api, carrier):
    twiml = "<Response><Say>您好</Say></Response>"

    sid = api("POST", "Calls.json", To=OFFICER, From="12345", Twiml=twiml).json()["sid"]

    assert carrier.heard(carrier.finished(sid)) == ["您好"]


def test_a_call_that_is_over_cannot_be_redirected(api, carrier):
    call = carrier.finished(carrier.call(CALLER))

    answer = api("POST", f"Calls/{call.sid}.json", Url="http://a.example/")

    assert answer.json()["code"] == 21220


def test_a_call_can_be_ended(api, carrier, customer):
    customer.says("/hooks/voice/incoming", "<Pause length='5000'/>")
    call = carrier.call(CALLER)
    carrier.wait_until(lambda: call.status == "in-progress")

    api("POST", f"Calls/{call.sid}.json", Status="completed")

    assert carrier.finished(call).status == "completed"


def test_a_running_call_can_be_recorded(api, carrier, customer):
    customer.says("/hooks/voice/incoming", "<Pause length='50'/><Say>再见</Say>")
    call = carrier.call(CALLER)
    carrier.wait_until(lambda: call.status == "in-progress")

    made = api(
        "POST",
        f"Calls/{call.sid}/Recordings.json",
        RecordingStatusCallback=f"{customer.url}/recorded",
    )
    carrier.finished(call)
    carrier.settle()

    assert made.json()["status"] == "in-progress"
    assert customer.asked["/recorded"][0]["RecordingSource"] == "StartCallRecordingAPI"
    listed = api("GET", f"Calls/{call.sid}/Recordings.json").json()["recordings"]
    assert [row["sid"] for row in listed] == [made.json()["sid"]]


def test_what_is_accepted_but_not_played_is_said(api, carrier):
    text_to(api, MediaUrl="http://a.example/a.jpg")

    assert "MediaUrl is not played here" in carrier.troubles[0].what


def test_lists_are_filtered_and_come_newest_first(api, carrier):
    first = text_to(api).json()["sid"]
    carrier.settle()
    carrier.forward(timedelta(hours=3))
    second = text_to(api, To=CALLER).json()["sid"]
    carrier.settle()

    def listed(**filters):
        rows = api("GET", "Messages.json", params=filters).json()["messages"]
        return [row["sid"] for row in rows]

    between = (carrier.pace.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert listed() == [second, first]
    assert listed(To=OFFICER) == [first]
    assert listed(**{"DateSent>": between}) == [second]
    assert listed(**{"DateSent<": between}) == [first]
    assert api("GET", "Messages.json", params={"Colour": "red"}).status_code == 400


def test_a_page_says_where_the_next_one_is(api, carrier):
    for _ in range(3):
        carrier.text(CALLER, "停水")

    page = api("GET", "Messages.json", params={"PageSize": 2}).json()

    assert len(page["messages"]) == 2
    assert "Page=1" in page["next_page_uri"]


def test_what_is_not_there_is_not_found(api):
    assert api("GET", "Calls/CA1.json").json()["code"] == 20404
    assert api("GET", "Messages/SM1.json").json()["code"] == 20404
    assert api("GET", "Recordings/RE1.wav").status_code == 404


def test_too_much_is_answered_429(api, carrier):
    carrier.set_faults(Faults(busy=1))

    answer = text_to(api)

    assert (answer.status_code, answer.json()["code"]) == (429, 20429)
    assert carrier.messages == []


def test_a_machine_is_told_apart_from_a_person(api, carrier, customer):
    carrier.set_person(OFFICER, voicemail(), live())

    sid = api(
        "POST",
        "Calls.json",
        To=OFFICER,
        From="12345",
        Url=f"{customer.url}/answer",
        MachineDetection="Enable",
    ).json()["sid"]

    assert carrier.finished(sid).answered_by == "machine_start"
    assert customer.asked["/answer"][0]["AnsweredBy"] == "machine_start"
