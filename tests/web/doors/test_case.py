"""The status page: number and code open it, both clocks are there, and nobody else gets in."""

import pytest

from hotline.domain.closing import ResultKind
from hotline.domain.tickets import Action, Status
from hotline.services.handling import closing, tickets
from hotline.services.proof import identity
from hotline.services.reception import codes
from hotline.services.verifying import verification
from hotline.work import CITIZEN
from tests.county import CALLER
from tests.web import nights
from tests.web.client import client_for
from tests.web.doors.citizen import Citizen


@pytest.fixture
def citizen(county) -> Citizen:
    told = Citizen(county)
    told.tells()
    return told


def code_of(county, number: str) -> str:
    with county.work() as work:
        return codes.code_of(work, work.ticket(number).id)


def explained(county, number: str) -> None:
    """Let the officer sign for a ticket and submit a result without a photo."""
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
        closing.submit(work, work.ticket(number), closing.Result(ResultKind.EXPLAINED, "已说明"))


def test_number_and_code_open_the_case_on_any_device(county, citizen):
    other = Citizen(county)

    page = other.opens(f"{citizen.number[:4]} {citizen.number[4:]}", citizen.code)

    for words in ("已派单", "您的时钟", "单位的时钟", "停水与供水", "没有人看过"):
        assert words in page
    assert "139" not in page


def test_a_wrong_code_says_no_more_than_that_and_is_limited_by_address(county, citizen):
    stranger = Citizen(county, "10.9.9.9")
    for _ in range(codes.MOST_WRONG):
        assert "对不上" in stranger.post("/case/", 404, number=citizen.number, code="0000000000")
    stranger.post("/case/", 429, number=citizen.number, code=citizen.code)

    # Whoever guesses locks out themselves, never the citizen.
    assert "已派单" in Citizen(county).opens(citizen.number, citizen.code)


def test_a_device_is_forgotten_after_half_an_hour_and_when_the_citizen_leaves(county, citizen):
    assert "已派单" in citizen.page("/case/")
    county.move(minutes=31)
    assert "查询码" in citizen.page("/case/")

    citizen.opens()
    citizen.post("/case/leave", 303)
    assert "已派单" not in citizen.page("/case/")


def test_a_forged_pass_opens_nothing(county, citizen):
    client = client_for(county)
    client.set_cookie("hotline_case", f"{citizen.number}.99999999999.{'0' * 64}", path="/case")

    assert "已派单" not in client.get("/case/").get_data(as_text=True)


def test_a_caller_by_telephone_has_a_code_sent_to_that_number_only(county):
    number = county.demand()
    asker = Citizen(county)
    old = code_of(county, number)

    wrong = asker.post("/case/code", 200, ticket=number, number="13799990000")
    assert [row for row in county.messages(number) if row.template == "code"] == []
    right = asker.post("/case/code", 200, ticket=number, number=CALLER)

    assert wrong == right
    [message] = [row for row in county.messages(number) if row.template == "code"]
    assert message.params["code"] == codes.FROM_KEY
    assert code_of(county, number) != old
    assert "已派单" in asker.opens(number, code_of(county, number))


def test_words_are_added_once_and_reach_the_officer(county, citizen):
    officer = county.officer_of(citizen.number)
    with county.work(officer) as work:
        tickets.accept(work, work.ticket(citizen.number))
    key = "6f1c2b9e-3f3b-4f6c-9c55-111111111111"

    citizen.does("add", text="老人病了", key=key)
    page = citizen.does("add", text="老人病了", key=key)

    assert "老人病了" in page
    assert len(county.events(citizen.number, Action.ADD)) == 1
    assert "addition" in {row.template for row in county.messages(citizen.number)}


def test_every_look_at_the_callers_identity_is_shown_without_names(county, citizen):
    officer = county.officer_of(citizen.number)
    with county.work(officer) as work:
        identity.view(work, work.ticket(citizen.number), "call_caller")

    page = citizen.page("/case/")

    assert "查看号码，联系来电人" in page
    assert "网格员" in page
    assert "示例·" not in page


def test_a_result_is_shown_as_a_claim_and_answered_on_the_page(county):
    number = nights.submitted(county)
    citizen = Citizen(county)
    page = citizen.opens(number, code_of(county, number))
    for words in ("这是承办单位说的", "已处理", "1 张照片", "没有按时办到", "您的诉求解决了吗"):
        assert words in page

    citizen.does("verdict", solved="0")

    assert county.ticket(number).status is Status.HANDLING
    [denied] = county.events(number, Action.DENY)
    assert (denied["role"], denied["data"]["by"]) == ("citizen", "web")


def test_the_citizen_withdraws_what_came_by_the_web(county, citizen):
    citizen.post("/case/withdraw", 422)
    page = citizen.does("withdraw", sure="1")

    assert "您已撤回" in page
    assert county.ticket(citizen.number).status is Status.WITHDRAWN
    assert county.timers(citizen.number) == {}
    [event] = county.events(citizen.number, Action.WITHDRAW)
    assert (event["role"], event["data"]["by"]) == ("citizen", "web")


def test_what_came_by_telephone_is_not_withdrawn_on_the_web(county):
    number = county.demand()
    citizen = Citizen(county)
    page = citizen.opens(number, code_of(county, number))
    assert "请用同一个号码拨打 12345 撤回" in page

    citizen.post("/case/withdraw", 409, sure="1")

    assert county.ticket(number).status is Status.DISPATCHED


def test_an_anonymous_caller_answers_on_the_page_or_is_archived_unverified(county):
    citizen = Citizen(county)
    citizen.tells(shield="anonymous")
    explained(county, citizen.number)
    assert [row for row in county.messages(citizen.number) if row.audience == "caller"] == []
    assert "您的诉求解决了吗" in citizen.opens()

    county.forward(days=3)

    assert county.ticket(citizen.number).status is Status.ARCHIVED_UNVERIFIED
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(citizen.number), solved=True, by="web")
    assert county.ticket(citizen.number).status is Status.ARCHIVED
