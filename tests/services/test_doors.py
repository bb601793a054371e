"""More doors: who may withdraw and how, who may reject, who may know, what may be missing."""

from datetime import timedelta

import pytest

from hotline.domain.closing import ResultKind
from hotline.domain.disputes import ReturnReason
from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError, WrongStatusError
from hotline.domain.refusal import RejectReason
from hotline.domain.tickets import Action, Status
from hotline.services.handling import closing, photos, returns, sight, tickets
from hotline.services.proof import identity
from hotline.services.reception import (
    calling_off,
    calls,
    counter,
    gaps,
    intake,
    messages,
    refusals,
    rejection,
    withdrawal,
)
from hotline.services.whistles import whistle
from hotline.store import attention as attention_rows
from hotline.work import CITIZEN
from tests.county import CALLER, County
from tests.photos import jpeg
from tests.services.test_replay import difference
from tests.web import nights

BASE = "http://127.0.0.1:8345/hooks/voice"
WINDOW = "faku-hall-1"
NO_PLACE = "家里没水了，急死了"


def rejected(county: County, number: str) -> None:
    """Propose to reject a ticket."""
    refusal = rejection.Refusal(RejectReason.COURT, "court", "法院已经立案")
    with county.work(county.actor("operator1")) as work:
        rejection.propose(work, work.ticket(number), refusal)


def ruled(county: County, number: str, login: str = "supervisor", *, approved: bool) -> None:
    with county.work(county.actor(login)) as work:
        rejection.rule(work, work.ticket(number), approved=approved, reason="看过了")


def texted(county: County, sid: str, words: str) -> str:
    with county.work(CITIZEN) as work:
        return messages.incoming(work, messages.read(work.kit, sid, CALLER, words, {"Body": words}))


# --- withdrawal -----------------------------------------------------------------------------


def test_a_caller_withdraws_by_keys_on_a_call_from_the_same_number(county):
    number = county.demand()
    with county.work(CITIZEN) as work:
        calls.incoming(work, "CA1", CALLER, BASE)
    with county.work(CITIZEN) as work:
        question = calls.said(work, "CA1", "我要撤回诉求", "", BASE)
    assert "要撤回请按1" in question
    with county.work(CITIZEN) as work:
        answer = calling_off.answered(work, "CA1", "", "1", BASE)

    assert "已按您的要求撤回" in answer
    assert county.ticket(number).status is Status.WITHDRAWN
    [event] = county.events(number, Action.WITHDRAW)
    assert (event["role"], event["data"]["by"], event["data"]["call"]) == ("citizen", "call", "CA1")
    assert difference(county, number) == {}


def test_whoever_says_no_on_the_call_has_withdrawn_nothing(county):
    number = county.demand()
    with county.work(CITIZEN) as work:
        calls.incoming(work, "CA1", CALLER, BASE)
    with county.work(CITIZEN) as work:
        calls.said(work, "CA1", "撤回", "", BASE)
    with county.work(CITIZEN) as work:
        answer = calling_off.answered(work, "CA1", "", "2", BASE)

    assert "照常办理" in answer
    assert county.ticket(number).status is Status.DISPATCHED


def test_another_number_has_nothing_to_withdraw(county):
    number = county.demand()
    with county.work(CITIZEN) as work:
        calls.incoming(work, "CA1", "+8613700000000", BASE)
    with county.work(CITIZEN) as work:
        calls.said(work, "CA1", "撤回", "", BASE)

    assert county.ticket(number).status is Status.DISPATCHED


def test_what_was_written_is_withdrawn_by_a_message_and_nothing_else_is(county):
    by_call = county.demand()
    written = county.demand("孟家镇桃山村路灯不亮", channel="message")

    answer = texted(county, "SM1", "撤回")

    assert "已按您的要求撤回" in answer
    assert county.ticket(written).status is Status.WITHDRAWN
    assert county.ticket(by_call).status is Status.DISPATCHED


def test_of_several_written_demands_the_number_must_be_said(county):
    first = county.demand(channel="message")
    second = county.demand("孟家镇桃山村路灯不亮", channel="message")

    assert "工单号" in texted(county, "SM1", "撤回")
    texted(county, "SM2", f"撤回 {second}")

    assert county.ticket(first).status is Status.DISPATCHED
    assert county.ticket(second).status is Status.WITHDRAWN


def test_an_operator_withdraws_only_with_the_caller_on_the_line(county):
    number, operator = county.demand(), county.actor("operator1")
    with county.work(operator) as work, pytest.raises(NotAllowedError, match="not_on_the_line"):
        withdrawal.on_call(work, work.ticket(number))
    nights.a_waiting_call(county, "CA7")
    with county.work(CITIZEN) as work:
        calls.picked(work, "CA7", str(operator.staff_id))
    with county.work(operator) as work:
        withdrawal.on_call(work, work.ticket(number))

    [event] = county.events(number, Action.WITHDRAW)
    assert (event["role"], event["data"]["by"]) == ("citizen", "operator")
    assert event["data"]["operator"] == str(operator.staff_id)


def test_no_account_withdraws_in_the_citizens_stead(county):
    number = county.demand()

    for login in ("operator1", "supervisor", "admin"):
        with county.work(county.actor(login)) as work, pytest.raises(NotAllowedError):
            work.act(work.ticket(number), Action.WITHDRAW)


def test_a_withdrawal_tells_everybody_at_work_and_stops_every_clock(county):
    number = nights.accepted(county)
    with county.work(county.officer_of(number)) as work:
        whistle.blow(work, work.ticket(number), "grid", ["utility/water"], "请来看看")
    with county.work(CITIZEN) as work:
        withdrawal.withdraw(work, work.ticket(number), "call")

    told = [row for row in county.messages(number) if row.template == "called_off"]
    assert len(told) == 2
    assert county.timers(number) == {}
    county.forward(days=10)
    assert county.ticket(number).status is Status.WITHDRAWN


def test_nobody_leaves_an_emergency_because_a_demand_was_withdrawn(county):
    number = nights.whistled(county)

    with county.work(CITIZEN) as work, pytest.raises(RefusedError, match="danger_open"):
        withdrawal.withdraw(work, work.ticket(number), "call")


# --- rejection ------------------------------------------------------------------------------


def test_a_rejection_counts_only_when_somebody_else_approves_and_the_route_is_told(county):
    number = county.demand(NO_PLACE)
    rejected(county, number)
    assert county.ticket(number).status is Status.REJECT_PENDING
    assert set(county.timers(number)) == {"rule_rejection"}

    ruled(county, number, approved=True)

    assert county.ticket(number).status is Status.REJECTED
    [message] = [row for row in county.messages(number) if row.template == "rejected"]
    assert "12368" in message.params["route"]
    assert difference(county, number) == {}


def test_an_operator_approves_nothing_not_even_another_operator(county):
    number = county.demand(NO_PLACE)
    rejected(county, number)

    with pytest.raises(NotAllowedError):
        ruled(county, number, "operator2", approved=True)


def test_a_supervisor_of_the_unit_concerned_does_not_approve(county):
    number = county.demand(NO_PLACE)
    with county.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE ticket SET unit = 'county/faku' WHERE number = %s", (number,)
        )
    rejected(county, number)

    with pytest.raises(NotAllowedError, match="own_unit"):
        ruled(county, number, approved=True)


def test_what_is_not_approved_goes_on_and_waits_for_nobody_in_vain(county):
    number = county.demand(NO_PLACE)
    rejected(county, number)
    county.forward(days=3)
    assert county.events(number, Action.REMIND)

    ruled(county, number, approved=False)

    ticket = county.ticket(number)
    assert (ticket.status, ticket.triage_reason) == (Status.TRIAGE, "rejection_declined")
    assert difference(county, number) == {}


def test_the_citizen_objects_once_and_a_person_looks_again(county):
    number = county.demand(NO_PLACE)
    rejected(county, number)
    ruled(county, number, approved=True)
    with county.work(CITIZEN) as work:
        rejection.object_to(work, work.ticket(number), "法院没有受理")

    assert county.ticket(number).triage_reason == "objected"
    assert difference(county, number) == {}
    rejected(county, number)
    ruled(county, number, approved=True)
    with county.work(CITIZEN) as work, pytest.raises(RefusedError, match="objected_before"):
        rejection.object_to(work, work.ticket(number), "还是不同意")


def test_only_what_waits_for_a_person_can_be_rejected_and_only_by_a_known_route(county):
    dispatched, waiting = county.demand(), county.demand(NO_PLACE)

    with pytest.raises(WrongStatusError):
        rejected(county, dispatched)
    with county.work(county.actor("operator1")) as work, pytest.raises(InvalidError, match="route"):
        nowhere = rejection.Refusal(RejectReason.COURT, "nowhere", "去别处")
        rejection.propose(work, work.ticket(waiting), nowhere)


def test_every_refusal_stands_in_the_register_with_its_ruling(county):
    number, returned = county.demand(NO_PLACE), nights.returned(county)
    rejected(county, number)
    ruled(county, number, approved=True)

    with county.work(county.actor("supervisor")) as work:
        every = refusals.register(work, None)
        only = refusals.register(work, Action.REJECT)
    assert {(one.ticket.number, one.event.action) for one in every} == {
        (number, Action.REJECT),
        (returned, Action.RETURN),
    }
    [one] = only
    assert (one.data["reason"], one.data["route"], one.text.body) == (
        "court",
        "court",
        "法院已经立案",
    )
    assert one.by.login == "operator1"
    assert (one.ruling.event.action, one.ruling.by.login) == (Action.APPROVE, "supervisor")


# --- who may know ---------------------------------------------------------------------------


def test_a_confidential_caller_is_known_to_the_hotline_alone_and_for_a_reason(county):
    number = county.demand(shield="confidential")
    officer, operator = county.officer_of(number), county.actor("operator1")
    with county.work(officer) as work, pytest.raises(NotAllowedError, match="confidential"):
        identity.view(work, work.ticket(number), "call_caller", "contact")
    with county.work(operator) as work, pytest.raises(InvalidError, match="reason"):
        identity.view(work, work.ticket(number), "call_caller")
    with county.work(operator) as work:
        assert identity.view(work, work.ticket(number), "call_caller", "contact").number == CALLER
    with county.work(officer) as work:
        assert not sight.may_identify(work, work.ticket(number))
        assert sight.may_see(work, work.ticket(number))


def test_the_hotline_passes_on_what_an_officer_asks_a_confidential_caller(county):
    number = county.demand(shield="confidential")
    officer = county.officer_of(number)
    with county.work(officer) as work:
        tickets.accept(work, work.ticket(number))
    with county.work(officer) as work, pytest.raises(RefusedError, match="confidential"):
        tickets.contact(work, work.ticket(number), "reached")
    with county.work(officer) as work:
        tickets.relay(work, work.ticket(number), "请问水表在哪里")
    with county.work(county.actor("operator1")) as work:
        tickets.contact(work, work.ticket(number), "reached", note="在楼道")

    assert [row for row in county.messages(number) if row.template == "relay"]
    assert county.ticket(number).contacted_at is not None


def test_nothing_is_ever_sent_to_an_anonymous_caller_and_no_first_contact_is_owed(county):
    number = county.demand(shield="anonymous")
    assert "contact" not in county.timers(number)
    officer = county.officer_of(number)
    with county.work(officer) as work:
        tickets.accept(work, work.ticket(number))
        ticket = work.ticket(number)
        kept = photos.keep(work, ticket, "result", [jpeg()], at_most=1)
        closing.submit(work, ticket, closing.Result(ResultKind.ACTED, "修好了", kept))
    county.forward(days=10)

    assert [row for row in county.messages(number) if row.audience == "caller"] == []
    assert county.ticket(number).status is Status.ARCHIVED_UNVERIFIED


# --- the counter, who was asked first, gaps -----------------------------------------------------


def at_window(county: County, words: str = "孟家镇桃山村低保办了三回没办成") -> str:
    matter = counter.Matter(WINDOW, words, "低保申请", "镇便民服务中心", CALLER)
    with county.work(county.actor("operator1")) as work:
        return counter.take(work, matter)


def test_a_matter_at_a_window_has_its_own_fast_clock_and_alarms_the_supervisor(county):
    number = at_window(county, "低保办了三回没办成")
    ticket = county.ticket(number)
    react = county.kit.maps.current.windows[WINDOW].react
    late = county.timers(number)["react"] - ticket.received_at
    assert abs(late - timedelta(seconds=react.amount)) < timedelta(seconds=5)

    county.forward(seconds=react.amount + 1)

    with county.work() as work:
        kinds = {entry.attention.kind for entry in attention_rows.open_entries(work.session)}
    assert "late_react" in kinds
    told = {row.audience for row in county.messages(number) if row.template == "window_late"}
    assert told == {"staff"}


def test_a_matter_that_a_unit_took_up_alarms_nobody(county):
    number = at_window(county, "大孤家子镇拉马桥村停水，报修没人管")
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))

    assert "react" not in county.timers(number)
    assert difference(county, number) == {}
    [said] = county.events(number, Action.ADD)
    assert said["role"] == "operator"


def test_what_was_said_at_a_window_is_withdrawn_there_and_nowhere_else(county):
    number = at_window(county)
    with county.work(county.actor("operator1")) as work:
        with pytest.raises(RefusedError, match="other_window"):
            withdrawal.at_window(work, work.ticket(number), "faku-hall-2")
        with pytest.raises(RefusedError, match="other_channel"):
            withdrawal.withdraw(work, work.ticket(number), "web")
        withdrawal.at_window(work, work.ticket(number), WINDOW)

    assert county.ticket(number).status is Status.WITHDRAWN


def test_whoever_was_asked_first_is_told_when_a_ticket_comes_back(county):
    operator = county.actor("operator1")
    with county.work(operator) as work:
        made, _ = intake.receive(work, intake.Demand("desk", CALLER, "大孤家子镇拉马桥村停水"))
    assert county.ticket(made.number).first_asked == operator.staff_id
    with county.work(county.officer_of(made.number)) as work:
        returns.send_back(
            work, work.ticket(made.number), returns.Proof(ReturnReason.OTHER_PLACE, "不在本网格")
        )
    with county.work(county.actor("operator2")) as work:
        returns.rule(work, work.ticket(made.number), upheld=True, reason="确实不在")

    [told] = [row for row in county.messages(made.number) if row.template == "first_asked"]
    assert told.staff_id == operator.staff_id


def test_a_gap_is_reminded_on_its_day_and_the_closing_says_whether_it_came(county):
    number, operator = county.demand(), county.actor("operator1")
    day = (county.now() + timedelta(days=1)).date()
    with county.work(operator) as work:
        ticket = work.ticket(number)
        card = gaps.accept_without(work, ticket, gaps.Missing("身份证复印件", "caller", day))
        gaps.accept_without(work, ticket, gaps.Missing("水表照片", "unit", day))
    with county.work(operator) as work:
        gaps.came(work, work.ticket(number), card.id)
    county.forward(days=3)

    late = [row for row in county.messages(number) if row.template == "gap_late"]
    assert len(late) == 1
    officer = county.officer_of(number)
    with county.work(officer) as work:
        ticket = work.ticket(number)
        closing.submit(work, ticket, closing.Result(ResultKind.EXPLAINED, "已说明"))
    [claim] = county.events(number, Action.SUBMIT)
    assert claim["data"]["gaps"] == {"promised": 2, "missing": 1}
    with county.work(operator) as work, pytest.raises(InvalidError, match="by_day"):
        yesterday = (county.now() - timedelta(days=2)).date()
        gaps.accept_without(work, work.ticket(number), gaps.Missing("x", "caller", yesterday))
