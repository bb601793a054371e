"""A phone sends twice, late, or after somebody else acted: nothing is done twice, nothing lost."""

import hashlib
import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session

from hotline.domain.retention import DEFAULT_DAYS, Kind, periods
from hotline.domain.tickets import Action, Status
from hotline.services.handling import commands, tickets
from hotline.services.upkeep import retention
from hotline.store.models import Command
from tests.county import County
from tests.web.field.field import OFFICER, Phone, accepted, hidden, photo, ticket_path


def test_a_repeated_command_gets_the_first_answer_and_changes_nothing(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)
    key = str(uuid4())

    first = phone.press(ticket_path(number, "note"), text="井在东头", command_id=key)
    again = phone.press(ticket_path(number, "note"), text="井在东头", command_id=key)

    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    assert len(county.events(number, Action.NOTE)) == 1


def test_a_repeat_is_answered_even_when_the_ticket_has_moved_on(county: County):
    phone = Phone(county, OFFICER)
    number = county.demand()
    seen = str(county.ticket(number).version)
    fields = {"command_id": str(uuid4()), "seen_version": seen}
    assert phone.press(ticket_path(number, "accept"), **fields).status_code == 303

    assert phone.press(ticket_path(number, "accept"), **fields).status_code == 303
    assert len(county.events(number, Action.ACCEPT)) == 1


def test_photos_sent_twice_are_kept_once(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)
    sent = {"command_id": str(uuid4()), "kind": "acted", "text": "水已恢复"}

    phone.press(ticket_path(number, "submit"), **sent, photos=photo())
    again = phone.press(ticket_path(number, "submit"), **sent, photos=photo())

    assert again.status_code == 303
    [submitted] = county.events(number, Action.SUBMIT)
    assert len(submitted["data"]["photos"]) == 1


def test_the_same_key_with_another_text_is_refused(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)
    key = str(uuid4())
    phone.press(ticket_path(number, "note"), text="井在东头", command_id=key)

    answer = phone.press(ticket_path(number, "note"), text="井在西头", command_id=key)

    assert answer.status_code == 409
    assert len(county.events(number, Action.NOTE)) == 1


def test_whoever_saw_an_old_version_is_shown_what_changed_and_keeps_what_was_typed(
    county: County,
):
    phone = Phone(county, OFFICER)
    number = county.demand()
    seen = str(county.ticket(number).version)
    officer = county.actor(OFFICER)
    with county.work(officer) as work:
        tickets.accept(work, work.ticket(number))

    answer = phone.press(
        ticket_path(number, "return"), dispute="other_place", text="不归本村", seen_version=seen
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "工单有了变化" in page
    assert "办理中" in page
    assert "最近一步" in page
    assert "不归本村" in page
    assert county.ticket(number).status is Status.HANDLING

    # The form that came back works: it carries the version as it is now.
    fields = hidden(page) | {"dispute": "other_place", "text": "不归本村"}
    assert phone.client.post(ticket_path(number, "return"), data=fields).status_code == 303
    assert county.ticket(number).status is Status.DISPUTED


def test_signing_twice_from_two_phones_says_what_changed(county: County):
    first, second = Phone(county, OFFICER), Phone(county, OFFICER)
    number = county.demand()
    seen = str(county.ticket(number).version)
    first.done(ticket_path(number, "accept"))

    answer = second.press(ticket_path(number, "accept"), seen_version=seen)

    assert answer.status_code == 409
    assert "工单有了变化" in answer.get_data(as_text=True)


def test_wrong_fields_come_back_with_what_was_typed(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)

    answer = phone.press(ticket_path(number, "submit"), kind="promised_by_date", text="下周修好")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "限期办理要填今天以后的日期" in page
    assert "下周修好" in page
    assert 'value="promised_by_date" checked' in page


WRONG = [
    ("note", {"text": ""}, "请写明情况"),
    ("note", {"text": "长" * 2001}, "最多 2000 字"),
    ("contact", {"outcome": "maybe"}, "请选择联系结果"),
    ("contact", {}, "请选择联系结果"),
    ("whistle", {"kind": "loud", "units": "utility/water", "text": "x"}, "请选择一项"),
    ("whistle", {"kind": "grid", "text": "x"}, "请至少选择一个单位"),
    ("whistle", {"kind": "grid", "units": "utility/nobody", "text": "x"}, "请至少选择一个单位"),
    ("submit", {"kind": "solved", "text": "x"}, "请选择一项"),
    ("submit", {"kind": "acted", "text": "x"}, "请附上现场照片"),
    ("submit", {"kind": "planned", "text": "x", "promised_on": "2099-01-01"}, "限期办理"),
    ("check-in", {}, "请写明您在哪里"),
    ("note", {"text": "x", "command_id": "7"}, "提交编号"),
    ("note", {"text": "x", "seen_version": "new"}, "有误"),
    ("note", {"text": "x", "done_at": "2026-11-21T02:00:00"}, "办理时间"),
]


def test_a_form_that_is_wrong_says_where_and_changes_nothing(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)
    before = county.ticket(number).event_seq

    for command, fields, words in WRONG:
        answer = phone.press(ticket_path(number, command), **fields)

        assert (answer.status_code, command) == (422, command)
        assert words in answer.get_data(as_text=True)
    assert county.ticket(number).event_seq == before


def test_a_plausible_time_of_the_device_stands_beside_the_servers(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)
    earlier = county.now() - timedelta(hours=2)

    phone.done(ticket_path(number, "check-in"), place_note="村口", done_at=earlier.isoformat())

    [event] = county.events(number, Action.CHECK_IN)
    assert event["data"]["done_at"].startswith(earlier.isoformat()[:13])
    assert datetime.fromisoformat(event["at"]) > earlier + timedelta(hours=1)


def test_a_time_in_the_far_future_is_refused(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)
    later = (county.now() + timedelta(days=1)).isoformat()

    answer = phone.press(ticket_path(number, "check-in"), place_note="村口", done_at=later)

    assert answer.status_code == 422
    assert county.events(number, Action.CHECK_IN) == []


def test_another_sites_page_sends_no_commands(county: County):
    phone = Phone(county, OFFICER)
    number = county.demand()

    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        answer = phone.client.post(
            ticket_path(number, "accept"), data={"command_id": str(uuid4())}, headers=headers
        )
        assert answer.status_code == 403
    assert county.ticket(number).status is Status.DISPATCHED


def test_what_a_command_said_is_kept_keyed_and_for_a_while_and_a_repeat_is_known_for_ever(
    county: County,
):
    number = accepted(county, Phone(county, OFFICER))
    sent = {"text": "井在东头", "command_id": str(uuid4())}
    envelope = commands.Envelope(UUID(sent["command_id"]), "note", sent)

    def send() -> None:
        with county.work(county.actor(OFFICER)) as work:
            commands.once(
                work, number, envelope, lambda ticket, _at: tickets.note(work, ticket, "井")
            )

    def kept() -> str:
        with Session(county.engine) as session:
            return session.get_one(Command, envelope.command_id).body_hash

    send()
    said = json.dumps({"action": "note", "body": sent}, ensure_ascii=False, sort_keys=True)
    assert kept() not in {"", hashlib.sha256(said.encode()).hexdigest()}
    county.move(days=DEFAULT_DAYS[Kind.MESSAGES] + 1)
    with county.work() as work:
        retention.erase(work, Kind.MESSAGES, periods({})[Kind.MESSAGES], limit=10)
    send()

    assert kept() == ""
    assert len(county.events(number, Action.NOTE)) == 1
