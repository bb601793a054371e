"""Reading a grid map: a good one is accepted, a bad one is refused with all its faults at once."""

import re

import pytest
import yaml

from hotline.domain.grid.faults import SHAPE_TEXTS, TEXTS
from hotline.domain.grid.model import UnitKind
from hotline.domain.suspicion.thresholds import DEFAULT
from hotline.map_file.apart import parse_apart
from hotline.map_file.reading import Fault, GridFileError, parse_grid, read_grid
from tests.domain.maps import ROOT, SMALL_TEXT, faku, small

VILLAGE_CODE = 12


def faults_of(text):
    with pytest.raises(GridFileError) as refused:
        parse_grid(text)
    return refused.value.faults


def broken(*changes, text=SMALL_TEXT):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def line_of(text, words, nth=1):
    lines = [number for number, line in enumerate(text.splitlines(), 1) if words in line]
    return lines[nth - 1]


def test_the_countys_own_map_is_accepted():
    assert faku().county.zh == "法库县"
    villages = [grid for grid in faku().grids.values() if len(grid.code) == VILLAGE_CODE]
    assert len(villages) == 245
    assert len(faku().classes) >= 80
    assert sum(unit.kind is UnitKind.TOWN for unit in faku().units.values()) == 19


def test_ten_faults_are_reported_at_once_each_with_its_line():
    text = broken(
        ("unit: water\n    keywords", "unit: watr\n    keywords"),
        ("ack: {natural: 5m}", "ack: {natural: 0m}"),
        ("climbs: [town, county_leader]", "climbs: [department, town, county_leader]"),
        ("stand_in: county/b}", "stand_in: county/leader}"),
        ("噪音: 4", "停水: 4, 噪音: 4"),
        ("sign: {normal: {working_hours: 2}", "sign: {normal: {working_hours: two}"),
        ("officer: grid/one", "officer: grid/won"),
        ("attached: [water/near]", "atached: [water/near]"),
        ('code: "999999001002"', 'code: "999999001001"'),
        ("parent: county\n    duty: water/duty", "parent: water\n    duty: water/duty"),
        ("words: [晕倒, 没有呼吸]", "words: [晕倒, 着火]"),
    )

    faults = faults_of(text)

    assert {(fault.code, fault.line) for fault in faults} == {
        ("limit_not_positive", line_of(text, "ack: {natural: 0m}")),
        ("climb_order", line_of(text, "climbs: [dep")),
        ("bad_limit", line_of(text, "working_hours: two")),
        ("unknown_unit", line_of(text, "unit: watr")),
        ("keyword_shadowed", line_of(text, "停水: 4, 噪音")),
        ("stand_in_cycle", line_of(text, "stand_in: county/leader}")),
        ("no_stand_in", line_of(text, "id: county/b")),
        ("unit_cycle", line_of(text, "parent: water")),
        ("unknown_key", line_of(text, "atached")),
        ("duplicate_id", line_of(text, 'code: "999999001001"', 2)),
        ("danger_word_twice", line_of(text, "着火]")),
    }
    assert list(faults) == sorted(faults)


def test_an_item_with_a_wrong_shape_is_reported_once_and_not_for_each_reference():
    text = broken(("told: officer", "told: nobody"), ("    kind: town\n", "    kind: twon\n"))

    assert [fault.code for fault in faults_of(text)] == ["unknown_choice", "unknown_choice"]


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("time_zone: Asia/Shanghai", "time_zone: Faku", "bad_value", "time_zone"),
        ("time_zone: Asia/Shanghai", "time_zone: Asia/Urumqi", "bad_value", "time_zone"),
        ("natural: 5m", "natural: 5 minutes", "bad_limit", "5 minutes"),
        ("natural: 5m", "natural: 5", "bad_limit", "natural: 5}"),
        ("working_hours: 2", "working_hours: true", "bad_limit", "working_hours: true"),
        ("{natural: 5m}", "5m", "bad_limit", "ack: 5m"),
        ("pick_up_wait: 20s", "pick_up_wait: 20", "bad_limit", "pick_up_wait"),
        ("name: 试验县,", "name: 试验县, name: 另一县,", "duplicate_key", "另一县"),
        ("danger: true", "danger: true\n    danger: false", "duplicate_key", "danger: false"),
        ('code: "999999001001"', "code: 999999001001", "not_text", "code: 999999001001"),
        ('code: "999999001001"', 'code: "99"', "bad_name", 'code: "99"'),
        ("kind: help", "kind: wish", "unknown_choice", "kind: wish"),
        ("  windows: [[", '  windows: [["08:00", "10:00"], [', "office_windows", "windows"),
        ("urgent: {natural: 15m}", "urgent: {working_hours: 1}", "urgent_not_natural", "triage"),
        ("    contact:", "    contakt:", "unknown_step", "contakt"),
        ("    suggestion: {normal: {working_days: 5}, urgent: {natural: 24h}}\n", "",
         "missing_limit", "handle:"),
        ("name: 后山咀村", "name: 柳树沟村", "same_name", "name: 柳树沟村"),
        ("climbs: [town, county_leader]", "climbs: [town]", "climb_stops_short", "climbs"),
        ("by: [grid]", "by: [gird]", "unknown_rung", "by:"),
        ("told: unit, unit: county}", "told: competent}", "ladder_open_end", "name: 县领导,"),
        ("told: nearest, nearest: town}", "told: nearest, nearest: village}", "ladder_dead_end",
         "nearest: village"),
        ("told: nearest, nearest: town}", "told: nearest}", "rung_incomplete", "told: nearest}"),
        ("nearest: town\n", "nearest: village\n", "no_competent_unit", "nearest: village"),
        ("    nearest: town\n", "", "class_without_power", "code: order/noise"),
        ("duty: water/duty", "duty: town/duty", "post_of_other_unit", "duty: town/duty"),
        ("attached: [water/near]", "attached: [water/near, water/near]", "attached_twice",
         "attached"),
        ("parent: county\n    duty: town", "parent: land\n    duty: town", "unknown_unit",
         "parent: land"),
        ("    parent: county\n    duty: town", "    parent: water\n    lead: boss\n    duty: town",
         "unknown_post", "lead: boss"),
        ("water/near, rung: department", "water/near, rung: roof", "unknown_rung", "rung: roof"),
        ("stand_in: water/duty}", "stand_in: water/dusk}", "unknown_post", "water/dusk"),
        ("    unit: town\n    officer: grid/two", "    unit: land\n    officer: grid/two",
         "unknown_unit", "unit: land"),
        ("    unit: town\n    officer: grid/two", "    unit: water\n    officer: grid/two",
         "grid_without_town", 'code: "999999001002"'),
        ("attached: [water/near]", "attached: [water/far]", "unknown_post", "water/far"),
        ("told: unit, unit: county}", "told: unit, unit: land}", "unknown_unit", "unit: land"),
        ("      handle: {normal: {working_days: 2}", "      handel: {normal: {working_days: 2}",
         "unknown_step", "handel"),
        ("    rule_return: {normal: {working_days: 1}, urgent: {natural: 30m}}\n", "",
         "missing_limit", "steps:"),
        ("live_from: 2024-05-01", "live_from: 2024-15-01", "bad_value", "2024-15-01"),
        ("lines:\n", "lines: []\nmore:\n", "empty_list", "lines: []"),
        ("office:\n  windows", "office: &x\n  windows", "", ""),
        ("neighbours: [邻县]", "neighbours: &n [邻县]\nnot_live_either: *n", "alias",
         "not_live_either"),
    ],
)  # fmt: skip
def test_each_fault_names_its_line(old, new, code, at):
    text = broken((old, new))
    if not code:
        assert parse_grid(text).version == small().version
        return

    found = [fault for fault in faults_of(text) if fault.code == code]

    assert [fault.line for fault in found] == [line_of(text, at, 1 + (code == "same_name"))]
    assert found[0].problem.zh
    assert found[0].remedy.en


def test_a_section_that_cannot_be_read_is_reported_once():
    ladder = SMALL_TEXT[SMALL_TEXT.index("ladder:") : SMALL_TEXT.index("whistles:")]
    units = SMALL_TEXT[SMALL_TEXT.index("units:") : SMALL_TEXT.index("grids:")]

    assert [f.where for f in faults_of(broken((ladder, "ladder: []\n")))] == ["ladder"]
    assert [f.where for f in faults_of(broken((units, "")))] == ["units"]
    assert [f.where for f in faults_of(broken(("told: unit, unit: county", "told: fate")))] == [
        "ladder.3.told"
    ]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("county: [1", "yaml_syntax", 1),
        ("county: 1\n  office: 2", "yaml_syntax", 2),
        ("- a list", "yaml_syntax", 1),
        ("\x00", "yaml_syntax", 1),
        ("[" * 5000, "yaml_syntax", 1),
        ("just words", "yaml_syntax", 1),
    ],
)
def test_what_is_not_yaml_is_one_fault(text, code, line):
    assert [(fault.code, fault.line) for fault in faults_of(text)] == [(code, line)]


def test_an_empty_file_lacks_every_section():
    faults = faults_of("")

    assert {fault.code for fault in faults} == {"missing_key"}
    assert len(faults) == 10


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path):
    latin = tmp_path / "map.yaml"
    latin.write_bytes("法库县".encode("gb18030"))

    for path in (latin, tmp_path / "none.yaml"):
        with pytest.raises(GridFileError) as refused:
            read_grid(path)
        assert [fault.code for fault in refused.value.faults] == ["unreadable"]


def test_the_version_is_of_the_content_and_not_of_its_looks():
    same = SMALL_TEXT.replace("# A map", "# Another remark").replace(
        "share: 0.5, before_raise: 3", "before_raise: 3, share: 0.5"
    )

    assert parse_grid(same).version == small().version
    assert parse_grid(broken(("natural: 5m", "natural: 6m"))).version != small().version
    assert re.fullmatch(r"[0-9a-f]{64}", small().version)


def test_a_fault_reads_as_one_line_in_chinese():
    fault = faults_of(broken(("officer: grid/one", "officer: grid/won")))[0]

    assert isinstance(fault, Fault)
    assert str(fault).startswith(f"{fault.line}: [unknown_post] grids.0.officer: ")
    assert "grid/won" in str(fault.problem)


def keys_in(value):
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from keys_in(item)
    if isinstance(value, list):
        for item in value:
            yield from keys_in(item)


def test_every_key_and_code_of_a_map_is_explained():
    reference = (ROOT / "docs" / "grid-map.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z_]+", reference))
    content = yaml.safe_load((ROOT / "grid_map.yaml").read_text(encoding="utf-8"))
    keys = {key for key in keys_in(content) if re.fullmatch("[a-z_]+", key)}
    codes = set(TEXTS) | {stable for stable, _, _ in SHAPE_TEXTS.values()}

    assert keys - words == set()
    assert codes - words == set()


def test_a_map_that_says_nothing_of_suspicion_has_the_proposals():
    assert small().suspicion == DEFAULT


def test_a_class_may_set_single_thresholds_of_suspicion():
    own = SMALL_TEXT + "suspicion: {by_class: {order/noise: {bulk_closings: 9}}}\n"

    rules = parse_grid(own).suspicion

    assert rules.for_class("order/noise").bulk_closings == 9
    assert rules.for_class("utilities/water") == DEFAULT.thresholds
    assert rules.version != DEFAULT.version


def test_thresholds_of_no_class_and_out_of_range_are_faults():
    text = SMALL_TEXT + (
        "suspicion:\n  by_class: {no/such: {bulk_closings: 9}}\n  answer: {natural: 0m}\n"
    )
    outside = SMALL_TEXT + "suspicion: {thresholds: {photo_bits: 300}}\n"

    assert {fault.code for fault in faults_of(text)} == {"unknown_class", "limit_not_positive"}
    assert [fault.where for fault in faults_of(outside)] == ["suspicion.thresholds.photo_bits"]


def test_a_map_read_in_another_process_is_the_same_map():
    text = (ROOT / "grid_map.yaml").read_text(encoding="utf-8")
    here, apart = parse_grid(text), parse_apart(text)

    assert {name: getattr(apart, name) for name in apart.__slots__} == {
        name: getattr(here, name) for name in here.__slots__
    }


def test_a_wrong_map_read_in_another_process_is_refused_with_all_its_faults():
    with pytest.raises(GridFileError) as refused:
        parse_apart("county: {}\n")

    with pytest.raises(GridFileError) as here:
        parse_grid("county: {}\n")
    assert refused.value.faults == here.value.faults
