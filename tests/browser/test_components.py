"""The components in a real browser: legible, reachable, and kind on a bad network."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Geolocation, Page, expect

from tests.browser.conftest import Workshop
from tests.browser_tools import DESK, PHONE, assert_accessible, faults_of, open_context, screenshot

ERRORS = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_everybody_can_use_every_component(browser: Browser, workshop: Workshop, size, scheme):
    with open_context(browser, size) as context:
        page = context.new_page()
        page.emulate_media(color_scheme=scheme)
        page.goto(workshop.url)

        assert_accessible(page)
        screenshot(page, f"components-{size[0]}-{scheme}")


def test_the_check_finds_a_page_that_somebody_cannot_use(phone_page: Page):
    phone_page.set_content("<html lang=zh><title>x</title><img src=a.png><p>很长</p>")

    assert any(fault.startswith("image-alt") for fault in faults_of(phone_page))


def test_chinese_is_drawn_with_chinese_letters(phone_page: Page):
    phone_page.set_content("<span style='font-family: sans-serif'>停水了吗</span>")
    drawn = phone_page.locator("span").screenshot()
    phone_page.set_content("<span style='font-family: sans-serif'>谁在值班</span>")

    # A missing letter is a box, and all boxes look alike.
    assert phone_page.locator("span").screenshot() != drawn


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_error_page_can_be_read_on_a_phone(phone_page: Page, workshop: Workshop, language):
    for status in ERRORS:
        phone_page.goto(f"{workshop.url}/errors/{status}?lang={language}")

        expect(phone_page.locator("main")).to_contain_text("a_code")
        expect(phone_page.locator("main")).to_contain_text("r-1")
        assert_accessible(phone_page)


def test_a_form_is_sent_once_however_often_the_button_is_pressed(
    phone_page: Page, workshop: Workshop
):
    phone_page.goto(workshop.url)
    phone_page.fill("[name=note]", "水已恢复")

    phone_page.evaluate("""() => {
      const form = document.querySelector("form.form"), button = form.querySelector("[data-busy]");
      for (let press = 0; press < 3; press++) form.requestSubmit(button);
    }""")

    expect(phone_page.get_by_text("已提交")).to_be_visible()
    assert len(workshop.sent) == 1


def test_a_command_carries_its_id_its_version_and_the_time_of_the_device(
    phone_page: Page, workshop: Workshop
):
    phone_page.goto(workshop.url)
    phone_page.fill("[name=note]", "水已恢复")
    phone_page.get_by_role("button", name="提交").click()
    expect(phone_page.get_by_text("已提交")).to_be_visible()

    sent = workshop.sent[0]
    assert (sent["command_id"], sent["seen_version"]) == ("7d1", "3")
    assert sent["done_at"].endswith("Z")


def test_without_a_network_the_form_keeps_what_was_typed(phone_page: Page, workshop: Workshop):
    phone_page.goto(workshop.url)
    phone_page.fill("[name=note]", "水已恢复")
    phone_page.context.set_offline(True)
    phone_page.get_by_role("button", name="提交").click()

    expect(phone_page.get_by_text("没有网络")).to_be_visible()
    expect(phone_page.locator("[name=note]")).to_have_value("水已恢复")

    phone_page.context.set_offline(False)
    expect(phone_page.get_by_text("网络已恢复")).to_be_visible()
    phone_page.get_by_role("button", name="提交").click()
    expect(phone_page.get_by_text("已提交")).to_be_visible()
    assert [form["note"] for form in workshop.sent] == ["水已恢复"]


def test_a_connection_that_breaks_can_be_tried_again(phone_page: Page, workshop: Workshop):
    phone_page.goto(workshop.url)
    phone_page.fill("[name=note]", "水已恢复")
    phone_page.route("**/*", lambda route: route.abort())
    phone_page.get_by_role("button", name="提交").click()
    retry = phone_page.get_by_role("button", name="重试")
    expect(retry).to_be_visible()
    phone_page.unroute("**/*")
    retry.click()

    expect(phone_page.get_by_text("已提交")).to_be_visible()
    assert len(workshop.sent) == 1


def test_a_refused_command_says_why_and_keeps_what_was_typed(phone_page: Page, workshop: Workshop):
    phone_page.goto(workshop.url)
    phone_page.fill("[name=note]", "水已恢复")
    workshop.refusing = True
    phone_page.get_by_role("button", name="提交").click()
    expect(phone_page.get_by_text("现在不能这样办：工单的状态已经变了")).to_be_visible()
    expect(phone_page.locator("[name=note]")).to_have_value("水已恢复")
    assert_accessible(phone_page)

    workshop.refusing = False
    phone_page.get_by_role("button", name="提交").click()
    expect(phone_page.get_by_text("已提交")).to_be_visible()


def test_forms_work_without_any_script(browser: Browser, workshop: Workshop):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(workshop.url)
        page.fill("[name=note]", "水已恢复")
        page.get_by_role("button", name="提交").click()

        expect(page.get_by_text("已提交")).to_be_visible()
    assert workshop.sent[0]["note"] == "水已恢复"


def test_chosen_photos_are_shown_small_and_sent(
    phone_page: Page, workshop: Workshop, tmp_path: Path
):
    names = _photos(tmp_path, 2)
    phone_page.goto(workshop.url)
    phone_page.fill("[name=note]", "水已恢复")
    phone_page.set_input_files("[name=photos]", names)

    expect(phone_page.locator("[data-previews] img")).to_have_count(2)
    phone_page.get_by_role("button", name="提交").click()
    expect(phone_page.get_by_text("已提交")).to_be_visible()
    assert workshop.files == ["0.png", "1.png"]


def test_too_many_photos_are_refused_before_the_upload(
    phone_page: Page, workshop: Workshop, tmp_path: Path
):
    phone_page.goto(workshop.url)
    phone_page.fill("[name=note]", "水已恢复")
    phone_page.set_input_files("[name=photos]", _photos(tmp_path, 7))
    phone_page.get_by_role("button", name="提交").click()

    fault = phone_page.locator("[name=photos]").evaluate("input => input.validationMessage")
    assert fault == "最多 6 张照片"
    assert workshop.sent == []


def test_the_position_is_taken_when_the_officer_asks_for_it(browser: Browser, workshop: Workshop):
    place = Geolocation(latitude=42.506431, longitude=123.416, accuracy=12.0)
    with browser.new_context(
        geolocation=place, permissions=["geolocation"], locale="zh-CN"
    ) as context:
        page = context.new_page()
        page.goto(workshop.url)
        page.fill("[name=note]", "水已恢复")
        page.get_by_role("button", name="用手机定位").click()
        expect(page.get_by_text("已定位，误差约 12 米")).to_be_visible()
        page.get_by_role("button", name="提交").click()
        expect(page.get_by_text("已提交")).to_be_visible()

    sent = workshop.sent[0]
    assert (sent["latitude"], sent["longitude"]) == ("42.506431", "123.416000")
    assert sent["accuracy_m"] == "12"


def test_a_refused_position_asks_for_words(phone_page: Page, workshop: Workshop):
    phone_page.goto(workshop.url)
    phone_page.get_by_role("button", name="用手机定位").click()

    expect(phone_page.get_by_text("没有取得定位")).to_be_visible()


def test_the_desk_is_worked_by_keys(desk_page: Page, workshop: Workshop):
    desk_page.goto(f"{workshop.url}/live")
    for key in "jjk":
        desk_page.keyboard.press(key)
    expect(desk_page.get_by_role("link", name="1", exact=True)).to_be_focused()

    desk_page.keyboard.press("/")
    expect(desk_page.locator("[data-search]")).to_be_focused()
    desk_page.keyboard.type("jn")
    expect(desk_page.locator("[data-search]")).to_have_value("jn")

    desk_page.locator("[data-search]").blur()
    desk_page.keyboard.press("n")
    desk_page.wait_for_url("**/?new")


def test_the_keys_can_be_switched_off(desk_page: Page, workshop: Workshop):
    desk_page.goto(f"{workshop.url}/live")
    desk_page.locator("[data-keys-open]").click()
    desk_page.get_by_label("使用单键快捷键").uncheck()
    desk_page.keyboard.press("j")

    expect(desk_page.get_by_role("link", name="1", exact=True)).not_to_be_focused()


def test_a_list_refreshes_itself_and_keeps_the_place_of_the_keyboard(
    desk_page: Page, workshop: Workshop
):
    desk_page.goto(f"{workshop.url}/live")
    desk_page.keyboard.press("j")
    workshop.rows = ["0", *workshop.rows]

    expect(desk_page.get_by_text("有新的工单")).to_be_visible()
    expect(desk_page.get_by_role("link", name="0", exact=True)).to_be_visible()
    expect(desk_page.get_by_role("link", name="1", exact=True)).to_be_focused()
    assert_accessible(desk_page)


def test_a_list_that_came_as_the_answer_to_a_form_refreshes_itself_too(
    desk_page: Page, workshop: Workshop
):
    desk_page.goto(workshop.url)
    desk_page.fill("[name=note]", "水已恢复")
    workshop.landing = "/live"
    desk_page.get_by_role("button", name="提交").click()
    expect(desk_page).to_have_url(f"{workshop.url}/live")
    workshop.rows = ["0", *workshop.rows]

    expect(desk_page.get_by_role("link", name="0", exact=True)).to_be_visible()


def _photos(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(count)]
    for path in paths:
        Image.new("RGB", (40, 30), "teal").save(path)
    return paths
