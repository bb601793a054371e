"""Whatever is asked for, ruled, missed and let pass: somebody always has it, and a clock runs."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind
from hotline.domain.deferral import Milestone, Plan
from hotline.domain.disputes import ReturnReason
from hotline.domain.errors import HotlineError
from hotline.domain.tickets import CLOCK, ENDS, OWNER
from hotline.services.handling import (
    adjudication,
    auditor,
    closing,
    final_reply,
    long_term,
    returns,
    tickets,
)
from hotline.services.staff import accounts
from hotline.services.verifying import verification
from hotline.store.models import Staff
from hotline.work import CITIZEN, Actor
from tests.county import County
from tests.services.test_replay import difference

ROAD = "双台子乡砖山子村村路坏了"
WATER = "department/transport"

PROOF = returns.Proof(ReturnReason.OTHER, "不归我们")
TIMES = {"hour": {"hours": 1}, "week": {"days": 7}, "month": {"days": 31}}


def _defer(work, ticket) -> None:
    today = work.now.astimezone(COUNTY_ZONE).date()
    [leader, *_] = long_term.leaders(work, ticket)
    step = Milestone("铺完", today + timedelta(days=20))
    long_term.propose(work, ticket, Plan("分段修", leader, (step,)))


def _submit(work, ticket) -> None:
    closing.submit(work, ticket, closing.Result(ResultKind.EXPLAINED, "修了"))


MOVES: dict[str, tuple[str, Callable]] = {
    "accept": ("holder", tickets.accept),
    "return": (
        *(
            "holder",
            lambda w, t: returns.send_back(w, t, returns.Proof(ReturnReason.OTHER, "不归")),
        ),
    ),
    "onward": (
        "operator1",
        lambda w, t: returns.rule(w, t, upheld=True, reason="转", onward=WATER),
    ),
    "overturn": ("operator1", lambda w, t: returns.rule(w, t, upheld=False, reason="不转")),
    "duty": (
        "panel.duty.chair",
        lambda w, t: adjudication.rule(w, t, adjudication.Ruling(WATER, (), "归它")),
    ),
    "extend": ("holder", lambda w, t: tickets.ask_for_time(w, t, "等料")),
    "grant": ("supervisor", lambda w, t: tickets.rule_extension(w, t, granted=True, reason="可")),
    "defer": ("holder", _defer),
    "shelve": ("supervisor", lambda w, t: long_term.rule(w, t, granted=True, reason="可")),
    "keep": ("supervisor", lambda w, t: long_term.rule(w, t, granted=False, reason="否")),
    "review": ("supervisor", lambda w, t: long_term.review(w, t, goes_on=True, text="看过")),
    "resume": ("holder", lambda w, t: long_term.resume(w, t, "办完了")),
    "submit": ("holder", _submit),
    "deny": ("citizen", lambda w, t: verification.answer(w, t, solved=False, by="call")),
    "conclude": ("holder", lambda w, t: final_reply.propose(w, t, "只能如此")),
    "sign": ("supervisor", lambda w, t: final_reply.sign(w, t, signed=True, reason="可")),
    "appeal": ("citizen", lambda w, t: final_reply.appeal(w, t, "不服", "web")),
    "dismiss": ("panel.duty.chair", lambda w, t: final_reply.rule(w, t, upheld=False, reason="否")),
}
# Courses that lead far, with anything thrown in between.
COURSES = (
    ("return", "onward", "return", "duty", "extend", "grant"),
    ("accept", "defer", "shelve", "review", "resume", "submit"),
    ("accept", "submit", "deny", "conclude", "sign", "appeal", "dismiss"),
)


def _actor(county: County, number: str, who: str) -> Actor:
    if who == "citizen":
        return CITIZEN
    ticket = county.ticket(number)
    if who != "holder":
        return county.actor(who)
    if ticket.officer_id is None:
        return county.officer_of(number)
    with county.work() as work:
        return accounts.actor_of(work, work.session.get_one(Staff, ticket.officer_id))


def _holds(county: County, number: str, received_at) -> None:
    ticket, timers = county.ticket(number), county.timers(number)
    assert ticket.received_at == received_at
    if ticket.status in ENDS:
        assert timers == {}
        assert ticket.closed_at is not None
    else:
        assert OWNER[ticket.status]
        assert CLOCK[ticket.status] in timers, ticket.status
        assert ticket.closed_at is None
    assert difference(county, number) == {}
    with county.work() as work:
        assert auditor.suspects(work, [ticket.id]) == {}


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(COURSES),
    st.lists(st.sampled_from([*MOVES, *TIMES]), max_size=4),
    st.integers(0, 6),
)
def test_no_history_leaves_a_ticket_without_an_owner_and_a_clock(county, course, others, at):
    number = county.demand(ROAD)
    received_at = county.ticket(number).received_at
    for move in (*course[:at], *others, *course[at:]):
        if move in {"hour", "week", "month"}:
            county.forward(
                **{"hour": {"hours": 1}, "week": {"days": 7}, "month": {"days": 31}}[move]
            )
        else:
            who, do = MOVES[move]
            try:
                with county.work(_actor(county, number, who)) as work:
                    do(work, work.ticket(number))
            except HotlineError:
                pass  # what the rules forbid changes nothing
        _holds(county, number, received_at)
