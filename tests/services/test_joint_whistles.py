"""Whistles of several units: a burst pipe, an enforcement, a joint matter with its plan (1+1+N)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError, WrongStatusError
from hotline.domain.joining import PlanLine, Terms
from hotline.domain.tickets import Action
from hotline.domain.whistle import BEHIND
from hotline.services.handling import tickets
from hotline.services.whistles import calls as whistle_calls
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import plan as whistle_plan
from hotline.services.whistles import rating as whistle_rating
from hotline.services.whistles import record as whistle_record
from hotline.services.whistles import whistle
from hotline.store import attention, timers
from hotline.store import tickets as ticket_rows
from hotline.store import whistles as rows

WATER, POWER = "utility.water.duty", "utility.power.duty"
TOWN, VILLAGE = "town.dagujiazi.lead", "village.dagujiazi.lamaqiao.head"
GRADES = whistle_rating.Grades(5, 4, 5)


@pytest.fixture
def number(county):
    """A ticket about water, in its officer's hands."""
    made = county.demand()
    with county.work(county.officer_of(made)) as work:
        tickets.accept(work, work.ticket(made))
    return made


class Case:
    """One ticket with one whistle, acted on by many people."""

    def __init__(self, county, number):
        self.county, self.number = county, number

    def blow(self, kind, *units, who=None, terms=Terms()):  # noqa: B008  it is frozen
        actor = self.county.actor(who) if who else self.county.officer_of(self.number)
        with self.county.work(actor) as work:
            whistle.blow(work, work.ticket(self.number), kind, units, "主管道爆裂", terms=terms)

    def unit(self, login, unit, what, *args):
        """Let somebody of a called unit act."""
        with self.county.work(self.county.actor(login)) as work:
            ticket = work.ticket(self.number)
            what(work, ticket, rows.party(work.session, self.party(unit).id), *args)

    def whistler(self, what, *args, who=None, **more):
        """Let whoever speaks for the whistle put something on record."""
        actor = self.county.actor(who) if who else self.county.officer_of(self.number)
        with self.county.work(actor) as work:
            ticket = work.ticket(self.number)
            what(work, ticket, rows.of_ticket(work.session, ticket.id)[-1], *args, **more)

    def party(self, unit):
        return next(party for party in self.county.parties(self.number) if party.unit == unit)

    def rate(self, unit, who=None):
        """Let the whistler rate a unit."""
        actor = self.county.actor(who) if who else self.county.officer_of(self.number)
        with self.county.work(actor) as work:
            ticket = work.ticket(self.number)
            found = rows.party(work.session, self.party(unit).id)
            whistle_rating.rate_unit(work, ticket, found, GRADES, "到得快")

    def live(self):
        return {step for step in self.county.timers(self.number) if step.startswith("whistle")}


@pytest.fixture
def case(county, number):
    return Case(county, number)


def test_a_burst_pipe_needs_two_units_one_refuses_and_comes_after_all(county, case):
    case.blow("emergency", "utility/water", "utility/power")
    case.unit(WATER, "utility/water", whistle.acknowledge)
    case.unit(POWER, "utility/power", whistle.refuse, "不是电的事")
    [climb] = county.events(case.number, Action.CLIMB)
    assert (climb["data"]["to"], climb["data"]["why"]) == ("town", "refused")
    case.unit(WATER, "utility/water", whistle.arrive, None)
    # The town's leader, to whom it climbed, sends the unit: it comes after all.
    case.unit(POWER, "utility/power", whistle.arrive, None)
    with pytest.raises(RefusedError, match="danger_not_gone"):
        case.unit(WATER, "utility/water", whistle.finish, "已关阀")

    county.move(minutes=40)
    case.whistler(whistle_course.danger_gone)
    for login, unit in ((WATER, "utility/water"), (POWER, "utility/power")):
        case.unit(login, unit, whistle.finish, "已抢修")
    case.whistler(whistle_course.end)
    assert case.live() == set()

    for unit in ("utility/water", "utility/power"):
        case.rate(unit)
    case.unit(POWER, "utility/power", whistle_rating.rate_whistle, "wrong_unit", "该叫水务")
    case.unit(WATER, "utility/water", whistle_rating.rate_whistle, "valid")
    with pytest.raises(RefusedError, match="rated_before"):
        case.rate("utility/power")

    with county.work() as work:
        year = whistle_record.this_year(work)
        records = {one.unit: one for one in whistle_record.unit_years(work, year)}
        [blemish] = whistle_record.blemishes(work, "utility/power", year)
    power = records["utility/power"]
    assert (power.calls, power.on_time, power.refused, power.wrong_unit) == (1, 1, 1, 1)
    assert (power.arrival, power.conduct, power.result) == (5.0, 4.0, 5.0)
    assert records["utility/water"].refused == 0
    assert blemish.reason == "不是电的事"


def test_the_town_is_asked_for_an_enforcement_and_all_units_come_before_the_act(county, case):
    units = ("department/urban-management", "department/environment")
    case.blow("enforcement", *units)
    assert county.parties(case.number) == []
    assert case.live() == {"whistle_asked"}
    [asked] = county.events(case.number, Action.ASK_WHISTLE)
    assert asked["data"]["told"][0]["post"] == "town/dagujiazi/lead"
    with pytest.raises(NotAllowedError):
        case.whistler(whistle_calls.grant)

    slot = county.now() + timedelta(minutes=30)
    case.whistler(whistle_calls.grant, who=TOWN, terms=Terms(slot_from=slot))
    [message] = {one.template for one in county.messages(case.number) if "slot" in one.template}
    assert message == "whistle_slot"
    first, second = ("department.urban-management.duty", "department.environment.duty")
    case.unit(first, units[0], whistle.acknowledge)
    assert case.party(units[0]).due_at == slot
    case.unit(first, units[0], whistle.arrive, None)
    with pytest.raises(RefusedError, match="not_joined"):
        case.whistler(whistle_course.record_act, "责令改正", who=TOWN)
    case.unit(second, units[1], whistle.arrive, None)
    for login, unit in ((first, units[0]), (second, units[1])):
        case.unit(login, unit, whistle.finish, "已配合")
    with pytest.raises(RefusedError, match="act_missing"):
        case.whistler(whistle_course.end, who=TOWN)
    case.whistler(whistle_course.record_act, "责令改正通知书第3号", who=TOWN)
    case.whistler(whistle_course.end, who=TOWN)


def test_a_request_that_nobody_answers_is_told_again_and_can_be_declined(county, case):
    case.blow("enforcement", "department/environment")
    county.forward(days=4)
    assert county.events(case.number, Action.REMIND)
    case.whistler(whistle_calls.decline, "先由村里劝导", who=TOWN)
    assert case.live() == set()
    with pytest.raises(RefusedError, match="ask_answered"):
        case.whistler(whistle_calls.grant, who=TOWN)


def test_who_has_filed_a_plan_has_heard_the_whistle_and_nobody_above_is_told(county, case):
    lead = "department/housing"
    case.blow("joint", lead, who=TOWN, terms=Terms(lead=lead))
    line = PlanLine("换桥面", lead, (county.now() + timedelta(days=3)).date())
    case.unit("department.housing.duty", lead, whistle_plan.file, [line])

    party = case.party(lead)
    assert party.state == "acknowledged"
    county.move(seconds=(party.due_at - county.now()).total_seconds() - 60)
    county.tick()
    assert county.events(case.number, Action.CLIMB) == []


def test_a_unit_that_was_late_already_stays_late_when_it_is_let_off(county, case):
    case.blow("emergency", "utility/water", "utility/power")
    county.move(minutes=10)
    with county.work(county.officer_of(case.number)) as work:
        ticket = work.ticket(case.number)
        whistle_course.excuse(
            work, ticket, rows.party(work.session, case.party("utility/power").id), "不用电工"
        )
    county.move(minutes=30)
    case.whistler(whistle_course.danger_gone)

    with county.work() as work:
        year = whistle_record.this_year(work)
        records = {one.unit: one for one in whistle_record.unit_years(work, year)}
    assert (records["utility/water"].owed, records["utility/water"].on_time) == (1, 0)
    assert records["utility/power"].owed == 0


def test_the_lead_unit_changes_a_line_of_its_plan_and_both_values_are_kept(county, case):
    units = ("department/housing", "department/transport")
    duty = {unit: f"{unit.replace('/', '.')}.duty" for unit in units}
    case.blow("joint", *units, who=TOWN, terms=Terms(lead=units[0]))
    day = (county.now() + timedelta(days=3)).date()
    case.unit(duty[units[0]], units[0], whistle_plan.file, [PlanLine("清淤", units[0], day)])

    def change(login: str, line: PlanLine) -> None:
        with county.work(county.actor(login)) as work:
            ticket = work.ticket(case.number)
            [blown] = rows.open_of_ticket(work.session, ticket.id)
            [milestone] = rows.milestones(work.session, blown.id)
            whistle_plan.change(work, ticket, milestone, line, "雨天不能施工")

    with pytest.raises(NotAllowedError, match="not_lead"):
        change(duty[units[1]], PlanLine("清淤", units[1], day))
    with pytest.raises(RefusedError, match="nothing_changed"):
        change(duty[units[0]], PlanLine("清淤", units[0], day))
    with pytest.raises(InvalidError, match="due_on"):
        change(duty[units[0]], PlanLine("清淤", units[0], day + timedelta(days=90)))
    before = county.timers(case.number)["whistle_milestone"]
    change(duty[units[0]], PlanLine("清淤并修沟沿", units[1], day + timedelta(days=1)))

    assert county.timers(case.number)["whistle_milestone"] == before + timedelta(days=1)
    assert county.messages(case.number)[-1].template == "plan_changed"
    with county.work() as work:
        ticket = work.look(case.number)
        texts = ticket_rows.texts(work.session, ticket.id)
        [[kept]] = whistle_plan.changes(work, ticket, texts).values()
        [blown] = rows.open_of_ticket(work.session, ticket.id)
        [milestone] = rows.milestones(work.session, blown.id)
    assert (kept.before, kept.unit, kept.words) == (before, units[0], "清淤")
    assert kept.reason == "雨天不能施工"
    assert milestone.unit == units[1]


def test_a_joint_whistle_has_a_leader_a_lead_unit_a_plan_and_ends_with_its_milestones(county, case):
    units = ("department/housing", "department/transport")
    with pytest.raises(InvalidError) as refused:
        case.blow("joint", *units, who=VILLAGE, terms=Terms(lead=units[0]))
    assert refused.value.facts["fields"] == ["decision"]
    case.blow("joint", *units, who=TOWN, terms=Terms(lead=units[0]))
    assert [case.party(unit).role for unit in units] == ["lead", "helper"]
    assert {"whistle_plan", "whistle_close", "whistle_ack"} <= case.live()

    duty = {unit: f"{unit.replace('/', '.')}.duty" for unit in units}
    day = (county.now() + timedelta(days=3)).date()
    lines = [PlanLine("清淤", units[0], day), PlanLine("修路肩", units[1], day)]
    with pytest.raises(NotAllowedError, match="not_lead"):
        case.unit(duty[units[1]], units[1], whistle_plan.file, lines)
    case.unit(duty[units[0]], units[0], whistle_plan.file, lines)
    assert "whistle_plan" not in case.live()
    for unit in units:
        case.unit(duty[unit], unit, whistle.arrive, None)
        case.unit(duty[unit], unit, whistle.finish, "本单位部分完成")
    with pytest.raises(RefusedError, match="milestones_open"):
        case.whistler(whistle_course.end, who=TOWN)
    with county.work(county.actor(duty[units[0]])) as work:
        ticket = work.ticket(case.number)
        [blown] = rows.open_of_ticket(work.session, ticket.id)
        for line in rows.milestones(work.session, blown.id):
            whistle_plan.meet(work, ticket, line, "已完成")
    case.whistler(whistle_course.end, who=TOWN)
    assert case.live() == set()


MOVES = {
    "acknowledge": lambda case: case.unit(WATER, "utility/water", whistle.acknowledge),
    "arrive": lambda case: case.unit(WATER, "utility/water", whistle.arrive, None),
    "finish": lambda case: case.unit(WATER, "utility/water", whistle.finish, "好了"),
    "refuse": lambda case: case.unit(WATER, "utility/water", whistle.refuse, "不归我管"),
    "power arrives": lambda case: case.unit(POWER, "utility/power", whistle.arrive, None),
    "danger gone": lambda case: case.whistler(whistle_course.danger_gone),
    "end": lambda case: case.whistler(whistle_course.end),
    "six minutes": lambda case: case.county.forward(minutes=6),
    "half an hour": lambda case: case.county.forward(minutes=31),
    "a clock that was down": lambda case: case.county.forward(hours=5),
    "a second clock": lambda case: case.county.tick(),
}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(st.sampled_from(sorted(MOVES)), min_size=2, max_size=7))
def test_whatever_happens_nobody_waits_without_a_limit_and_no_step_happens_twice(county, history):
    number = county.demand()
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
    case = Case(county, number)
    case.blow("emergency", "utility/water", "utility/power")

    for move in history:
        try:
            MOVES[move](case)
        except (RefusedError, WrongStatusError):
            continue
        _nobody_is_forgotten(county, number)


def _nobody_is_forgotten(county, number):
    with county.work() as work:
        ticket = work.ticket(number)
        [blown] = rows.of_ticket(work.session, ticket.id)
        running = {(one.subject_id, one.step) for one in timers.waiting(work.session, ticket.id)}
        timed = {subject for subject, _ in running}
        called = rows.parties(work.session, ticket.id)
        if blown.ended_at is not None:
            assert not timed & {blown.id, *(party.id for party in called)}
            return
        assert blown.id in timed
        before_somebody = {entry.attention.key for entry in attention.open_entries(work.session)}
        for party in called:
            if party.state in BEHIND:
                assert party.id in timed or any(
                    key.startswith(f"whistle:{party.id}:") for key in before_somebody
                )
    rungs = [
        (event["data"]["party"], event["data"]["to"], event["data"]["repeat"], event["data"]["why"])
        for event in county.events(number)
        if event["action"] in {Action.CLIMB, Action.REMIND} and "party" in event["data"]
    ]
    assert len(rungs) == len(set(rungs))
