"""Tickets with a history for the desks' pages: a whole night, and a desk with much to do."""

from hotline.domain.closing import ResultKind
from hotline.domain.disputes import ReturnReason
from hotline.services.handling import attention, closing, photos, returns, tickets
from hotline.services.handling.tickets import Position
from hotline.services.proof import identity
from hotline.services.reception import calls, intake
from hotline.services.verifying import verification
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import whistle
from hotline.store import whistles as whistle_rows
from hotline.work import CITIZEN
from tests.county import CALLER, NO_WATER, County
from tests.photos import jpeg

WATER = "utility.water.duty"


def accepted(county: County, words: str = NO_WATER) -> str:
    """A ticket that its officer has signed for."""
    number = county.demand(words)
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
    return number


def whistled(county: County) -> str:
    """A ticket for which the water utility was called, in vain: the county leader was told."""
    number = accepted(county)
    officer = county.officer_of(number)
    with county.work(officer) as work:
        ticket = work.ticket(number)
        identity.view(work, ticket, "call_caller")
        tickets.contact(work, ticket, "reached", note="全村都没有水，家里有老人")
    with county.work(officer) as work:
        whistle.blow(work, work.ticket(number), "emergency", ["utility/water"], "主管道爆裂")
    county.forward(minutes=5, seconds=1)
    county.forward(minutes=5)
    return number


def submitted(county: County) -> str:
    """The utility came and finished, and the officer submitted what was done, with a photo."""
    number = whistled(county)
    officer, unit = county.officer_of(number), county.actor(WATER)
    here = Position("42.506431", "123.416002", 12)
    [party] = county.parties(number)
    for who, step in (
        (
            unit,
            lambda work, ticket: whistle.acknowledge(
                work, ticket, whistle_rows.party(work.session, party.id)
            ),
        ),
        (
            unit,
            lambda work, ticket: whistle.arrive(
                work, ticket, whistle_rows.party(work.session, party.id), here
            ),
        ),
        (
            officer,
            lambda work, ticket: whistle_course.danger_gone(
                work, ticket, whistle_rows.whistle(work.session, party.whistle_id)
            ),
        ),
        (
            unit,
            lambda work, ticket: whistle.finish(
                work, ticket, whistle_rows.party(work.session, party.id), "已换阀门，恢复供水"
            ),
        ),
    ):
        county.move(minutes=7)
        with county.work(who) as work:
            step(work, work.ticket(number))
    with county.work(officer) as work:
        ticket = work.ticket(number)
        tickets.check_in(work, ticket, here)
        blown = whistle_rows.whistle(work.session, party.whistle_id)
        whistle_course.end(work, ticket, blown)
        kept = photos.keep(work, ticket, "result", [jpeg()], at_most=6)
        closing.submit(work, ticket, closing.Result(ResultKind.ACTED, "水已恢复，入户看过", kept))
    return number


def a_night(county: County) -> str:
    """The whole night: the caller has confirmed it."""
    number = submitted(county)
    county.move(minutes=3)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="call", grade=4)
    return number


def returned(county: County) -> str:
    """A ticket that its officer sent back; an operator rules on it."""
    number = accepted(county, "孟家镇桃山村垃圾没人收")
    with county.work(county.officer_of(number)) as work:
        returns.send_back(
            work,
            work.ticket(number),
            returns.Proof(ReturnReason.OTHER_PLACE, "不在本网格，在邻村地界"),
        )
    return number


def more_time(county: County) -> str:
    """A ticket whose officer asks for more time; a supervisor rules on it."""
    number = accepted(county, "双台子乡砖山子村村路坏了")
    with county.work(county.officer_of(number)) as work:
        tickets.ask_for_time(work, work.ticket(number), "备件明天才到")
    return number


def in_triage(county: County, count: int = 1) -> list[str]:
    """Tickets that wait for a person."""
    return [county.demand(f"家里没水了，第{number}次打电话") for number in range(1, count + 1)]


def alarmed(county: County) -> str:
    """A ticket with danger words."""
    number = county.demand("大孤家子镇拉马桥村有人晕倒了")
    ticket = county.ticket(number)
    with county.work() as work:
        attention.raise_(work, "danger", f"danger:{ticket.id}", {"service": "120"}, ticket.id)
    return number


def a_waiting_call(county: County, sid: str = "CAwaiting") -> None:
    """A caller in the operators' queue."""
    with county.work(CITIZEN) as work:
        calls.incoming(work, sid, CALLER, "http://127.0.0.1:8345/hooks/voice")


def a_busy_desk(county: County) -> dict[str, str]:
    """Everything that the desks can show, by what it is."""
    night = a_night(county)
    a_waiting_call(county)
    with county.work(CITIZEN) as work:
        intake.receive(work, intake.Demand("voice", CALLER, "", waits=tickets.RING_BACK))
    return {
        "night": night,
        "whistled": whistled(county),
        "returned": returned(county),
        "more_time": more_time(county),
        "triage": in_triage(county, 3)[0],
        "alarmed": alarmed(county),
    }
