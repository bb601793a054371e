"""How called units belong together: all, k of n, one lead with helpers; and what ends a whistle."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.grid.model import Ends, Join
from hotline.domain.joining import (
    Joining,
    OnRecord,
    PlanLine,
    Slots,
    Terms,
    faults,
    is_joined,
    is_over,
    may_leave,
    not_needed,
    plan_faults,
    role_of,
    why_not_ended,
)
from hotline.domain.whistle import BEHIND, ON_SITE, PartyRole, PartyState
from tests.domain.maps import faku

STATES = st.lists(st.sampled_from(PartyState), max_size=5)
JOININGS = st.one_of(
    st.just(Joining()),
    st.just(Joining(Join.LEAD)),
    st.integers(1, 4).map(lambda needed: Joining(Join.SOME, needed)),
)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
SLOTS = Slots(NOW, NOW + timedelta(hours=8))


@given(STATES, JOININGS)
def test_whoever_is_done_has_come_and_whoever_is_behind_has_not(states, joining):
    joined = is_joined(states, joining)

    if is_over(states) and any(state is PartyState.DONE for state in states):
        assert joined
    if joining.join is not Join.SOME and BEHIND & set(states):
        assert not joined


@given(STATES, JOININGS)
def test_only_who_is_behind_is_told_to_stay_and_only_when_enough_have_come(states, joining):
    places = not_needed(states, joining)

    assert {states[place] for place in places} <= BEHIND
    if places:
        assert joining.join is Join.SOME
        assert sum(state in ON_SITE for state in states) >= min(
            joining.needed, len([state for state in states if state is not PartyState.EXCUSED])
        )
        left = [s if i not in places else PartyState.EXCUSED for i, s in enumerate(states)]
        assert is_joined(left, joining)
        assert not not_needed(left, joining)


@given(STATES, st.sampled_from(Ends), st.booleans(), st.booleans())
def test_no_whistle_ends_over_a_unit_that_is_not_done(states, ends, gone, acted):
    record = OnRecord(gone, acted, milestones_open=0)

    reason = why_not_ended(ends, states, record)

    if reason is None:
        assert is_over(states)
        assert gone or ends is not Ends.DANGER_GONE
        assert acted or ends is not Ends.ACT_RECORDED
    called_off = why_not_ended(ends, states, record, called_off=True)
    assert (called_off is None) == (not ON_SITE & set(states))


@pytest.mark.parametrize("ends", Ends)
def test_only_from_a_danger_nobody_leaves_early(ends):
    assert may_leave(ends, danger_gone=True)
    assert may_leave(ends, danger_gone=False) is (ends is not Ends.DANGER_GONE)


@pytest.mark.parametrize(
    ("open_", "reason"), [(None, "milestones_open"), (2, "milestones_open"), (0, None)]
)
def test_a_joint_whistle_ends_when_a_plan_was_made_and_carried_out(open_, reason):
    record = OnRecord(milestones_open=open_)

    assert why_not_ended(Ends.MILESTONES_MET, [PartyState.DONE], record) == reason


@pytest.mark.parametrize(
    ("kind", "units", "terms", "decided", "wrong"),
    [
        ("grid", ["a"], Terms(), False, []),
        ("grid", ["a", "b"], Terms(), False, ["too_many_units"]),
        ("emergency", [], Terms(), False, ["units"]),
        ("emergency", ["a", "b"], Terms(join=Join.SOME, needed=1), False, []),
        ("emergency", ["a", "b"], Terms(join=Join.SOME, needed=3), False, ["needed"]),
        ("emergency", ["a"], Terms(join=Join.LEAD, lead="a"), False, ["join"]),
        ("emergency", ["a", "b"], Terms(lead="a"), False, ["no_lead"]),
        ("emergency", ["a", "b"], Terms(needed=1), False, ["needed"]),
        ("enforcement", ["a"], Terms(slot_from=NOW + timedelta(hours=3)), False, []),
        ("enforcement", ["a"], Terms(slot_from=NOW + timedelta(hours=9)), False, ["slot_from"]),
        ("emergency", ["a"], Terms(slot_from=NOW + timedelta(hours=3)), False, ["slot_from"]),
        ("joint", ["a", "b"], Terms(lead="a"), False, []),
        ("joint", ["a", "b"], Terms(lead="c"), False, ["lead"]),
        ("joint", ["a", "b"], Terms(lead="a"), True, ["decision"]),
        ("joint", ["a", "b"], Terms(lead="a", decision="10月8日村民代表会议"), True, []),
    ],
)
def test_a_whistle_is_blown_as_its_kind_allows(kind, units, terms, decided, wrong):
    assert faults(faku().whistle_kind(kind), units, terms, SLOTS, decided=decided) == wrong


def test_one_unit_leads_and_the_others_help():
    how = Terms(lead="a").joining(faku().whistle_kind("joint"))

    assert [role_of(unit, how, "a") for unit in "ab"] == [PartyRole.LEAD, PartyRole.HELPER]
    assert role_of("a", Joining(), None) is PartyRole.MEMBER


@pytest.mark.parametrize(
    ("milestones", "wrong"),
    [
        ([PlanLine("清淤", "a", date(2026, 12, 1))], []),
        ([], ["milestones"]),
        ([PlanLine("", "a", date(2026, 12, 1))], ["milestones"]),
        ([PlanLine("清淤", "c", date(2026, 12, 1))], ["units"]),
        ([PlanLine("清淤", "a", date(2026, 12, 9))], ["due_on"]),
        ([PlanLine("清淤", "a", date(2026, 11, 22))], ["due_on"]),
    ],
)
def test_a_plan_has_milestones_of_called_units_within_the_limit_of_the_whole(milestones, wrong):
    found = plan_faults(milestones, ["a", "b"], date(2026, 11, 23), date(2026, 12, 7))

    assert found == wrong
