"""A month of a town: four officers, the signs on their claims, and who is flagged.

Time is moved; demands, claims, the clock and the judging worker go as they would.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from hotline.domain.suspicion.frame import Grounds
from hotline.domain.tickets import Status
from hotline.photos.hashes import BOXES
from hotline.services.verifying import verification
from hotline.work import CITIZEN
from tests.pictures import cropped, file_of, mirrored, picture
from tests.suspects import claim, flag, judge, parts, signed, signs
from tests.web.desk import Desk
from workers import suspicion

HONEST, REUSER, LATE, RETURNS = "拉马桥村", "大岭村", "兴隆山村", "佛山堡村"
OLD = picture(1)
MANY = 11
COPIES = (OLD, mirrored(OLD), cropped(OLD, BOXES[4]), OLD.resize((400, 300)))


class Month:
    """What happens, in order of time; the worker judges every third day."""

    def __init__(self, county) -> None:
        self.county = county
        self.begin: datetime = county.now()
        self.plan: list[tuple[datetime, int, Callable[[], None]]] = []
        self.order = count()
        self.tickets: dict[str, list[str]] = {HONEST: [], REUSER: [], LATE: [], RETURNS: []}

    def at(self, when: datetime, do: Callable[[], None]) -> None:
        """Plan something."""
        heapq.heappush(self.plan, (when, next(self.order), do))

    def receive(self, village: str, caller: int, close: Callable[[str], None]) -> None:
        """Take a demand about the lamps of a village in, and plan how it is closed."""
        number = signed(
            self.county,
            f"大孤家子镇{village}的路灯坏了，晚上看不见路，老人孩子出门不方便",
            number=f"+86138{caller:08d}",
        )
        self.tickets[village].append(number)
        close(number)

    def after(self, number: str, do: Callable[[], None], **amount: float) -> None:
        """Plan something so long after a ticket came in."""
        self.at(self.county.ticket(number).received_at + timedelta(**amount), do)

    def run(self) -> None:
        """Let the month pass."""
        for day in range(3, 34, 3):
            self.at(self.begin + timedelta(days=day), self.judge)
        while self.plan:
            when, _, do = heapq.heappop(self.plan)
            ahead = (when - self.county.now()).total_seconds()
            if ahead > 0:
                self.county.move(seconds=ahead)
            do()

    def judge(self) -> None:
        """Let the worker judge what came in."""
        judge(self.county)
        suspicion.review_day(parts(self.county))


def a_month(county) -> Month:
    """Plan the month of four officers."""
    month = Month(county)
    fresh = (file_of(picture(seed)) for seed in count(100))

    def honest(number: str) -> None:
        month.after(number, lambda: claim(county, number, next(fresh)), days=1)
        month.after(number, lambda: solved(county, number), days=1, hours=2)

    def late(number: str) -> None:
        last = county.ticket(number).due_at - timedelta(minutes=5)
        month.at(last, lambda: claim(county, number, next(fresh), text="已修好。"))
        if len(month.tickets[LATE]) == MANY:
            # The caller of the last one rings again the next day: nothing was mended.
            again = last + timedelta(days=1)
            month.at(again, lambda: month.receive(LATE, 10 * (MANY - 1) + 1, lambda _number: None))

    def returns(number: str) -> None:
        month.after(number, lambda: claim(county, number, next(fresh)), days=1, hours=5)

    for index in range(MANY):
        own, others = 10 * index, 10 * index + 1
        start = month.begin + timedelta(days=index * 1.5)
        # Whoever rings about work that comes back is the same caller each time.
        for village, caller, close in (
            (HONEST, own, honest),
            (LATE, others, late),
            (RETURNS, 77, returns),
        ):
            month.at(start, partial(month.receive, village, caller, close))
    reuse(county, month)
    return month


def reuse(county, month: Month) -> None:
    """Plan the officer who sends one photo again and again, each time changed in another way."""

    def close(number: str) -> None:
        copy = file_of(COPIES[len(month.tickets[REUSER]) - 1])
        month.after(number, lambda: claim(county, number, copy), days=1, hours=3)

    for index in range(len(COPIES)):
        # A photo a week old is no photo of the same repair.
        at = month.begin + timedelta(days=7 * index)
        month.at(at, partial(month.receive, REUSER, 500 + index, close))


def solved(county, number: str) -> None:
    """Let the caller say that it is solved."""
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="call")


def test_what_the_supervisor_sees_of_four_officers(county):
    month = a_month(county)
    month.run()
    flagged = {
        village: [number for number in numbers if flag(county, number)]
        for village, numbers in month.tickets.items()
    }

    # The honest one is careless once in a while; lamps fail all the time. No flag, no ticket moved.
    assert flagged[HONEST] == []
    assert {county.ticket(one).status for one in month.tickets[HONEST]} == {Status.ARCHIVED}
    # Every reuse of the photo is found, whatever was done to it; the first use is no reuse.
    assert flagged[REUSER] == month.tickets[REUSER][1:]
    assert {flag(county, one).grounds for one in flagged[REUSER]} == {Grounds.STARRED}
    # Closing at the last minute is a sign, from where there is enough to compare, and no flag by
    # itself; with the caller's second call it is one: two independent groups.
    last = month.tickets[LATE][MANY - 1]
    assert set(signs(county, last)) == {"at_deadline", "comes_back"}
    assert "at_deadline" not in signs(county, month.tickets[LATE][0])
    assert flagged[LATE] == [last]
    assert flag(county, last).grounds is Grounds.TWO_GROUPS
    # What comes back is said of each claim that was followed by the next call.
    assert {"comes_back"} <= set(signs(county, month.tickets[RETURNS][0]))
    assert flagged[RETURNS] == []

    page = Desk(county, "supervisor").page("/audit/flags/?list=asked")
    assert page.count("照片重复使用") >= len(flagged[REUSER])
    assert HONEST not in page
