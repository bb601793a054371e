"""The grid map: who has the power, who is told, who stands in; every look-up answers."""

import pytest

from hotline.domain.errors import InvalidError, NotFoundError
from hotline.domain.grid.graph import build_graph
from hotline.domain.grid.model import Told, Unit, UnitKind
from hotline.domain.limits import Limit
from tests.domain.maps import faku, small

HOME = "210124101200"
# The rungs that every grid has; a group's is there only where a village has groups.
REQUIRED = ["grid", "village", "town", "department", "duty_panel", "county_leader"]


def test_every_class_reaches_a_unit_and_the_county_leader_from_every_grid():
    grid_map = faku()

    for code in grid_map.classes:
        for grid in grid_map.grids:
            unit = grid_map.competent_unit(code, grid)
            rungs = grid_map.ladder_posts(grid, unit.id)
            assert isinstance(unit, Unit)
            assert [rung.name for rung in rungs if rung.name != "group"] == REQUIRED
            assert all(rung.posts for rung in rungs)
            assert rungs[-1].name == "county_leader"


def test_every_post_has_a_stand_in_or_is_one():
    posts = faku().posts.values()
    stand_ins = {post.stand_in for post in posts}

    assert all(post.stand_in or post.id in stand_ins for post in posts)
    assert all(post.stand_in in faku().posts for post in posts if post.stand_in)


def test_water_climbs_from_the_officer_to_village_town_bureau_panel_and_leader():
    told = [rung.posts[0].id for rung in faku().ladder_posts(HOME, "utility/water")]

    assert told == [
        "grid/dagujiazi/dagujiazi",
        "village/dagujiazi/dagujiazi/head",
        "town/dagujiazi/lead",
        "department/housing/lead",
        "panel/duty/chair",
        "county/leader",
    ]


def test_a_unit_without_a_department_above_it_is_told_itself():
    told = [rung.posts[0].id for rung in small().ladder_posts("999999001001", "water")]

    assert told == ["grid/one", "town/duty", "water/duty", "county/leader"]


def test_power_comes_before_place():
    grid_map = faku()

    assert grid_map.competent_unit("utilities/water", HOME).id == "utility/water"
    assert grid_map.competent_unit("order/neighbours", HOME).id == "town/dagujiazi"
    assert grid_map.competent_unit("order/neighbours", "210124209203").id == "town/shuangtaizi"


def test_a_grid_whistle_reaches_the_attached_officer_and_an_emergency_the_desk():
    grid_map = faku()

    def able(kind: str, unit: str) -> list[str]:
        return [post.id for post in grid_map.able_posts(kind, HOME, unit)]

    assert able("grid", "utility/water") == ["utility/water/attached/dagujiazi"]
    assert able("grid", "panel/duty") == ["panel/duty/chair"]
    assert able("emergency", "utility/water") == ["utility/water/duty"]


def test_a_class_may_have_limits_of_its_own():
    grid_map = small()

    assert str(grid_map.limit("handle", "order/noise", urgent=False)) == "2wd"
    assert str(grid_map.limit("handle", "order/noise", urgent=True)) == "43200s"
    assert str(grid_map.limit("handle", "utilities/water", urgent=False)) == "5wd"
    assert str(grid_map.limit("handle", None, urgent=False)) == "5wd"
    assert str(grid_map.limit("sign", "order/noise", urgent=False)) == "2wh"
    with pytest.raises(InvalidError):
        grid_map.limit("dance", None, urgent=False)


def test_urgent_matters_run_on_natural_time():
    grid_map = faku()
    allowances = [*grid_map.limits.steps.values(), *grid_map.limits.handle.values()]
    allowances += [found for clazz in grid_map.classes.values() for found in clazz.limits.values()]

    assert all(allowance.urgent.is_natural for allowance in allowances)


@pytest.mark.parametrize("code", ["1800s", "0.5wd", "4wh", "5wd"])
def test_a_limit_is_read_back_from_its_code(code):
    assert str(Limit.parse(code)) == code


@pytest.mark.parametrize("code", ["", "5", "5 wd", "-1wd", "1d", "wd"])
def test_what_is_no_limit_is_refused(code):
    with pytest.raises(InvalidError):
        Limit.parse(code)


def test_a_redo_gets_its_share_of_the_first_limit():
    assert str(Limit.parse("5wd").scaled(0.5)) == "2.5wd"
    assert str(Limit.parse("86400s").scaled(0.5)) == "43200s"


@pytest.mark.parametrize(
    ("look_up", "keys"),
    [
        ("unit", ("nobody",)),
        ("grid", ("1",)),
        ("post", ("nobody",)),
        ("clazz", ("nothing",)),
        ("whistle_kind", ("flute",)),
        ("town_of", ("1",)),
        ("competent_unit", ("nothing", "1")),
        ("ladder_posts", ("1", "water")),
        ("able_posts", ("emergency", "999999001001", "nobody")),
    ],
)
def test_what_the_map_does_not_know_is_not_found(look_up, keys):
    with pytest.raises(NotFoundError):
        getattr(small(), look_up)(*keys)


def test_the_graph_joins_units_posts_grids_and_classes_and_cannot_be_changed():
    graph = build_graph(small())

    assert graph.has_edge("unit:water", "unit:county", key="parent")
    assert graph.has_edge("post:water/duty", "post:water/b", key="stand_in")
    assert graph.has_edge("grid:999999001001", "post:grid/one", key="officer")
    assert graph.has_edge("class:utilities/water", "unit:water", key="competent")
    with pytest.raises(Exception, match="Frozen"):
        graph.add_node("unit:ghost")


def test_kinds_of_units_and_rungs_are_whole_words():
    assert {kind.value for kind in UnitKind} >= {"town", "village", "department", "utility"}
    assert {told.value for told in Told} == {"officer", "nearest", "competent", "unit"}
