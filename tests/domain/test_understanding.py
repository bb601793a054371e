"""What callers mean: dialect, slips of recognisers, places passed by, two problems, suggestions."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import understanding
from hotline.domain.intake import DangerWords, clean
from hotline.domain.routing import Router
from hotline.domain.suggestions import suggest
from hotline.domain.understanding.places import PlaceKind
from hotline.domain.understanding.sounds import Sounds, fold
from tests.domain.maps import faku, small

ROUTER = Router(faku())
VILLAGES = [grid for grid in faku().grids.values() if len(grid.code) == 12]
TOWNS = sorted({faku().town_of(grid.code).name.zh for grid in VILLAGES})


def place_of(text):
    reading = ROUTER.gazetteer.find(clean(text))
    return reading.kind, reading.grid_code


def village(name):
    (found,) = [grid.code for grid in VILLAGES if grid.name.zh == name]
    return found


def class_of(text):
    return ROUTER.catalogue.classify(text).code


@pytest.mark.parametrize("frame", range(6))
def test_no_village_is_ever_mistaken_for_another(frame):
    for grid in VILLAGES:
        town = faku().town_of(grid.code).name.zh
        name = grid.name.zh
        other = TOWNS[(TOWNS.index(town) + 1) % len(TOWNS)]
        text, right = (
            (f"{town}{name}停水了", grid.code),
            (f"{name}没水了", grid.code),
            (f"我是{town}的，家在{name.removesuffix('村')}，停电了", grid.code),
            (f"{other}{name}停水", None),
            (f"康平县{name}停水", None),
            (f"王家镇{name}停水", None),
        )[frame]

        assert place_of(text)[1] in {right, None}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("山面船镇三台子停水了", "三台子村"),
        ("银家窝堡村有人砍树", "任家窝堡村"),
        ("大孤家子半拉山没水了", "半拉山子村"),
        ("秀水五里山村停水", "五里山村"),
        ("慈恩寺赵家窝棚停电了", "赵家窝堡村"),
        ("四家子满洲屯大队水停了", "满洲屯村"),
        ("三面船政小辛屯停水", "小辛屯村"),
        ("心三面船村停水了", "新三面船村"),
        ("孟家镇大房申不对东大房申村停水了", "东大房申村"),
        ("不是尚家窝堡是孙家窝堡没电了", "孙家窝堡村"),
        ("我是双台子乡侯家堡村的我要反映的是七家子村的厂子排污水", "七家子村"),
        ("我家住孟家镇但是坏的路在大孤家子镇拉马桥村", "拉马桥村"),
        ("我在铁岭市上班老家是冯贝堡镇榆树堡村的", "榆树堡村"),
        ("秀水河子镇王树行村跟马家堡村挨着的我们王树行停水", "王树行村"),
    ],
)
def test_the_village_that_a_caller_means_is_found(text, name):
    assert place_of(text) == (PlaceKind.GRID, village(name))


@pytest.mark.parametrize(
    "text",
    [
        "楼下有人遛大狗不拴绳",
        "大领导也不管小领导也不管",
        "想和平解决跟邻居的矛盾",
        "建设新农村这么些年了",
        "家里十间房子漏雨",
        "我们四家子人都没水喝",
        "老边上那家把墙砌过来了",
    ],
)
def test_names_inside_other_words_are_no_places(text):
    assert place_of(text)[1] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("这水从昨儿个晚上就没来整不了饭", "utilities/water"),
        ("不是停水是水费收多了", "utilities/water-bill"),
        ("暖气没问题是煤气没了点不着火", "utilities/gas"),
        ("卫生室门口路灯坏了", "housing/roads"),
        ("低宝怎么申请", "welfare/subsistence"),
        ("咨询一下户口迁移需要什么材料", "order/household"),
        ("路灯也不亮主要是停水着急", "utilities/water"),
        ("停水停电了", None),
        ("有点事想反映一下", None),
        ("有人昏迷", None),
        ("主管爆裂", "utilities/water"),
        ("供热主管爆裂", "utilities/heating"),
    ],
)
def test_the_matter_that_a_caller_means_is_found(text, code):
    assert class_of(text) == code


def test_a_burst_main_is_urgent_and_somebody_in_the_water_is_danger_of_life():
    assert ROUTER.catalogue.classify("主水管爆裂").urgent
    assert DangerWords(faku()).danger("有人落水").number == "119"
    assert DangerWords(faku()).danger("房顶落水管坏了") is None
    assert class_of("有人落水") != "utilities/water"


def test_each_class_is_known_by_its_own_examples():
    wrong = [
        (clazz.code, example)
        for clazz in faku().classes.values()
        for example in clazz.examples
        if class_of(example) not in {clazz.code, None}
    ]

    assert len(wrong) < 0.01 * sum(len(clazz.examples) for clazz in faku().classes.values()), wrong


FILLERS = st.lists(
    st.sampled_from(["你好，", "那个，", "嗯，", "麻烦您了，", "喂，", "着急，"]), max_size=4
).map("".join)


@given(FILLERS, st.sampled_from(VILLAGES), FILLERS)
def test_filler_words_never_change_a_decided_place(before, grid, after):
    town = faku().town_of(grid.code).name.zh

    assert place_of(f"{before}{town}{grid.name.zh}停水了，{after}") == (PlaceKind.GRID, grid.code)


@given(st.sampled_from(TOWNS), st.sampled_from(VILLAGES), st.text(max_size=8))
def test_a_place_never_contradicts_the_town_that_is_named(town, grid, filler):
    reading = ROUTER.gazetteer.find(clean(f"{town}{grid.name.zh}{filler}"))

    if reading.grid_code is not None:
        assert faku().town_of(reading.grid_code).name.zh == town


@given(st.text(max_size=80))
def test_any_text_has_a_class_or_none(text):
    reading = ROUTER.catalogue.classify(text)

    assert reading.code is None or reading.code in faku().classes
    assert list(reading.scores) == sorted(reading.scores, key=lambda one: -one.score)


def test_dialects_are_folded_alike():
    assert fold("zhang") == fold("zan")
    assert fold("ren") == fold("ying")
    sounds = Sounds()
    assert sounds.of("停水") == sounds.of("庭水")
    assert sounds.folded(sounds.of("山面船")) == sounds.folded(sounds.of("三面川"))


def test_suggestions_come_with_reasons_and_finish_half_typed_names():
    done = suggest(ROUTER, "大孤家子镇拉马桥村停水")
    half = suggest(ROUTER, "大孤家")
    both = suggest(ROUTER, "大房申村路灯不亮")

    assert (done.places[0].place.code, done.places[0].certain) == (village("拉马桥村"), True)
    assert (done.classes[0].clazz.code, done.classes[0].words[0]) == ("utilities/water", "停水")
    assert {found.place.name for found in half.places} >= {"大孤家子镇", "大孤家子镇大孤家子村"}
    assert [found.certain for found in both.places] == [False, False]
    assert suggest(ROUTER, "").places == ()


def test_a_map_without_examples_is_read_by_its_keywords():
    reader = Router(small())

    assert reader.catalogue.classify("噪音大").code == "order/noise"
    assert reader.catalogue.classify("不知道说啥").code is None


def test_any_file_of_texts_is_scored(tmp_path: Path):
    texts = [
        "大孤家子镇拉马桥村停水",
        "",
        "水" * 10_000,
        "\U0001f600",
        "help me",
        "a\0b",
        "一,\n二",
    ]
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["id", "text"], *((n, text) for n, text in enumerate(texts))])

    understanding.score(ROUTER, source, target)

    with target.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["row"] for row in rows] == [str(n) for n in range(1, len(texts) + 1)]
    assert (rows[0]["town_code"], rows[0]["village_code"], rows[0]["class_code"]) == (
        "210124101",
        "210124101201",
        "utilities/water",
    )
    assert rows[1]["asked"] == "1"
