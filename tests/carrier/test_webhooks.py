"""How the fake carrier calls its customer, and what it does when nobody is there."""

import threading
from collections import Counter

import pytest
from twilio.request_validator import RequestValidator

from hotline.demo.carrier.faults import Faults
from hotline.demo.carrier.people import hang_up, press, say
from hotline.demo.carrier.server import FakeCarrier

CALLER = "+8613900000001"
OFFICER = "+8613900000002"
INCOMING = "/hooks/voice/incoming"
FALLBACK = "/hooks/voice/fallback"
STATUS = "/hooks/voice/status"
ALL = "initiated ringing answered completed"


def test_every_request_is_signed_with_the_account_token(carrier, customer):
    customer.says(INCOMING, "<Gather action='/key?step=2'/>")
    customer.says("/key", "<Redirect method='GET'>/next?step=3</Redirect>")
    carrier.finished(carrier.call(CALLER, press("1")))
    carrier.text(CALLER, "停水了")
    carrier.settle()

    assert {path.partition("&")[0] for path, _, _ in customer.headers} >= {
        INCOMING,
        "/key?step=2",
        STATUS,
        "/hooks/messages/incoming",
    }
    validator = RequestValidator(carrier.token)
    for path, form, headers in customer.headers:
        given = headers["X-Twilio-Signature"]
        assert validator.validate(customer.url + path, form, given), path


def test_another_token_signs_in_the_middle_of_a_rotation(carrier, customer):
    carrier.sign_with("the-next-token")

    carrier.finished(carrier.call(CALLER))

    path, form, headers = customer.headers[0]
    given = headers["X-Twilio-Signature"]
    assert RequestValidator("the-next-token").validate(customer.url + path, form, given)


def test_forms_have_the_fields_of_the_real_ones(carrier, customer):
    carrier.finished(carrier.call(CALLER))
    carrier.text(CALLER, "停水了")
    carrier.settle()

    call = customer.asked[INCOMING][0]
    assert call.keys() >= {"CallSid", "CallStatus", "From", "To", "Direction", "FromCountry"}
    assert (call["CallStatus"], call["Direction"], len(call)) == ("ringing", "inbound", 25)
    text = customer.asked["/hooks/messages/incoming"][0]
    assert text.keys() >= {"MessageSid", "SmsSid", "Body", "NumMedia", "FromZip"}
    assert len(text) == 19


@pytest.mark.parametrize("failure", [500, 404])
def test_a_failing_webhook_is_answered_for_by_the_fallback(carrier, customer, failure):
    customer.says(INCOMING, failure)
    customer.says(FALLBACK, "<Say>请留言</Say><Record action='/thanks'/>")
    customer.says("/thanks", "<Say>已记录</Say>")

    call = carrier.finished(carrier.call(CALLER, say("停水了")))

    assert carrier.heard(call) == ["请留言", "已记录"]
    assert customer.asked[FALLBACK][0]["ErrorCode"] == "11200"
    assert customer.asked[FALLBACK][0]["ErrorUrl"] == customer.url + INCOMING
    assert carrier.recordings[0].words == "停水了"


def test_what_is_no_twiml_goes_to_the_fallback_too(carrier, customer):
    customer.says(INCOMING, "<Say>")
    customer.says(FALLBACK, "<Say>请留言</Say>")

    assert carrier.heard(carrier.finished(carrier.call(CALLER))) == ["请留言"]
    assert carrier.troubles[0].code == 12100


def test_without_any_answer_the_carrier_apologises_and_hangs_up(carrier, customer):
    customer.says(INCOMING, 500)
    customer.says(FALLBACK, 500)

    [said] = carrier.heard(carrier.finished(carrier.call(CALLER)))

    assert "抱歉" in said


def test_a_fallback_hosted_at_the_carrier_answers_when_the_web_is_down(customer):
    twiml = "<Response><Say>请留言</Say><Record action='thanks'/></Response>"
    with FakeCarrier(speed=50, fallback_twiml=twiml) as carrier:
        carrier.exchange.bins["thanks"] = "<Response><Hangup/></Response>"
        carrier.connect(customer.url)
        customer.stop_serving()

        call = carrier.finished(carrier.call(CALLER, say("停水了"), hang_up()))

        assert carrier.heard(call) == ["请留言"]
        assert carrier.recordings[0].words == "停水了"


def test_the_web_going_down_in_mid_call_leads_to_the_fallback(customer):
    twiml = "<Response><Say>请留言</Say></Response>"
    with FakeCarrier(speed=50, fallback_twiml=twiml) as carrier:
        carrier.connect(customer.url)
        customer.says(INCOMING, "<Gather input='speech' action='/place'><Say>请讲</Say></Gather>")
        customer.says("/place", 503)

        call = carrier.finished(carrier.call(CALLER, say("停水了")))

        assert carrier.heard(call) == ["请讲", "请留言"]


def test_an_answer_that_takes_too_long_is_not_waited_for():
    from tests.carrier.customer import Customer  # noqa: PLC0415 - a customer of its own

    release = threading.Event()

    def slow(form):
        release.wait(5)
        return "<Say>太晚了</Say>"

    with (
        Customer() as customer,
        FakeCarrier(app_url=customer.url, speed=50, webhook_limits_s=(1, 0.3)) as carrier,
    ):
        customer.says(INCOMING, slow)
        customer.says(FALLBACK, "<Say>请留言</Say>")

        assert carrier.heard(carrier.finished(carrier.call(CALLER))) == ["请留言"]
        release.set()


def ring(api, customer):
    return api(
        "POST",
        "Calls.json",
        To=OFFICER,
        From="12345",
        Url=f"{customer.url}/answer",
        StatusCallback=f"{customer.url}/told",
        StatusCallbackEvent=ALL.split(),
    ).json()["sid"]


def statuses(customer):
    return [form["CallStatus"] for form in customer.asked["/told"]]


def test_callbacks_come_in_order_on_a_good_day(carrier, customer, api):
    ring(api, customer)
    carrier.settle()

    assert statuses(customer) == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in customer.asked["/told"]] == list("0123")


def test_every_webhook_may_come_twice(carrier, customer, api):
    carrier.set_faults(Faults(repeat=1))
    ring(api, customer)
    carrier.settle()

    assert set(Counter(statuses(customer)).values()) == {2}
    assert customer.asked["/answer"][0] == customer.asked["/answer"][1]


def test_callbacks_may_come_out_of_order_and_none_is_lost(carrier, customer, api):
    carrier.set_faults(Faults(reorder=1))
    ring(api, customer)
    carrier.settle()

    assert statuses(customer) == ["ringing", "initiated", "completed", "in-progress"]


def test_a_callback_held_back_goes_by_itself_when_none_follows(carrier, customer):
    carrier.set_faults(Faults(reorder=1))
    carrier.finished(carrier.call(CALLER))
    carrier.settle()

    assert [form["CallStatus"] for form in customer.asked[STATUS]] == ["completed"]


def test_late_callbacks_arrive_all_the_same(carrier, customer, api):
    carrier.set_faults(Faults(seed=3, delay_s=20))
    ring(api, customer)
    carrier.settle()

    assert sorted(statuses(customer)) == ["completed", "in-progress", "initiated", "ringing"]


def test_callbacks_may_be_lost(carrier, customer, api):
    carrier.set_faults(Faults(lose=1))
    carrier.finished(ring(api, customer))
    carrier.settle()

    assert statuses(customer) == []


def test_the_same_seed_brings_the_same_faults():
    def throws(seed):
        faults = Faults(seed=seed, lose=0.5)
        return [faults.hits(faults.lose) for _ in range(20)]

    assert throws(1) == throws(1) != throws(2)
