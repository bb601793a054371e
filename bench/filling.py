"""Fill a county with open tickets in bulk, so that a bench can look at a large one.

Rows go in by COPY, but they are what the services would have left: every ticket has its chain of
events, its words and its limits, and `hotline audit verify` finds every chain whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from hotline.domain import ledger
from hotline.domain.grid.model import GridMap
from hotline.domain.supervision import Alert
from hotline.domain.tickets import Action, Role, Status, Step, ticket_number

# What is due, in equal parts.
STEPS: Final = (Step.SIGN, Step.CONTACT, Step.HANDLE, Step.WHISTLE_ACK)
# What else runs for such a ticket, for a day longer: the auditor would set what is missing.
_BESIDE: Final = {Step.SIGN: Step.CONTACT, Step.CONTACT: Step.SIGN, Step.WHISTLE_ACK: Step.HANDLE}
_UNIT: Final = "utility/water"
_BATCH: Final = 5000
# How long before its limit each step's ticket was dispatched; urgent, so on natural time.
_RUNS: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket to be made: what is due, and when."""

    number: int
    step: Step
    due: datetime
    officer: UUID


def fill(
    connection: psycopg.Connection[Any], grid_map: GridMap, cases: Iterable[Case]
) -> list[tuple[UUID, UUID]]:
    """Make tickets; return the ticket and the limit of each case, in order.

    Args:
        connection: as the app role; commits batch by batch.
        grid_map: the map that decides for all of them.
        cases: any number.
    """
    made: list[tuple[UUID, UUID]] = []
    rows: dict[str, list[dict[str, Any]]] = {}
    grids = sorted(grid_map.grids)
    for case in cases:
        grid = grids[case.number % len(grids)]
        ticket, timer = uuid4(), uuid4()
        for table, row in _rows(case, ticket, timer, grid_map, grid):
            rows.setdefault(table, []).append(row)
        made.append((ticket, timer))
        if len(made) % _BATCH == 0:
            copy_rows(connection, rows)
            rows = {}
    copy_rows(connection, rows)
    return made


def cases(first: int, size: int, due: Iterable[datetime], officer: UUID) -> Iterator[Case]:
    """Yield ``size`` cases, the steps in turn, each due when ``due`` says."""
    for number, at in zip(range(first, first + size), due, strict=False):
        yield Case(number, STEPS[number % len(STEPS)], at, officer)


def _rows(
    case: Case, ticket: UUID, timer: UUID, grid_map: GridMap, grid: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    at = case.due - _RUNS
    handling = case.step in {Step.HANDLE, Step.WHISTLE_ACK}
    post = grid_map.grid(grid).officer
    chain = list(_chain(ticket, grid_map.version, at, post, case.officer if handling else None))
    yield (
        "ticket",
        {
            "id": ticket,
            "number": ticket_number(at.strftime("%y%m%d"), case.number),
            "status": Status.HANDLING if handling else Status.DISPATCHED,
            "channel": "voice",
            "line": "12345",
            "class_code": "utilities/water",
            "grid": grid,
            "town": grid_map.town_of(grid).id,
            "unit": _UNIT,
            "post": post,
            "officer_id": case.officer if handling else None,
            "urgent": True,
            "rung": "grid",
            "routing": Jsonb({}),
            "map_version": grid_map.version,
            "received_at": at,
            "dispatched_at": at,
            # Spoken with, and warned: a limit of neither runs beside that of the result.
            "contacted_at": at if handling else None,
            "alert": Alert.YELLOW if handling else Alert.NONE,
            "due_at": case.due,
            "event_seq": len(chain),
            "head_hash": chain[-1]["hash"],
            "last_event_at": at,
        },
    )
    yield from (("ticket_event", event) for event in chain)
    text = uuid4()
    yield (
        "ticket_text",
        {
            "id": text,
            "ticket_id": ticket,
            "kind": "words",
            "salt": "s",
            "body": "拉马桥村停水了，从昨天晚上到现在",
            "at": at,
        },
    )
    subject = ticket
    if case.step is Step.WHISTLE_ACK:
        subject = uuid4()
        yield from _whistle(ticket, subject, text, at, case.officer)
    yield _timer(timer, ticket, subject, case.step, case.due)
    if case.step in _BESIDE:
        later = case.due + timedelta(days=1)
        yield _timer(uuid4(), ticket, ticket, _BESIDE[case.step], later)


def _timer(
    timer: UUID, ticket: UUID, subject: UUID, step: Step, due: datetime
) -> tuple[str, dict[str, Any]]:
    return "timer", {
        "id": timer,
        "ticket_id": ticket,
        "subject_id": subject,
        "step": step,
        "generation": 0,
        "due_at": due,
        "fire_at": due,
    }


def _whistle(
    ticket: UUID, party: UUID, text: UUID, at: datetime, officer: UUID
) -> Iterator[tuple[str, dict[str, Any]]]:
    whistle = uuid4()
    yield (
        "whistle",
        {
            "id": whistle,
            "ticket_id": ticket,
            "kind": "emergency",
            "raised_by": officer,
            "reason_id": text,
            "raised_at": at,
        },
    )
    yield (
        "whistle_party",
        {
            "id": party,
            "whistle_id": whistle,
            "ticket_id": ticket,
            "unit": _UNIT,
            "post": f"{_UNIT}/duty",
            "state": "called",
            "rung": "grid",
            "called_at": at,
            "sounded_at": at,
        },
    )
    yield _timer(uuid4(), ticket, whistle, Step.WHISTLE_CLOSE, at + _RUNS + timedelta(days=1))


def _chain(
    ticket: UUID, version: str, at: datetime, post: str, officer: UUID | None
) -> Iterator[dict[str, Any]]:
    """Yield the first events of a ticket, each behind the hash of the one before."""
    steps = [
        (Action.RECEIVE, Status.TRIAGE, Role.CITIZEN, {"channel": "voice"}),
        (Action.DISPATCH, Status.DISPATCHED, Role.SYSTEM, {"post": post, "unit": _UNIT}),
    ]
    if officer is not None:
        steps.append((Action.ACCEPT, Status.HANDLING, Role.SYSTEM, {"officer": str(officer)}))
    previous = ledger.GENESIS
    for seq, (action, status, role, data) in zip(count(1), steps, strict=False):
        actor = "citizen" if role is Role.CITIZEN else "system"
        facts = {"action": action, "status": status, "role": role, "actor": actor}
        about = {"ticket": ticket, "seq": seq, "at": at, "map": version, "data": data}
        body = ledger.canonical(about | facts)
        chained = ledger.chained(previous, body)
        yield facts | {
            "ticket_id": ticket,
            "seq": seq,
            "at": at,
            "body": body,
            "previous": previous,
            "hash": chained,
        }
        previous = chained


def copy_rows(connection: psycopg.Connection[Any], rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write rows by table, in one transaction, in the order of the tables."""
    with connection.transaction(), connection.cursor() as cursor:
        for table, every in rows.items():
            columns = list(every[0])
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            with cursor.copy(statement) as copy:
                for row in every:
                    copy.write_row([row[name] for name in columns])
