"""The sample county for tests: staff, kit, time that can be moved, and short words for acts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import sqlalchemy as sa
from sqlmodel import Session

from config import Settings
from hotline import boot, clock
from hotline.demo import staff as demo_staff
from hotline.domain.tickets import Action
from hotline.kit import Kit
from hotline.services.reception import intake
from hotline.services.staff import accounts
from hotline.store import outbox, timers, whistles
from hotline.store import tickets as ticket_rows
from hotline.store.models import Outgoing, Ticket, WhistleParty
from hotline.work import CITIZEN, SYSTEM, Actor, Work, open_work
from tests.prepared import map_without_nights, prepare
from tests.servers import Database
from workers import clock as clock_process

VILLAGE = "大孤家子镇拉马桥村"
CALLER = "+8613800001111"
NO_WATER = f"{VILLAGE}停水了"


class ServerAddresses(Protocol):
    """Where a test's servers are."""

    @property
    def app_url(self) -> str: ...
    @property
    def owner_url(self) -> str: ...
    @property
    def redis_url(self) -> str: ...


def settings_for(database: ServerAddresses, folder: Path, **more: Any) -> Settings:
    """Return test settings that point at a database and a folder of the test."""
    values: dict[str, Any] = {
        "env": "test",
        "database_url": database.app_url,
        "owner_database_url": database.owner_url,
        "redis_url": database.redis_url,
        "media_dir": folder / "media",
        "roots_dir": folder / "roots",
        "grid_map": map_without_nights(),
        "public_url": "http://127.0.0.1:8345",
    }
    return Settings(_env_file=None, **(values | more))


@dataclass
class County:
    """One county in one database."""

    settings: Settings
    engine: sa.Engine
    kit: Kit

    @contextmanager
    def work(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        """Open work as somebody."""
        with open_work(self.engine, self.kit, actor) as work:
            yield work

    def actor(self, login: str) -> Actor:
        """Return a demo person in their capacity."""
        with self.work() as work:
            return accounts.actor_of(work, demo_staff.by_login(work.session, login))

    def now(self) -> datetime:
        """Return the county's time."""
        with self.engine.connect() as connection:
            return clock.read(connection)

    def forward(self, **amount: float) -> None:
        """Move the time and let the clock do what is due."""
        self.move(**amount)
        self.tick()

    def move(self, **amount: float) -> None:
        """Move the time only."""
        with self.engine.begin() as connection:
            clock.shift(connection, timedelta(**amount))

    def tick(self) -> int:
        """Let the clock carry out everything that is due; return how many steps it took."""
        total = 0
        while done := clock_process.pass_over(self.engine, self.kit, batch=200):
            total += done
        return total

    def demand(self, words: str = NO_WATER, **more: Any) -> str:
        """Take a demand in by telephone and return its number."""
        values: dict[str, Any] = {"channel": "voice", "number": CALLER, "words": words} | more
        with self.work(CITIZEN) as work:
            ticket, _ = intake.receive(work, intake.Demand(**values))
        return ticket.number

    def ticket(self, number: str) -> Ticket:
        """Return a ticket as it stands."""
        with Session(self.engine) as session:
            found = ticket_rows.find(session, number)
        assert found is not None
        return found

    def events(self, number: str, action: Action | None = None) -> list[dict]:
        """Return the bodies of a ticket's events, of one action or all, in order."""
        with Session(self.engine) as session:
            rows = ticket_rows.events(session, self.ticket(number).id)
        bodies = [json.loads(row.body) for row in rows]
        return [body for body in bodies if action is None or body["action"] == action]

    def timers(self, number: str) -> dict[str, datetime]:
        """Return the limits that are running, by step."""
        with Session(self.engine) as session:
            rows = timers.waiting(session, self.ticket(number).id)
        return {str(row.step): row.due_at for row in rows}

    def messages(self, number: str) -> list[Outgoing]:
        """Return everything promised about a ticket."""
        with Session(self.engine) as session:
            return outbox.of_ticket(session, self.ticket(number).id)

    def parties(self, number: str) -> list[WhistleParty]:
        """Return the units called for a ticket."""
        with Session(self.engine) as session:
            return whistles.parties(session, self.ticket(number).id)

    def officer_of(self, number: str) -> Actor:
        """Return the officer who answers for a ticket's post."""
        ticket = self.ticket(number)
        with self.work() as work:
            post = self.kit.maps.current.post(ticket.post)
            staff_id = work.on_duty(post).staff_id
            return accounts.actor_of(work, demo_staff.by_id(work.session, staff_id))


@contextmanager
def open_county(database: ServerAddresses, folder: Path, **more: Any) -> Iterator[County]:
    """Open the sample county; a test's own servers are released and staffed first."""
    settings = settings_for(database, folder, **more)
    if not isinstance(database, Database):
        prepare(database.owner_url, database.app_url)
    engine = boot.build_engine(settings)
    try:
        kit = boot.build_kit(settings, engine)
        yield County(settings, engine, kit)
    finally:
        engine.dispose()


def a_key():
    """Return a fresh command id."""
    return uuid4()
