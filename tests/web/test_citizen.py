"""The caller's one-time link: a question without names, one answer, and nothing by looking."""

import re

from flask.testing import FlaskClient

from hotline.domain.closing import ResultKind
from hotline.domain.tickets import Action, Status
from hotline.services.handling import closing, photos, tickets
from tests.county import County
from tests.web.client import client_for
from tests.web.field.field import photo


def asked(county: County) -> tuple[str, str]:
    """Return a ticket whose caller was sent a link, and the link's path."""
    number = county.demand(channel="message")
    officer = county.officer_of(number)
    with county.work(officer) as work:
        tickets.accept(work, work.ticket(number))
    with county.work(officer) as work:
        ticket = work.ticket(number)
        kept = photos.keep(work, ticket, "result", [photo()[0].getvalue()], at_most=6)
        claim = closing.Result(ResultKind.ACTED, "王某某家水已恢复", kept)
        closing.submit(work, ticket, claim)
    [message] = [row for row in county.messages(number) if row.template == "ask_link"]
    return number, re.sub(r"^https?://[^/]+", "", message.params["link"])


def visitor(county: County) -> FlaskClient:
    return client_for(county)


def test_the_link_says_what_was_claimed_and_tells_nothing_of_people(county: County):
    number, path = asked(county)

    answer = visitor(county).get(path)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for words in ("您的诉求解决了吗", "已处理", "停水与供水", number[:4]):
        assert words in page
    for secret in ("13800001111", "王某某", "拉马桥", "示例"):
        assert secret not in page


def test_looking_changes_nothing(county: County):
    number, path = asked(county)
    before = county.ticket(number).event_seq

    for _ in range(3):
        visitor(county).get(path)

    assert county.ticket(number).event_seq == before


def test_the_address_stays_with_the_caller(county: County):
    _, path = asked(county)

    for address in (path, "/c/unknown", "/c/thanks"):
        answer = visitor(county).get(address)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"].startswith("noindex")
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'name="referrer" content="no-referrer"' in answer.get_data(as_text=True)
        assert 'name="robots" content="noindex' in answer.get_data(as_text=True)


def test_solved_archives_the_ticket_with_its_grade(county: County):
    number, path = asked(county)

    answer = visitor(county).post(path, data={"solved": "1", "grade": "5"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/c/thanks")
    assert county.ticket(number).status is Status.ARCHIVED
    [event] = county.events(number, Action.CONFIRM)
    assert (event["role"], event["data"]["by"], event["data"]["grade"]) == ("citizen", "link", 5)


def test_not_solved_sends_the_ticket_back(county: County):
    number, path = asked(county)

    visitor(county).post(path, data={"solved": "0", "grade": ""})

    assert county.ticket(number).status is Status.HANDLING
    assert county.ticket(number).redos == 1


def test_a_link_answers_once(county: County):
    number, path = asked(county)
    client = visitor(county)
    client.post(path, data={"solved": "1"})
    before = county.ticket(number).event_seq

    for answer in (client.post(path, data={"solved": "0"}), client.get(path)):
        assert answer.status_code == 404
        assert "这个链接不能用了" in answer.get_data(as_text=True)
    assert county.ticket(number).event_seq == before


def test_a_link_that_nobody_sent_is_met_kindly(county: County):
    for path in ("/c/x", "/c/" + "a" * 22, "/c/%E6%B0%B4"):
        answer = visitor(county).get(path)
        assert answer.status_code == 404
        assert "拨打 12345" in answer.get_data(as_text=True)


def test_an_answer_that_says_neither_asks_again(county: County):
    number, path = asked(county)

    for form in ({}, {"solved": ""}, {"solved": "perhaps"}, {"solved": "1", "grade": "9"}):
        answer = visitor(county).post(path, data=form)
        assert answer.status_code == 422
        assert "请先选择是否解决" in answer.get_data(as_text=True)
    assert county.ticket(number).status is Status.REVISIT


def test_an_old_browser_that_names_no_origin_can_answer(county: County):
    number, path = asked(county)

    visitor(county).post(path, data={"solved": "1"}, headers={"Origin": "null"})

    assert county.ticket(number).status is Status.ARCHIVED


def test_whoever_answers_late_is_heard(county: County):
    number, path = asked(county)
    county.forward(days=3)
    assert county.ticket(number).status is Status.ARCHIVED_UNVERIFIED
    [*_, message] = [row for row in county.messages(number) if row.template == "ask_link"]
    path = re.sub(r"^https?://[^/]+", "", message.params["link"])

    visitor(county).post(path, data={"solved": "1"})

    assert county.ticket(number).status is Status.ARCHIVED
