"""What the fake carrier makes of TwiML: one caller, one document, what is heard and asked."""

import pytest

from hotline.demo.carrier.people import (
    answers,
    busy,
    hang_up,
    hang_up_when_asked,
    never_answers,
    press,
    say,
    silent,
    wait,
)

CALLER = "+8613900000001"
OFFICER = "+8613900000002"
SECOND = "+8613900000003"
INCOMING = "/hooks/voice/incoming"

ASK = '<Gather input="speech dtmf" action="/a" {more}><Say>请讲</Say></Gather><Say>没听到</Say>'


@pytest.mark.parametrize(
    ("verbs", "steps", "heard", "asked"),
    [
        ("<Say>您好</Say><Pause length='2'/><Say>再见</Say>", [], ["您好", "再见"], None),
        ("<Say>您好</Say><Hangup/><Say>没人听到</Say>", [], ["您好"], None),
        ("<Play>http://a.example/a.mp3</Play><Say>您好</Say>", [], ["您好"], None),
        ("<Say><prosody rate='slow'>您 好</prosody></Say>", [], ["您 好"], None),
        ("<Redirect>/a</Redirect><Say>不到这里</Say>", [], [], {}),
        (ASK.format(more=""), [say("停水了")], ["请讲"], {"SpeechResult": "停水了"}),
        (ASK.format(more=""), [press("0")], ["请讲"], {"Digits": "0"}),
        (ASK.format(more="numDigits='2'"), [press("123")], ["请讲"], {"Digits": "12"}),
        (ASK.format(more=""), [press("2611#")], ["请讲"], {"Digits": "2611"}),
        (ASK.format(more=""), [silent()], ["请讲", "没听到"], None),
        (ASK.format(more=""), [], ["请讲", "没听到"], None),
        (ASK.format(more=""), [hang_up_when_asked()], ["请讲"], None),
        (ASK.format(more=""), [hang_up()], [], None),
        (ASK.format(more=""), [wait(5), say("停电")], ["请讲"], {"SpeechResult": "停电"}),
        (ASK.format(more="actionOnEmptyResult='true'"), [], ["请讲"], {"SpeechResult": ""}),
        ("<Gather action='/a'/><Say>没听到</Say>", [say("停水了")], ["没听到"], None),
        (
            "<Gather input='speech' action='/a'/><Say>没听到</Say>",
            [press("1")],
            ["没听到"],
            None,
        ),
        ("<Record action='/a'/>", [say("停水了")], [], {"Digits": "", "RecordingDuration": "1"}),
        ("<Record action='/a'/>", [say("停水了"), hang_up()], [], {"Digits": "hangup"}),
        ("<Record action='/a'/><Say>没录到</Say>", [], ["没录到"], None),
        (
            f"<Dial action='/a'>{OFFICER}</Dial>",
            [],
            [],
            {"DialCallStatus": "completed", "DialBridged": "true"},
        ),
        ("<Dial><Number>+8613900000002</Number></Dial><Say>再见</Say>", [], ["再见"], None),
        ("<Dial action='/a'><Queue>nobody</Queue></Dial>", [], [], {"DialCallStatus": "no-answer"}),
        ("<Enqueue action='/a' waitUrl='/leave'>desk</Enqueue>", [], [], {"QueueResult": "leave"}),
        (
            "<Enqueue action='/a' waitUrl='/loop'>desk</Enqueue>",
            [wait(3), hang_up()],
            [],
            {"QueueResult": "hangup"},
        ),
    ],
)
def test_a_document_is_carried_out(carrier, customer, verbs, steps, heard, asked):
    customer.says(INCOMING, verbs)
    customer.says("/a", "<Hangup/>")
    customer.says("/leave", "<Leave/>")
    # Somebody who waits is asked nothing, so their next step comes with a question.
    customer.says("/loop", "<Gather timeout='1'/>")
    carrier.set_person(OFFICER, answers(say("喂"), hang_up()))

    call = carrier.finished(carrier.call(CALLER, *steps))

    assert carrier.heard(call) == heard
    requests = customer.asked["/a"]
    assert len(requests) == (asked is not None)
    assert all((asked or {}).items() <= form.items() for form in requests)
    assert carrier.troubles == []


@pytest.mark.parametrize(
    ("verbs", "fault"),
    [
        ("<Shout>喂</Shout><Say>您好</Say>", "<Shout> is no verb"),
        ("<Say language='cmn-Hans-CN'>您好</Say>", "<Say> speaks no cmn-Hans-CN"),
        ("<Say loudness='9'>您好</Say>", "<Say> has no attribute loudness"),
        ("<Say>您好</Say><Gather><Record/></Gather>", "<Record> does not belong into <Gather>"),
    ],
)
def test_what_no_carrier_understands_is_noted_and_skipped(carrier, customer, verbs, fault):
    customer.says(INCOMING, verbs)

    call = carrier.finished(carrier.call(CALLER))

    assert carrier.heard(call) == ["您好"]
    assert [(trouble.code, trouble.what) for trouble in carrier.troubles] == [(12200, fault)]


def test_keys_beyond_those_wanted_answer_the_next_question(carrier, customer):
    customer.says(INCOMING, "<Gather numDigits='1' action='/first'/>")
    customer.says("/first", "<Gather numDigits='1' action='/second'/>")

    carrier.finished(carrier.call(CALLER, press("12")))

    assert customer.asked["/second"][0]["Digits"] == "2"


def test_a_caller_who_hangs_up_after_speaking_was_still_heard(carrier, customer):
    customer.says(INCOMING, '<Gather input="speech" action="/a"/>')
    customer.says("/a", "<Say>在哪个村？</Say>")

    call = carrier.finished(carrier.call(CALLER, say("停水了"), hang_up()))

    assert customer.asked["/a"][0]["SpeechResult"] == "停水了"
    assert carrier.heard(call) == []


def test_somebody_never_answered_gives_up_in_the_end(carrier, customer):
    customer.says(INCOMING, f"<Gather/><Redirect>{INCOMING}</Redirect>")

    carrier.finished(carrier.call(CALLER))

    assert 5 < len(customer.asked[INCOMING]) < 20


def test_a_recording_is_kept_and_told(carrier, customer, api):
    customer.says(INCOMING, '<Record action="/a" recordingStatusCallback="/recorded"/>')
    customer.says("/a", "<Hangup/>")
    call = carrier.finished(carrier.call(CALLER, say("大孤家子镇东升村停水了")))
    carrier.settle()

    [told] = customer.asked["/recorded"]
    assert told["RecordingStatus"] == "completed"
    assert told["RecordingSid"] == customer.asked["/a"][0]["RecordingSid"]
    assert carrier.recordings[0].words == "大孤家子镇东升村停水了"
    assert carrier.recordings[0].call_sid == call.sid
    assert api("GET", f"Recordings/{told['RecordingSid']}.wav").content.startswith(b"RIFF")


def test_a_whole_call_is_recorded(carrier, customer):
    customer.says(
        INCOMING,
        '<Start><Recording recordingStatusCallback="/recorded"/></Start>'
        '<Gather input="speech" action="/a"><Say>请讲</Say></Gather>',
    )
    customer.says("/a", "<Say>知道了</Say>")
    carrier.finished(carrier.call(CALLER, say("停水了")))
    carrier.settle()

    assert customer.asked["/recorded"][0]["RecordingSource"] == "StartCallRecordingTwiML"
    assert carrier.recordings[0].words == "请讲 停水了 知道了"


def test_a_waiting_caller_is_bridged_to_whoever_dials_the_queue(carrier, customer, api):
    customer.says(INCOMING, '<Enqueue waitUrl="/wait" action="/after">desk</Enqueue>')
    customer.says("/wait", "<Say>请稍候</Say><Pause length='2'/>")
    customer.says("/after", "<Say>再见</Say>")
    customer.says("/operator", "<Dial action='/done'><Queue>desk</Queue></Dial>")
    carrier.set_person(OFFICER, answers(say("请问什么事"), hang_up()))
    call = carrier.call(CALLER, say("停水了"))
    carrier.wait_until(lambda: bool(carrier.exchange.queues.get("desk")))

    api("POST", "Calls.json", To=OFFICER, From="12345", Url=f"{customer.url}/operator")
    carrier.finished(call)
    carrier.settle()

    spoken = [line.text for line in carrier.transcript(call) if line.who != "note"]
    assert customer.asked["/after"][0]["QueueResult"] == "bridged"
    assert customer.asked["/done"][0]["DialCallStatus"] == "completed"
    assert {"请问什么事", "停水了"} <= set(spoken)
    assert spoken[-1] == "再见"


def test_the_wait_is_told_in_scaled_seconds_and_can_be_left(carrier, customer):
    customer.says(INCOMING, '<Enqueue waitUrl="/wait">desk</Enqueue><Say>机器接听</Say>')
    customer.says(
        "/wait",
        lambda form: "<Leave/>" if int(form["QueueTime"]) >= 10 else "<Pause length='3'/>",
    )

    call = carrier.finished(carrier.call(CALLER))

    assert carrier.heard(call) == ["机器接听"]
    assert 3 <= len(customer.asked["/wait"]) <= 6
    assert customer.asked["/wait"][0]["QueuePosition"] == "1"


def test_of_several_telephones_the_first_to_answer_wins(carrier, customer):
    customer.says(
        INCOMING,
        "<Dial action='/a' timeout='60'>"
        f"<Number statusCallback='/slow' statusCallbackEvent='completed'>{OFFICER}</Number>"
        f"<Number>{SECOND}</Number></Dial>",
    )
    customer.says("/a", "<Hangup/>")
    carrier.set_person(OFFICER, answers(after_s=50))
    carrier.set_person(SECOND, answers(say("供水公司"), hang_up(), after_s=2))

    call = carrier.finished(carrier.call(CALLER))
    carrier.settle()

    assert "供水公司" in [line.text for line in carrier.transcript(call)]
    assert customer.asked["/slow"][0]["CallStatus"] == "canceled"


@pytest.mark.parametrize(("person", "status"), [(never_answers(), "no-answer"), (busy(), "busy")])
def test_a_dialled_number_that_is_not_reached_says_why(carrier, customer, person, status):
    customer.says(INCOMING, f"<Dial action='/a' timeout='10'>{OFFICER}</Dial>")
    customer.says("/a", "<Say>没有人接</Say>")
    carrier.set_person(OFFICER, person)

    call = carrier.finished(carrier.call(CALLER))

    assert customer.asked["/a"][0]["DialCallStatus"] == status
    assert carrier.heard(call) == ["没有人接"]


def test_whoever_is_called_can_be_told_first_what_it_is_about(carrier, customer):
    customer.says(
        INCOMING, f"<Dial><Number url='/whisper'>{OFFICER}</Number></Dial><Say>再见</Say>"
    )
    customer.says("/whisper", "<Say>热线来电</Say>")
    carrier.set_person(OFFICER, answers(say("喂"), hang_up()))

    carrier.finished(carrier.call(CALLER))

    assert carrier.heard(carrier.finished(carrier.expect_call(OFFICER))) == ["热线来电"]


def test_three_hear_one_another_and_the_caller_ends_it(carrier, customer, api):
    customer.says(
        INCOMING,
        '<Dial><Conference endConferenceOnExit="true" statusCallback="/room" '
        'statusCallbackEvent="join leave">case</Conference></Dial>',
    )
    carrier.set_person(OFFICER, answers(say("消防队")))
    carrier.set_person(SECOND, answers(say("话务员在")))
    call = carrier.call(CALLER, say("着火了"))
    carrier.wait_until(lambda: "case" in carrier.exchange.conferences)

    for number in (OFFICER, SECOND):
        api("POST", "Conferences/case/Participants.json", To=number, From="12345")
    carrier.finished(call)
    carrier.settle()

    assert {"消防队", "话务员在", "着火了"} <= {line.text for line in carrier.transcript(call)}
    events = [form["StatusCallbackEvent"] for form in customer.asked["/room"]]
    assert events.count("participant-join") == 3
    assert all(leg.over for leg in carrier.calls)


def test_a_rejected_call_was_never_answered(carrier, customer):
    customer.says(INCOMING, "<Reject reason='busy'/>")

    call = carrier.finished(carrier.call(CALLER))

    assert call.status == "busy"


def test_an_emergency_number_is_not_dialled_from_twiml_either(carrier, customer):
    customer.says(INCOMING, "<Dial action='/a'>119</Dial>")
    customer.says("/a", "<Hangup/>")

    carrier.finished(carrier.call(CALLER))

    assert customer.asked["/a"][0]["DialCallStatus"] == "failed"
    assert [trouble.code for trouble in carrier.troubles] == [21216]


def test_a_queue_connects_even_when_its_announcement_fails(carrier, customer, api):
    customer.says(INCOMING, '<Enqueue waitUrl="/wait">desk</Enqueue>')
    customer.says("/wait", "<Pause length='2'/>")
    customer.says("/operator", "<Dial><Queue url='/announce'>desk</Queue></Dial>")
    customer.says("/announce", 500)
    carrier.set_person(OFFICER, answers(say("您好"), hang_up()))
    call = carrier.call(CALLER)
    carrier.wait_until(lambda: bool(carrier.exchange.queues.get("desk")))

    api("POST", "Calls.json", To=OFFICER, From="12345", Url=f"{customer.url}/operator")
    carrier.finished(call)

    assert "您好" in [line.text for line in carrier.transcript(call)]
