"""Routing: the unit by power, the grid by place, each with its reasons; or triage, with one."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.errors import NotFoundError
from hotline.domain.routing import Router, TriageReason, known_place, route
from hotline.domain.understanding.class_reading import known_class
from tests.domain.maps import faku, small

ROUTER = Router(faku())
SMALL = Router(small())
TODAY = date(2026, 11, 21)


def test_no_water_goes_to_the_grid_officer_and_the_water_utility_has_the_power():
    routing = ROUTER.route("大孤家子镇拉马桥村停水了，家里有老人", TODAY)

    assert routing.triage is None
    assert routing.grid_code == "210124101201"
    assert (routing.class_code, routing.unit) == ("utilities/water", "utility/water")
    assert routing.post == "grid/dagujiazi/lamaqiao"
    assert routing.urgent
    assert routing.map_version == faku().version


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("家里没水了", "utilities/water"),
        ("水管爆了往外跑水", "utilities/water"),
        ("村里停电了变压器坏了", "utilities/power"),
        ("暖气不热屋里冷", "utilities/heating"),
        ("房子漏雨是危房", "housing/unsafe"),
        ("路灯不亮", "housing/roads"),
        ("垃圾堆成山没人收垃圾", "environment/rubbish"),
        ("猪场臭死猪扔沟里", "environment/livestock"),
        ("种粮补贴啥时候发", "farming/subsidy"),
        ("买到假种子不出苗", "farming/inputs"),
        ("想问低保怎么办", "welfare/subsistence"),
        ("八十岁有高龄补贴吗", "welfare/elderly"),
        ("邻居大喇叭扰民", "order/neighbours"),
    ],
)
def test_demands_are_known_by_the_words_people_use(text, code):
    assert ROUTER.catalogue.classify(text).code == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("停水了", TriageReason.PLACE_MISSING),
        ("大孤家子镇停水了", TriageReason.PLACE_MISSING),
        ("大房申村停水了", TriageReason.PLACE_AMBIGUOUS),
        ("拉马桥村有点事", TriageReason.CLASS_UNKNOWN),
        ("拉马桥村停水停电了", TriageReason.CLASS_AMBIGUOUS),
        ("康平县停水了", TriageReason.OUTSIDE_COUNTY),
        ("三面船镇停水了", TriageReason.PLACE_MISSING),
        ("", TriageReason.PLACE_MISSING),
    ],
)
def test_what_cannot_be_routed_waits_with_its_reason(text, reason):
    routing = ROUTER.route(text, TODAY)

    assert routing.triage is reason


def test_what_is_known_is_kept_while_the_rest_is_asked():
    routing = ROUTER.route("大孤家子镇停水了", TODAY)

    assert (routing.town, routing.unit, routing.grid_code) == (
        "town/dagujiazi",
        "utility/water",
        None,
    )
    assert routing.urgent


@pytest.mark.parametrize(
    "words", ["举报村书记贪污公款", "村里账目不公开，集体的钱去哪了", "村委会选举有人买票"]
)
def test_a_matter_about_the_village_itself_is_held_by_the_town(words):
    routing = ROUTER.route(f"大孤家子镇拉马桥村{words}", TODAY)

    assert routing.class_code.startswith("governance/")
    assert routing.triage is None
    assert routing.post == "town/dagujiazi/duty"


def test_a_grid_that_is_not_live_yet_leaves_its_demands_to_the_town():
    before = ROUTER.route("拉马桥村停水了", date(2024, 4, 30))

    after = ROUTER.route("拉马桥村停水了", date(2024, 5, 1))

    assert (before.triage, before.post) == (None, "town/dagujiazi/duty")
    assert (after.triage, after.post) == (None, "grid/dagujiazi/lamaqiao")
    assert SMALL.route("后山咀村停水", TODAY).post == "town/duty"
    # A town that has no grids at all has nobody to send it to: an operator looks.
    assert SMALL.route("东镇停水", TODAY).triage is TriageReason.GRID_NOT_LIVE


def test_the_name_of_a_village_is_no_keyword():
    reading = ROUTER.route("双台子乡大房申村路灯坏了", TODAY)

    assert reading.clazz.scores[0].words == ("路灯",)


def test_while_two_classes_are_equal_the_more_careful_one_sets_the_pace():
    routing = ROUTER.route("拉马桥村停水停电了", TODAY)

    assert routing.urgent
    assert {scored.code for scored in routing.clazz.scores[:2]} == {
        "utilities/power",
        "utilities/water",
    }


def test_a_phrase_that_only_looks_like_a_keyword_speaks_for_nothing():
    assert ROUTER.catalogue.classify("一直没有电话通知我").scores == ()
    assert ROUTER.catalogue.classify("没有电也没有电话").code == "utilities/power"


def test_words_make_a_matter_urgent_and_are_kept_as_reasons():
    calm, urgent = (SMALL.catalogue.classify(text) for text in ("噪音大", "噪音大孩子睡不了"))

    assert (calm.urgent, calm.urgent_words) == (False, ())
    assert (urgent.urgent, urgent.urgent_words) == (True, ("孩子",))


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("一晚上没水了", True),
        ("自来水啥时候来水", True),
        ("水管爆了", True),
        ("水费怎么交", False),
        ("停电了", True),
        ("电费交错了", False),
        ("路灯坏了", False),
        ("井盖丢了", True),
    ],
)
def test_no_water_at_night_is_urgent_and_a_question_about_the_bill_is_not(text, urgent):
    assert ROUTER.catalogue.classify(text).urgent is urgent


def test_a_person_may_settle_place_and_class():
    place = known_place(small(), "999999001001")
    clazz = known_class(small(), "order/noise", "孩子睡不了")

    routing = route(place, clazz, small(), TODAY)

    assert routing.triage is None
    assert (routing.unit, routing.post, routing.urgent) == ("town", "grid/one", True)
    with pytest.raises(NotFoundError):
        known_place(small(), "1")
    with pytest.raises(NotFoundError):
        known_class(small(), "no/such")


def test_a_class_whose_power_lies_with_the_place_waits_for_the_place():
    assert SMALL.route("噪音大", TODAY).unit is None


@given(
    st.lists(st.sampled_from([*"停水电路灯邻居", "大孤家子", "拉马桥村", "大房申", "噪音"])).map(
        "".join
    )
)
def test_a_routing_is_whole_or_waits_and_can_be_written_down(text):
    routing = ROUTER.route(text, TODAY)
    written = json.dumps(routing.as_json(), ensure_ascii=False)

    assert json.loads(written)["map_version"] == faku().version
    grid, code = routing.grid_code, routing.class_code
    assert (routing.triage is None) == (grid is not None and code is not None)
    if grid is not None and code is not None:
        assert routing.post == faku().grid(grid).officer
        assert routing.unit == faku().competent_unit(code, grid).id


def test_the_callers_own_words_never_reach_the_ledger():
    written = json.dumps(
        ROUTER.route("我叫张三，拉马桥村停水了", TODAY).as_json(), ensure_ascii=False
    )

    assert "张三" not in written
