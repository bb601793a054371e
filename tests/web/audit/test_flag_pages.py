"""The flag queue: facts side by side, the unit's answer, the ruling, and each signal's record."""

from io import BytesIO
from uuid import uuid4

import pytest

from hotline.domain.suspicion.facts import Likeness
from hotline.domain.suspicion.frame import FlagState, Grounds, Group, Signal
from hotline.domain.suspicion.signals import SIGNALS
from hotline.domain.tickets import Status
from hotline.web.words import suspicion as suspicion_words
from tests.pictures import file_of, mirrored, picture
from tests.suspects import claim, flag, judge, signed
from tests.web.desk import Desk, login_of, queries

ELSEWHERE = "大孤家子镇拉马桥村路灯不亮了"


@pytest.fixture
def suspect(county):
    """A ticket whose claim shows the mirror image of another matter's photo."""
    first = signed(county, ELSEWHERE)
    claim(county, first, file_of(picture(1)))
    number = signed(county)
    claim(county, number, file_of(mirrored(picture(1))))
    judge(county)
    return number


@pytest.fixture
def officer(county, suspect):
    """The officer who made the claim, on a telephone."""
    return Desk(county, login_of(county, suspect))


def address(county, number, desk="audit"):
    """Return where a ticket's flag stands."""
    return f"/{desk}/flags/{flag(county, number).id}"


def test_a_flag_goes_from_the_unit_to_the_ruling_on_pages_alone(county, suspect, officer):
    desk = Desk(county, "supervisor")
    assert "等单位说明 <small>1</small>" in desk.page("/audit/flags/")
    waiting = desk.page(address(county, suspect))
    assert "左右翻转" in waiting
    assert waiting.count("/small") >= 2
    assert "作出裁定" not in waiting

    assert address(county, suspect, "field") in officer.page("/field/flags/")
    answered = officer.done(
        address(county, suspect, "field"),
        text="选错了照片，附上当天拍的",
        photos=(BytesIO(file_of(picture(7))), "a.jpg"),
    )
    assert "选错了照片" in answered
    assert "没有要说明的疑点" in officer.page("/field/flags/")

    page = desk.page(address(county, suspect))
    for words in ("选错了照片", "说明所附照片", "也可能是：选错了照片文件", "以往还没有裁定"):
        assert words in page, words
    ruled = desk.done(address(county, suspect), ruling="confirmed", text="两张照片为同一张")
    assert "已记录：疑点裁定" in ruled
    assert "不再计入办结" in ruled
    assert county.ticket(suspect).status is Status.HANDLING
    night = desk.page(f"/audit/tickets/{suspect}")
    for words in ("照片重复使用", "本次办结不再计入", "两张照片为同一张", "选错了照片"):
        assert words in night, words
    assert "100%（共 1 件）" in desk.page("/audit/flags/?list=ruled")


def test_a_repeated_ruling_changes_nothing(county, suspect, officer):
    officer.done(address(county, suspect, "field"), text="选错了照片")
    desk, key = Desk(county, "supervisor"), str(uuid4())
    for _ in range(2):
        desk.done(address(county, suspect), command_id=key, ruling="cleared", text="属实")

    assert flag(county, suspect).state is FlagState.CLEARED


def test_an_answer_without_words_comes_back_with_what_is_missing(county, suspect, officer):
    answer = officer.send(address(county, suspect, "field"), text=" ")

    assert answer.status_code == 422
    assert "请写明情况" in answer.get_data(as_text=True)


def test_others_cannot_open_a_units_flag(county, suspect):
    Desk(county, "utility.power.duty").page(address(county, suspect, "field"), 404)
    Desk(county, "operator1").page(address(county, suspect), 403)


def test_the_queue_asks_as_many_queries_for_many_flags_as_for_few(county, suspect):
    desk = Desk(county, "supervisor")
    with queries(county) as few:
        desk.page("/audit/flags/?list=asked")
    more = signed(county, number="+8613800003333")
    claim(county, more, file_of(mirrored(picture(1))), text="又是这张照片，另一处水管，已修好。")
    judge(county)
    with queries(county) as many:
        desk.page("/audit/flags/?list=asked")

    assert len(many) == len(few) <= 6


def test_an_empty_queue_says_so(county):
    page = Desk(county, "supervisor").page("/audit/flags/")

    assert "这里没有疑点" in page
    assert page.count("还没有裁定") == len(SIGNALS)


@pytest.mark.parametrize(
    ("table", "enum"),
    [
        (suspicion_words.SIGNALS, Signal),
        (suspicion_words.GROUPS, Group),
        (suspicion_words.LIKENESS, Likeness),
        (suspicion_words.STATES, FlagState),
        (suspicion_words.TONES, FlagState),
        (suspicion_words.GROUNDS, Grounds),
    ],
)
def test_every_word_of_a_flag_is_said(table, enum):
    assert set(table) == set(enum)
