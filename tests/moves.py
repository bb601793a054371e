"""All that people may try to do with a ticket, for histories: the rules refuse much of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind
from hotline.domain.deferral import Milestone, Plan
from hotline.domain.disputes import ReturnReason
from hotline.domain.errors import NotFoundError
from hotline.domain.joining import PlanLine, Terms
from hotline.domain.refusal import RejectReason
from hotline.domain.whistle import PartyState
from hotline.services.handling import (
    adjudication,
    catalogue,
    closing,
    final_reply,
    long_term,
    returns,
    supervision,
    tickets,
)
from hotline.services.reception import additions, intake, rejection, withdrawal
from hotline.services.staff import accounts
from hotline.services.verifying import ratings, verification
from hotline.services.whistles import calls, course, plan, rating, whistle
from hotline.store import hearings, rulings
from hotline.store import long_term as long_rows
from hotline.store import whistles as whistle_rows
from hotline.store.models import Staff, Ticket, Whistle, WhistleParty
from hotline.work import CITIZEN, Actor, Work
from tests.county import County

TRANSPORT, HOUSING, WATER = "department/transport", "department/housing", "utility/water"
CITY, AIR = "department/urban-management", "department/environment"
GRID: Final = "210124101201"
OPERATOR, SUPERVISOR, CHAIR = "operator1", "supervisor", "panel.duty.chair"
# Not an account but a part: whoever plays it now.
HOLDER, CALLER, TOWN, PARTY, WHISTLER = "holder", "caller", "town", "party", "whistler"
HEARD: Final = "heard"

Do = Callable[[Work, Ticket], object]


def newest(work: Work, ticket: Ticket) -> Whistle:
    """Return the whistle that was blown, or asked for, last."""
    found = whistle_rows.of_ticket(work.session, ticket.id)
    if not found:
        raise NotFoundError(ticket=ticket.number)
    return max(found, key=lambda one: (one.ended_at is None, one.raised_at))


def waited_for(work: Work, ticket: Ticket) -> WhistleParty:
    """Return a unit of that whistle: one that is not done, if there is one."""
    blown = newest(work, ticket)
    called = [p for p in whistle_rows.parties(work.session, ticket.id) if p.whistle_id == blown.id]
    if not called:
        raise NotFoundError(ticket=ticket.number)
    over = {PartyState.DONE, PartyState.EXCUSED}
    return min(called, key=lambda one: (one.state in over, one.unit))


def of_party(what: Callable[..., object], *args: object) -> Do:
    return lambda work, ticket: what(work, ticket, waited_for(work, ticket), *args)


def of_whistle(what: Callable[..., object], *args: object, **more: object) -> Do:
    return lambda work, ticket: what(work, ticket, newest(work, ticket), *args, **more)


def blow(kind: str, *units: str, lead: str | None = None) -> Do:
    return lambda w, t: whistle.blow(w, t, kind, units, "请来", terms=Terms(lead=lead))


def file_plan(work: Work, ticket: Ticket) -> None:
    party = waited_for(work, ticket)
    day = (work.now + timedelta(days=3)).astimezone(COUNTY_ZONE).date()
    plan.file(work, ticket, party, [PlanLine("先清淤", party.unit, day)])


def meet(work: Work, ticket: Ticket) -> None:
    lines = whistle_rows.milestones(work.session, newest(work, ticket).id)
    for line in lines[:1]:
        plan.meet(work, ticket, line, "办了")


def defer(work: Work, ticket: Ticket) -> None:
    today = work.now.astimezone(COUNTY_ZONE).date()
    [leader, *_] = long_term.leaders(work, ticket)
    step = Milestone("铺完", today + timedelta(days=20))
    long_term.propose(work, ticket, Plan("分段修", leader, (step,)))


def milestone(work: Work, ticket: Ticket) -> None:
    found = long_rows.newest(work.session, ticket.id)
    for line in long_rows.milestones(work.session, found.id)[:1] if found else ():
        long_term.milestone_done(work, ticket, line.id, "铺了", ())


def state(work: Work, ticket: Ticket) -> None:
    record = adjudication.record(work, ticket)
    for party in record.parties if record else ():
        if party.unit == work.actor.unit:
            adjudication.state(work, ticket, party.id, "不归我们")


def decide(work: Work, ticket: Ticket) -> None:
    for entry in rulings.of_ticket(work.session, ticket.id)[:1]:
        catalogue.decide(work, ticket, entry.id, approved=False, text="再议")


def submit(work: Work, ticket: Ticket) -> None:
    closing.submit(work, ticket, closing.Result(ResultKind.EXPLAINED, "修了"))


def say(*, solved: bool) -> Do:
    return lambda w, t: verification.answer(w, t, solved=solved, by="call")


PROOF: Final = returns.Proof(ReturnReason.OTHER, "不归")
REFUSAL: Final = rejection.Refusal(next(iter(RejectReason)), "court", "请走诉讼")
GRADES: Final = rating.Grades(5, 4, 5)

MOVES: Final[dict[str, tuple[str, Do]]] = {
    "locate": (
        OPERATOR,
        lambda w, t: intake.locate(w, t, grid_code=GRID, class_code="housing/roads"),
    ),
    "accept": (HOLDER, tickets.accept),
    "contact": (HOLDER, lambda w, t: tickets.contact(w, t, "reached")),
    "return": (HOLDER, lambda w, t: returns.send_back(w, t, PROOF)),
    "onward": (
        OPERATOR,
        lambda w, t: returns.rule(w, t, upheld=True, reason="转", onward=TRANSPORT),
    ),
    "uphold": (OPERATOR, lambda w, t: returns.rule(w, t, upheld=True, reason="再派")),
    "overturn": (OPERATOR, lambda w, t: returns.rule(w, t, upheld=False, reason="不转")),
    "state": (HEARD, state),
    "hear": (CHAIR, lambda w, t: adjudication.hear(w, t, TRANSPORT, "归他们")),
    "duty": (
        CHAIR,
        lambda w, t: adjudication.rule(w, t, adjudication.Ruling(TRANSPORT, (), "归它")),
    ),
    "entry": (SUPERVISOR, decide),
    "extend": (HOLDER, lambda w, t: tickets.ask_for_time(w, t, "等料")),
    "grant": (SUPERVISOR, lambda w, t: tickets.rule_extension(w, t, granted=True, reason="可")),
    "no more": (SUPERVISOR, lambda w, t: tickets.rule_extension(w, t, granted=False, reason="否")),
    "defer": (HOLDER, defer),
    "shelve": (SUPERVISOR, lambda w, t: long_term.rule(w, t, granted=True, reason="可")),
    "keep": (SUPERVISOR, lambda w, t: long_term.rule(w, t, granted=False, reason="否")),
    "review": (SUPERVISOR, lambda w, t: long_term.review(w, t, goes_on=True, text="看过")),
    "milestone": (HOLDER, milestone),
    "resume": (HOLDER, lambda w, t: long_term.resume(w, t, "办完了")),
    "submit": (HOLDER, submit),
    "confirm": (CALLER, say(solved=True)),
    "deny": (CALLER, say(solved=False)),
    "grade": (CALLER, lambda w, t: ratings.rate(w, t, 1, by="call")),
    "say more": (CALLER, lambda w, t: additions.say_more(w, t, "还没修")),
    "withdraw": (CALLER, lambda w, t: withdrawal.withdraw(w, t, "call")),
    "conclude": (HOLDER, lambda w, t: final_reply.propose(w, t, "只能如此")),
    "sign": (SUPERVISOR, lambda w, t: final_reply.sign(w, t, signed=True, reason="可")),
    "appeal": (CALLER, lambda w, t: final_reply.appeal(w, t, "不服", "web")),
    "dismiss": (CHAIR, lambda w, t: final_reply.rule(w, t, upheld=False, reason="否")),
    "allow": (CHAIR, lambda w, t: final_reply.rule(w, t, upheld=True, reason="再办")),
    "reject": (OPERATOR, lambda w, t: rejection.propose(w, t, REFUSAL)),
    "approve": (SUPERVISOR, lambda w, t: rejection.rule(w, t, approved=True, reason="是")),
    "urge": (SUPERVISOR, lambda w, t: supervision.urge(w, t, "快办")),
    "oversee": (SUPERVISOR, lambda w, t: supervision.oversee(w, t, 2, "要盯")),
    "relax": (SUPERVISOR, lambda w, t: supervision.relax(w, t, "不盯了")),
    "whistle grid": (HOLDER, blow("grid", WATER)),
    "whistle emergency": (HOLDER, blow("emergency", WATER, HOUSING)),
    "ask enforcement": (HOLDER, blow("enforcement", CITY, AIR)),
    "whistle enforcement": (TOWN, blow("enforcement", CITY, AIR)),
    "whistle joint": (TOWN, blow("joint", HOUSING, TRANSPORT, lead=HOUSING)),
    "grant whistle": (TOWN, of_whistle(calls.grant)),
    "decline whistle": (TOWN, of_whistle(calls.decline, "先劝")),
    "acknowledge": (PARTY, of_party(whistle.acknowledge)),
    "arrive": (PARTY, of_party(whistle.arrive, None)),
    "finish": (PARTY, of_party(whistle.finish, "好了")),
    "refuse": (PARTY, of_party(whistle.refuse, "不归我")),
    "plan": (PARTY, file_plan),
    "meet": (PARTY, meet),
    "judge whistle": (PARTY, of_party(rating.rate_whistle, "valid", "")),
    "excuse": (WHISTLER, of_party(course.excuse, "不用来了")),
    "danger gone": (WHISTLER, of_whistle(course.danger_gone)),
    "record act": (WHISTLER, of_whistle(course.record_act, "责令改正")),
    "end whistle": (WHISTLER, of_whistle(course.end)),
    "call off": (WHISTLER, of_whistle(course.end, called_off="误报")),
    "judge unit": (WHISTLER, of_party(rating.rate_unit, GRADES, "快")),
}


def actor(county: County, number: str, who: str) -> Actor:
    """Return who plays a part for a ticket now; an account plays itself.

    Raises:
        NotFoundError: nobody does.
    """
    ticket = county.ticket(number)
    if who == CALLER:
        return CITIZEN
    if who == HOLDER and ticket.officer_id is None and ticket.post:
        return county.officer_of(number)
    if who == TOWN and ticket.town:
        return county.actor(f"{ticket.town.replace('/', '.')}.lead")
    if who not in {HOLDER, TOWN, HEARD, PARTY, WHISTLER}:
        return county.actor(who)
    with county.work() as work:
        person = _person(work, ticket, who)
        if person is None:
            raise NotFoundError(who=who)
        return accounts.actor_of(work, work.session.get_one(Staff, person))


def _person(work: Work, ticket: Ticket, who: str) -> UUID | None:
    if who == HEARD:
        found = hearings.of_ticket(work.session, ticket.id)
        parties = hearings.parties(work.session, found.id) if found else []
        posts = [party.post for party in parties if party.post != ticket.post]
        return _on_duty(work, ticket, posts[0]) if posts else None
    if who == PARTY:
        return _on_duty(work, ticket, waited_for(work, ticket).post)
    return newest(work, ticket).raised_by if who == WHISTLER else ticket.officer_id


def _on_duty(work: Work, ticket: Ticket, post: str) -> UUID | None:
    grid_map = work.kit.maps.get(work.session, ticket.map_version)
    return work.on_duty(grid_map.post(post)).staff_id
