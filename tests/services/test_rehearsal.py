"""A rehearsal tells what the engine would do: the same story, by the same functions."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.nights import County, random_night, told_alike
from hotline.boot import kit_on_paper
from hotline.domain.errors import NotFoundError
from hotline.domain.tickets import Status
from hotline.services.law.moment_words import end_words, moment_words, told_words
from hotline.services.law.rehearsal import named, rehearse
from hotline.services.law.scenes import Act, Answer, Rehearsal, Scene
from hotline.services.law.scripts import read_posts, read_script
from hotline.store.paper import MapStaffing
from tests.domain.maps import ROOT

NEW_YEARS_EVE = datetime(2026, 12, 30, 18, 0, tzinfo=UTC)  # 02:00 of the 31st in the county
BURST = Scene(
    "大孤家子镇拉马桥村水管爆裂，水淌了一街",
    NEW_YEARS_EVE,
    NEW_YEARS_EVE + timedelta(hours=4),
    answers=(
        Answer(NEW_YEARS_EVE + timedelta(minutes=9), Act.ACCEPT),
        Answer(NEW_YEARS_EVE + timedelta(minutes=10), Act.WHISTLE, "utility/water", "emergency"),
    ),
)


@lru_cache
def paper():
    """Return a kit without a database."""
    return kit_on_paper((ROOT / "grid_map.yaml").read_text(encoding="utf-8"))


def played(scene: Scene = BURST, absent: tuple[str, ...] = ()) -> Rehearsal:
    """Rehearse a scene with everybody there but some."""
    return rehearse(paper(), scene, MapStaffing(absent))


def acts(rehearsal: Rehearsal) -> list[tuple[float, str]]:
    """Return what happens, in minutes from the call."""
    begun = rehearsal.scene.at
    return [((m.at - begun).total_seconds() / 60, m.act) for m in rehearsal.moments]


def answer(minutes: float, act: Act, unit: str = "utility/water") -> Answer:
    """Return an answer of the script."""
    return Answer(NEW_YEARS_EVE + timedelta(minutes=minutes), act, unit)


def test_an_emergency_whistle_that_nobody_answers_climbs_to_the_county_leader_by_call_and_message():
    rehearsal = played()

    assert acts(rehearsal)[:6] == [
        (0, "receive"),
        (0, "dispatch"),
        (9, "accept"),
        (10, "whistle"),
        (15, "climb"),
        (20, "climb"),
    ]
    assert rehearsal.highest == "county_leader"
    assert rehearsal.entries == ("whistle_unanswered",)
    [told] = rehearsal.moments[5].told
    assert (told.found, set(told.by)) == ("county/leader", {"call", "message"})
    assert "已升至县领导" in told.text


def test_who_answers_ends_the_climbing():
    came = (answer(12, Act.ACKNOWLEDGE), answer(25, Act.ARRIVE), answer(60, Act.FINISH))
    rehearsal = played(replace(BURST, answers=BURST.answers + came))

    assert "climb" not in {act for _, act in acts(rehearsal)}
    assert rehearsal.highest is None


def test_an_answer_that_the_rules_refuse_is_told_and_changes_nothing():
    early = replace(BURST, answers=(answer(3, Act.ARRIVE), *BURST.answers))

    refused, rest = played(early), played()

    assert [m.data["code"] for m in refused.moments if m.act == "impossible"] == ["not_found"]
    assert acts(rest) == [one for one in acts(refused) if one[1] != "impossible"]


def test_nobody_at_a_post_nor_at_its_stand_ins_makes_it_climb_at_once():
    empty = ("grid/dagujiazi/lamaqiao", "grid/dagujiazi/lamaqiao/standby")
    rehearsal = played(absent=empty)

    dispatch = rehearsal.moments[1]
    assert (dispatch.told[0].post, dispatch.told[0].found) == (empty[0], None)
    assert rehearsal.moments[2].act == "climb"
    assert rehearsal.moments[2].at == NEW_YEARS_EVE


def test_a_telephone_that_is_off_passes_the_message_to_the_next_means_and_person():
    post = "grid/dagujiazi/lamaqiao"
    low = replace(BURST, words="大孤家子镇拉马桥村水压低", answers=())
    rehearsal = played(replace(low, unreachable=frozenset({post})))

    failed = [moment for moment in rehearsal.moments if moment.act == "deliver"]
    assert [moment.told[0].by for moment in failed[:1]] == [("call",)]
    assert failed[1].told[0].found == f"{post}/standby"
    assert [moment_words(rehearsal.map, one).zh for one in failed[:2]] == [
        "未送达：短信",
        "未送达：电话",
    ]


def test_a_place_that_the_map_does_not_know_is_refused_and_one_not_said_waits_for_a_person():
    with pytest.raises(NotFoundError):
        played(replace(BURST, grid="000000000000"))

    waiting = played(replace(BURST, words="家里停水了", answers=()))
    assert waiting.ticket.status is Status.TRIAGE
    assert waiting.ticket.triage_reason == "place_missing"


def test_who_names_only_the_town_is_played_on_with_one_of_its_villages():
    waiting = played(replace(BURST, words="大孤家子镇水管爆裂", answers=()))

    after = named(waiting)
    assert waiting.ticket.urgent
    assert after is not None
    assert waiting.map.town_of(after.grid).name.zh == "大孤家子镇"
    assert acts(played(after))[:2] == [(0, "receive"), (0, "dispatch")]
    assert named(played(replace(BURST, words="停水了", answers=()))) is None


def test_danger_of_life_is_alarmed_in_a_rehearsal_as_at_night():
    night = played(replace(BURST, words="大孤家子镇拉马桥村有人昏迷", answers=()))

    alarm = night.moments[-1 if len(night.moments) == 1 else 1]
    assert alarm.act == "alarm"
    assert [told.role for told in alarm.told] == ["operator"]
    assert night.ticket.urgent
    assert "接通120急救" in moment_words(night.map, alarm).zh
    assert "danger" in night.entries


def test_a_script_in_words_means_what_it_means_in_codes():
    grid_map = paper().maps.current
    said = read_script(
        grid_map,
        "签收@9分钟\n吹哨：应急处置哨：自来水公司、供电公司@10分钟\n应答:法库县自来水公司@1小时",
        NEW_YEARS_EVE,
    )

    assert said == read_script(
        grid_map,
        "accept@9m\nwhistle:emergency:utility/water+utility/power@10m\nacknowledge:utility/water@1h",
        NEW_YEARS_EVE,
    )
    assert read_posts(grid_map, ["自来水公司值班岗，督办员"]) == (
        "utility/water/duty",
        "supervisor",
    )
    with pytest.raises(NotFoundError, match="火星"):
        read_script(grid_map, "应答:火星公司@9m", NEW_YEARS_EVE)


def test_a_rehearsal_says_in_words_whom_it_tells_and_what_is_not_known_yet():
    slow = played(replace(BURST, answers=(), until=NEW_YEARS_EVE + timedelta(days=9)))
    words = [
        *(moment_words(slow.map, moment).zh for moment in slow.moments),
        *(told_words(slow.map, told).zh for moment in slow.moments for told in moment.told),
        *(one.zh for one in end_words(slow)),
    ]

    assert [one for one in words if re.search("[a-z_]{3}|没有在岗|^预警$", one)] == []
    assert "告知办理人（短信）" in words
    short = played(replace(BURST, answers=()))
    assert "没有转交上一级，最高告知到：村（社区）" in [one.zh for one in end_words(short)]
    assert any("放假通知还没有公布" in one for one in words)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(min_value=0, max_value=2**32))
def test_a_rehearsed_night_is_the_night_that_the_engine_records(county, seed):
    engine = County(county.engine, county.kit)

    lived = engine.live(random_night(Random(seed)))

    assert told_alike(lived, engine.rehearse(lived.scene)) == []
