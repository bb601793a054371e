"""Every kind of limit that there is: whatever was lost, the auditor sets it again as it was."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, select

from hotline.domain.chains import OF_TESTS
from hotline.domain.joining import PlanLine, Terms
from hotline.domain.tickets import Step
from hotline.services.handling import escalation, final_reply, long_term, restoring
from hotline.services.reception import gaps, intake
from hotline.services.upkeep import watching
from hotline.services.verifying import probing, verification
from hotline.services.whistles import plan as whistle_plan
from hotline.services.whistles import whistle
from hotline.store.models import Ticket
from hotline.work import CITIZEN
from tests import suspects
from tests.county import NO_WATER, VILLAGE, County
from tests.pictures import file_of, mirrored, picture
from tests.services import test_disputes as disputes
from tests.services import test_doors as doors
from tests.services import test_joint_whistles as joint
from tests.services import test_long_cases as cases
from tests.services import test_merging as merged
from tests.services import test_ratings as ratings
from tests.services import test_sampling as sampling
from tests.services.test_auditor import a_round, limits, lose_all
from tests.web import nights

RUBBISH = f"{VILLAGE}垃圾没人收"
LEAD, HELPER = "department/housing", "department/transport"


def test_every_kind_of_limit_can_be_carried_out_and_set_again():
    restored = frozenset(restoring.ALONE) | frozenset().union(*restoring.OF_SEVERAL)

    assert frozenset(escalation.STEPS) == frozenset(Step)
    assert restored == frozenset(Step)


def found_again(county: County) -> set[Step]:
    """Lose every limit and let the auditor look: what it set is what there was."""
    with Session(county.engine) as session:
        tests = set(session.exec(select(Ticket.id).where(Ticket.synthetic)))
    before = {
        (subject, step): due
        for (subject, step), due in lose_all(county).items()
        if subject not in tests or step in OF_TESTS
    }
    _, found = a_round(county, 200)
    assert limits(county) == before
    assert found == len(before)
    return {step for _subject, step in before}


def in_triage_and_on_the_way(county: County) -> None:
    nights.in_triage(county)
    nights.returned(county)
    nights.more_time(county)
    nights.whistled(county)
    doors.rejected(county, nights.in_triage(county)[0])
    doors.at_window(county)
    number = county.demand(RUBBISH)
    day = (county.now() + timedelta(days=2)).date()
    with county.work(county.actor("operator1")) as work:
        gaps.accept_without(work, work.ticket(number), gaps.Missing("照片", "caller", day))
    lead, member = (county.demand(NO_WATER, number=f"+861380000{n}") for n in (2001, 2002))
    merged.merge(county, lead, member)
    third, other = (county.demand(NO_WATER, number=f"+861380000{n}") for n in (2003, 2004))
    merged.merge(county, third, other)
    merged.submit(county, third)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(other), solved=False, by="call")


def whistles(county: County) -> None:
    def case() -> joint.Case:
        return joint.Case(county, nights.accepted(county))

    acknowledged, asked, planned, filed = case(), case(), case(), case()
    acknowledged.blow("grid", "utility/water")
    acknowledged.unit(joint.WATER, "utility/water", whistle.acknowledge)
    asked.blow("enforcement", "department/environment")
    for one in (planned, filed):
        one.blow("joint", LEAD, HELPER, who=joint.TOWN, terms=Terms(lead=LEAD))
    line = PlanLine("清淤", LEAD, (county.now() + timedelta(days=4)).date())
    filed.unit("department.housing.duty", LEAD, whistle_plan.file, [line])


def disputes_and_plans(county: County) -> None:
    disputes.disputed_twice(county)
    settled = disputes.disputed_twice(county)
    disputes.ruled(county, settled)
    waiting = nights.accepted(county, cases.ROAD)
    with county.work(county.officer_of(waiting)) as work:
        ticket = work.ticket(waiting)
        [leader, *_] = long_term.leaders(work, ticket)
        long_term.propose(work, ticket, cases.plan(county, 20, 60, leader=leader))
    cases.deferred(county, nights.accepted(county, cases.ROAD), 1, 60)


def denied(county: County) -> str:
    number = nights.accepted(county, cases.ROAD)
    cases.submitted(county, number)
    cases.denied(county, number)
    return number


def answers(county: County) -> None:
    ratings.submitted(county)
    ratings.rated(county, 1)
    mended = ratings.rated(county, 1)
    ratings.mend(county, mended)
    proposed, appealed, signed = denied(county), denied(county), denied(county)
    for number in (appealed, signed):
        cases.final(county, number)
    with county.work(county.officer_of(proposed)) as work:
        final_reply.propose(work, work.ticket(proposed), "已列入明年大修")
    with county.work(CITIZEN) as work:
        final_reply.appeal(work, work.ticket(appealed), "坑还在", "message")


def signs_and_tests(county: County) -> None:
    """A flag that its unit is asked about, the probe of the rating door, a test demand."""
    for nth, words in enumerate((cases.ROAD, NO_WATER)):
        number = suspects.signed(county, words)
        photo = picture(1)
        suspects.claim(county, number, file_of(mirrored(photo) if nth else photo))
        suspects.judge(county)
    with county.work() as work:
        probing.start(work)
    with county.work(CITIZEN) as work:
        made, _ = intake.receive(work, intake.Demand("web", None, NO_WATER, synthetic=True))
        watching.expect_back(work, work.ticket(made.number), "web")


# Limits that say themselves when they come again.
AGAIN = (
    *(Step.WARN_ENTRY, Step.MILESTONE, Step.ANSWER_FLAG, Step.BAD_CALL, Step.BAD_FIX),
    *(Step.WHISTLE_ASKED, Step.WHISTLE_PLAN, Step.WHISTLE_MILESTONE, Step.WHISTLE_CLOSE),
)


def let_pass(county: County, *steps: Step, of: str = "%") -> None:
    """Let the clock carry out running limits of some kinds before their time; of one ticket."""
    with county.engine.begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE timer SET fire_at = hotline_now()"
                " WHERE state = 'waiting' AND step = ANY(:steps)"
                " AND ticket_id IN (SELECT id FROM ticket WHERE number LIKE :of)"
            ),
            {"steps": list(steps), "of": of},
        )
    county.tick()


def test_whatever_was_lost_is_set_again_as_it_was(county):
    in_triage_and_on_the_way(county)
    whistles(county)
    disputes_and_plans(county)
    answers(county)
    signs_and_tests(county)
    seen = found_again(county)

    let_pass(county, *AGAIN, Step.EARLY)
    late = nights.accepted(county, RUBBISH)
    for step in (Step.EARLY, Step.YELLOW, Step.HANDLE):
        let_pass(county, step, of=late)
    seen |= found_again(county)
    assert sampling.tomorrow(county) >= 1
    seen |= found_again(county)

    assert set(Step) - seen == set()
