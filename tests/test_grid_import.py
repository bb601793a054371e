"""A second county made of its tables: nothing of the hotline is welded to the first one."""

import csv
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from click.testing import CliRunner
from openpyxl import Workbook
from sqlmodel import Session

from hotline.cli.main import main
from hotline.demo import staff
from hotline.domain.tickets import Status
from hotline.map_file.importing import County, make
from hotline.map_file.reading import parse_grid
from hotline.store import policy
from hotline.store.models import PostHolding, Staff
from tests.county import open_county
from tests.prepared import ROOT

KAIYUAN = County("211282", "开原市", "Kaiyuan City", "kaiyuan")
BASE = (ROOT / "grid_map.yaml").read_text(encoding="utf-8")
HEADER = "street_code,street,village_code,village"
ROWS = (
    "211282001,新城街道,211282001001,站前社区",
    "211282001,新城街道,211282001003,光明社区",
    "211282104,中固镇,211282104200,中固村民委员会",
    "211282104,中固镇,211282104201,北腰堡村民委员会",
)
WHOLE = ROOT.parent / "shared" / "data" / "divisions" / "211282_kaiyuan_villages.csv"


def table(folder: Path, *rows: str, header: str = HEADER, name: str = "villages.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def small(tmp_path):
    """The text of a map of two towns and four villages."""
    made = make(KAIYUAN, BASE, table(tmp_path, *ROWS))
    assert made.faults == []
    return made.text


def test_a_county_is_made_of_its_villages_and_the_rules_of_another(small):
    grid_map = parse_grid(small)

    assert (grid_map.county.zh, grid_map.county_code) == ("开原市", "211282")
    assert [grid.name.zh for grid in grid_map.grids.values()] == [
        *("站前社区", "光明社区", "中固村", "北腰堡村"),
    ]
    told = [rung.posts[0].id for rung in grid_map.ladder_posts("211282104200", "utility/water")]
    assert told == [
        "grid/zhonggu/zhonggu",
        "village/zhonggu/zhonggu/head",
        "town/zhonggu/lead",
        "department/housing/lead",
        "panel/duty/chair",
        "county/leader",
    ]
    assert len(grid_map.classes) >= 80
    assert "法库" not in small
    assert "Faku" not in small


def test_the_comments_of_the_rules_are_kept(small):
    assert "# Office hours of a working day" in small


def test_the_whole_of_kaiyuan_passes_the_checks(tmp_path):
    # All its villages, where the statistics bureau's list lies beside the project.
    path = WHOLE if WHOLE.exists() else table(tmp_path, *ROWS)
    with path.open(encoding="utf-8") as listed:
        rows = list(csv.DictReader(listed))

    made = make(KAIYUAN, BASE, path)

    assert made.faults == []
    assert (made.towns, made.villages) == (len({row["street"] for row in rows}), len(rows))
    assert len(parse_grid(made.text).grids) == len(rows)


def test_every_fault_is_said_at_once_with_its_row(tmp_path):
    path = table(
        tmp_path,
        "211282001,新城街道,211282001001,站前社区",
        "211282001,新城街道,211282001001,光明社区",
        "211282001,新城镇,211282001004,光明社区",
        "211282104,中固镇,211282105200,中固村民委员会",
        "210124103,中固镇,210124103200,北腰堡村民委员会",
        "2112,某镇,211282104209,某村",
    )

    found = [(fault.where.row, fault.code) for fault in make(KAIYUAN, BASE, path).faults]

    assert found == [
        (3, "twice"),
        (4, "town_renamed"),
        (4, "twice"),
        (5, "other_town"),
        (6, "other_county"),
        (6, "other_county"),
        (7, "bad_code"),
    ]


def test_units_and_posts_come_from_tables_too_with_headers_in_chinese(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "单位"
    sheet.append(["编号", "名称", "英文名", "简称", "类型", "上级", "别名"])
    wanted = {str(clazz.unit) for clazz in parse_grid(BASE).classes.values() if clazz.unit}
    for unit in sorted(one for one in wanted if not one.startswith(("county/", "panel/"))):
        kind = unit.partition("/")[0]
        sheet.append([unit, f"开原市{unit}", f"Kaiyuan {unit}", unit, kind, "", "局、所"])
    book.save(tmp_path / "units.xlsx")
    posts = table(
        tmp_path,
        "utility/water/night,utility/water,department,夜班,Night shift,utility/water/duty",
        "utility/no/night,utility/no,department,夜班,Night shift,",
        header="编号,单位,层级,岗位,英文名,B岗",
        name="posts.csv",
    )
    villages = table(tmp_path, *ROWS)

    wrong = make(KAIYUAN, BASE, villages, tmp_path / "units.xlsx", posts)
    assert [(fault.where.row, fault.code) for fault in wrong.faults] == [(3, "unknown_unit")]

    posts.write_text("\n".join(posts.read_text(encoding="utf-8").splitlines()[:2]), "utf-8")
    grid_map = parse_grid(make(KAIYUAN, BASE, villages, tmp_path / "units.xlsx", posts).text)
    assert grid_map.post("utility/water/night").unit == "utility/water"
    assert grid_map.unit("utility/water").aliases == ("局", "所")


def attached(text: str, unit: str) -> object:
    """In which towns a map gives a unit attached officers; nothing: in every one."""
    found = {one["id"]: one for one in yaml.safe_load(text)["units"]}
    return found[unit].get("attached_to")


def test_attached_officers_stay_in_the_towns_that_the_county_has(tmp_path):
    own = ("210124101,吉祥街道,210124101001,某社区", "210124102,某镇,210124102200,某村")
    again = make(County("210124", "法库县", "Faku County", "faku"), BASE, table(tmp_path, *own))
    other = make(KAIYUAN, BASE, table(tmp_path, *ROWS))

    assert attached(BASE, "utility/gas") == ["town/jixiang", "town/longshan"]
    assert attached(again.text, "utility/gas") == ["town/jixiang"]
    assert attached(other.text, "utility/gas") == []
    assert attached(other.text, "utility/water") is None


def test_a_table_of_units_says_where_they_have_attached_officers(tmp_path):
    units = table(
        tmp_path,
        "utility/water,供水公司,Water,中固镇、新城街道",
        "utility/gas,燃气公司,Gas,无",
        "utility/power,供电公司,Power,",
        "utility/heat,供热公司,Heat,某某镇",
        header="编号,名称,英文名,专属网格员所在乡镇",
        name="units.csv",
    )
    villages = table(tmp_path, *ROWS)

    wrong = make(KAIYUAN, BASE, villages, units)
    assert [(fault.where.row, fault.code) for fault in wrong.faults] == [(5, "unknown_town")]

    units.write_text("\n".join(units.read_text(encoding="utf-8").splitlines()[:4]), "utf-8")
    text = make(KAIYUAN, BASE, villages, units).text
    assert attached(text, "utility/water") == ["town/zhonggu", "town/xincheng"]
    assert attached(text, "utility/gas") == []
    assert attached(text, "utility/power") is None


def test_the_shell_rehearses_first_and_writes_when_told_where(tmp_path):
    shell, to = CliRunner(), tmp_path / "kaiyuan.yaml"
    asked = ["grid", "import", str(table(tmp_path, *ROWS)), "--code", "211282", "--name", "开原市"]
    asked += ["--name-en", "Kaiyuan City", "--base", str(ROOT / "grid_map.yaml")]

    rehearsed = shell.invoke(main, asked)
    assert (rehearsed.exit_code, "预演" in rehearsed.output) == (0, True)

    assert shell.invoke(main, [*asked, "--write", str(to)]).exit_code == 0
    assert shell.invoke(main, ["policy", "check", str(to)]).exit_code == 0
    whole = shell.invoke(main, ["grid", "coverage", "--map", str(to)])
    assert (whole.exit_code, "（100.00%）" in whole.output) == (0, True)


def test_another_county_takes_demands_in_with_staff_of_its_own(clean_database, tmp_path, small):
    live = small.replace("live_from: null", "live_from: 2024-05-01")
    path = tmp_path / "map.yaml"
    path.write_text(live, encoding="utf-8")
    with open_county(clean_database, tmp_path) as before, before.engine.begin() as connection:
        policy.apply_map(connection, parse_grid(live).version, live)
        connection.execute(sa.delete(PostHolding))
        connection.execute(sa.delete(Staff))

    with open_county(clean_database, tmp_path, grid_map=path) as county:
        assert staff.load(county.engine, county.kit) > len(county.kit.maps.current.posts)
        ticket = county.ticket(county.demand("中固镇北腰堡村停水了"))

        assert (ticket.status, ticket.post) == (Status.DISPATCHED, "grid/zhonggu/beiyaobao")
        with Session(county.engine) as session:
            operator = staff.by_login(session, "operator1")
            assert operator.unit == "county/kaiyuan"
