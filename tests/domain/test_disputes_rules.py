"""Disputes, rulings and plans as pure rules: what is refused, what decides, what is left."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.deferral import Milestone, Plan, extension_refusal, plan_faults, time_left
from hotline.domain.disputes import ReturnReason, needs_panel, refusal, settled_by
from hotline.domain.limits import Extensions, Limit, PanelRule
from hotline.domain.routing import Routing, known_place, route
from hotline.domain.rulings import Entry, Scope, faults, overlay
from hotline.domain.tickets import ENDS, PENDING, RULES, Action, Role, Status
from hotline.domain.understanding.class_reading import known_class
from tests.domain.maps import faku

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HERE, TOWN, CLASS = "210124101201", "town/dagujiazi", "utilities/water"
UNITS = ("utility/water", "department/housing", "department/water")
FEW = settings(max_examples=50, deadline=None)
reasons = st.sampled_from(ReturnReason)
moments = st.integers(-100, 100).map(lambda hours: NOW + timedelta(hours=hours))


def routed(grid: str = HERE, clazz: str = CLASS) -> Routing:
    place, reading = known_place(faku(), grid), known_class(faku(), clazz, "")
    return route(place, reading, faku(), date(2026, 11, 23))


entries = st.builds(
    Entry,
    id=st.builds(uuid4),
    scope=st.builds(
        Scope,
        st.sampled_from((CLASS, "utilities/power")),
        st.sampled_from(("", TOWN, HERE, "town/mengjia")),
        st.sampled_from(((), ("小区",), ("楼道",))),
    ),
    version=st.integers(1, 5),
    lead=st.sampled_from((*UNITS, None, "department/gone")),
    helpers=st.just(()),
    settles=st.just(frozenset({"not_our_power"})),
    approved_at=moments,
)


@FEW
@given(
    st.sampled_from(ReturnReason),
    moments,
    moments,
    st.booleans(),
    st.sets(st.sampled_from(ReturnReason)),
)
def test_a_return_goes_through_in_time_only_and_never_against_a_ruling(
    reason, now, until, binding, settled
):
    why_not = refusal(reason, now=now, until=until, binding=binding, settled=settled)

    assert (why_not is None) == (now <= until and not binding and reason not in settled)


@FEW
@given(st.sets(reasons), st.sampled_from(("", TOWN)), st.sampled_from(((), ("小区",))))
def test_a_ruling_settles_whose_power_it_is_and_a_place_or_class_only_where_it_names_them(
    disputed, place, words
):
    settled = settled_by(disputed, place=place, words=words)

    assert settled >= {
        ReturnReason.NOT_OUR_POWER,
        ReturnReason.NEEDS_LEAD,
        ReturnReason.ABOVE_US,
    }
    assert (ReturnReason.OTHER_PLACE in settled) == (
        ReturnReason.OTHER_PLACE in disputed and bool(place)
    )
    assert (ReturnReason.WRONG_CLASS in settled) == (
        ReturnReason.WRONG_CLASS in disputed and bool(words)
    )
    assert (ReturnReason.OTHER in settled) == (ReturnReason.OTHER in disputed)


@FEW
@given(st.integers(1, 5), st.lists(st.sampled_from("abcd"), max_size=6))
def test_the_panel_has_the_second_return_and_the_third_unit_and_nothing_before(returns, units):
    goes = needs_panel(returns, units, PanelRule())

    assert goes == (returns >= 2 or len(set(units)) >= 3)


@FEW
@given(st.lists(entries, max_size=6), st.sampled_from(("小区水管", "楼道水管", "水管")))
def test_the_narrowest_entry_in_force_decides_and_the_map_where_none_fits(found, words):
    by_map = routed()

    decided = overlay(by_map, found, words, faku())

    fitting = [
        entry
        for entry in found
        if entry.scope.class_code == CLASS
        and entry.scope.place in {"", TOWN, HERE}
        and (not entry.scope.words or any(word in words for word in entry.scope.words))
        and entry.lead != "department/gone"
    ]
    if not fitting:
        assert decided == by_map
        return
    places = {"": 0, TOWN: 1, HERE: 2}
    narrowest = max(
        (places[entry.scope.place], bool(entry.scope.words), entry.approved_at) for entry in fitting
    )
    [*chosen] = [
        entry
        for entry in fitting
        if (places[entry.scope.place], bool(entry.scope.words), entry.approved_at) == narrowest
    ]
    leads = {entry.lead for entry in chosen}
    assert (decided.unit in leads) or (None in leads and decided == by_map)
    # An entry changes who has it, never what it is about, where it is, or which map decided.
    assert (decided.grid_code, decided.class_code, decided.map_version, decided.urgent) == (
        *(by_map.grid_code, by_map.class_code, by_map.map_version, by_map.urgent),
    )
    assert overlay(decided, found, words, faku()) == decided


def test_an_entry_for_the_grids_own_unit_keeps_the_officer_and_says_what_the_map_would():
    grid = faku().grid(HERE)
    entry = Entry(uuid4(), Scope(CLASS, HERE), 1, grid.unit, (), frozenset(), NOW)

    decided = overlay(routed(), [entry], "水管", faku())

    assert (decided.unit, decided.post) == (grid.unit, grid.officer)
    assert decided.as_json()["entry"]["by_map"]["unit"] == "utility/water"  # type: ignore[index]


@pytest.mark.parametrize(
    ("scope", "lead", "helpers", "wrong"),
    [
        (Scope(CLASS, TOWN), "utility/water", (), []),
        (
            Scope("no/class", "nowhere"),
            "nobody",
            ("nobody",),
            ["class", "place", "lead", "helpers"],
        ),
        (Scope(CLASS), "utility/water", ("utility/water",), ["helpers"]),
    ],
)
def test_an_entry_that_the_map_does_not_understand_is_refused(scope, lead, helpers, wrong):
    assert faults(scope, lead, helpers, faku()) == wrong


@FEW
@given(moments, st.none() | moments, st.integers(0, 5), st.integers(0, 4))
def test_more_time_is_asked_for_before_the_limit_and_so_often_at_most(now, due, used, most):
    why_not = extension_refusal(now, due, used, Extensions(most, Limit.parse("3wd")))

    assert (why_not is None) == ((due is None or now < due) and used < most)


@FEW
@given(st.lists(st.tuples(moments, st.integers(0, 90)), max_size=4))
def test_all_plans_of_a_case_share_the_longest_time(spans):
    longest = timedelta(days=180)
    spent = [(began, began + timedelta(days=days)) for began, days in spans]

    left = time_left(longest, spent)

    assert timedelta() <= left <= longest
    assert left == max(timedelta(), longest - timedelta(days=sum(days for _, days in spans)))


@FEW
@given(st.lists(st.integers(-5, 200), max_size=8), st.booleans())
def test_a_plan_has_rising_days_a_leader_above_and_ends_in_time(days, led):
    today = date(2026, 11, 23)
    steps = tuple(Milestone("完成", today + timedelta(days=day)) for day in days)
    plan = Plan("分段修", "leader" if led else "officer", steps)

    wrong = plan_faults(plan, today=today, left=timedelta(days=180), leaders=["leader"])

    fits = bool(days) and len(days) <= 6 and days == sorted(set(days))
    fits = fits and days[0] > 0 and days[-1] <= 180
    assert (not wrong) == (fits and led)


def test_asking_for_anything_ends_nothing_and_a_long_case_is_never_closed():
    assert not PENDING & ENDS
    assert Status.LONG_TERM not in ENDS
    ways_out = {rule.to for (here, _), rule in RULES.items() if here is Status.LONG_TERM}
    assert ways_out - {Status.LONG_TERM} == {Status.HANDLING, Status.WITHDRAWN}


def test_whoever_asks_for_a_ruling_never_gives_it():
    asked = {Action.DEFER, Action.CONCLUDE, Action.RETURN, Action.STATE}
    ruled = {
        *(Action.SHELVE, Action.SIGN_FINAL, Action.RULE_DUTY, Action.APPROVE_ENTRY),
        *(Action.UPHOLD_APPEAL, Action.DISMISS_APPEAL, Action.REVIEW, Action.HEAR),
    }

    def roles(actions: set[Action]) -> set[Role]:
        return {role for (_, one), rule in RULES.items() if one in actions for role in rule.by}

    assert not roles(asked) & roles(ruled)
    assert roles({Action.APPEAL}) == {Role.CITIZEN}
