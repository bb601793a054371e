"""A rehearsal tells what the engine would do: the same story, by the same functions."""

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
from hotline.services.law.rehearsal import rehearse
from hotline.services.law.scenes import Act, Answer, Rehearsal, Scene
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
    rehearsal = played(replace(BURST, answers=(), unreachable=frozenset({post})))

    failed = [moment for moment in rehearsal.moments if moment.act == "deliver"]
    assert [moment.told[0].by for moment in failed[:1]] == [("call",)]
    assert failed[1].told[0].found == f"{post}/standby"


def test_a_place_that_the_map_does_not_know_is_refused_and_one_not_said_waits_for_a_person():
    with pytest.raises(NotFoundError):
        played(replace(BURST, grid="000000000000"))

    waiting = played(replace(BURST, words="家里停水了", answers=()))
    assert waiting.ticket.status is Status.TRIAGE
    assert waiting.ticket.triage_reason == "place_missing"


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
