"""What a worker process is built from, once, before it takes its first job."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import redis
import sqlalchemy as sa

from config import Settings, settings_or_exit
from hotline import boot, log
from hotline.channels.carrier import Carrier
from hotline.channels.notices import Notifier
from hotline.in_force import InForce
from hotline.kit import Kit
from hotline.map_file.apart import parse_apart
from hotline.work import SYSTEM, Actor, Work, open_work


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of this process."""

    settings: Settings
    engine: sa.Engine
    in_force: InForce

    @property
    def kit(self) -> Kit:
        """What a command that begins now decides by."""
        return self.in_force.kit

    @contextmanager
    def work(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        """Open work as the system, or in the role that a reconciled webhook would have had."""
        with open_work(self.engine, self.kit, actor) as work:
            yield work


@cache
def runtime() -> Runtime:
    """Return this process's parts, built at the first call.

    A worker's child process inherits the built parts but never the parent's connections: the
    parent does not use its engine (`workers.__main__`).
    """
    settings = settings_or_exit()
    log.configure(as_json=settings.log_json)
    engine = boot.build_engine(settings)
    boot.refuse_unsafe(settings, engine)
    kit = boot.build_kit(settings, engine, parse_apart)
    engine.dispose()
    boot.settle()
    return Runtime(settings, engine, InForce(engine, kit, reads_demands=False))


@cache
def the_carrier() -> Carrier:
    """Return this process's carrier."""
    return boot.build_carrier(runtime().settings)


@cache
def the_notifier() -> Notifier:
    """Return this process's sender of notices."""
    return boot.build_notifier(runtime().settings)


@cache
def the_queue() -> "redis.Redis":
    """Return this process's connection to the queue."""
    return boot.build_redis(runtime().settings)
