"""Names that would otherwise rot: every code has words, every job is there, the Procfile runs."""

import ast
import pkgutil
import re
from enum import StrEnum

import pytest

from hotline.domain.closing import ResultKind
from hotline.domain.errors import HotlineError
from hotline.domain.grid import counter, types
from hotline.domain.policy.words import CHOICES
from hotline.domain.retention import Kind
from hotline.domain.routing import TriageReason
from hotline.domain.tickets import Action, Role, Status, Step
from hotline.domain.whistle import PartyState
from hotline.jobs import WHAT_FOR, Job
from hotline.web.words import field as field_words
from hotline.web.words import record as record_words
from hotline.web.words import shared as words
from hotline.web.words import whistle as whistle_words
from tests.architecture.sources import MODULES, ROOT, constant, family, raised
from workers.clock import TIMETABLE

# What a person can be told: refusals of the domain's own arithmetic are faults of the map, and
# those of the installation are read by whoever starts it.
TOLD = [
    path
    for path in MODULES
    if {"services", "web"} & set(path.parts) or path.name in {"media.py", "work.py"}
]
# Said of the database while it is away; it is no refusal of ours.
_NO_REFUSAL = {"unavailable"}


def test_every_error_has_words():
    codes = {error.code for error in family(HotlineError)}

    assert codes == set(words.ERRORS) - _NO_REFUSAL


def test_every_error_has_a_code_of_its_own():
    codes = [error.code for error in family(HotlineError)]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("table", "enum"),
    [
        (words.STATUSES, Status),
        (words.STATUS_TONES, Status),
        (words.ACTIONS, Action),
        (words.ROLES, Role),
        (words.STEPS, Step),
        (whistle_words.PARTY_STATES, PartyState),
        (whistle_words.PARTY_TONES, PartyState),
        (words.RESULT_KINDS, ResultKind),
        (record_words.KEPT, Kind),
    ],
    ids=[
        "status",
        "status tone",
        "action",
        "role",
        "step",
        "party",
        "party tone",
        "result",
        "kept",
    ],
)
def test_every_member_has_words(table, enum):
    assert set(table) == set(enum)


def test_a_plan_has_words_for_whatever_a_field_of_the_map_may_be_set_to():
    kinds = [
        kind
        for module in (types, counter)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
    ]

    assert {kind: set(kind) for kind in kinds} == {
        kind: set(words) for kind, words in CHOICES.items()
    }


def test_no_two_tables_of_words_have_one_name():
    names = [name for family in words.FAMILIES for name in family]

    assert sorted(set(names)) == sorted(names)


def test_every_reason_to_wait_has_words():
    assert set(TriageReason) <= set(words.TRIAGE_REASONS)


def test_every_refusal_has_words():
    reasons = {
        reason.value
        for name, call in raised(TOLD)
        if name != "SetupError" and isinstance(reason := constant(call, "reason"), ast.Constant)
    }

    assert reasons - set(words.REFUSALS) == set()


def test_every_field_that_can_be_wrong_has_words():
    fields = {
        str(field.value)
        for _, call in raised(TOLD)
        if isinstance(named := constant(call, "fields"), ast.List)
        for field in named.elts
        if isinstance(field, ast.Constant)
    }

    assert {name for name in fields if name.islower()} - set(field_words.FIELDS) == set()


@pytest.mark.parametrize("job", Job)
def test_every_job_is_there_and_is_explained(job: Job):
    assert callable(pkgutil.resolve_name(job.value))
    assert job in WHAT_FOR


def test_every_job_is_woken_by_somebody():
    clock = (ROOT / "workers" / "clock.py").read_text(encoding="utf-8")

    assert {job for job, _ in TIMETABLE} <= set(Job)
    assert {job for job in Job if f"Job.{job.name}" not in clock} == set()


def test_the_procfile_runs_what_is_there():
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    processes = dict(line.split(": ", 1) for line in lines)

    assert set(processes) == {"release", "web", "worker", "clock"}
    for command in processes.values():
        for module in re.findall(r"python -m ([\w.]+)", command):
            assert pkgutil.resolve_name(module).__name__ == module
        for factory in re.findall(r"--factory (\S+)", command):
            assert callable(pkgutil.resolve_name(factory))
