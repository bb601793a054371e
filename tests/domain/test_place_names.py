"""Where a caller is: found by characters, then by sound, and asked where two places fit."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hotline.domain.understanding.gazetteer import Method
from hotline.domain.understanding.matching import Matcher
from hotline.domain.understanding.places import Gazetteer, PlaceKind
from tests.domain.maps import faku, small

GAZETTEER = Gazetteer(faku())
HOME, BRIDGE, OLD_EDGE = "210124101200", "210124101201", "210124108204"
MENGJIA, SHUANGTAIZI = "210124108205", "210124209203"


def found(text, town=None):
    reading = GAZETTEER.find(text, town)
    return reading.kind, reading.grid_code


@pytest.mark.parametrize("grid", faku().grids.values(), ids=lambda grid: grid.code)
def test_every_village_is_found_by_its_full_address(grid):
    town = faku().town_of(grid.code).name.zh
    short = grid.name.zh.removesuffix("村")

    for said in (
        f"{town}{short}村",
        f"{town}的{short}",
        f"{town}，{short}村委会",
        f"{town}{short}屯",
    ):
        assert found(f"喂你好我是{said}的，停水了") == (PlaceKind.GRID, grid.code)


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("拉马桥停水了", BRIDGE),
        ("大孤家子村停水了", HOME),
        ("大孤家子镇大孤家子停水了", HOME),
        ("大孤家子拉马桥没水", BRIDGE),
        ("孟家大房申村停水", MENGJIA),
        ("双台子乡大房申没水", SHUANGTAIZI),
        ("东大房申村没水", "210124108207"),
        ("孟家镇老边停水", OLD_EDGE),
        ("老边", OLD_EDGE),
        ("嗯，老边的。", OLD_EDGE),
    ],
)
def test_a_village_is_found_by_what_people_call_it(text, grid):
    assert found(text) == (PlaceKind.GRID, grid)
    assert GAZETTEER.find(text).method is Method.CHARACTERS


@pytest.mark.parametrize(
    ("text", "kind", "grid"),
    [
        ("大姑家子镇停水了", PlaceKind.TOWN_ONLY, None),
        ("大顾家子镇停水了", PlaceKind.TOWN_ONLY, None),
        ("蒙家镇停水", PlaceKind.TOWN_ONLY, None),
        ("大孤家子镇拉马乔停水了", PlaceKind.GRID, BRIDGE),
        ("拉麻桥村停水了", PlaceKind.GRID, BRIDGE),
        ("孟加镇大房深村", PlaceKind.GRID, MENGJIA),
        ("侯家铺村没电", PlaceKind.GRID, "210124209202"),
        ("大顾家子停水", PlaceKind.AMBIGUOUS, None),
    ],
)
def test_homophones_of_recognised_speech_are_heard(text, kind, grid):
    assert found(text) == (kind, grid)
    assert GAZETTEER.find(text).method is Method.PINYIN


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("大孤家子停水了", ["大孤家子镇", "大孤家子镇大孤家子村"]),
        ("双台子停水了", ["双台子乡", "双台子乡双台子村"]),
        ("大房申村停水了", ["孟家镇大房申村", "双台子乡大房申村"]),
        ("拉马桥到大岭村的路断了", ["大孤家子镇拉马桥村", "大孤家子镇大岭村"]),
        ("孟家镇和双台子乡都停水", ["孟家镇", "双台子乡"]),
        ("孟家镇拉马桥村停水", ["孟家镇", "大孤家子镇拉马桥村"]),
        ("孟家镇上班，家是双台子乡胡家烧锅村", ["孟家镇", "双台子乡", "双台子乡胡家烧锅村"]),
        ("孟家镇双台子乡大房申村", ["孟家镇大房申村", "双台子乡大房申村"]),
    ],
)
def test_where_two_places_fit_the_caller_is_asked(text, names):
    reading = GAZETTEER.find(text)

    assert reading.kind is PlaceKind.AMBIGUOUS
    assert [candidate.name for candidate in reading.candidates] == names


@pytest.mark.parametrize(
    "text",
    ["", "停水了", "我在孟家的时候", "老边都冷了", "大", "存不住水", "建设新农村", "12345", "，。"],
)
def test_common_words_name_no_place(text):
    assert found(text) == (PlaceKind.NONE, None)


def test_a_town_alone_lacks_its_village_but_is_kept():
    reading = GAZETTEER.find("大孤家子镇停水了")

    assert (reading.kind, reading.town) == (PlaceKind.TOWN_ONLY, "town/dagujiazi")


def test_an_earlier_answer_settles_the_town():
    assert found("老边那边", "town/mengjia") == (PlaceKind.GRID, OLD_EDGE)
    assert found("大房申", "town/shuangtaizi") == (PlaceKind.GRID, SHUANGTAIZI)
    assert found("大孤家子", "town/dagujiazi") == (PlaceKind.GRID, HOME)
    assert found("不知道", "town/mengjia") == (PlaceKind.TOWN_ONLY, None)


def test_a_town_named_now_counts_more_than_an_earlier_answer():
    assert found("不对，是双台子乡大房申", "town/mengjia") == (PlaceKind.GRID, SHUANGTAIZI)


def test_an_earlier_answer_that_contradicts_the_village_is_asked_again():
    assert found("胡家烧锅村", "town/mengjia") == (PlaceKind.AMBIGUOUS, None)


def test_a_candidate_read_out_is_understood_when_it_is_said_back():
    for candidate in GAZETTEER.find("大房申村停水了").candidates:
        assert found(candidate.name) == (PlaceKind.GRID, candidate.code)


def test_places_beyond_the_map_are_named():
    assert GAZETTEER.find("康平县停水").kind is PlaceKind.OUTSIDE
    # A town of the county that has no grids yet.
    assert Gazetteer(small()).find("东镇停水").kind is PlaceKind.NOT_LIVE
    assert Gazetteer(small()).find("东镇停水").beyond == "东镇"


def test_an_alias_is_a_name():
    assert Gazetteer(small()).find("后山大院停水").grid_code == "999999001002"


def test_a_reading_says_what_was_rejected_and_where_the_words_stood():
    reading = GAZETTEER.find("我家在双台子乡大房申村")

    assert [candidate.code for candidate in reading.rejected] == [MENGJIA]
    assert [(mention.start, mention.end) for mention in reading.mentions] == [(3, 7), (7, 11)]
    assert "我家" not in str([mention.as_json() for mention in reading.mentions])


PIECES = st.sampled_from(
    [
        *(
            "大孤家子镇",
            "大孤家子",
            "拉马桥村",
            "拉马乔",
            "大房申村",
            "东大房申",
            "孟家镇",
            "孟家",
            "老边",
        ),
        *(
            "双台子乡",
            "大姑家子镇",
            "康平县",
            "停水了",
            "，",
            "的",
            "我家",
            "村",
            "镇",
            "和",
            "真冷",
        ),
    ]
)


@example("大房申村孟家镇大姑家子镇大孤家子镇")
@given(st.lists(PIECES, max_size=6).map("".join))
def test_a_place_is_never_guessed(text):
    reading = GAZETTEER.find(text)
    named = {m.meanings[0].code for m in reading.mentions if all(c.is_town for c in m.meanings)}

    if reading.kind is PlaceKind.GRID:
        assert named <= {reading.town}
        assert any(reading.grid_code in {c.code for c in m.meanings} for m in reading.mentions)
        assert len([name for name in ("大孤家子镇", "孟家镇", "双台子乡") if name in text]) <= 1
    if reading.kind is PlaceKind.AMBIGUOUS:
        assert len(reading.candidates) > 1
    for mention in reading.mentions:
        assert text[mention.start : mention.end] == mention.said


def test_a_name_inside_a_longer_unfinished_one_is_not_lost():
    words = Matcher([("东大房申村", 1), ("大房", 2), ("申村", 3)])

    assert [hit.word for hit in words.find("东大房子")] == ["大房"]
    assert [hit.word for hit in words.find("东大房申村")] == ["东大房申村"]
    assert Matcher([]).find("东大房子") == []


@given(st.text(max_size=60))
def test_any_text_is_read(text):
    assert GAZETTEER.find(text).kind in set(PlaceKind)


def test_a_place_is_found_in_well_under_a_millisecond():
    text = "你好我是大姑家子镇的我们家从昨天晚上开始就一直没有水了家里有老人孩子麻烦给看看"
    begun = time.perf_counter()
    for _ in range(200):
        GAZETTEER.find(text)

    assert (time.perf_counter() - begun) / 200 < 0.001
