"""The carrier's page in a browser: one is the caller, or any other telephone."""

import pytest
from playwright.sync_api import expect

from hotline.demo.carrier.people import live
from hotline.demo.carrier.server import FakeCarrier
from tests.browser_tools import assert_accessible

CALLER, OFFICER = "+8613900000001", "+8613900000011"
PHONES = [
    {"number": CALLER, "name": "来电人甲（虚构）", "name_en": "Caller A (invented)"},
    {"number": OFFICER, "name": "东升村网格员（虚构）", "name_en": "Officer", "role": "officer"},
]


@pytest.fixture
def carrier(customer):
    # Half a minute passes in three seconds: time enough to press, not to wait.
    with FakeCarrier(app_url=customer.url, speed=10, live_speed=10, stranger=live()) as carrier:
        carrier.add_phones(PHONES)
        yield carrier


@pytest.fixture(params=["phone_page", "desk_page"])
def page(request):
    return request.getfixturevalue(request.param)


def test_a_caller_dials_speaks_presses_and_hangs_up(page, carrier, customer):
    customer.says(
        "/hooks/voice/incoming",
        '<Gather input="speech dtmf" action="/place" timeout="100"><Say>请讲</Say></Gather>',
    )
    customer.says(
        "/place",
        '<Gather input="dtmf" numDigits="1" action="/key" timeout="100"><Say>对吗？</Say></Gather>',
    )
    customer.says("/key", '<Say>谢谢</Say><Pause length="600"/>')
    page.goto(f"{carrier.url}/phones/{CALLER}")
    assert_accessible(page)

    page.click("#dial")
    expect(page.locator("#log")).to_contain_text("请讲")
    page.fill("#speech", "东升村停水了")
    page.click("#speak button")
    expect(page.locator("#log")).to_contain_text("对吗？")
    assert_accessible(page)
    page.click("[data-key='1']")
    expect(page.locator("#log")).to_contain_text("谢谢")
    page.click("[data-act=hang_up]")
    expect(page.locator("#state")).to_have_text("空闲")

    carrier.finished(carrier.calls[0])
    assert customer.asked["/place"][0]["SpeechResult"] == "东升村停水了"
    assert customer.asked["/key"][0]["Digits"] == "1"


def test_a_text_is_sent_and_its_answer_shown(page, carrier, customer):
    customer.says("/hooks/messages/incoming", "<Message>已收到 https://a.example/t/1</Message>")
    page.goto(f"{carrier.url}/phones/{CALLER}")
    if page.locator("#tab-messages").is_visible():
        page.click("#tab-messages")

    page.fill("#words", "停水了")
    page.click("#write button")

    expect(page.locator("#thread")).to_contain_text("已收到")
    expect(page.locator("#thread a")).to_have_attribute("href", "https://a.example/t/1")
    assert_accessible(page)


def test_another_telephone_rings_and_is_answered(page, carrier, customer):
    customer.says("/hooks/voice/incoming", f"<Dial timeout='600'><Number>{OFFICER}</Number></Dial>")
    page.goto(f"{carrier.url}/phones/{OFFICER}?lang=en")
    carrier.call(CALLER)

    expect(page.locator("#state")).to_contain_text("Incoming call")
    assert_accessible(page)
    page.click("[data-act=answer]")

    expect(page.locator("#log")).to_contain_text("joined")
    page.click("[data-act=hang_up]")
    carrier.settle()


def test_a_carrier_without_inbound_texts_says_so(desk_page, customer):
    with FakeCarrier(app_url=customer.url, profile="mainland") as carrier:
        carrier.add_phones(PHONES)
        desk_page.goto(carrier.url)

        expect(desk_page.locator("#messages")).to_contain_text("不支持")
        assert desk_page.locator("#write").count() == 0
        assert_accessible(desk_page)
