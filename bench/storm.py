"""Callers and kills: the hotline under everything that can die, and the count afterwards.

Real calls and messages come in through the fake carrier while the processes of the Procfile and
both servers are killed (SIGKILL) and Valkey is wiped. By seed, so that a storm can be repeated as
far as its order goes; what each blow meets is up to the machine.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from random import Random
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from bench import demands
from bench.stage import Stage, open_stage
from hotline import clock
from hotline.channels.templates import for_carrier
from hotline.channels.voice import fallback
from hotline.demo import staff
from hotline.demo.carrier.faults import Faults
from hotline.demo.carrier.people import Step, answers, hang_up, never_answers, press, say, silent
from hotline.demo.carrier.server import FakeCarrier
from hotline.domain.grid.model import GridMap
from hotline.embedded.processes import session_members
from hotline.embedded.servers import ServerName
from hotline.keys import Keys
from hotline.services.proof import audit

PROCESSES: Final = ("web", "worker", "clock")
BLOWS: Final = ("web", "worker", "clock", "web child", "worker child", "postgres", "valkey", "wipe")
_SERVERS: Final[Mapping[str, ServerName]] = {"postgres": "postgres", "valkey": "valkey"}
_SPEED: Final = 60.0
_CALLERS_PER_S: Final = 6.0
_MOST_AT_ONCE: Final = 10
_POLL_S: Final = 0.02
# How long everything may take to become right again, and how often the time is moved meanwhile.
_SETTLE_S: Final = 180.0
_ROUND_S: Final = 3.0
_ENDS: Final = ("delivered", "failed", "cancelled", "waiting")


@dataclass
class Count:
    """What a storm left behind. ``lost``: callers without a ticket; ``doubled``: with two."""

    demands: int
    kills: int
    lost: list[str]
    doubled: list[str]
    sent_twice: list[str]
    unfinished: list[str]
    broken_chains: int

    @property
    def is_right(self) -> bool:
        """Whether every caller has one ticket, every promise an end, every chain its links."""
        return not (
            self.lost or self.doubled or self.sent_twice or self.unfinished or self.broken_chains
        )


@dataclass
class Storm:
    """One storm. Run it from the main thread: it starts and ends processes."""

    stage: Stage
    carrier: FakeCarrier
    engine: sa.Engine
    keys: Keys
    seed: int
    dice: Random
    callers: list[str] = field(default_factory=list)
    blows: Counter[str] = field(default_factory=Counter)
    _due: dict[str, float] = field(default_factory=dict)

    def rage(self, size: int, kills: int) -> None:
        """Let so many callers in, and strike so often in between."""
        every = chain.from_iterable(iter(self._deck, None))
        strikes = Counter(self.dice.choices(range(size), k=kills))
        words = demands.texts(self._grid_map(), self.seed)
        for number in range(size):
            self._tend_for(self.dice.expovariate(_CALLERS_PER_S))
            while self._busy() >= _MOST_AT_ONCE:
                self._tend()
            self._let_in(number, next(words))
            for _ in range(strikes[number]):
                self._strike(next(every))

    def settle(self) -> Count:
        """Wait until everything is right again, a minute at a time; return the count then."""
        until = time.monotonic() + _SETTLE_S
        while True:
            self._wait_for_quiet(until)
            count = self.count()
            if count.is_right or time.monotonic() > until:
                return count
            with self.engine.begin() as connection:
                clock.shift(connection, timedelta(minutes=1))
            self.carrier.forward(timedelta(minutes=1))
            self._tend_for(_ROUND_S)

    def count(self) -> Count:
        """Compare what the callers did with the rows, and the rows with the carrier."""
        with Session(self.engine) as session:
            rows = session.execute(
                sa.text("SELECT number_hash, count(*) FROM ticket_identity GROUP BY 1")
            )
            tickets = {row[0]: row[1] for row in rows}
            states = sa.text("SELECT id, state FROM outbox WHERE NOT state = ANY(:ends)")
            unfinished = session.execute(states, {"ends": list(_ENDS)}).all()
            ids = session.execute(sa.text("SELECT id FROM ticket")).scalars().all()
            broken = sum(not audit.verify_ticket(session, ticket).whole for ticket in ids)
        found = {number: tickets.get(self.keys.lookup(number), 0) for number in self.callers}
        return Count(
            demands=len(self.callers),
            kills=sum(self.blows.values()),
            lost=[number for number, size in found.items() if not size],
            doubled=[number for number, size in found.items() if size > 1],
            sent_twice=self._sent_twice(),
            unfinished=[f"{promise} {state}" for promise, state in unfinished],
            broken_chains=broken,
        )

    def _sent_twice(self) -> list[str]:
        """Return the promises that the carrier has more than once."""
        urls = [
            *(text.status_callback for text in self.carrier.messages),
            *(call.status_callback for call in self.carrier.calls),
        ]
        kept = Counter(url.partition("outbox=")[2] for url in urls if "outbox=" in url)
        return [promise for promise, times in kept.items() if times > 1]

    def _deck(self) -> list[str]:
        """Return every blow once, in a new order."""
        return self.dice.sample(BLOWS, k=len(BLOWS))

    def _busy(self) -> int:
        return sum(1 for call in self.carrier.calls if not call.over)

    def _let_in(self, number: int, words: str) -> None:
        caller = f"+86137{number:08d}"
        self.callers.append(caller)
        if self.dice.randrange(2):
            self.carrier.text(caller, words)
        else:
            self.carrier.call(caller, *self._talk(words))

    def _talk(self, words: str) -> tuple[Step, ...]:
        """Return what somebody does on the telephone; each of them wants something."""
        talks: tuple[tuple[Step, ...], ...] = (
            (say(words),),
            (say("停水了"), say(words)),
            (say(words), hang_up()),
            (hang_up(),),
            (silent(), say(words)),
            (press("0"), say(words), press("#")),
        )
        return self.dice.choice(talks)

    def _strike(self, blow: str) -> None:
        self.blows[blow] += 1
        name = blow.partition(" ")[0]
        if blow == "wipe":
            self.stage.servers.wipe_valkey()
        elif blow in _SERVERS:
            self.stage.servers.kill(_SERVERS[blow])
            self._tend_for(self.dice.uniform(0, 1))
            self.stage.servers.restart(_SERVERS[blow])
        elif blow == name:
            if name in self.stage.children:
                self.stage.kill(name)
            self._due[name] = time.monotonic() + self.dice.uniform(0, 1)
        elif name in self.stage.children:
            master = self.stage.children[name].pid
            others = sorted(set(session_members(master)) - {master})
            if others:
                with suppress(ProcessLookupError):
                    os.kill(self.dice.choice(others), signal.SIGKILL)

    def _tend(self) -> None:
        """Start again what is down, as a service manager does."""
        now = time.monotonic()
        for name in PROCESSES:
            child = self.stage.children.get(name)
            if child is not None and child.poll() is not None:
                self.stage.kill(name)  # what it left behind
                self._due[name] = now + 0.3
            elif child is None and now >= self._due.get(name, 0.0):
                self.stage.start(name)
        time.sleep(_POLL_S)

    def _tend_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._tend()

    def _wait_for_quiet(self, until: float) -> None:
        """Wait until nobody talks, nothing due waits, and nothing is just being sent."""
        quiet_since = time.monotonic()
        before = None
        while time.monotonic() < until:
            self._tend()
            with self.engine.connect() as connection:
                waiting, sending = connection.execute(_UNDER_WAY).one()
            if waiting or before != sending or not self.carrier.exchange.is_quiet:
                quiet_since, before = time.monotonic(), sending
            elif time.monotonic() - quiet_since > 1:
                return

    def _grid_map(self) -> GridMap:
        with self.stage.parts() as (_, kit):
            return kit.maps.current


_UNDER_WAY: Final = sa.text(
    "SELECT count(*) FILTER (WHERE state = 'waiting' AND next_try_at <= hotline_now()),"
    " coalesce(string_agg(id::text, ' ' ORDER BY id) FILTER (WHERE state = 'sending'), '')"
    " FROM outbox"
)


@contextmanager
def open_storm(seed: int) -> Iterator[Storm]:
    """Start everything: servers, processes, the carrier, and its people."""
    carrier = FakeCarrier(
        token="demo",
        account="ACdemo0000000000000000000000000000",
        speed=_SPEED,
        stranger=answers(press("1"), after_s=1),
        faults=Faults(seed=seed, repeat=0.3, reorder=0.3),
    )

    def more(url: str) -> dict[str, str]:
        carrier.exchange.bins["fallback"] = fallback(f"{url}/hooks/voice/thanks")
        carrier.connect(url)
        return {"HOTLINE_CARRIER_URL": carrier.url, "HOTLINE_CLOCK_IDLE_S": "0.2"}

    carrier.add_templates(for_carrier())
    with open_stage(more) as stage, carrier, stage.parts() as (engine, kit):
        with Session(engine) as session:
            for login in staff.OPERATORS:
                sealed = staff.by_login(session, login).number_sealed
                if sealed is not None:
                    carrier.set_person(kit.keys.open(sealed), never_answers())
        storm = Storm(stage, carrier, engine, kit.keys, seed, Random(seed))
        for name in PROCESSES:
            stage.start(name)
        stage.await_web()
        yield storm
