"""The pages of policy as code and of the simulator: to read, for supervisors and observers."""

import io

from tests.county import County
from tests.services.test_policy import SLOWER, apply
from tests.web.desk import Desk, queries

BAD = SLOWER.replace("unit: utility/water\n", "unit: utility/nobody\n", 1)


def hand_in(desk: Desk, text: str):
    """Hand a map in for a plan."""
    files = {"map": (io.BytesIO(text.encode()), "map.yaml")}
    return desk.client.post("/audit/policy/plan", data=files)


def test_the_history_says_who_brought_which_map_into_force_and_why(county: County):
    first = county.kit.maps.current.version
    county.demand(number=None)
    new = apply(county, SLOWER, "夜间签收太紧")
    desk = Desk(county, "supervisor")

    with queries(county) as sent:
        page = desk.page("/audit/policy/")

    assert "夜间签收太紧" in page
    assert new.version[:12] in page
    assert len(sent) <= 6
    version = desk.page(f"/audit/policy/{new.version[:12]}")
    assert "时限 签收紧急：由30分钟改为40分钟" in version
    back = desk.page(f"/audit/policy/{first[:12]}?lang=en")
    assert "limit sign urgent: from 40 min to 30 min" in back


def test_a_map_that_is_handed_in_is_planned_and_not_kept(county: County):
    number = county.demand(number=None)
    desk = Desk(county, "supervisor")

    page = hand_in(desk, SLOWER).get_data(as_text=True)

    assert "由30分钟改为40分钟" in page
    assert number[-4:] in page
    assert "SLOWER" not in desk.page("/audit/policy/")
    assert desk.page("/audit/policy/").count("<code>") == 1


def test_a_faulty_map_is_refused_with_its_rule_and_its_line(county: County):
    answer = hand_in(Desk(county, "supervisor"), BAD)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "unknown_unit" in page
    assert "没有名为“utility/nobody”的单位" in page


def test_the_simulator_tells_the_course_of_an_invented_night_and_writes_nothing(county: County):
    desk = Desk(county, "supervisor")
    assert "来电人的话" in desk.page("/audit/simulator/")

    answer = desk.client.post(
        "/audit/simulator/",
        data={
            "words": "大孤家子镇拉马桥村水管爆裂",
            "at": "2026-12-31T02:00",
            "until": "4h",
            "staffed_by": "database",
            "answers": "accept@9m\nwhistle:emergency:utility/water@10m",
        },
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    assert "最高报到：县领导" in page
    assert "告知大孤家子镇带班领导（电话、短信）" in page
    with county.work() as work:
        assert not work.session.connection().exec_driver_sql("SELECT count(*) FROM ticket").scalar()


def test_a_scene_that_can_not_be_played_comes_back_as_it_was_typed(county: County):
    desk = Desk(county, "supervisor")
    scene = {"words": "停水停了三天", "at": "2026-12-31T02:00"}

    for field, wrong in [("answers", "?"), ("place", "火星村"), ("absent", "火星岗"), ("at", "")]:
        refused = desk.client.post("/audit/simulator/", data={**scene, field: wrong})

        page = refused.get_data(as_text=True)
        assert refused.status_code == 422
        assert "停水停了三天" in page
        assert f'href="#f-{field}"' in page
