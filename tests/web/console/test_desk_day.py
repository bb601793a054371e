"""The operators' desk as a working place: calls, suggestions, ring-backs, merging, shifts."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa

from hotline.domain.tickets import Action, Status
from hotline.services.reception import calls, rejection
from hotline.work import CITIZEN
from tests.county import CALLER, NO_WATER
from tests.services.test_merging import submit
from tests.services.test_replay import difference
from tests.web import nights
from tests.web.desk import Desk, queries

PLACE, CLASS = "大孤家子镇拉马桥村", "utilities/water"
OTHER = "+8613800002222"
HOOKS = "http://127.0.0.1:8345/hooks/voice"
SIGNED_IN = 4


@pytest.fixture
def desk(county) -> Desk:
    return Desk(county, "operator1")


@pytest.fixture
def call(county) -> str:
    """A caller whom the first operator has picked up."""
    nights.a_waiting_call(county, "CAlive")
    operator = county.actor("operator1").staff_id
    with county.work(CITIZEN) as work:
        calls.picked(work, "CAlive", str(operator))
    return "CAlive"


def a_ring_back(county, number: str = CALLER) -> str:
    """A caller who hung up in the queue."""
    sid = f"CA{uuid4().hex}"
    with county.work(CITIZEN) as work:
        calls.incoming(work, sid, number, HOOKS)
    with county.work(CITIZEN) as work:
        made = calls.end(work, sid)
    return made.number


def new(desk: Desk, **fields: object) -> str:
    """Send the form of the desk and return the ticket's number."""
    answer = desk.send("/console/new/", **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return re.search(r"/tickets/(\d{12})", answer.headers["Location"])[1]


def test_a_call_that_was_picked_up_pops_on_that_operators_desk_alone(county, desk, call):
    mine = desk.page("/console/pulse/")
    others = Desk(county, "operator2").page("/console/pulse/")

    assert "您接起的来电" in mine
    assert f"call={call}" in mine
    assert "+86138****1111" in mine
    assert CALLER not in mine
    assert "您接起的来电" not in others


def test_the_form_of_a_call_shows_the_callers_cases_and_puts_the_look_on_record(county, desk, call):
    earlier = county.demand(NO_WATER)
    county.demand(NO_WATER, number=OTHER)

    page = desk.page(f"/console/new/?call={call}")

    assert page.count("待签收") == 1
    assert f"/console/tickets/{earlier}" in page
    with county.engine.connect() as connection:
        looked = connection.execute(sa.text("SELECT what FROM identity_view")).scalars().all()
    assert looked == ["caller_history"]


def test_a_call_taken_down_is_a_ticket_of_its_callers_number(county, desk, call):
    number = new(desk, words=NO_WATER, call=call)

    assert county.ticket(number).status is Status.DISPATCHED
    assert CALLER in desk.send(f"/console/tickets/{number}/caller").get_data(as_text=True)
    assert "您接起的来电" not in desk.page("/console/pulse/")
    assert desk.client.get(f"/console/new/?call={call}").headers["Location"].endswith(number)


def test_nobody_takes_down_another_operators_call(county, call):
    other = Desk(county, "operator2")

    assert other.client.get(f"/console/new/?call={call}").status_code == 404
    assert other.send("/console/new/", words=NO_WATER, call=call).status_code == 404


def test_reading_along_says_why_and_what_is_missing_all_at_once(desk):
    known = desk.send("/console/new/reading", words=f"{PLACE}停水了").get_data(as_text=True)
    unknown = desk.send("/console/new/reading", words="家里停水了").get_data(as_text=True)

    assert "大孤家子镇拉马桥村" in known
    assert "停水" in known
    for asked in ("哪个乡镇哪个村", "怎样回电", "从什么时候开始", "一户还是多户"):
        assert asked in unknown, asked
    assert "哪个乡镇哪个村" not in known


def test_what_the_operator_chose_stands_beside_what_the_machine_read(county, desk):
    number = new(desk, words="家里停水了", place=PLACE, number=OTHER)

    [received] = county.events(number, Action.RECEIVE)
    [chosen] = county.events(number, Action.LOCATE)
    assert received["data"]["routing"]["grid"] is None
    assert chosen["role"] == "operator"
    assert county.ticket(number).status is Status.DISPATCHED


def test_a_choice_that_is_not_complete_waits_with_its_reason(county, desk):
    number = new(desk, words="有件事要说", place=PLACE)

    ticket = county.ticket(number)
    assert (ticket.status, ticket.triage_reason) == (Status.TRIAGE, "class_unknown")


def test_a_demand_answered_on_the_spot_ends_with_its_reply_and_kind(county, desk):
    number = new(
        desk,
        words="养老认证怎么办",
        end="1",
        reply_kind="procedure",
        reply="带身份证到镇便民服务中心",
    )

    assert county.ticket(number).status is Status.ANSWERED
    [answered] = county.events(number, Action.ANSWER)
    assert answered["data"]["kind"] == "procedure"
    assert "带身份证到镇便民服务中心" in desk.page(f"/console/tickets/{number}")


def test_the_operator_picks_the_line_and_whoever_stays_unknown_leaves_no_number(county, desk, call):
    number = new(desk, words=NO_WATER, call=call, shield="anonymous", line="12345-5")

    assert (county.ticket(number).line, county.ticket(number).shield) == ("12345-5", "anonymous")
    with county.engine.connect() as connection:
        for table in ("call", "ticket_identity"):
            kept = sa.text(f"SELECT number_sealed, number_hash FROM {table}")
            assert connection.execute(kept).all() == [(None, None)]


def test_an_answer_without_words_or_kind_is_refused_and_makes_no_ticket(county, desk):
    for fields in ({"reply": "有"}, {"reply_kind": "policy", "reply": " "}):
        assert desk.send("/console/new/", words="问一下", end="1", **fields).status_code == 422
    with county.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM ticket")).scalar_one() == 0


def test_a_caller_is_told_what_is_missing_once_and_never_piecemeal(county, desk):
    number = new(desk, words="家里停水了", told="1")

    [told] = county.events(number, Action.INFORM)
    assert told["data"]["asked"] == ["place", "contact", "spot", "since", "extent"]
    assert "一次告知" in desk.page(f"/console/tickets/{number}")
    assert desk.send(f"/console/tickets/{number}/inform").status_code == 409


def test_the_list_of_ring_backs_says_why_since_when_and_how_often(county, desk):
    number = a_ring_back(county)
    county.move(minutes=5)
    desk.done(f"/console/ring-backs/{number}/outcome", outcome="unreached")

    page = desk.page("/console/ring-backs/")

    for said in ("没接起就挂了", "5 分", "1 次"):
        assert said in page, said
    assert CALLER not in page


def test_ringing_back_shows_the_number_and_dispatches_what_is_said(county, desk):
    number = a_ring_back(county)
    form = desk.send(f"/console/ring-backs/{number}").get_data(as_text=True)
    assert f"tel:{CALLER}" in form

    desk.done(f"/console/ring-backs/{number}/outcome", outcome="reached", words=NO_WATER)

    assert county.ticket(number).status is Status.DISPATCHED
    assert county.ticket(number).contacted_at is not None
    assert number not in desk.page("/console/ring-backs/")


def test_an_operator_asks_a_caller_whom_the_machine_did_not_reach(county):
    number = nights.submitted(county)
    for _ in range(3):
        county.forward(days=1)
    desk = Desk(county, "operator1")
    assert number in desk.page("/console/callers/").replace(" ", "")
    assert f"tel:{CALLER}" in desk.send(f"/console/callers/{number}").get_data(as_text=True)

    desk.done(f"/console/callers/{number}/answer", outcome="unreached")
    desk.done(f"/console/callers/{number}/answer", outcome="solved", grade="4", text="水来了")

    [confirmed] = county.events(number, Action.CONFIRM)
    assert (confirmed["role"], confirmed["data"]["by"]) == ("citizen", "person")
    assert confirmed["data"]["heard_by"] == str(county.actor("operator1").staff_id)
    assert county.ticket(number).status is Status.ARCHIVED
    assert "人工回访" in desk.page(f"/console/tickets/{number}")


def test_a_storm_is_merged_in_one_go_and_undone_where_it_was_wrong(county, desk):
    numbers = [county.demand(NO_WATER, number=f"+861380000{n:04d}") for n in range(6)]
    page = desk.page("/console/duplicates/")
    assert "6 件" in page
    for sign in ("同一网格", "同一类别", "时间相近", "话语相似"):
        assert sign in page, sign

    desk.done(f"/console/duplicates/{numbers[0]}", ticket=numbers[1:], back="1")

    assert county.ticket(numbers[0]).members == 5
    assert "没有看起来重复的工单" in desk.page("/console/duplicates/")
    assert "并入的工单（5）" in desk.page(f"/console/tickets/{numbers[0]}")
    assert "不是一件事：移出" in desk.page(f"/console/tickets/{numbers[3]}")

    desk.done(f"/console/duplicates/{numbers[0]}/release", member=numbers[3])
    assert county.ticket(numbers[3]).status is Status.TRIAGE
    submit(county, numbers[0])
    assert "不是一件事：移出" not in desk.page(f"/console/tickets/{numbers[1]}")


def test_triage_suggests_what_may_be_the_same_event_with_reasons(county, desk):
    first, second = county.demand("家里停水了"), county.demand("停水了，家里停水")

    page = desk.page(f"/console/tickets/{second}")

    assert "可能是同一件事" in page
    assert f'value="{first}"' in page
    assert "同一来电人 +25" in page


def test_a_hand_over_is_a_record_that_somebody_else_confirms(county, desk):
    [waiting] = nights.in_triage(county)
    ring_back = a_ring_back(county)
    desk.send("/console/shift/", notes="自来水公司 13900001234 说三点来水")
    own = re.search(r"/console/shift/[0-9a-f-]{36}/take", desk.page("/console/shift/"))
    other = Desk(county, "operator2")
    page = other.page("/console/shift/")
    path = re.search(r"/console/shift/[0-9a-f-]{36}/take", page)[0]

    assert own is None
    assert "说三点来水" in page
    assert "13900001234" not in page
    for number in (waiting, ring_back):
        assert f"/console/tickets/{number}" in page
    assert desk.send(path).status_code == 403
    assert other.send(path).status_code == 303
    assert other.send(path).status_code == 409
    assert "等人接班" not in desk.page("/console/shift/")


def test_two_people_on_one_ticket_see_each_other_and_what_changed(county, desk):
    number = county.demand("家里停水了")
    other = Desk(county, "operator2")
    seq = county.ticket(number).event_seq
    desk.page(f"/console/pulse/?ticket={number}&seq={seq}")

    seen = other.page(f"/console/pulse/?ticket={number}&seq={seq}")
    assert "也打开了这张工单" in seen

    desk.done(f"/console/tickets/{number}/note", text="已问过自来水公司")
    assert "备注" in other.page(f"/console/pulse/?ticket={number}&seq={seq}")

    county.move(minutes=1)
    assert "也打开了" not in other.page(f"/console/pulse/?ticket={number}&seq={seq}")


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/console/ring-backs/", 6),
        ("/console/callers/", 6),
        ("/console/duplicates/", 6),
        ("/console/shift/", 6),
        ("/console/pulse/", 6),
    ],
)
def test_every_list_of_the_desk_asks_a_fixed_number_of_questions(county, desk, path, limit):
    desk.page(path)
    with queries(county) as empty:
        desk.page(path)
    for number in range(4):
        a_ring_back(county, f"+861380000{number:04d}")
        county.demand(NO_WATER, number=f"+861390000{number:04d}")
    with queries(county) as full:
        desk.page(path)

    assert len(empty) == len(full) <= limit + SIGNED_IN


def test_ringing_back_in_vain_ends_on_record_and_one_line_of_the_caller_undoes_it(county, desk):
    number, at_most = a_ring_back(county), county.kit.maps.current.limits.ring_backs
    for _ in range(at_most):
        assert county.ticket(number).status is Status.TRIAGE
        page = desk.done(f"/console/ring-backs/{number}/outcome", outcome="unreached")

    assert "到此结束" in page
    assert county.ticket(number).status is Status.UNREACHED
    [end] = county.events(number, Action.GIVE_UP)
    assert (end["data"]["rule"], end["data"]["tries"]) == ("limits.ring_backs", at_most)
    assert [row.cause for row in county.messages(number) if row.cause == "unreached"]
    with county.work(CITIZEN) as work:
        rejection.object_to(work, work.ticket(number), "我在，请再打")
    assert county.ticket(number).status is Status.TRIAGE
    assert difference(county, number) == {}


def test_what_is_urgent_is_rung_back_for_ever(county, desk):
    number = a_ring_back(county)
    with county.work() as work:
        work.ticket(number).urgent = True
    for _ in range(county.kit.maps.current.limits.ring_backs + 1):
        desk.done(f"/console/ring-backs/{number}/outcome", outcome="unreached")

    assert county.ticket(number).status is Status.TRIAGE
