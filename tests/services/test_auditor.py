"""The auditor: finds every limit that is not running, sets it as it was, and else finds nothing."""

import itertools
import random
from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from hotline.domain.closing import ResultKind
from hotline.domain.course import Happening, frames
from hotline.domain.disputes import ReturnReason
from hotline.domain.errors import HotlineError
from hotline.domain.refusal import RejectReason
from hotline.domain.replay import states
from hotline.domain.tickets import ENDS, Action, Step
from hotline.services.handling import closing, returns, supervision, tickets
from hotline.services.reception import intake, merging, rejection, withdrawal
from hotline.services.verifying import verification
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import whistle
from hotline.store import attention, chains, whistles
from hotline.store.models import Ticket, Timer, WhistleParty
from hotline.work import CITIZEN, Work
from tests.county import VILLAGE, County
from tests.services.test_replay import between
from tests.web import nights
from workers import auditor as auditing

GRID = "210124001001"
RUBBISH = f"{VILLAGE}垃圾没人收"
WORDS = (RUBBISH, f"{VILLAGE}停水了", "家里没水了")


def a_round(county: County, size: int = 3) -> tuple[int, int]:
    """Let the auditor make one whole round; return how many tickets it saw and limits it set."""
    county.move(minutes=6)
    county.tick()
    found = auditing.tend(county.engine, county.kit, size)
    while True:
        found += auditing.tend(county.engine, county.kit, size)
        with Session(county.engine) as session:
            [last] = chains.rounds(session, size=1)
        if last.ended_at is not None:
            assert last.found == found
            return last.tickets, last.found


def limits(county: County) -> dict[tuple, object]:
    """Every limit that is running."""
    with Session(county.engine) as session:
        rows = session.exec(select(Timer).where(col(Timer.state) == "waiting"))
        return {(row.subject_id, row.step): row.due_at for row in rows}


def lose_all(county: County) -> dict[tuple, object]:
    """Let a fault swallow every limit that is running; return what there was."""
    before = limits(county)
    with county.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM timer WHERE state = 'waiting'"))
    return before


def test_a_limit_that_was_lost_is_found_and_set_as_it_was(county):
    late = nights.accepted(county, RUBBISH)
    county.forward(days=9)
    nights.a_busy_desk(county)
    fresh = county.demand(RUBBISH, number="+8613800007777")
    county.forward(minutes=6)
    assert a_round(county)[1] == 0

    before = lose_all(county)
    seen, found = a_round(county)

    assert (found, seen >= 6) == (len(before), True)
    assert limits(county) == before
    assert county.events(fresh, Action.RESTORE)
    assert county.events(late, Action.RESTORE)
    assert a_round(county)[1] == 0


def test_a_storm_of_limits_never_keeps_the_auditor_from_its_round(county):
    """Each look at the watch is a second later: what a slice takes, and a pass of the clock."""
    county.demand(RUBBISH)
    lost = lose_all(county)
    seconds = itertools.count()
    turns = auditing.Turns(lambda: float(next(seconds)))

    found = [turns.take(county.engine, county.kit, busy=True) for _ in range(110)]

    assert sum(found) == len(lost)
    assert [place for place, here in enumerate(found) if here] == [auditing.PART - 1]
    assert limits(county) == lost


def test_a_ticket_that_nobody_can_read_hides_no_other_one(county):
    broken, well = county.demand(RUBBISH), county.demand("大孤家子镇大孤家子村停电了")
    with county.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE ticket SET class_code = 'gone/away' WHERE number = :n"), {"n": broken}
        )
    lose_all(county)

    a_round(county)

    assert county.events(well, Action.RESTORE)
    assert not county.events(broken, Action.RESTORE)
    with Session(county.engine) as session:
        kinds = {entry.attention.kind for entry in attention.open_entries(session)}
    assert "audit_failed" in kinds


def test_a_late_step_of_an_older_generation_does_nothing(county):
    numbers = [*nights.a_busy_desk(county).values(), nights.accepted(county, RUBBISH)]
    county.forward(days=2)
    with county.engine.begin() as connection:
        woken = connection.execute(
            sa.text(
                "UPDATE timer t SET state = 'waiting', fire_at = t.due_at"
                " WHERE state <> 'waiting' AND step NOT IN ('gap')"
                " AND (EXISTS (SELECT FROM timer n WHERE n.subject_id = t.subject_id"
                "  AND n.step = t.step AND n.generation > t.generation)"
                " OR EXISTS (SELECT FROM ticket k WHERE k.id = t.ticket_id AND"
                "  k.closed_at IS NOT NULL)) RETURNING step"
            )
        ).scalars()
        steps = set(woken)
    before = [len(county.events(number)) for number in numbers]

    county.tick()

    assert steps >= {"sign", "handle", "triage", "whistle_ack", "whistle_top"}
    assert [len(county.events(number)) for number in numbers] == before


REFUSAL = rejection.Refusal(next(iter(RejectReason)), "court", "请走诉讼")
PROOF = returns.Proof(ReturnReason.OTHER_PLACE, "不归我们管")
OFFICER, OPERATOR, SUPERVISOR, UNIT = "", "operator1", "supervisor", nights.WATER
Act = Callable[[Work, Ticket, random.Random], object]


def of_party(do: Callable[[Work, Ticket, WhistleParty], object]) -> Act:
    """Do something with a unit that was called, if one was."""

    def act(work: Work, ticket: Ticket, chance: random.Random) -> None:
        parties = whistles.parties(work.session, ticket.id)
        if parties:
            do(work, ticket, chance.choice(parties))

    return act


def end(work: Work, ticket: Ticket, party: WhistleParty) -> None:
    blown = whistles.whistle(work.session, party.whistle_id)
    assert blown is not None
    whistle_course.end(work, ticket, blown)


def report_in(work: Work, ticket: Ticket, party: WhistleParty) -> None:
    whistle.arrive(work, ticket, party, None, place_note="村口")
    whistle.finish(work, ticket, party, "修好了")


def yes(chance: random.Random) -> bool:
    return chance.random() < 0.5


# Who does what; the rules refuse much of it.
ACTS: dict[str, tuple[str | None, Act]] = {
    "accept": (OFFICER, lambda w, t, _: tickets.accept(w, t)),
    "contact": (OFFICER, lambda w, t, _: tickets.contact(w, t, "reached")),
    "return": (OFFICER, lambda w, t, _: returns.send_back(w, t, PROOF)),
    "rule": (OPERATOR, lambda w, t, c: returns.rule(w, t, upheld=yes(c), reason="是")),
    "extend": (OFFICER, lambda w, t, _: tickets.ask_for_time(w, t, "要备件")),
    "grant": (
        SUPERVISOR,
        lambda w, t, c: tickets.rule_extension(w, t, granted=yes(c), reason="是"),
    ),
    "whistle": (
        OFFICER,
        lambda w, t, c: whistle.blow(
            w, t, c.choice(("grid", "emergency")), ["utility/water"], "水管爆了"
        ),
    ),
    "acknowledge": (UNIT, of_party(whistle.acknowledge)),
    "refuse": (UNIT, of_party(lambda w, t, p: whistle.refuse(w, t, p, "不归我们"))),
    "report_in": (UNIT, of_party(report_in)),
    "end": (OFFICER, of_party(end)),
    "submit": (
        OFFICER,
        lambda w, t, _: closing.submit(w, t, closing.Result(ResultKind.EXPLAINED, "说明了")),
    ),
    "answer": (None, lambda w, t, c: verification.answer(w, t, solved=yes(c), by="call")),
    "no": (None, lambda w, t, _: verification.answer(w, t, solved=False, by="call")),
    "withdraw": (None, lambda w, t, _: withdrawal.withdraw(w, t, "call")),
    "locate": (
        OPERATOR,
        lambda w, t, _: intake.locate(w, t, grid_code=GRID, class_code="utilities/water"),
    ),
    "reject": (OPERATOR, lambda w, t, _: rejection.propose(w, t, REFUSAL)),
    "approve": (
        SUPERVISOR,
        lambda w, t, c: rejection.rule(w, t, approved=yes(c), reason="是"),
    ),
    "oversee": (SUPERVISOR, lambda w, t, _: supervision.oversee(w, t, 2, "要盯")),
}
USUAL = ("accept", "contact", "whistle", "submit", "no")


def try_out(county: County, chance: random.Random, numbers: list[str]) -> None:
    """Do something to one of the tickets, or let time pass."""
    what = chance.choice((*ACTS, *USUAL, "demand", "merge", "forward"))
    if what == "demand":
        waits = chance.choice((None, None, tickets.RING_BACK))
        window = {"window": "faku-hall-1", "channel": "counter"} if yes(chance) else {}
        numbers.append(county.demand(chance.choice(WORDS), waits=waits, **window))
        return
    if what == "forward":
        county.forward(seconds=chance.choice((600, 5_000, 90_000)))
        return
    number, other = chance.choice(numbers), chance.choice(numbers)
    if what == "merge":
        with county.work(county.actor(OPERATOR)) as work:
            merging.merge(work, work.ticket(number), [other])
        return
    login, do = ACTS[what]
    actor = CITIZEN if login is None else county.actor(login or OPERATOR)
    if login == OFFICER and county.ticket(number).post:
        actor = county.officer_of(number)
    with county.work(actor) as work:
        do(work, work.ticket(number), chance)


class Stood(NamedTuple):
    """A ticket and the units called for it, as they stood after a command."""

    row: Ticket
    parties: list[WhistleParty]


def differences(county: County, number: str, stood: dict[int, Stood]) -> dict[int, object]:
    """What the replay shows of each step otherwise than it was, by the number of the event."""
    events = county.events(number)
    after = list(states(events))
    found: dict[int, object] = {}
    seen = frames(
        Happening(event["seq"], county.now(), Action(event["action"]), event["data"])
        for event in events
    )
    for seq, (row, parties) in stood.items():
        frame = [each for each in seen if each.happening.seq <= seq][-1]
        shown = {mark.party: (mark.state, mark.lapses) for mark in frame.units}
        was = {str(party.id): (party.state, party.lapses) for party in parties}
        rungs = {frame.rung, row.rung} if row.dispatched_at else {row.rung}
        wrong = (between(after[seq - 1], row), shown if shown != was else None, rungs)
        found[seq] = wrong if wrong[0] or wrong[1] or len(rungs) > 1 else None
    return found


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6))
def test_whatever_happens_every_open_ticket_has_its_next_clock(county, seed):
    chance, numbers = random.Random(seed), [county.demand(RUBBISH)]
    stood: dict[tuple[str, int], Stood] = {}
    for _ in range(25):
        try:
            try_out(county, chance, numbers)
        except HotlineError:
            county.move(seconds=1)
        for number in numbers:
            row = county.ticket(number)
            stood[number, row.event_seq] = Stood(row, county.parties(number))

    assert a_round(county, 50)[1] == 0
    before = lose_all(county)
    assert a_round(county, 50)[1] == len(before)
    assert limits(county) == before
    for number in numbers:
        then = {seq: each for (of, seq), each in stood.items() if of == number}
        assert {seq: each for seq, each in differences(county, number, then).items() if each} == {}
        running, ended = set(county.timers(number)), county.ticket(number).status in ENDS
        assert ended or running
        assert not ended or running <= {Step.ANSWER_FLAG, Step.RULE_FLAG}
