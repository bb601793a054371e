"""A web server's own part in the watch: it says that it lives, and looks after the clock.

Where the clock is gone nobody wakes the workers; so whoever finds that out wakes one itself.
"""

import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Final

import redis
import sqlalchemy as sa
import structlog

from hotline.in_force import InForce
from hotline.jobs import Job, wake
from hotline.services.upkeep import watching
from hotline.store import watch
from hotline.work import SYSTEM, open_work

log = structlog.get_logger(__name__)
EVERY_S: Final = 10.0


def instance() -> str:
    """Return what tells this process from others of its kind: machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def once(engine: sa.Engine, in_force: InForce, queue: Callable[[], "redis.Redis"]) -> None:
    """Beat for a web server, and alarm the supervisors about whoever has fallen silent."""
    with open_work(engine, in_force.kit, SYSTEM) as work:
        watch.beat(work.session, "web", instance())
        silent = watching.look(work)
    if silent:
        wake(queue(), Job.DELIVER)


def start(engine: sa.Engine, in_force: InForce, queue: Callable[[], "redis.Redis"]) -> None:
    """Do `once` every ten seconds from now on, in a thread of its own."""

    def beat() -> None:
        while True:
            try:
                once(engine, in_force, queue)
            except (sa.exc.OperationalError, sa.exc.TimeoutError, redis.exceptions.RedisError):
                log.warning("beat_missed")
            time.sleep(EVERY_S)

    threading.Thread(target=beat, name="beat", daemon=True).start()
