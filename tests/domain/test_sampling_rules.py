"""Draws and what they prove: repeatable, enough, by strata, and honest about few answers."""

from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain import sampling
from hotline.domain.limits import Revisits
from hotline.domain.sampling import Candidate, Cell, Why
from hotline.domain.shares import Rate, wilson

RULES = Revisits(share=0.1)
KINDS = ("help", "complaint", "report", "consultation", None)

claims = st.lists(
    st.builds(
        Candidate,
        ticket=st.uuids().map(str),
        town=st.sampled_from(("town/a", "town/b", "town/c", None)),
        kind=st.sampled_from(KINDS),
        flagged=st.booleans(),
    ),
    max_size=80,
    unique_by=lambda claim: claim.ticket,
)
counts = st.integers(0, 40)


@st.composite
def cells(draw):
    """Strata whose answers are never more than what was drawn, nor that more than the claims."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from("abc"), st.sampled_from("hc"), st.booleans()),
            max_size=6,
            unique=True,
        )
    )
    found = []
    for town, kind, must in keys:
        solved, unsolved, unreached = draw(counts), draw(counts), draw(counts)
        drawn = solved + unsolved + unreached + draw(counts)
        framed = drawn + draw(st.integers(0, 300))
        found.append(Cell(town, kind, must, framed, drawn, solved, unsolved, unreached))
    return found


@settings(max_examples=50)
@given(claims, st.text("abcdef0123456789", min_size=8, max_size=32), st.randoms())
def test_the_same_seed_draws_the_same_tickets_in_whatever_order_they_come(found, seed, chance):
    mixed = list(found)
    chance.shuffle(mixed)

    assert sampling.draw(seed, mixed, RULES) == sampling.draw(seed, found, RULES)


@settings(max_examples=50)
@given(claims, st.text("abcdef0123456789", min_size=8, max_size=32))
def test_whoever_must_be_asked_is_and_of_the_rest_at_least_a_tenth(found, seed):
    drawn = sampling.draw(seed, found, RULES)

    flagged = {claim.ticket for claim in found if claim.flagged}
    loud = {claim.ticket for claim in found if claim.kind in RULES.always} - flagged
    rest = len(found) - len(flagged) - len(loud)
    assert {ticket for ticket, why in drawn.items() if why is Why.FLAGGED} == flagged
    assert {ticket for ticket, why in drawn.items() if why is Why.KIND} == loud
    assert len(drawn) == len(flagged) + len(loud) + ceil(rest / 10)


def test_every_claim_has_the_same_chance_and_no_stratum_is_drawn_from_twice_over():
    found = [
        Candidate(f"{number:04d}", "ab"[number % 2], "help", flagged=False) for number in range(40)
    ]
    times = dict.fromkeys((claim.ticket for claim in found), 0)
    for seed in range(400):
        drawn = sampling.draw(str(seed), found, RULES)
        assert sorted(int(ticket) % 2 for ticket in drawn) == [0, 0, 1, 1]
        for ticket in drawn:
            times[ticket] += 1

    assert min(times.values()) > 15
    assert max(times.values()) < 70


def test_a_lot_falls_on_each_alike_and_can_be_cast_again():
    people = [f"person {number}" for number in range(4)]
    lots = [sampling.lot("seed", str(ticket), 0, people) for ticket in range(400)]

    assert all(60 < lots.count(person) < 140 for person in people)
    assert lots == [sampling.lot("seed", str(ticket), 0, people[::-1]) for ticket in range(400)]
    assert sampling.lot("seed", "ticket", 0, []) is None


@settings(max_examples=50)
@given(cells())
def test_an_estimate_stays_a_share_within_its_interval_and_above_its_floor(found):
    said = sampling.verified(found)

    if said.answered == 0:
        assert said.share is None
        return
    assert said.interval.low <= said.share + 1e-9
    assert said.share <= said.interval.high + 1e-9
    assert 0 <= said.interval.low <= said.interval.high <= 1
    assert 0 <= said.floor <= said.share + 1e-9
    assert 0 < said.effective <= said.answered + 1e-9
    assert said.waiting >= 0


def test_equal_weights_give_wilsons_interval_of_the_plain_answers():
    one = Cell("a", "help", must=False, framed=400, drawn=40, solved=30, unsolved=10, unreached=0)

    said = sampling.verified([one])

    assert said.share == 0.75
    assert said.interval == wilson(30, 40)


def test_a_stratum_counts_by_its_claims_and_not_by_how_many_were_asked():
    asked = Cell(
        "a", "complaint", must=True, framed=50, drawn=50, solved=10, unsolved=40, unreached=0
    )
    rest = Cell("a", "help", must=False, framed=950, drawn=95, solved=90, unsolved=5, unreached=0)

    said = sampling.verified([asked, rest])

    assert abs(said.share - (50 * 0.2 + 950 * 90 / 95) / 1000) < 1e-9
    assert said.effective < said.answered


def test_a_stratum_nobody_answered_for_is_taken_to_be_like_its_neighbours():
    known = Cell("a", "help", must=False, framed=100, drawn=10, solved=8, unsolved=2, unreached=0)
    silent = Cell("b", "help", must=False, framed=50, drawn=5, solved=0, unsolved=0, unreached=5)

    said = sampling.verified([known, silent])

    assert said.share == 0.8
    assert said.floor == 8 / 15
    assert said.unreached == 5


def test_the_interval_holds_what_is_true_in_nineteen_of_twenty_samples():
    """Two strata with known truth, drawn 400 times by the draw itself."""
    true = {f"{n:05d}": n % 4 != 0 if n < 600 else n % 10 == 0 for n in range(1000)}
    found = [Candidate(ticket, "ab"[int(ticket) >= 600], "help", flagged=False) for ticket in true]
    truth, held = sum(true.values()) / len(true), 0
    for seed in range(400):
        drawn = sampling.draw(str(seed), found, RULES)
        said = sampling.verified(
            [
                _asked(town, claims, drawn, true)
                for town, claims in (("a", found[:600]), ("b", found[600:]))
            ]
        )
        held += said.interval.low <= truth <= said.interval.high

    assert held / 400 >= 0.95


def _asked(town, members, drawn, true):
    solved = sum(true[claim.ticket] for claim in members if claim.ticket in drawn)
    asked = sum(claim.ticket in drawn for claim in members)
    return Cell(town, "help", False, len(members), asked, solved, asked - solved, 0)  # noqa: FBT003


def test_under_thirty_answers_nothing_is_said():
    few = Cell("a", "help", must=False, framed=290, drawn=29, solved=29, unsolved=0, unreached=0)
    enough = Cell(
        "a", "help", must=False, framed=300, drawn=30, solved=15, unsolved=15, unreached=0
    )

    assert sampling.claimed_less_verified(Rate(90, 100), sampling.verified([few])) is None
    gap = sampling.claimed_less_verified(Rate(90, 100), sampling.verified([enough]))
    assert abs(gap.points - 0.45) < 1e-9
    assert gap.interval.low < gap.points < gap.interval.high
    less = sampling.solved_less_verified(Rate(20, 100), sampling.verified([enough]))
    assert abs(less.points + 0.3) < 1e-9
