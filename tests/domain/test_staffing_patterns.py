"""Staffing patterns: one line makes a unit, its posts and its grid; a fault is told once."""

import pytest

from hotline.map_file.reading import GridFileError, parse_grid
from tests.domain.maps import SMALL_TEXT, faku

PATTERNS = """staffing:
  - pattern: town
    kind: town
    parent: county
    duty: "{id}/duty"
    posts:
      - {id: "{id}/duty", rung: town, title: "{short}值班岗", title_en: "{short_en} desk", stand_in: county/b}
  - pattern: village
    kind: village
    name: "{name}村民委员会"
    name_en: "{name_en} committee"
    parent: town/{above}
    duty: grid/{path}
    posts:
      - {id: "grid/{path}", rung: grid, title: "{name}网格员", title_en: "{name_en} officer", stand_in: "town/{above}/duty"}
    grid: {officer: "grid/{path}"}
  - pattern: bureau
    kind: department
    parent: county
    duty: "{id}/duty"
    posts:
      - {id: "{id}/duty", rung: department, title: "{short}值班岗", title_en: "{short_en} desk", stand_in: county/b}
    attached: {id: "{id}/{town}", rung: department, title: "{short}驻{town_name}", title_en: "{short_en} in {town_name_en}", stand_in: "{id}/duty"}
units:
  - {id: roads, staffing: bureau, name: 交通运输局, name_en: Roads, short: 交通局, attached_to: [town/east]}
  - {id: forests, staffing: bureau, name: 林草局, name_en: Forests}
  - {id: town/east, staffing: town, name: 东乡镇, name_en: East}
  - {id: village/east/willow, staffing: village, code: "999999002001", name: 东柳村, name_en: East willow, live_from: 2024-05-01}
"""  # noqa: E501  lines as a map has them
TEXT = SMALL_TEXT.replace("units:\n", PATTERNS, 1)


def faults(old, new):
    assert old in TEXT
    with pytest.raises(GridFileError) as refused:
        parse_grid(TEXT.replace(old, new, 1))
    return [(fault.code, fault.where) for fault in refused.value.faults]


def test_a_line_and_its_pattern_make_a_unit_its_posts_and_its_grid():
    grid_map = parse_grid(TEXT)
    grid = grid_map.grid("999999002001")

    assert str(grid_map.unit("village/east/willow").name) == "东柳村村民委员会"
    assert (grid.name.zh, grid.unit, grid.officer) == (
        "东柳村",
        "village/east/willow",
        "grid/east/willow",
    )
    assert str(grid_map.post("grid/east/willow").title) == "东柳村网格员"
    assert grid_map.post("grid/east/willow").stand_in == "town/east/duty"
    assert grid_map.town_of("999999002001").id == "town/east"


def test_a_department_has_an_attached_officer_for_each_town_or_for_those_it_names():
    grid_map = parse_grid(TEXT)

    assert grid_map.grid("999999002001").attached == ("roads/east", "forests/east")
    assert str(grid_map.post("roads/east").title) == "交通局驻东乡镇"
    assert "roads/town" not in grid_map.posts
    # The town that is written out has them too; a grid that is written out names its own.
    assert "forests/town" in grid_map.posts
    assert grid_map.grid("999999001001").attached == ("water/near",)


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("rung: grid, title", "rung: gird, title", "unknown_rung", "staffing.1.posts.0.rung"),
        ('title: "{name}网', 'title: "{nmae}网', "unknown_blank", "staffing.1.posts.0.title"),
        ('title: "{name}网', 'title: "{name网', "unknown_blank", "staffing.1.posts.0.title"),
        ('{above}/duty"}', '{name}/duty"}', "bad_name", "staffing.1.posts.0.stand_in"),
        ('{above}/duty"}', '{above}/dusk"}', "unknown_post", "staffing.1.posts.0.stand_in"),
        ("parent: town/{above}", "parent: twon/{above}", "unknown_unit", "staffing.1.parent"),
        ("staffing: village", "staffing: hamlet", "unknown_pattern", "units.3.staffing"),
        (", live_from: 2024-05-01}\n  - id: county", "}\n  - id: county", "missing_key",
         "units.3.live_from"),
        ('code: "999999002001", ', "", "missing_key", "units.3.code"),
        ('code: "999999002001"', 'code: "99999900200"', "bad_name", "units.3.code"),
        ("name_en: East}", "name_en: East, live_from: null}", "unknown_key", "units.2.live_from"),
        ("[town/east]", "[town/west]", "unknown_unit", "units.0.attached_to.0"),
        ("name_en: East}", "name_en: East, attached_to: []}", "unknown_key",
         "units.2.attached_to"),
        ("{id: forests,", "{id: roads,", "duplicate_id", "units.1"),
    ],
)  # fmt: skip
def test_each_fault_names_the_pattern_or_the_line_that_is_wrong(old, new, code, where):
    assert (code, where) in faults(old, new)


def test_what_a_pattern_says_wrongly_is_told_once_however_many_villages_follow_it():
    more = TEXT.replace(
        "units:\n  - {id: roads",
        'units:\n  - {id: village/east/oak, staffing: village, code: "999999002002", '
        "name: 东橡村, name_en: Oak, live_from: null}\n  - {id: roads",
    )
    with pytest.raises(GridFileError) as refused:
        parse_grid(more.replace("rung: grid, title", "rung: gird, title", 1))

    assert [fault.code for fault in refused.value.faults] == ["unknown_rung"]


def test_a_demand_climbs_from_the_households_steward_through_group_and_village_to_the_town():
    code = next(
        grid.code for grid in faku().grids.values() if len(grid.code) > len("210124106200001")
    )

    rungs = faku().ladder_posts(code, "utility/water")

    assert [(rung.name, rung.posts[0].id) for rung in rungs][:4] == [
        ("grid", "grid/baijiagou/baijiagou/1/1"),
        ("group", "grid/baijiagou/baijiagou/1"),
        ("village", "village/baijiagou/baijiagou/head"),
        ("town", "town/baijiagou/lead"),
    ]


def test_where_the_group_is_the_grid_its_rung_is_not_told_twice():
    rungs = faku().ladder_posts("210124106200001", "utility/water")

    assert [rung.name for rung in rungs][:3] == ["grid", "village", "town"]
