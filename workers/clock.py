"""The clock: carries out limits that have passed, and wakes the workers. Any number may run.

A pass takes due timers with their tickets (`SKIP LOCKED`) and carries the steps out in the
transaction that took them, so each decision happens exactly once. A batch that fails is retried
row by row; a row that fails waits longer each time and holds nobody else up.
"""

import signal
import threading
from datetime import timedelta
from types import FrameType
from typing import Final
from uuid import UUID

import redis
import sqlalchemy as sa
import structlog
from sqlmodel import Session

from hotline import clock
from hotline.beating import instance
from hotline.jobs import Job, wake
from hotline.kit import Kit
from hotline.services.handling import attention, escalation
from hotline.store import calls, outbox, photos, search, suspicion, timers, watch
from hotline.work import SYSTEM, open_work
from workers import auditor
from workers.runtime import Runtime, runtime, the_queue

log = structlog.get_logger(__name__)

BATCH: Final = 150
# How many workers may hand messages over at the same time.
SLOTS: Final = 2
# The timetable: which job, how often. What was missed while we were down runs once.
TIMETABLE: Final = (
    (Job.BEAT, timedelta(seconds=20)),
    (Job.PROBE, timedelta(minutes=10)),
    (Job.RECONCILE, timedelta(minutes=1)),
    (Job.COUNT, timedelta(minutes=1)),
    # A day is drawn once, and one that was missed is made up for: asking often costs one look.
    (Job.DRAW, timedelta(minutes=15)),
    (Job.SEAL, timedelta(days=1)),
    (Job.CHECK, timedelta(minutes=1)),
    # New claims are judged at once (`relay`); this one goes on with history under new rules.
    (Job.JUDGE, timedelta(minutes=5)),
    (Job.REVIEW, timedelta(days=1)),
    (Job.ERASE, timedelta(days=1)),
    (Job.RECOUNT, timedelta(minutes=1)),
    (Job.PROBE_RATINGS, timedelta(days=1)),
)
_TRIES_BEFORE_ATTENTION: Final = 3


def pass_over(engine: sa.Engine, kit: Kit, batch: int = BATCH) -> int:
    """Carry out one batch of due steps and return how many were taken."""
    if not timers.is_any_due(engine):
        return 0
    taken: list[UUID] = []
    try:
        with open_work(engine, kit, SYSTEM) as work:
            due = timers.take_due(work.session, work.now, limit=batch)
            taken = [row.timer.id for row in due]
            timers.finish(work.session, taken)
            escalation.carry_out_all(work, due)
    except sa.exc.OperationalError:
        raise
    except Exception:
        # One of them is at fault; each by itself will say which.
        log.exception("batch_failed", size=len(taken))
        for timer_id in taken:
            _one(engine, kit, timer_id)
    return len(taken)


def _one(engine: sa.Engine, kit: Kit, timer_id: UUID) -> None:
    try:
        with open_work(engine, kit, SYSTEM) as work:
            due = timers.take_due(work.session, work.now, limit=1, only=timer_id)
            timers.finish(work.session, [row.timer.id for row in due])
            escalation.carry_out_all(work, due)
    except sa.exc.OperationalError:
        raise
    except Exception as error:
        log.exception("step_failed", timer=str(timer_id))
        with open_work(engine, kit, SYSTEM) as work:
            fault = type(error).__name__
            tries, ticket_id = timers.postpone(work.session, timer_id, work.now, fault)
            if tries >= _TRIES_BEFORE_ATTENTION:
                facts = {"timer": timer_id, "fault": fault}
                attention.raise_(work, "step_failed", f"timer:{timer_id}", facts, ticket_id)


def relay(engine: sa.Engine, queue: "redis.Redis") -> None:
    """Wake the workers for what is due: waiting messages, and the timetable's entries."""
    with Session(engine) as session, session.begin():
        now = clock.read(session.connection())
        watch.beat(session, "clock", instance())
        waiting = outbox.due(session, now)
        entries = [job for job, every in TIMETABLE if calls.claim(session, job, now, every)]
        if suspicion.any_new(session) or photos.any_unhashed(session):
            wake(queue, Job.JUDGE)
        for slot in range(min(SLOTS, waiting)):
            wake(queue, Job.DELIVER, slot)
        if search.is_due(session):
            wake(queue, Job.INDEX)
        # Woken before the claim commits: rather twice than never.
        for job in entries:
            wake(queue, job)


def run(parts: Runtime, stop: threading.Event) -> None:
    """Tick until told to stop; a database or queue that is away is waited for."""
    turns = auditor.Turns()
    while not stop.is_set():
        busy = False
        try:
            busy = pass_over(parts.engine, parts.kit) > 0
            turns.take(parts.engine, parts.kit, busy=busy)
            relay(parts.engine, the_queue())
        except (sa.exc.OperationalError, sa.exc.TimeoutError, redis.exceptions.RedisError) as error:
            log.warning("waiting_for_servers", kind=type(error).__name__)
            parts.engine.dispose()
        if not busy:
            stop.wait(parts.settings.clock_idle_s)


def main() -> None:
    """Run the clock until SIGTERM or SIGINT."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    log.info("clock_started")
    parts = runtime()
    parts.in_force.watch()
    run(parts, stop)


if __name__ == "__main__":
    main()
