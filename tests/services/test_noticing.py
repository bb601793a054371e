"""Officers are told by their own channels, in their order; what fails goes on to the next."""

import os
import subprocess
import sys

import pytest
from sqlmodel import Session

from hotline.channels import templates
from hotline.channels.notices import CAPS_PER_MINUTE, Answer, Notifier
from hotline.demo import staff as demo_staff
from hotline.demo.carrier.notices import REFUSED, Reply
from hotline.demo.carrier.server import FakeCarrier
from hotline.domain.tickets import Action
from hotline.services.staff import people
from hotline.services.telling import noticing, outbox
from hotline.store import notices
from hotline.web.words import staff as staff_words
from tests.county import VILLAGE, open_county
from tests.web.desk import Desk

OFFICER = "grid.dagujiazi.lamaqiao"
OPEN = ("waiting", "sending")
RUBBISH = f"{VILLAGE}垃圾没人收"


@pytest.fixture(scope="module")
def robots():
    with FakeCarrier() as carrier:
        yield carrier


@pytest.fixture
def county(clean_database, tmp_path, robots):
    """A county with two robots, which take everything unless a test says otherwise."""
    robots.notices.answer("wecom")
    robots.notices.answer("feishu")
    urls = {
        "notice_wecom": f"wecombot://a-key/?gateway={robots.url}",
        "notice_feishu": f"feishu://a-token/?gateway={robots.url}",
    }
    with open_county(clean_database, tmp_path, **urls) as opened:
        yield opened


def told_by(county, *channels: str, login: str = OFFICER) -> None:
    with county.work(county.actor("supervisor")) as work:
        who = people.person(work, demo_staff.by_login(work.session, login).id)
        people.set_channels(work, who, channels, "")


def deliver(county, robots) -> None:
    """Do what a worker does with notices."""
    urls = {
        "wecom": f"wecombot://a-key/?gateway={robots.url}",
        "feishu": f"feishu://a-token/?gateway={robots.url}",
    }
    sender = Notifier(urls, timeout_s=10)
    while True:
        with county.work() as work:
            parcels = [one for one in outbox.take(work, 50) if one.means == "notice"]
        if not parcels:
            return
        for parcel in parcels:
            answer = noticing.held_back(parcel) or sender.send(
                parcel.channel, parcel.to, parcel.text
            )
            with county.work() as work:
                noticing.record_notice(work, parcel, answer)


def to_officer(county, number):
    """How the officer was told; the worker of these tests carries no messages."""
    return [
        (row.means, row.channel, row.state if row.means == "notice" else "")
        for row in county.messages(number)
    ]


def test_every_notice_has_words_on_the_staffs_pages_and_leads_to_where_it_is_acted_on():
    assert set(staff_words.NOTICES) == set(templates.NOTICES)
    for template, path in (
        ("whistle", "/field/whistles/"),
        ("whistle_asked", "/field/blown/"),
        ("statement", "/field/hearings/"),
        ("hearing", "/audit/hearings/"),
        ("dispatched", "/field/tickets/261122000001"),
        ("climbed", "/"),
    ):
        assert outbox.place_of(template, "261122000001") == path


def test_an_officer_is_told_by_their_first_channel_and_nothing_of_the_matter_is_said(
    county, robots
):
    told_by(county, "wecom", "feishu")

    number = county.demand(RUBBISH)
    deliver(county, robots)

    assert to_officer(county, number) == [("notice", "wecom", "sent")]
    said = robots.notices.received[-1].text
    assert number in said
    assert f"/field/tickets/{number}" in said
    assert "拉马桥" not in said
    assert "垃圾" not in said


def test_a_notice_whose_first_channel_fails_goes_by_the_next_with_every_answer_kept(county, robots):
    told_by(county, "wecom", "feishu")
    robots.notices.answer("wecom", Reply(REFUSED["wecom"]))

    number = county.demand(RUBBISH)
    deliver(county, robots)

    assert sorted(to_officer(county, number)) == [
        ("notice", "feishu", "sent"),
        ("notice", "wecom", "failed"),
    ]
    with Session(county.engine) as session:
        tries = {
            row.channel: [(one.state, one.answer) for one in notices.attempts_of(session, row.id)]
            for row in county.messages(number)
        }
    assert tries == {
        "wecom": [("refused", "errcode=93000")],
        "feishu": [("accepted", "code=0")],
    }
    [event] = county.events(number, Action.DELIVER)
    assert (event["data"]["channel"], event["data"]["state"]) == ("wecom", "failed")
    assert event["data"]["next"]["channel"] == "feishu"


def test_when_every_channel_fails_the_carriers_message_comes_and_then_the_stand_in(county, robots):
    told_by(county, "wecom", "feishu")
    robots.notices.answer("wecom", Reply({}, status=500))
    robots.notices.answer("feishu", Reply(REFUSED["feishu"]))

    number = county.demand(RUBBISH)
    deliver(county, robots)

    assert sorted(to_officer(county, number), key=str) == [
        ("message", None, ""),
        ("notice", "feishu", "failed"),
        ("notice", "wecom", "failed"),
    ]
    for _ in range(2):
        # The message fails, then the call: the stand-in is told by their own channels.
        last = next(row for row in county.messages(number) if row.state in OPEN)
        with county.work() as work:
            row = outbox.locked(work, last.id)
            outbox.settle(work, row, "failed", "undelivered")
    last = next(row for row in county.messages(number) if row.state in OPEN)
    assert last.post.endswith("/standby")


def test_a_channel_that_the_county_does_not_have_is_passed_over(county, robots):
    told_by(county, "dingtalk", "feishu")

    number = county.demand(RUBBISH)
    deliver(county, robots)

    assert to_officer(county, number) == [("notice", "feishu", "sent")]


def test_more_notices_than_a_robot_takes_in_a_minute_go_by_the_next_channel(county, robots):
    told_by(county, "wecom")
    numbers = [county.demand(RUBBISH) for _ in range(3)]
    [first, *_] = county.messages(numbers[0])
    with county.work() as work:
        row = outbox.locked(work, first.id)
        for _ in range(CAPS_PER_MINUTE["wecom"] - 1):
            noticing.keep(work, row, Answer("accepted", "errcode=0"))

    deliver(county, robots)

    went = [means for number in numbers for means in to_officer(county, number)]
    assert went.count(("notice", "wecom", "sent")) == 1
    assert went.count(("message", None, "")) == 2


def test_a_notice_on_the_own_page_is_read_there_or_goes_by_the_next_channel(county, robots):
    told_by(county, "web", "wecom")
    read, missed = county.demand(RUBBISH), county.demand(RUBBISH)
    phone = Desk(county, OFFICER)
    assert "有新工单待签收" in phone.page("/field/")
    with county.work() as work:
        other = next(iter(county.messages(missed)))
        outbox.locked(work, other.id).next_try_at = work.now

    deliver(county, robots)
    phone.client.post("/field/notices/read")

    assert to_officer(county, read) == [("notice", "web", "delivered")]
    assert sorted(to_officer(county, missed)) == [
        ("notice", "web", "failed"),
        ("notice", "wecom", "delivered"),
    ]
    assert "有新工单待签收" not in phone.page("/field/")


def test_a_notice_that_a_crash_left_unknown_goes_by_the_next_channel(county, robots):
    told_by(county, "wecom")
    number = county.demand(RUBBISH)
    with county.work() as work:
        outbox.take(work, 50)
    county.move(minutes=3)

    deliver(county, robots)

    assert sorted(to_officer(county, number), key=str)[1] == ("notice", "wecom", "failed")


def test_a_worker_gives_notices_to_the_channels_that_its_settings_name(county, robots):
    told_by(county, "wecom")
    number = county.demand(RUBBISH)
    settings = county.settings
    env = {
        "PATH": os.environ["PATH"],
        "HOTLINE_ENV": "test",
        "HOTLINE_DATABASE_URL": settings.database_url.get_secret_value(),
        "HOTLINE_GRID_MAP": str(settings.grid_map),
        "HOTLINE_NOTICE_WECOM": settings.notice_wecom.get_secret_value(),
    }

    done = subprocess.run(
        [sys.executable, "-c", "from workers.messages import deliver; print(deliver())"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout.strip() == "1"
    assert to_officer(county, number) == [("notice", "wecom", "sent")]
    assert "a-key" not in done.stderr
