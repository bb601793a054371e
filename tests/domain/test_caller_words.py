"""A caller's words: cleaned, heard for danger, told apart by what they are for, numbers out."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.intake import (
    MAX_WORDS,
    DangerWords,
    Intent,
    NumberKind,
    clean,
    mask_numbers,
    read_answer,
    read_message,
    wants_person,
    yes_no,
)
from hotline.domain.routing import Router
from tests.domain.maps import faku

DANGER = DangerWords(faku())
NUMBER = "261121000123"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("大 孤家子 镇　停水了", "大孤家子镇停水了"),
        ("  停水\r\n\t了\u200b ", "停水了"),
        ("电话１２３４５ \uff41\uff42\uff43", "电话12345 abc"),
        ("call 12345 now", "call 12345 now"),
        ("\x00\x1b[31m", "[31m"),
        ("", ""),
    ],
)
def test_words_are_cleaned_into_one_line(said, words):
    assert clean(said) == words


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


def test_nobody_can_flood_us_with_words():
    assert len(clean("水" * 100_000)) == MAX_WORDS


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("我家着火了快来人", "119"),
        ("是不是着火了我看见烟", "119"),
        ("有没有着火不知道全是烟", "119"),
        ("不是没着火是着了", "119"),
        ("没有着火但是有人晕倒了", "120"),
        ("老人没有呼吸了", "120"),
        ("他喝农药了", "120"),
        ("有人拿刀砍人", "110"),
        ("门口出车祸了", "122"),
        ("没，着火了", "119"),
    ],
)
def test_danger_is_heard(text, number):
    danger = DANGER.danger(text)

    assert danger is not None
    assert danger.number == number
    assert danger.word in text


@pytest.mark.parametrize(
    "text", ["停水了", "没有着火", "没着火就是停水", "不是着火是停电", "宣传预防火灾", ""]
)
def test_what_is_no_danger_or_denied_is_none(text):
    assert DANGER.danger(text) is None


@pytest.mark.parametrize(
    ("text", "digits", "answer"),
    [
        ("", "1", True),
        ("", "2", False),
        ("是", "", True),
        ("对对", "", True),
        ("有危险", "", True),
        ("不是", "", False),
        ("没有", "", False),
        ("，不用了。", "", False),
        ("", "", None),
        ("我说停水", "", None),
        ("", "9", None),
    ],
)
def test_yes_and_no_are_told_apart(text, digits, answer):
    assert yes_no(text, digits) is answer


@pytest.mark.parametrize(
    ("text", "digits", "wants"),
    [
        ("", "0", True),
        ("零", "", True),
        ("人工", "", True),
        ("帮我转人工服务", "", True),
        ("我要跟人说话", "", True),
        ("不要人工", "", False),
        ("不用转人工了", "", False),
        ("停水了没有人管", "", False),
        ("", "1", False),
        ("", "", False),
    ],
)
def test_a_wish_for_a_person_is_heard(text, digits, wants):
    assert wants_person(text, digits) is wants


@pytest.mark.parametrize(
    ("text", "asked", "has_open", "intent"),
    [
        ("大孤家子镇停水了", False, False, Intent.NEW),
        ("我家停水了啥时候能来水", False, True, Intent.NEW),
        ("路灯坏了", True, True, Intent.NEW),
        ("新问题，水管没修好", True, True, Intent.NEW),
        (NUMBER, False, False, Intent.WHERE),
        ("2611 2100 0123", False, False, Intent.WHERE),
        ("查询进度", False, True, Intent.WHERE),
        ("我的工单办得怎么样了", False, True, Intent.WHERE),
        (f"{NUMBER} 办了吗", False, False, Intent.WHERE),
        ("补充一下，是东头那几家", False, True, Intent.ADDITION),
        (f"{NUMBER} 又停水了", False, True, Intent.ADDITION),
        ("补充一下，是东头那几家", False, False, Intent.NEW),
        ("转人工", True, True, Intent.PERSON),
        ("谢谢", True, True, Intent.EMPTY),
        ("", False, False, Intent.EMPTY),
        ("1", True, True, Intent.ANSWER),
        ("没解决", True, True, Intent.ANSWER),
        (f"{NUMBER} 1", True, True, Intent.ANSWER),
        ("1", False, False, Intent.NEW),
    ],
)
def test_messages_are_told_apart_by_what_they_are_for(text, asked, has_open, intent):
    reading = read_message(clean(text), asked=asked, has_open=has_open)

    assert reading.intent is intent
    assert (reading.ticket_number == NUMBER) is bool(re.search("2611", text))


@pytest.mark.parametrize(
    ("text", "solved", "grade"),
    [
        ("1", True, None),
        ("2", False, None),
        ("15", True, 5),
        ("2，1", False, 1),
        ("是的", True, None),
        ("没有", False, None),
        ("解决了", True, None),
        ("没解决", False, None),
        ("没有彻底解决", False, None),
        ("来水了，非常满意", True, 5),
        ("水来了，不满意", True, 2),
        ("还没来水", False, None),
        ("来了但没修好", False, None),
        ("没人管", False, None),
        ("修好了又漏了", None, None),
        ("1 没解决", None, None),
        ("一般", None, 3),
        ("非常不满意", None, 1),
    ],
)
def test_an_answer_is_read_from_keys_or_words_and_contradictions_stay_open(text, solved, grade):
    answer = read_answer(text)

    assert answer is not None
    assert (answer.solved, answer.grade) == (solved, grade)


@pytest.mark.parametrize("text", ["", "路灯坏了", "1999", "9", "123456", "喂"])
def test_what_answers_nothing_is_no_answer(text):
    assert read_answer(text) is None


@pytest.mark.parametrize(
    ("text", "masked", "numbers"),
    [
        ("我电话13812345678", "我电话【电话1】", ["13812345678"]),
        ("138 1234 5678或138-1234-5679", "【电话1】或【电话2】", ["13812345678", "13812345679"]),
        ("+8613812345678", "【电话1】", ["+8613812345678"]),
        ("幺三八一二三四五六七八", "【电话1】", ["13812345678"]),
        ("024-87112345打不通", "【电话1】打不通", ["02487112345"]),
        ("电话87112345", "电话【电话1】", ["87112345"]),
        ("身份证21012419800101123x", "身份证【证件号1】", ["21012419800101123X"]),
        ("工单261121000123", "工单261121000123", []),
        ("拨打12345和110", "拨打12345和110", []),
        ("三十二户停水2天", "三十二户停水2天", []),
    ],
)
def test_numbers_of_persons_leave_the_text(text, masked, numbers):
    said, found = mask_numbers(text)

    assert said == masked
    assert [number.value for number in found] == numbers


def test_kinds_of_numbers_are_told_apart():
    _, found = mask_numbers("21012419800101123X的电话13812345678")

    assert [number.kind for number in found] == [NumberKind.ID_CARD, NumberKind.PHONE]


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "我是", "打", "，"]))
def test_no_mobile_number_is_ever_left_in_a_text(number, before):
    masked, found = mask_numbers(f"{before}{number}，停水了")

    assert number not in masked
    assert [one.value for one in found] == [number]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("三组十五号家里停水", "三组【门牌1】家里停水"),
        ("拉马桥村3组15号，没电", "拉马桥村3组【门牌1】，没电"),
        ("5号楼2单元301室漏水", "5号楼【门牌1】漏水"),
        ("5号楼301，暖气不热", "5号楼【门牌1】，暖气不热"),
        ("阳光小区5-2-301没电", "阳光小区【门牌1】没电"),
        ("我家门牌号25", "我家门牌号【门牌1】"),
        ("我叫张三，停水了", "我叫【姓名1】，停水了"),
        ("我叫张三丰反映路灯", "我叫【姓名1】反映路灯"),
        ("我姓王，住东头", "我姓【姓名1】，住东头"),
        ("户主欧阳娜娜电话13812345678", "户主【姓名1】电话【电话2】"),
    ],
)
def test_doors_and_stated_names_leave_the_text(text, masked):
    assert mask_numbers(text)[0] == masked


@pytest.mark.parametrize(
    "text",
    [
        "我们村15号停水了",
        "三组15号晚上停水",
        "生产队3号井坏了",
        "5号楼前面",
        "我叫王家村的",
        "我姓王家屯的",
        "我叫人修过",
        "户主不在家",
        "联系人没有回话",
        "张三家门口",
    ],
)
def test_days_wells_villages_and_other_peoples_names_stay(text):
    assert mask_numbers(text) == (text, ())


def test_what_is_taken_out_hides_no_place():
    grid_map = faku()
    router = Router(grid_map)
    day = date(2026, 11, 21)
    for code in sorted(grid_map.grids):
        place = f"{grid_map.town_of(code).name.zh}{grid_map.grid(code).name.zh}"
        said = f"我叫张三，{place}三组15号家里停水，我姓王，{place}"
        masked, found = mask_numbers(said)

        assert router.route(masked, day).grid_code == router.route(place, day).grid_code
        assert len(found) == 3


def test_marks_go_on_counting_where_earlier_words_had_some():
    assert mask_numbers("我叫张三，", before=2)[0] == "我叫【姓名3】，"


@given(st.text(alphabet="我叫姓张王三丰组号楼单元15，。住家村", max_size=40))
def test_masking_private_words_twice_finds_nothing_more(text):
    masked, _ = mask_numbers(text)

    assert mask_numbers(masked) == (masked, ())


@given(st.text(alphabet="0123456789一二三幺零 -水停了Xx", max_size=60))
def test_masking_twice_finds_nothing_more(text):
    masked, _ = mask_numbers(text)

    assert mask_numbers(masked) == (masked, ())
