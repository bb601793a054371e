"""``hotline grid``: who would get it and why; and whether somebody always does."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from hotline.cli.main import main
from hotline.domain.coverage import coverage, wanted_posts
from tests.domain.maps import faku, small
from tests.prepared import ROOT

HOURS = [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour) for hour in range(3)]
MAP = ["--map", str(ROOT / "grid_map.yaml")]


def shown(*asked):
    return CliRunner().invoke(main, ["grid", "show", *asked, *MAP])


def test_words_are_answered_with_place_class_ladder_and_limits():
    answer = shown("大孤家子镇拉马桥村停水了", "--json")
    said = json.loads(answer.output)

    assert answer.exit_code == 0
    assert said["grid"]["post"]["id"] == "grid/dagujiazi/lamaqiao"
    assert said["class"]["code"] == "utilities/water"
    assert said["ladder"][-1]["posts"][0]["id"] == "county/leader"
    assert said["whistles"]["grid"]["id"] == "utility/water/attached/dagujiazi"
    assert said["limits"]["12345-9"]["sign"] == "900s"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("utilities/water", ("法库县自来水公司 utility/water", "自来水公司驻孟家镇专属网格员")),
        ("210124101201", ("拉马桥村专职网格员 grid/dagujiazi/lamaqiao", "2024-05-01")),
        ("大孤家子镇拉马桥村停水了", ("停水", "逐级化解", "县领导")),
    ],
)
def test_people_read_chinese_names_with_ids(asked, words):
    answer = shown(asked)

    assert answer.exit_code == 0
    assert all(word in answer.output for word in words)


def test_what_nothing_fits_ends_with_one():
    assert shown("你好").exit_code == 1


def test_every_grid_class_and_hour_of_the_shipped_map_has_a_unit_and_a_post():
    whole = coverage(faku(), HOURS)

    assert whole.total == len(faku().grids) * len(faku().classes) * len(HOURS)
    assert (whole.covered, whole.holes) == (whole.total, ())


def test_a_post_that_nobody_answers_for_is_a_hole_in_its_hours():
    posts = wanted_posts(small(), HOURS[0].date())

    def answered(hour):
        return posts - {"grid/one"} if hour == HOURS[1] else posts

    found = coverage(small(), HOURS, answered)

    assert (found.total, found.covered) == (2 * 2 * 3, 2 * 2 * 3 - 2)
    assert [(hole.post, hole.hours, hole.cases) for hole in found.holes] == [("grid/one", 1, 2)]


def test_a_unit_that_nobody_answers_for_leaves_its_classes_everywhere():
    posts = wanted_posts(small(), HOURS[0].date()) - {"water/duty"}

    found = coverage(small(), HOURS, lambda _hour: posts)

    assert not found.is_whole
    assert [(hole.post, hole.hours, hole.cases) for hole in found.holes] == [("water/duty", 3, 6)]


def test_the_shell_says_numerator_and_denominator():
    answer = CliRunner().invoke(main, ["grid", "coverage", *MAP])

    assert answer.exit_code == 0
    assert "（100.00%）" in answer.output


def test_with_staff_an_absence_without_a_stand_in_is_a_hole(county, monkeypatch):
    monkeypatch.setenv("HOTLINE_ENV", "test")
    monkeypatch.setenv("HOTLINE_DATABASE_URL", county.settings.database_url.get_secret_value())
    monkeypatch.setenv("HOTLINE_GRID_MAP", str(ROOT / "grid_map.yaml"))
    asked = ["grid", "coverage", "--staff", "--hours", "6"]
    whole = CliRunner().invoke(main, asked)
    assert (whole.exit_code, "（100.00%）" in whole.output) == (0, True), whole.output

    with county.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE staff SET active = false WHERE login LIKE 'grid.dagujiazi.lamaqiao%%'"
        )
    holes = CliRunner().invoke(main, asked)

    assert holes.exit_code == 1
    assert "grid/dagujiazi/lamaqiao  拉马桥村专职网格员  6 h" in holes.output
