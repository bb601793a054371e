"""The heating season's first day: ten times the usual demands, most of them of six causes.

Time is moved; demands come in as messages of one moment and as calls, the clock and the auditor go
as they would, and operators, officers and the heating company act as they would from their desks.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind
from hotline.domain.tickets import ENDS, OWNER, Action, Status
from hotline.kit import Maps
from hotline.services.handling import closing, photos, tickets
from hotline.services.proof import audit
from hotline.services.reception import duplicates, groups, merging, messages
from hotline.services.reception.duplicates import Event
from hotline.services.verifying import verification
from hotline.services.whistles import course, whistle
from hotline.store import policy
from hotline.store import whistles as whistle_rows
from hotline.store.models import Ticket
from hotline.work import CITIZEN
from tests.county import County, open_county
from tests.photos import jpeg
from tests.prepared import map_without_nights
from tests.services.test_auditor import a_round
from tests.web.desk import Desk, queries

HEATING = "utility/heating"
PLACES = (
    "吉祥街道东湖社区",
    "吉祥街道如意社区",
    "吉祥街道幸福里社区",
    "吉祥街道正阳社区",
    "吉祥街道团结社区",
    "吉祥街道河南社区",
)
COLD = (
    "暖气不热，屋里冷",
    "供暖第一天暖气片冰凉",
    "没暖气，老人孩子冻得受不了",
    "交了取暖费家里还是冰凉，暖气不热",
    "暖气一点都不热，什么时候供热",
)
OTHERS = (
    "大孤家子镇拉马桥村路灯不亮",
    "大孤家子镇大岭村垃圾没人收",
    "双台子乡砖山子村村路坏了",
    "孟家镇桃山村低保怎么办",
    "三面船镇三面船村停电了",
)
EACH, USUAL, AT_ONCE = 30, 20, 25


@pytest.fixture
def county(clean_database, tmp_path) -> Iterator[County]:
    """A county whose heating company sends whoever has least in hand: two posts for each grid."""
    one = 'attached: ["grid/{path}/attached"]'
    text = map_without_nights().read_text(encoding="utf-8")
    assert one in text
    text = text.replace(
        one, f'attached: ["grid/{{path}}/attached", {HEATING}/duty, {HEATING}/lead]'
    )
    maps = Maps(text)
    with open_county(clean_database, tmp_path) as opened:
        with opened.engine.begin() as connection:
            policy.apply_map(connection, maps.current.version, text)
        opened.kit = replace(opened.kit, maps=maps)
        yield opened


class Day:
    """The day, hour by hour."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.senders: dict[str, str] = {}
        now = county.now().astimezone(COUNTY_ZONE)
        day = now.date() + timedelta(days=1)
        while not county.kit.calendar.is_working(day):
            day += timedelta(days=1)
        self.day = day
        self.at(6)

    def at(self, hour: int, minute: int = 0) -> None:
        """Let the time come, with a clock that looks every quarter of an hour."""
        there = datetime.combine(self.day, time(hour, minute), COUNTY_ZONE)
        while (left := (there - self.county.now()).total_seconds()) > 0:
            self.county.forward(seconds=min(left, 900) if self.senders else left)

    def write_in(self, words: list[str], first: int) -> None:
        """Let people write at one moment, each from a telephone of their own."""
        kit = self.county.kit
        senders = [f"+861390{first + n:07d}" for n in range(len(words))]
        group = [
            messages.read(kit, f"SM{number}", number, said, {"Body": said})
            for number, said in zip(senders, words, strict=True)
        ]
        with self.county.work(CITIZEN) as work:
            answers = groups.together(work, group)
        for message, answer in zip(group, answers, strict=True):
            if answer is None:
                with self.county.work(CITIZEN) as work:
                    messages.incoming(work, message)

    def everybody_writes(self) -> None:
        """From six to half past eight: ten times of what a day usually brings."""
        cold = [f"{PLACES[n % 6]}{COLD[n // 6 % len(COLD)]}" for n in range(EACH * len(PLACES))]
        usual = [OTHERS[n % len(OTHERS)] for n in range(USUAL)]
        told = cold + usual
        for nth, first in enumerate(range(0, len(told), AT_ONCE)):
            self.at(6 + nth // 3, nth % 3 * 20)
            self.write_in(told[first : first + AT_ONCE], first)

    def merge(self) -> list[str]:
        """Let an operator merge every suggested event; return the tickets that lead."""
        operator, leads = self.county.actor("operator1"), []
        for event in self.suggested():
            with self.county.work(operator) as work:
                lead = work.ticket(event.lead.number)
                merging.merge(work, lead, [other.ticket.number for other in event.others])
            leads.append(event.lead.number)
        return leads

    def suggested(self) -> list[Event]:
        with self.county.work() as work:
            page = duplicates.events(work)
        assert not page.earlier
        return [event for event in page if event.lead.class_code == "utilities/heating"]

    def officer(self, number: str, do, *args, **more) -> None:
        with self.county.work(self.county.officer_of(number)) as work:
            do(work, work.ticket(number), *args, **more)

    def crew(self, number: str, do, *args) -> None:
        """Let whoever the heating company was called by that post act."""
        [party] = self.county.parties(number)
        with self.county.work(self.county.actor(party.post.replace("/", "."))) as work:
            ticket = work.ticket(number)
            do(work, ticket, whistle_rows.party(work.session, party.id), *args)

    def whistle(self, number: str) -> None:
        if self.county.ticket(number).status is Status.DISPATCHED:  # else it counts as signed
            self.officer(number, tickets.accept)
        self.officer(number, tickets.contact, "reached")
        self.officer(number, whistle.blow, "grid", [HEATING], "整个小区不热")

    def done(self, number: str) -> None:
        """Let the crew come and finish, and the officer submit what was done."""
        self.crew(number, whistle.arrive, None)
        self.crew(number, whistle.finish, "排气后恢复供热")
        with self.county.work(self.county.officer_of(number)) as work:
            ticket = work.ticket(number)
            course.end(work, ticket, whistle_rows.of_ticket(work.session, ticket.id)[0])
            kept = photos.keep(work, ticket, "result", [jpeg()], at_most=6)
            closing.submit(work, ticket, closing.Result(ResultKind.ACTED, "已恢复供热", kept))

    def tickets(self, *statuses: Status) -> list[Ticket]:
        with Session(self.county.engine) as session:
            rows = session.exec(select(Ticket)).all()
        return [row for row in rows if not statuses or row.status in statuses]


def told_twice(county: County) -> list[tuple]:
    """Return who was told one thing of one ticket twice at one moment, by one means."""
    query = sa.text(
        "SELECT ticket_id, coalesce(staff_id::text, audience), means, template, created_at, params,"
        " count(*) FROM outbox GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1"
    )
    with county.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


LISTS = {
    "operator1": ("/console/", "/console/duplicates/"),
    "supervisor": ("/audit/", "/audit/wall/"),
    "utility.heating.duty": ("/field/whistles/",),
}


def asked_for_lists(county: County) -> dict[str, int]:
    """Return with how many queries each list is shown that people of this day look at."""
    found = {}
    for login, paths in LISTS.items():
        desk = Desk(county, login)
        desk.page(paths[0])  # the first page after signing in notes who is there
        for path in paths:
            with queries(county) as sent:
                desk.page(path)
            found[path] = len(sent)
    return found


def nobody_is_forgotten(county: County, every: list[Ticket]) -> None:
    """Each has ended, or has an owner and its next limit; chains are whole; nobody was told twice.

    And the auditor finds nothing to set.
    """
    key = county.kit.keys.public_key
    with county.work() as work:
        assert not audit.verify_all(work.session, county.settings.roots_dir, key).faults
    assert all(OWNER.get(one.status) for one in every if one.status not in ENDS)
    assert told_twice(county) == []
    seen, found = a_round(county, 400)
    assert (seen, found) == (sum(one.status not in ENDS for one in every), 0)


def test_ten_times_the_usual_day_is_six_whistles_and_everybody_is_answered(county):
    day = Day(county)
    quiet = asked_for_lists(county)
    day.everybody_writes()
    assert len(day.tickets()) == EACH * len(PLACES) + USUAL

    day.at(8, 45)
    leads = day.merge()
    assert len(leads) == len(PLACES)
    assert len(day.tickets(Status.MERGED)) == (EACH - 1) * len(PLACES)

    day.at(9)
    for number in leads:
        day.whistle(number)
    crews = Counter(county.parties(number)[0].post for number in leads)
    assert sorted(crews.values()) == [2, 2, 2]  # whoever had least in hand was called
    assert "6 处哨时间冲突" in Desk(county, "utility.heating.duty").page("/field/whistles/")
    assert asked_for_lists(county) == quiet
    assert max(quiet.values()) <= 6

    day.at(10)
    for number in leads[:3]:
        day.done(number)
    day.at(11, 30)
    assert [len(county.events(n, Action.CLIMB)) for n in leads] == [0, 0, 0, 1, 1, 1]
    for number in leads[3:]:
        day.done(number)
    asked = day.tickets(Status.REVISIT)
    assert len(asked) == EACH * len(PLACES)
    denied = {leads[0], leads[4]}
    still_cold = [one for one in asked if one.lead_id in {county.ticket(n).id for n in denied}][::9]
    for ticket in asked:
        solved = ticket not in still_cold
        with county.work(CITIZEN) as work:
            verification.answer(work, work.ticket(ticket.number), solved=solved, by="message")

    day.at(18)
    assert {n for n in leads if county.ticket(n).status is Status.HANDLING} == denied
    assert [len(county.events(n, Action.REOPEN)) for n in leads] == [n in denied for n in leads]
    assert len(day.tickets(Status.MERGED)) == len(still_cold)
    assert len(day.tickets(Status.ARCHIVED)) == len(asked) - len(still_cold) - len(denied)
    nobody_is_forgotten(county, day.tickets())
