"""``hotline policy`` and ``hotline simulate`` as an administrator types them."""

import json

import pytest
from click.testing import CliRunner

from hotline.cli.main import main
from hotline.domain.tickets import Action
from tests.county import County
from tests.prepared import ROOT
from tests.services.test_policy import SLOWER


@pytest.fixture
def shell(monkeypatch, county: County):
    """A shell whose settings name the county's database."""
    settings = county.settings
    for name in ("database_url", "owner_database_url", "redis_url"):
        monkeypatch.setenv(f"HOTLINE_{name.upper()}", getattr(settings, name).get_secret_value())
    monkeypatch.setenv("HOTLINE_ENV", "test")

    def typed(*words: str):
        return CliRunner().invoke(main, words)

    return typed


def test_a_map_is_applied_by_somebody_with_a_reason_and_its_tickets_are_moved(
    shell, county, tmp_path
):
    number, path = county.demand(), tmp_path / "map.yaml"
    path.write_text(SLOWER, encoding="utf-8")
    old = county.kit.maps.current.version

    nobody = shell("policy", "apply", str(path), "--by", "operator1", "--why", "试")
    applied = shell("policy", "apply", str(path), "--by", "supervisor", "--why", "夜间太紧")
    newest = json.loads(shell("policy", "history", "--json").output.splitlines()[0])
    move = ("policy", "move-tickets", "--from", old, "--to", newest["version"])
    looked = shell(*move, "--lang", "en")
    moved = shell(*move, "--apply", "--by", "supervisor", "--why", "一并放宽")

    assert nobody.exit_code == 1
    assert "签收紧急：由30分钟改为40分钟" in applied.output
    assert f"hotline policy move-tickets --from {old[:12]} --to" in applied.output
    assert (newest["by"], newest["why"], newest["previous"]) == ("supervisor", "夜间太紧", old)
    assert "nothing changed" in looked.output
    assert "已转 1 件，0 件留在原版本" in moved.output
    assert [event["data"]["to_version"] for event in county.events(number, Action.MOVE)] == [
        newest["version"]
    ]


def test_a_night_is_simulated_without_any_database():
    told = CliRunner().invoke(
        main,
        [
            *(
                "simulate",
                "大孤家子镇拉马桥村水管爆裂",
                "--at",
                "2026-12-31 02:00",
                "--until",
                "4h",
            ),
            *("--answer", "accept@9m", "--answer", "whistle:emergency:utility/water@10m"),
            *("--map", str(ROOT / "grid_map.yaml"), "--lang", "en"),
        ],
    )

    assert told.exit_code == 0, told.output
    assert "12-31 02:15  climbs: Faku County Water Utility, Town, nobody answered" in told.output
    assert "it climbed to: County leader" in told.output
    assert "12 times, until 12-31 04:20" in told.output


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("大孤家子镇停水", "--place", "火星村"), "没有找到：网格“火星村”；写村名"),
        (("大孤家子镇停水", "--until", "99d"), "写成 30m、24h、2d（至多 60d）"),
        (("大孤家子镇停水", "--answer", "accept@soon"), "写成 accept@9m"),
        (("大孤家子镇停水", "--absent", "火星岗"), "没有找到：岗位“火星岗”"),
        ((" ",), "来电人的话是空的"),
        (("大孤家子镇停水", "--channel", "pigeon"), "'pigeon' is not one of"),
        (("大孤家子镇停水", "--staff", "database"), "不能同时给 --map"),
    ],
)
def test_a_scene_that_can_not_be_played_is_refused_in_words(typed, told):
    file = ("--map", str(ROOT / "grid_map.yaml"))

    answer = CliRunner().invoke(main, ["simulate", *typed, *file])

    assert answer.exit_code in {1, 2}
    assert told in answer.output


def test_the_shell_plays_a_night_by_the_map_and_the_calendar_in_force(shell, county, tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text(SLOWER, encoding="utf-8")
    shell("policy", "apply", str(path), "--by", "supervisor", "--why", "夜间太紧")

    told = shell(
        "simulate", "大孤家子镇拉马桥村停水了", "--at", "2026-12-01 02:00", "--until", "1h"
    )

    assert "2026-12-01（周二）02:00 北京时间来电" in told.output
    assert "派单：限12-01 02:40" in told.output, told.output
    same = shell("policy", "apply", str(path), "--by", "supervisor", "--why", "再来一次")
    assert same.exit_code == 1
    assert "这一版网格图已经在执行" in same.output


def test_what_is_wrong_with_a_map_is_said_in_both_languages_and_never_with_a_traceback(
    shell, tmp_path
):
    faulty, binary = tmp_path / "map.yaml", tmp_path / "map.bin"
    text = SLOWER.replace("time_zone: Asia/Shanghai", "time_zone: Europe/Berlin")
    faulty.write_text(text.replace("natural: true", "natural: maybe", 1), encoding="utf-8")
    binary.write_bytes(b"\xff\xfe")

    zh, en = (
        shell("policy", "check", str(faulty)),
        shell("policy", "check", str(faulty), "--lang=en"),
    )
    applied = shell("policy", "apply", str(binary), "--by", "supervisor", "--why", "试")

    assert (zh.exit_code, en.exit_code, applied.exit_code) == (1, 1, 1)
    assert "“time_zone”的值不对；要求：Asia/Shanghai" in zh.output
    assert "the value of 'time_zone' is wrong; required: Asia/Shanghai" in en.output
    assert "[unreadable]" in applied.output


def test_tickets_are_moved_between_two_versions_and_never_to_their_own(shell, county):
    version = county.kit.maps.current.version

    same = shell("policy", "move-tickets", "--from", version, "--to", version)

    assert same.exit_code == 1
    assert "两边是同一版，没有可转的" in same.output
