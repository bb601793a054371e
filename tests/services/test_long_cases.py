"""More time, long cases and final replies: asked for, granted outside, told; never a closure."""

from datetime import timedelta

import pytest

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind
from hotline.domain.deadlines import worked
from hotline.domain.deferral import Milestone, Plan
from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError
from hotline.domain.rates import Measure, fold
from hotline.domain.tickets import Action, Status
from hotline.services.handling import closing, dossier, final_reply, long_term, plans, tickets
from hotline.services.reception import messages
from hotline.services.verifying import verification
from hotline.store import long_term as plan_rows
from hotline.store import tickets as ticket_rows
from hotline.work import CITIZEN
from tests.county import CALLER, County
from tests.services.test_replay import difference
from tests.web.desk import login_of
from tests.web.nights import accepted

ROAD = "双台子乡砖山子村村路坏了"


def counts(county: County, number: str) -> dict:
    return dict(fold(county.events(number), lambda at: at.date()).counts)


def templates(county: County, number: str) -> list[str]:
    return [row.template for row in county.messages(number) if row.audience == "caller"]


def until(county: County, instant) -> None:
    county.move(seconds=(instant - county.now()).total_seconds() + 1)
    county.tick()


def more_time(county: County, number: str) -> None:
    with county.work(county.officer_of(number)) as work:
        tickets.ask_for_time(work, work.ticket(number), "沥青要等升温")
    # Nothing is late: whoever may rule is asked to, by their own limit.
    told = {row.template for row in county.messages(number) if row.audience == "staff"}
    assert "to_rule" in told
    assert "overdue" not in told
    with county.work(county.actor("supervisor")) as work:
        tickets.rule_extension(work, work.ticket(number), granted=True, reason="属实")


def plan(county: County, *days: int, leader: str = "town/shuangtaizi/lead") -> Plan:
    today = county.now().astimezone(COUNTY_ZONE).date()
    steps = tuple(Milestone(f"第{day}天前完成一段", today + timedelta(days=day)) for day in days)
    return Plan("分段修，先垫平再铺油", leader, steps)


def deferred(county: County, number: str, *days: int) -> None:
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        [leader, *_] = long_term.leaders(work, ticket)
        long_term.propose(work, ticket, plan(county, *days, leader=leader))
    with county.work(county.actor("supervisor")) as work:
        long_term.rule(work, work.ticket(number), granted=True, reason="确需时日")


def submitted(county: County, number: str, kind=ResultKind.EXPLAINED) -> None:
    with county.work(county.officer_of(number)) as work:
        closing.submit(work, work.ticket(number), closing.Result(kind, "已按计划修补"))


def denied(county: County, number: str) -> None:
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=False, by="call")


def final(county: County, number: str) -> None:
    with county.work(county.officer_of(number)) as work:
        final_reply.propose(work, work.ticket(number), "该路段已列入明年大修，依据见附件")
    with county.work(county.actor("supervisor")) as work:
        final_reply.sign(work, work.ticket(number), signed=True, reason="依据充分")


def test_from_more_time_to_the_long_list_to_a_final_reply_that_is_appealed(county):
    number = accepted(county, ROAD)
    received, first_due = county.ticket(number).received_at, county.ticket(number).due_at
    more_time(county, number)
    assert county.ticket(number).due_at > first_due
    assert templates(county, number)[-1] == "extended"

    deferred(county, number, 20, 60)
    ticket = county.ticket(number)
    assert (ticket.status, ticket.closed_at) == (Status.LONG_TERM, None)
    assert set(county.timers(number)) >= {"milestone", "long_term_review", "long_term"}
    assert "handle" not in county.timers(number)
    assert counts(county, number)[Measure.LONG_TERM] == 1
    assert counts(county, number)[Measure.CLAIMED] == 0
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        first, second = plan_rows.milestones(
            work.session, plan_rows.newest(work.session, ticket.id).id
        )
        long_term.milestone_done(work, ticket, first.id, "先垫平了")
    assert county.ticket(number).due_at == county.timers(number)["long_term_review"]

    until(county, county.timers(number)["long_term_review"])  # nobody reviewed: it climbs
    assert county.events(number, Action.CLIMB)[-1]["data"]["step"] == "long_term_review"
    with county.work(county.actor("supervisor")) as work:
        long_term.review(work, work.ticket(number), goes_on=True, text="看过现场，继续")
    until(county, second.due_at)  # the second milestone is missed: it climbs, again and again
    assert county.events(number, Action.CLIMB)[-1]["data"]["why"] == "missed"
    assert difference(county, number) == {}

    with county.work(county.officer_of(number)) as work:
        long_term.resume(work, work.ticket(number), "路修完了")
    submitted(county, number)
    with pytest.raises(RefusedError, match="extension_too_late"):
        _ask_late(county, number)
    final(county, number)
    assert county.ticket(number).status is Status.FINAL_REPLIED
    assert templates(county, number)[-1] == "final"

    with county.work(CITIZEN) as work:
        answer = messages.incoming(
            work, messages.read(work.kit, "SMappeal", CALLER, "申诉：坑还在", {"Body": "申诉"})
        )
    assert "复核" in answer
    with (
        county.work(county.actor("supervisor")) as work,
        pytest.raises(NotAllowedError, match="own_signature"),
    ):
        final_reply.rule(work, work.ticket(number), upheld=False, reason="维持")
    with county.work(county.actor("panel.duty.chair")) as work:
        final_reply.rule(work, work.ticket(number), upheld=False, reason="依据充分")

    ticket = county.ticket(number)
    assert (ticket.status, ticket.received_at) == (Status.ARCHIVED_FINAL, received)
    assert county.timers(number) == {}
    found = counts(county, number)
    assert (found[Measure.CLAIMED], found[Measure.FINAL]) == (1, 1)
    assert (found[Measure.CONFIRMED], found[Measure.SOLVED], found[Measure.SOLVED_KNOWN]) == (
        *(0, 0, 0),
    )
    assert difference(county, number) == {}


def test_a_milestone_is_changed_from_outside_with_a_reason_and_both_values_are_kept(county):
    number = accepted(county, ROAD)
    deferred(county, number, 20, 60)
    first = next(iter(steps_of(county, number)))
    day = first.due_at.astimezone(COUNTY_ZONE).date()

    def change(login: str, what: str, by_day) -> None:
        with county.work(county.actor(login)) as work:
            promise = Milestone(what, by_day)
            long_term.change(work, work.ticket(number), first.id, promise, "材料到货推迟")

    with pytest.raises(NotAllowedError):
        change(login_of(county, number), "垫平", day)
    with pytest.raises(InvalidError, match="by_day"):
        change("supervisor", "垫平", day + timedelta(days=40))
    change("supervisor", "先垫平北段", day + timedelta(days=5))

    assert steps_of(county, number)[0].due_at == first.due_at + timedelta(days=5)
    assert county.ticket(number).due_at == first.due_at + timedelta(days=5)
    with county.work() as work:
        ticket = work.look(number)
        shown = plans.of_ticket(work, ticket, ticket_rows.texts(work.session, ticket.id))
    [kept] = shown.changes[str(first.id)]
    assert (kept.before, kept.words, kept.reason) == (
        first.due_at,
        "第20天前完成一段",
        "材料到货推迟",
    )
    assert shown.steps[0][1] == "先垫平北段"
    until(county, first.due_at)
    reminded = {event["data"].get("step") for event in county.events(number, Action.REMIND)}
    assert "milestone" not in reminded


def steps_of(county: County, number: str) -> list:
    with county.work() as work:
        plan_row = plan_rows.newest(work.session, county.ticket(number).id)
        return plan_rows.milestones(work.session, plan_row.id)


def _ask_late(county: County, number: str) -> None:
    """The caller says no, and the redo's limit passes before anybody asks for more time."""
    denied(county, number)
    until(county, county.ticket(number).due_at)
    with county.work(county.officer_of(number)) as work:
        tickets.ask_for_time(work, work.ticket(number), "还要几天")


def test_an_appeal_that_is_upheld_is_handled_again_and_silence_archives(county):
    number = accepted(county, ROAD)
    with county.work(county.officer_of(number)) as work, pytest.raises(RefusedError) as refused:
        final_reply.propose(work, work.ticket(number), "不归我们管")
    assert refused.value.facts["reason"] == "final_too_early"
    submitted(county, number)
    denied(county, number)
    final(county, number)
    with county.work(CITIZEN) as work:
        final_reply.appeal(work, work.ticket(number), "根本没来修", "web")
    with county.work(county.actor("panel.duty.chair")) as work:
        final_reply.rule(work, work.ticket(number), upheld=True, reason="应当再办")
    assert (county.ticket(number).status, county.ticket(number).redos) == (Status.HANDLING, 2)

    final(county, number)
    until(county, county.timers(number)["final_appeal"])
    assert county.ticket(number).status is Status.ARCHIVED_FINAL
    assert county.timers(number) == {}
    assert difference(county, number) == {}


def test_a_plan_ends_on_its_last_day_whatever_is_left_of_it(county):
    number = accepted(county, ROAD)
    deferred(county, number, 30, 179)
    with county.work(county.officer_of(number)) as work:
        assert long_term.left(work, work.ticket(number)) == timedelta(days=180)
    end = county.timers(number)["long_term"]
    for _ in range(4):  # the longest time passes while nobody does anything
        until(county, min(end, county.now() + timedelta(days=46)))

    ticket = county.ticket(number)
    assert ticket.status is Status.HANDLING
    assert not {"milestone", "long_term", "long_term_review"} & set(county.timers(number))
    with county.work(county.officer_of(number)) as work, pytest.raises(InvalidError) as refused:
        long_term.propose(work, work.ticket(number), plan(county, 5, leader=ticket.post))
    assert refused.value.facts["fields"] == ["leader", "milestones"]
    assert difference(county, number) == {}


def test_a_plan_that_waited_past_its_last_day_is_declined_and_never_granted(county):
    number = accepted(county, ROAD)
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        [leader, *_] = long_term.leaders(work, ticket)
        long_term.propose(work, ticket, plan(county, 20, leader=leader))
    county.forward(days=31)

    supervisor = county.actor("supervisor")
    with county.work(supervisor) as work, pytest.raises(RefusedError, match="plan_over"):
        long_term.rule(work, work.ticket(number), granted=True, reason="可")
    with county.work(supervisor) as work:
        long_term.rule(work, work.ticket(number), granted=False, reason="另报")
    assert county.ticket(number).status is Status.HANDLING


def test_a_plan_is_granted_from_outside_and_declined_the_limit_runs_on(county):
    number = accepted(county, ROAD)
    due = county.timers(number)["handle"]
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        [leader, *_] = long_term.leaders(work, ticket)
        long_term.propose(work, ticket, plan(county, 20, leader=leader))
    assert county.timers(number)["handle"] == due
    supervisor = county.actor("supervisor")
    mine = type(supervisor)(
        supervisor.role, supervisor.ref, supervisor.staff_id, county.ticket(number).unit
    )
    with county.work(mine) as work, pytest.raises(NotAllowedError, match="own_unit"):
        long_term.rule(work, work.ticket(number), granted=True, reason="自己批")
    with county.work(supervisor) as work:
        long_term.rule(work, work.ticket(number), granted=False, reason="按期能办完")

    assert county.ticket(number).status is Status.HANDLING
    assert county.timers(number)["handle"] == due
    assert "rule_long_term" not in county.timers(number)


def test_the_units_clock_stands_still_on_the_list_and_the_citizens_never(county):
    number = accepted(county, ROAD)
    left = worked(county.now(), county.ticket(number).due_at, county.kit.calendar)
    deferred(county, number, 20, 60)
    county.move(days=12)

    with county.work(county.officer_of(number)) as work:
        long_term.resume(work, work.ticket(number), "提前修完了")

    rest = worked(county.now(), county.ticket(number).due_at, county.kit.calendar)
    assert abs(rest - left) < timedelta(minutes=1)
    with county.work(county.actor("supervisor")) as work:
        shown = dossier.read(work, number).clocks
    assert shown.citizen > timedelta(days=12) > timedelta(hours=1) > shown.unit
    assert difference(county, number) == {}
