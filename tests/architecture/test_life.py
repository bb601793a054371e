"""A ticket never stands still: every status has a way out, an owner and a clock with a step."""

import pytest

from hotline.domain.grid.model import DemandKind
from hotline.domain.tickets import CLOCK, ENDS, OWNER, RULES, Action, Role, Status, Step
from hotline.map_file.reading import read_grid
from hotline.services.handling import escalation, timing
from tests.architecture.sources import ROOT

OPEN = [status for status in Status if status not in ENDS]


@pytest.mark.parametrize("status", OPEN)
def test_every_open_status_has_a_way_out(status: Status):
    assert {rule.to for (here, _), rule in RULES.items() if here is status} - {status}


@pytest.mark.parametrize("status", OPEN)
def test_every_open_status_has_an_owner_who_can_take_it_further(status: Status):
    owner = OWNER[status]
    moves = [rule for (here, _), rule in RULES.items() if here is status and rule.to is not status]

    assert any(owner in rule.by for rule in moves)


@pytest.mark.parametrize("status", OPEN)
def test_every_open_status_has_a_clock_whose_step_is_carried_out(status: Status):
    assert CLOCK[status] in escalation.STEPS


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_reached_from_the_beginning(status: Status):
    assert status in _reached_from(Status.TRIAGE)


@pytest.mark.parametrize("status", OPEN)
def test_every_open_status_can_still_be_brought_to_an_end(status: Status):
    assert _reached_from(status) & ENDS


@pytest.mark.parametrize("step", Step)
def test_every_step_of_the_clock_is_carried_out_by_something(step: Step):
    assert callable(escalation.STEPS[step])


def test_every_action_but_the_first_stands_in_the_table():
    assert {action for _, action in RULES} == set(Action) - {Action.RECEIVE}


def test_nobody_with_an_account_speaks_for_the_citizen():
    verdicts = {Action.CONFIRM, Action.DENY, Action.RATE}

    assert {
        role for (_, action), rule in RULES.items() if action in verdicts for role in rule.by
    } == {Role.CITIZEN}


def test_nobody_who_submits_also_rules_on_returns_and_extensions():
    submits = {
        role for (_, action), rule in RULES.items() if action is Action.SUBMIT for role in rule.by
    }
    rules_on = {Action.UPHOLD, Action.OVERTURN, Action.GRANT, Action.DECLINE}
    rulers = {role for (_, action), rule in RULES.items() if action in rules_on for role in rule.by}

    assert not submits & rulers


@pytest.mark.parametrize("urgent", [False, True], ids=["normal", "urgent"])
@pytest.mark.parametrize("status", OPEN)
def test_the_shipped_map_has_a_limit_for_every_clock(status, urgent):
    grid_map = read_grid(ROOT / "grid_map.yaml")

    class Case:
        map_version, class_code, window_id, line = grid_map.version, None, None, "12345"

    class Maps:
        @staticmethod
        def get(_session, _version):
            return grid_map

    class Commands:
        session = None
        kit = type("Kit", (), {"maps": Maps})

    Case.urgent = urgent  # type: ignore[attr-defined]
    assert timing.limit_of(Commands, Case, CLOCK[status]).amount > 0  # type: ignore[arg-type]


@pytest.mark.parametrize("step", ["return", "accepted_unsigned", "oversight_after", "contact"])
@pytest.mark.parametrize("kind", DemandKind)
def test_the_shipped_map_has_every_limit_that_services_ask_for(step: str, kind: DemandKind):
    grid_map = read_grid(ROOT / "grid_map.yaml")

    assert grid_map.limits.limit(step, urgent=False).amount > 0
    assert grid_map.limits.handle[kind].limit(urgent=True).is_natural


def _reached_from(start: Status) -> set[Status]:
    reached, before = {start}, set[Status]()
    while reached != before:
        before = set(reached)
        reached |= {rule.to for (here, _), rule in RULES.items() if here in before}
    return reached
