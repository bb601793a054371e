"""Calls as they come in at night, through the carrier's protocol and real HTTP."""

import pytest
from sqlmodel import Session

from hotline.demo.carrier.people import hang_up, hang_up_when_asked, press, say, silent
from hotline.domain.tickets import Action, Status
from hotline.store import tickets as ticket_rows
from tests.scenarios.lookup import one_ticket


def test_words_with_a_place_become_a_dispatched_ticket_whose_number_is_read_back(night, caller):
    heard = night.call(caller, say("大孤家子镇拉马桥村停水了"))

    ticket = one_ticket(night, caller)
    assert ticket.status is Status.DISPATCHED
    assert ticket.class_code == "utilities/water"
    assert ticket.number in heard[-1].replace(" ", "").replace("，", "")


def test_a_place_written_by_ear_is_found_by_its_sound(night, caller):
    night.call(caller, say("大姑家子镇拉马乔村停水了"))

    assert one_ticket(night, caller).grid == "210124101201"


def test_the_place_is_asked_for_when_it_is_missing(night, caller):
    heard = night.call(caller, say("停水了一天了"), say("大孤家子镇拉马桥村"))

    assert "哪个乡镇" in heard[-2]
    assert one_ticket(night, caller).status is Status.DISPATCHED


def test_two_villages_of_one_name_are_asked_about_and_never_guessed(night, caller):
    heard = night.call(caller, say("大房申村路灯坏了"), press("1"))

    question = next(text for text in heard if "请按1" in text and "请按2" in text)
    assert "孟家镇" in question
    assert one_ticket(night, caller).status is Status.DISPATCHED


def test_a_caller_who_hangs_up_after_a_few_words_is_rung_back(night, caller):
    night.call(caller, say("停水了"), hang_up_when_asked())

    ticket = one_ticket(night, caller)
    assert (ticket.status, ticket.triage_reason) == (Status.TRIAGE, "place_missing")


def test_a_caller_who_hangs_up_before_a_word_is_rung_back(night, caller):
    night.call(caller, hang_up())

    assert one_ticket(night, caller).triage_reason == "ring_back"


def test_who_stays_silent_can_press_keys_and_leave_words(night, caller):
    heard = night.call(caller, silent(), silent(), silent(), say("孟家镇大房申村没水"))

    assert any("停水请按1" in text for text in heard)
    assert one_ticket(night, caller).triage_reason == "ring_back"
    night.carrier.settle()


def test_a_key_stands_for_words(night, caller):
    night.call(caller, silent(), press("1"), say("大孤家子镇拉马桥村"))

    assert one_ticket(night, caller).class_code == "utilities/water"


def test_a_key_at_the_machine_leads_to_a_line(night, caller):
    heard = night.call(caller, press("9"), say("大孤家子镇拉马桥村停水了"))

    assert any("迎且" in text for text in heard)
    assert one_ticket(night, caller).line == "12345-9"


@pytest.mark.parametrize("wish", [press("0"), say("转人工")])
def test_who_wants_a_person_gets_one_or_is_rung_back(night, caller, wish):
    heard = night.call(caller, wish, say("我想和人说"))

    assert any("留言" in text for text in heard)
    assert one_ticket(night, caller).triage_reason == "ring_back"


@pytest.mark.parametrize("answer", [press("1"), silent(), say("有")])
def test_danger_words_call_the_service_in_and_the_ticket_stays_open(night, caller, answer):
    heard = night.call(caller, say("大孤家子镇拉马桥村家里着火了"), answer)

    assert any("119" in text and "接通" in text for text in heard)
    ticket = one_ticket(night, caller)
    assert ticket.urgent
    assert ticket.closed_at is None
    alarms = night.county.events(ticket.number, Action.ALARM)
    assert alarms[0]["data"]["service"] == "119"
    three_party = night.wait_until(
        lambda: [
            row
            for row in night.county.messages(ticket.number)
            if row.means == "conference" and row.sid
        ]
    )
    assert three_party[0].service == "119"


def test_who_says_there_is_no_danger_goes_on_without_the_service(night, caller):
    night.call(caller, say("大孤家子镇拉马桥村家里着火了停水了"), press("2"))

    ticket = one_ticket(night, caller)
    assert not [row for row in night.county.messages(ticket.number) if row.means == "conference"]


def test_the_recording_of_a_call_is_kept_with_its_ticket(night, caller):
    night.call(caller, say("大孤家子镇拉马桥村停电了"))
    ticket = one_ticket(night, caller)
    night.forward(minutes=1, seconds=1)

    def kept():
        with Session(night.county.engine) as session:
            return ticket_rows.media(session, ticket.id)

    [recording] = night.wait_until(kept)
    assert recording.purpose == "recording"
    assert night.county.kit.media.original(recording.sha256)[:4] == b"RIFF"
