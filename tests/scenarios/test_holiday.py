"""Eight days off for National Day and Mid-Autumn, with a Sunday before and a Saturday after worked.

The notice comes late, when limits are running. Time is moved; the clock looks every few hours.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind
from hotline.domain.deferral import Milestone, Plan
from hotline.domain.tickets import Action, Status
from hotline.services.handling import closing, dossier, long_term, tickets
from hotline.services.staff import duty_list, people, rosters
from hotline.services.verifying import verification
from hotline.services.whistles import course, whistle
from hotline.store import tickets as ticket_rows
from hotline.store import whistles as whistle_rows
from hotline.work import CITIZEN
from tests.county import NO_WATER, County
from tests.services.test_auditor import a_round
from tests.services.test_calendar import recount, take
from tests.services.test_rosters import HEADER, OFFICER, OTHER, POST, STANDBY, person

ROAD = "双台子乡砖山子村村路坏了"
LAMPS = "大孤家子镇拉马桥村路灯不亮"
WATER = "utility.water.duty"
ONE_DAY = timedelta(days=1)
# How often the clock looks; nothing runs before the days that are played.
LOOK_S, MONTH_S = 4 * 3600, 30 * 86400


class Holiday:
    """The days around the first eight of October, of the first year without a notice."""

    def __init__(self, county: County) -> None:
        self.county = county
        year = county.kit.calendar.known_until.year + 1
        self.days = [date(year, 10, day) for day in range(1, 9)]
        self.sunday = self.days[0] - timedelta(days=self.days[0].isoweekday())
        self.saturday = self.days[-1] + timedelta(days=(5 - self.days[-1].weekday()) % 7 or 7)

    def notice(self) -> str:
        """Return the notice as the file that an administrator makes of it."""
        rows = [f"{day},holiday,国庆节、中秋节," for day in self.days]
        rows += [f"{day},make_up,调休," for day in (self.sunday, self.saturday)]
        return "\n".join(["day,kind,name,windows", *rows, ""])

    def works(self, day: date, *, known: bool = True) -> bool:
        """Say whether a clerk works on a day, with the notice or without."""
        if known and (day in self.days or day in {self.sunday, self.saturday}):
            return day not in self.days
        return day.weekday() < 5

    def after(self, start: date, working_days: int, *, known: bool = True) -> date:
        """Return the day so many working days later, counted as a clerk does on a wall."""
        day = start
        while working_days:
            day += ONE_DAY
            working_days -= self.works(day, known=known)
        return day

    def until(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Let the time come, and return it."""
        there = at(day, hour, minute)
        while (left := (there - self.county.now()).total_seconds()) > 0:
            self.county.forward(seconds=left if left > MONTH_S else min(left, LOOK_S))
        return there


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), COUNTY_ZONE)


def near(one: datetime, other: datetime) -> bool:
    """Say whether two instants are one on a clerk's wall: to the minute."""
    return abs(one - other) < timedelta(minutes=1)


def accepted(county: County, words: str) -> str:
    number = county.demand(words)
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
    return number


def shelved(county: County, number: str, until: date) -> None:
    """Put a ticket on the long list: the unit's clock stands still, by a plan."""
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        [leader, *_] = long_term.leaders(work, ticket)
        long_term.propose(work, ticket, Plan("秋收后修", leader, (Milestone("铺完", until),)))
    with county.work(county.actor("supervisor")) as work:
        long_term.rule(work, work.ticket(number), granted=True, reason="可")


def clocks(county: County, number: str):
    with county.work() as work:
        ticket = work.ticket(number)
        return dossier.clocks(ticket, work.now, ticket_rows.events(work.session, ticket.id))


def gaps(county: County) -> list[tuple[datetime, datetime]]:
    """Return when nobody will answer for the post, as far as it is told beforehand."""
    with county.work(county.actor("supervisor")) as work:
        return [(gap.from_at, gap.until_at) for gap in rosters.gaps(work) if gap.post.id == POST]


def away(county: County, first: date, last: date) -> None:
    """The officer and the stand-in both go on leave."""
    for login in (OFFICER, STANDBY):
        with county.work(county.actor("supervisor")) as work:
            who = people.person(work, person(county, login).id)
            people.add_leave(work, who, at(first, 0), at(last + ONE_DAY, 0), None)


def duty_list_of(county: County, turns: list[str]) -> None:
    text = HEADER + "".join(f"{POST},{OTHER},{turn}节假日\n" for turn in turns)
    with county.work(county.actor("supervisor")) as work:
        duty_list.apply(work, "国庆值班表.csv", text.encode())


def a_burst_pipe(county: County, holiday: Holiday) -> str:
    """At two in the morning of the first day off: natural time, from the call to the answer."""
    night = holiday.until(holiday.days[0], 2)
    number = county.demand(NO_WATER)
    assert near(county.timers(number)["sign"], night + timedelta(minutes=30))
    assert {row.staff_id for row in county.messages(number)} == {county.actor(OTHER).staff_id}
    holiday.until(holiday.days[0], 2, 10)
    with county.work(county.actor(OTHER)) as work:
        tickets.accept(work, work.ticket(number))
        whistle.blow(work, work.ticket(number), "emergency", ["utility/water"], "主管道爆裂")
    assert near(county.timers(number)["handle"], night + ONE_DAY)
    holiday.until(holiday.days[0], 2, 16)
    assert [climb["data"]["to"] for climb in county.events(number, Action.CLIMB)] == ["town"]
    [called] = county.parties(number)
    steps: tuple[tuple[str, Callable[..., object], tuple], ...] = (
        (WATER, whistle.arrive, (None,)),
        (OTHER, course.danger_gone, ()),
        (WATER, whistle.finish, ("已换阀门",)),
        (OTHER, course.end, ()),
    )
    for who, do, args in steps:
        with county.work(county.actor(who)) as work:
            ticket = work.ticket(number)
            party = whistle_rows.party(work.session, called.id)
            blown = whistle_rows.whistle(work.session, called.whistle_id)
            do(work, ticket, party if who == WATER else blown, *args)
    with county.work(county.actor(OTHER)) as work:
        explained = closing.Result(ResultKind.EXPLAINED, "已恢复供水")
        closing.submit(work, work.ticket(number), explained)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="call")
    return number


def test_eight_days_off_and_a_worked_sunday_are_counted_as_a_clerk_counts_them(county):
    holiday = Holiday(county)
    first, last = holiday.days[0], holiday.days[-1]
    wednesday = holiday.sunday - 4 * ONE_DAY
    holiday.until(wednesday, 10)
    before, waits = accepted(county, ROAD), accepted(county, LAMPS)
    shelved(county, waits, last + 20 * ONE_DAY)
    guessed = county.ticket(before)
    assert guessed.due_provisional
    assert near(guessed.due_at, at(holiday.after(wednesday, 5, known=False), 10))

    # The notice: the Sunday counts from now on, and both values are kept.
    take(county, holiday.notice())
    recount(county)
    told = county.ticket(before)
    assert not told.due_provisional
    assert near(told.due_at, at(holiday.after(wednesday, 5), 10))
    assert told.due_at < guessed.due_at
    [said] = county.events(before, Action.RECOUNT)
    [handle] = [one for one in said["data"]["recounted"] if one["step"] == "handle"]
    assert datetime.fromisoformat(handle["was_due"]) == guessed.due_at
    assert datetime.fromisoformat(handle["due"]) == told.due_at

    # A hole in the holiday's roster is told a week before, and the list closes it.
    holiday.until(holiday.sunday, 9)
    away(county, first, last)
    assert gaps(county) == [(at(first, 0), at(last + ONE_DAY, 0))]
    duty_list_of(county, [f"{day},,," for day in holiday.days])
    assert gaps(county) == [(at(first, 0), at(first, 8))]  # a day's turn begins at eight
    duty_list_of(county, [f"{first - ONE_DAY},20:00,08:00,"])
    assert gaps(county) == []

    # The worked Sunday is a working day like any other.
    on_sunday = county.demand(LAMPS, number="+8613800002222")
    assert near(county.timers(on_sunday)["sign"], at(holiday.sunday, 11))

    # Asked before the holiday, due after it.
    eve = max(day for day in (first - n * ONE_DAY for n in range(1, 8)) if holiday.works(day))
    holiday.until(eve, 10)
    across = accepted(county, ROAD)
    due = county.timers(across)
    assert near(due["handle"], at(holiday.after(eve, 5), 10))
    assert near(due["contact"], at(holiday.after(eve, 1), 10))

    # Urgent matters know no holiday; what is not urgent waits for the first worked day.
    urgent = a_burst_pipe(county, holiday)
    assert county.ticket(urgent).status is Status.ARCHIVED
    holiday.until(holiday.days[2], 10)
    in_it = county.demand(LAMPS, number="+8613800003333")
    back = holiday.after(last, 1)
    assert near(county.timers(in_it)["sign"], at(back, 10, 30))
    holiday.until(last, 23, 30)
    for number in (across, in_it):
        assert county.events(number, Action.REMIND) == county.events(number, Action.WARN) == []

    # Afterwards: the unit's clock stood still by its plan alone, the citizen's never did.
    holiday.until(back, 10, 31)
    assert [one["data"]["step"] for one in county.events(in_it, Action.REMIND)] == ["sign"]
    now = county.now()
    for number in (before, waits, across, in_it):
        assert near(now - clocks(county, number).citizen, county.ticket(number).received_at)
    assert clocks(county, waits).unit < timedelta(hours=1)
    assert near(now - clocks(county, across).unit, county.ticket(across).dispatched_at)
    assert a_round(county, 50)[1] == 0
