"""Which language a page speaks, and how instants and numbers are read in each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from hotline.web import filters, i18n
from hotline.web.i18n import gettext


@pytest.fixture
def app() -> Flask:
    app = Flask("hotline", static_folder=None)
    i18n.init_app(app)
    filters.init_app(app)
    app.add_url_rule("/", "word", lambda: f"{i18n.page_language()} {gettext('退出')}")
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def chinese(app: Flask) -> Iterator[None]:
    with app.test_request_context("/?lang=zh"):
        yield


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        (None, "zh-CN 退出"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN 退出"),
        ("en-GB,en;q=0.9", "en Sign out"),
        ("fr", "zh-CN 退出"),
    ],
)
def test_a_page_speaks_what_the_browser_asks_for_and_chinese_otherwise(
    client: FlaskClient, accepted: str | None, said: str
):
    headers = {"Accept-Language": accepted} if accepted else {}

    assert client.get("/", headers=headers).text == said


def test_a_chosen_language_is_kept(client: FlaskClient):
    assert client.get("/?lang=en").text == "en Sign out"
    assert client.get("/", headers={"Accept-Language": "zh"}).text == "en Sign out"
    assert client.get("/?lang=zh").text == "zh-CN 退出"


def test_a_language_that_does_not_exist_changes_nothing(client: FlaskClient):
    answer = client.get("/?lang=../../etc")

    assert answer.text == "zh-CN 退出"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "不到 1 分钟"),
        (timedelta(minutes=1, seconds=59), "1 分钟"),
        (timedelta(hours=2, minutes=5), "2 小时 5 分"),
        (-timedelta(minutes=9), "9 分钟"),
        (timedelta(days=3, hours=1, minutes=59), "3 天 1 小时"),
    ],
)
@pytest.mark.usefixtures("chinese")
def test_a_span_is_told_in_its_two_largest_parts(span: timedelta, words: str):
    assert filters.duration(span) == words


def test_instants_are_those_of_the_county_whoever_looks():
    night = datetime(2026, 11, 21, 18, 5, 9, tzinfo=UTC)

    assert filters.second(night) == "2026-11-22 02:05:09"
    assert filters.iso(night) == "2026-11-22T02:05:09+08:00"


def test_an_instant_without_a_zone_is_a_fault():
    with pytest.raises(ValueError, match="zone"):
        filters.moment(datetime(2026, 11, 21, 18, 5))  # noqa: DTZ001  that is the point


def test_a_ticket_number_is_read_in_groups_of_four():
    assert filters.grouped("261121000001") == "2611 2100 0001"


@given(st.from_regex(r"\+?[0-9]{3,14}", fullmatch=True))
def test_a_masked_number_never_shows_the_whole(phone: str):
    shown = filters.masked(phone)

    assert "*" in shown
    assert len(shown.replace("*", "")) <= max(len(phone) - 4, 2)


def test_a_mobile_number_keeps_its_ends():
    assert filters.masked("+8613812345678") == "+86138****5678"
