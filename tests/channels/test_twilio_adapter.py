"""The adapter with the real client, against the fake carrier over HTTP."""

from datetime import timedelta

import pytest

from hotline.channels.carrier import (
    CarrierBusyError,
    CarrierRefusedError,
    CarrierUnknownError,
    EmergencyNumberError,
    UnknownHostError,
)
from hotline.channels.twilio import TwilioAccount, TwilioCarrier
from hotline.channels.twilio_http import MappedHttpClient
from hotline.demo.carrier.people import answers, hang_up, never_answers, say, unreachable, voicemail
from hotline.demo.carrier.profiles import MAINLAND
from hotline.demo.carrier.server import FakeCarrier

CALLER = "+8613900000001"
OFFICER = "+8613900000002"
NEVER = timedelta(minutes=1)


def send(adapter, customer, text="您的工单已受理", to=OFFICER, **params):
    callback = f"{customer.url}/hooks/messages/status?outbox=7"
    return adapter.send_message(to, "received", text, params, callback)


def test_a_message_arrives_and_reports_itself(adapter, carrier, customer):
    sent = send(adapter, customer)

    message = carrier.expect_message(OFFICER, "受理")
    assert message.sid == sent.sid
    told = customer.asked["/hooks/messages/status"]
    assert carrier.wait_until(lambda: len(told) == 2)
    assert [form["MessageStatus"] for form in told] == ["sent", "delivered"]
    carrier.assert_no_unexpected_messages()


def test_a_number_is_written_as_the_carrier_wants_it(adapter, carrier, customer):
    send(adapter, customer, to="139 0000 0002")

    carrier.expect_message(OFFICER)


def test_a_phone_switched_off_is_reported_undelivered(adapter, carrier, customer):
    carrier.set_person(OFFICER, unreachable())

    send(adapter, customer)

    told = customer.asked["/hooks/messages/status"]
    assert carrier.wait_until(lambda: len(told) == 2)
    assert (told[1]["MessageStatus"], told[1]["ErrorCode"]) == ("undelivered", "30003")


def test_a_call_is_answered_and_told_who_answered(adapter, carrier, customer):
    customer.says("/revisit", "<Say>问题解决了吗</Say>")
    carrier.set_person(OFFICER, voicemail())

    sent = adapter.place_call(
        OFFICER,
        f"{customer.url}/revisit",
        f"{customer.url}/status",
        timeout_s=20,
        machine_detection=True,
    )

    call = carrier.finished(carrier.expect_call(OFFICER))
    assert call.sid == sent.sid
    assert customer.asked["/revisit"][0]["AnsweredBy"] == "machine_start"
    told = customer.asked["/status"]
    assert carrier.wait_until(lambda: len(told) == 4)
    assert [form["CallStatus"] for form in told] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]


def test_nobody_answers(adapter, carrier, customer):
    carrier.set_person(OFFICER, never_answers())

    adapter.place_call(
        OFFICER,
        f"{customer.url}/x",
        f"{customer.url}/status",
        timeout_s=20,
        machine_detection=False,
    )

    told = customer.asked["/status"]
    assert carrier.wait_until(lambda: len(told) == 3)
    assert told[-1]["CallStatus"] == "no-answer"


def test_records_come_back_in_listings(adapter, carrier, customer):
    customer.says("/hooks/voice/incoming", '<Record action="/thanks"/>')
    customer.says("/thanks", "<Hangup/>")
    call = carrier.finished(carrier.call(CALLER, say("停水了")))
    since = call.created_at - timedelta(seconds=5)
    carrier.text(CALLER, "我的事怎么样了")
    sent = send(adapter, customer)

    [record] = adapter.list_calls(since)
    messages = list(adapter.list_messages(since))
    [recording] = adapter.list_recordings(since)

    assert (record.sid, record.direction, record.from_) == (call.sid, "inbound", CALLER)
    assert {message.direction for message in messages} == {"inbound", "outbound"}
    assert sent.sid in {message.sid for message in messages}
    assert recording.call_sid == call.sid
    assert adapter.fetch_recording(recording.sid).startswith(b"RIFF")


def test_listings_go_on_over_pages(adapter, carrier, customer):
    for _ in range(60):
        carrier.text(CALLER, "停水")
    since = carrier.messages[0].created_at - NEVER

    assert len({message.sid for message in adapter.list_messages(since)}) == 60


def test_a_lost_answer_is_unknown_and_the_message_is_found_again(adapter, carrier, customer):
    first = send(adapter, customer)
    since = carrier.messages[0].created_at
    carrier.lose_answers(1)

    with pytest.raises(CarrierUnknownError):
        send(adapter, customer)

    found = adapter.find_message(OFFICER, "您的工单已受理", since, known={first.sid})
    assert found is not None
    assert found.sid == carrier.messages[1].sid
    assert adapter.find_message(OFFICER, "别的话", since) is None


def test_a_lost_call_is_found_again(adapter, carrier, customer):
    carrier.lose_answers(1)
    since = carrier.pace.now()

    with pytest.raises(CarrierUnknownError):
        adapter.place_call(
            OFFICER,
            f"{customer.url}/x",
            f"{customer.url}/status",
            timeout_s=5,
            machine_detection=False,
        )

    found = adapter.find_call(OFFICER, since)
    assert found is not None
    assert found.sid == carrier.calls[0].sid


def test_a_busy_carrier_is_asked_later(adapter, carrier, customer):
    carrier.be_busy(2)

    with pytest.raises(CarrierBusyError):
        send(adapter, customer)
    with pytest.raises(CarrierBusyError):
        list(adapter.list_messages(carrier.pace.now()))

    send(adapter, customer)


def test_a_carrier_that_is_not_there_got_nothing(customer):
    with FakeCarrier() as gone:
        url = gone.url
    adapter = TwilioCarrier(TwilioAccount("AC1", "t", "12345"), base_url=url)

    with pytest.raises(CarrierBusyError):
        send(adapter, customer)
    adapter.close()


@pytest.mark.parametrize("number", ["1", "not a number", "+8613900000001234567"])
def test_what_is_no_number_is_refused_for_good(adapter, customer, number):
    with pytest.raises(CarrierRefusedError) as refused:
        send(adapter, customer, to=number)

    assert refused.value.permanent
    assert refused.value.carrier_code == "21211"


def test_a_wrong_token_is_refused_but_not_for_good(carrier, customer):
    adapter = TwilioCarrier(TwilioAccount(carrier.account, "wrong", "12345"), base_url=carrier.url)

    with pytest.raises(CarrierRefusedError) as refused:
        send(adapter, customer)

    assert not refused.value.permanent
    adapter.close()


def test_other_hosts_are_refused():
    client = MappedHttpClient("http://127.0.0.1:9", 1)

    with pytest.raises(UnknownHostError):
        client.request("GET", "https://video.twilio.com/v1/Rooms")
    with pytest.raises(UnknownHostError):
        client.where("https://api.twilio.com.example.org/")
    client.close()


@pytest.mark.parametrize(
    "number",
    [
        "110",
        "1 1 9",
        "+86120",
        "+86 122",
        "0086-110",
        "tel:119",
        "\uff11\uff12\uff10",
        "024110",
        "110,5",
    ],
)
def test_emergency_numbers_are_not_dialled_outside_production(adapter, carrier, number):
    with pytest.raises(EmergencyNumberError):
        adapter.place_call(number, "http://a/", "http://b/", timeout_s=5, machine_detection=False)
    with pytest.raises(EmergencyNumberError):
        adapter.add_to_conference("case", number, "http://b/")

    assert carrier.calls == []


def test_a_third_party_joins_a_running_call(adapter, carrier, customer):
    customer.says("/hooks/voice/incoming", "<Dial><Conference>case</Conference></Dial>")
    carrier.set_person(OFFICER, answers(say("消防队"), hang_up()))
    call = carrier.call(CALLER, say("着火了"))
    carrier.wait_until(lambda: "case" in carrier.exchange.conferences)

    adapter.add_to_conference("case", OFFICER, f"{customer.url}/status")

    carrier.finished(call)
    assert {"消防队", "着火了"} <= {line.text for line in carrier.transcript(call)}


def test_a_waiting_call_is_redirected(adapter, carrier, customer):
    customer.says("/hooks/voice/incoming", "<Pause length='3000'/>")
    customer.says("/elsewhere", "<Say>转接</Say>")
    call = carrier.call(CALLER)
    carrier.wait_until(lambda: call.status == "in-progress")

    adapter.redirect_call(call.sid, f"{customer.url}/elsewhere")

    assert carrier.heard(carrier.finished(call)) == ["转接"]


class TestMainland:
    @pytest.fixture
    def adapter(self, carrier):
        carrier.exchange.profile = MAINLAND
        account = TwilioAccount(carrier.account, carrier.token, carrier.number)
        adapter = TwilioCarrier(account, profile="mainland", base_url=carrier.url, timeout_s=5)
        adapter.register_templates({"received": "您的工单{{number}}已受理"})
        yield adapter
        adapter.close()

    def test_a_template_carries_its_parameters(self, adapter, carrier, customer):
        send(adapter, customer, number="2611")

        assert carrier.expect_message(OFFICER).body == "您的工单2611已受理"

    def test_a_template_once_registered_is_known_to_the_next_process(self, adapter, carrier):
        adapter.register_templates({"received": "您的工单{{number}}已受理"})

        assert len(carrier.exchange.templates) == 1

    def test_an_unknown_template_is_refused(self, adapter, customer):
        with pytest.raises(CarrierRefusedError) as refused:
            adapter.send_message(OFFICER, "other", "x", {}, customer.url)

        assert refused.value.carrier_code == "21655"

    @pytest.mark.parametrize("value", ["http://a.cn/t", "www.example.com", "faku.gov.cn/t/1"])
    def test_links_are_refused(self, adapter, customer, value):
        with pytest.raises(CarrierRefusedError):
            send(adapter, customer, number=value)

    def test_a_number_gets_only_so_many_messages_a_day(self, adapter, carrier, customer):
        for _ in range(10):
            send(adapter, customer, number="1")

        with pytest.raises(CarrierRefusedError) as refused:
            send(adapter, customer, number="1")
        assert not refused.value.permanent
        carrier.forward(timedelta(days=1))
        send(adapter, customer, number="1")

    def test_texts_from_people_never_arrive(self, adapter, carrier, customer):
        assert carrier.text(CALLER, "停水").status == "undelivered"
        assert customer.asked["/hooks/messages/incoming"] == []

    def test_the_machine_rings_only_those_who_rang(self, adapter, carrier, customer):
        def ring(number):
            return adapter.place_call(
                number,
                f"{customer.url}/x",
                f"{customer.url}/s",
                timeout_s=5,
                machine_detection=False,
            )

        with pytest.raises(CarrierRefusedError):
            ring(OFFICER)
        carrier.finished(carrier.call(CALLER))
        carrier.finished(ring(CALLER).sid)
