"""When signs make a flag, and what no signal may see."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.suspicion.facts import Compared, Facts, Likeness, Share
from hotline.domain.suspicion.frame import STARRED, Grounds, Group, Row, Signal, Suspicion, flag_of
from hotline.domain.suspicion.signals import SIGNALS, judge
from hotline.domain.suspicion.thresholds import DEFAULT, SuspicionRules, Thresholds
from tests.domain.suspicion.facts import a_bulk, a_claim, a_return, a_twin, late

GROUP = {entry.signal: entry.group for entry in SIGNALS}
moments = st.integers(-40 * 24, 40 * 24).map(lambda hours: a_claim().at + timedelta(hours=hours))


@st.composite
def signs(draw):
    """Draw any set of signs, also of groups that no signal of ours has yet."""
    of = draw(st.sampled_from(Signal))
    group = GROUP[of] if of in STARRED else draw(st.sampled_from(Group))
    return Suspicion(of, group, draw(st.integers(1, 100)), (Row("ticket", "1", None),), "new_cause")


@st.composite
def any_facts(draw):
    """Draw facts of all kinds, honest and not, some from after the claim."""
    claim = a_claim(
        at=draw(moments),
        written=draw(st.integers(0, 300)),
        photos=draw(st.sampled_from([(), ("photo",), ("photo", "old photo")])),
        visited=draw(st.booleans()),
    )
    claim = replace(claim, done_at=claim.at)
    twins = st.builds(
        a_twin,
        at=moments,
        likeness=st.sampled_from(Likeness),
        bits=st.integers(0, 60),
        same_matter=st.booleans(),
        other_ticket=st.sampled_from(["ticket", "old ticket"]),
    )
    closing = st.builds(
        lambda at, grid, name: a_claim(id=name, ticket=name, at=at, grid=grid),
        moments,
        st.sampled_from(["1", "2", "3"]),
        st.sampled_from(["a", "b", "c", "d", "e"]),
    )
    back = st.builds(
        a_return,
        at=moments,
        metres=st.none() | st.integers(0, 200),
        same_caller=st.booleans(),
        like_that_day=st.integers(0, 20),
    )
    share = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(
        lambda pair: Share(min(pair), max(pair))
    )
    return Facts(
        claim,
        twins=tuple(draw(st.lists(twins, max_size=4))),
        closings=tuple(draw(st.lists(closing, max_size=8))),
        compared=tuple(draw(st.lists(st.builds(Compared, share, share), max_size=2))),
        usual=draw(st.integers(0, 6)),
        returns=tuple(draw(st.lists(back, max_size=4))),
    )


@given(st.lists(signs(), max_size=5))
def test_a_flag_needs_two_independent_groups_or_one_starred_sign(found):
    flag = flag_of(found)

    starred = any(sign.signal in STARRED for sign in found)
    assert (flag is not None) == (starred or len({sign.group for sign in found}) > 1)
    assert flag is None or (flag.grounds is Grounds.STARRED) == starred


@given(st.lists(signs(), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_signs_changes_nothing_but_ties(found, chance):
    mixed = list(found)
    chance.shuffle(mixed)

    one, other = flag_of(found), flag_of(mixed)

    assert (one is None) == (other is None)
    assert one is None or (one.grounds, one.strength) == (other.grounds, other.strength)


@given(st.lists(signs(), max_size=4), signs())
def test_one_more_sign_never_takes_a_flag_away(found, more):
    assert flag_of(found) is None or flag_of([*found, more]) is not None


@settings(max_examples=40)
@given(any_facts())
def test_every_sign_says_why_and_how_it_may_be_innocent(facts):
    for sign in judge(facts, DEFAULT.thresholds):
        assert 1 <= sign.strength <= 100
        assert sign.rows
        assert sign.innocent_reason
        assert sign.group is GROUP[sign.signal]


@settings(max_examples=40)
@given(any_facts(), any_facts())
def test_no_signal_but_those_of_outcome_sees_what_came_after(facts, later):
    after = replace(
        facts,
        twins=facts.twins + tuple(twin for twin in later.twins if twin.at > facts.claim.at),
        closings=facts.closings + tuple(o for o in later.closings if o.at > facts.claim.at),
        returns=later.returns,
    )

    def then(known):
        return [s for s in judge(known, DEFAULT.thresholds) if s.group is not Group.OUTCOME]

    assert then(facts) == then(after)


@settings(max_examples=40)
@given(any_facts())
def test_judging_twice_says_the_same(facts):
    assert judge(facts, DEFAULT.thresholds) == judge(facts, DEFAULT.thresholds)


def test_an_honest_claim_raises_nothing():
    assert judge(Facts(a_claim()), DEFAULT.thresholds) == ()


def test_late_and_in_bulk_are_one_group_and_no_flag():
    hasty = a_bulk()
    claim = late().claim
    both = late(
        claim=claim,
        closings=tuple(
            replace(one, at=claim.at, done_at=claim.done_at) for one in hasty.closings[:-1]
        ),
    )

    said = judge(both, DEFAULT.thresholds)

    assert {sign.signal for sign in said} == {Signal.AT_DEADLINE, Signal.IN_BULK}
    assert flag_of(said) is None


def test_late_and_back_again_are_two_groups_and_a_flag():
    facts = late(returns=(a_return(at=late().claim.at + timedelta(days=2)),))

    flag = flag_of(judge(facts, DEFAULT.thresholds))

    assert flag.grounds is Grounds.TWO_GROUPS


def test_the_version_names_the_thresholds_and_nothing_else():
    stricter = SuspicionRules(
        Thresholds(bulk_closings=3), {}, answer=DEFAULT.answer, rule=DEFAULT.rule
    )

    assert DEFAULT.version != stricter.version
    assert replace(DEFAULT, answer=DEFAULT.rule).version == DEFAULT.version


@pytest.mark.parametrize(
    ("code", "expected"), [("utilities/water", 2), ("order/noise", 5), (None, 5)]
)
def test_a_class_may_have_thresholds_of_its_own(code, expected):
    rules = replace(DEFAULT, by_class={"utilities/water": {"bulk_closings": 2}})

    assert rules.for_class(code).bulk_closings == expected
