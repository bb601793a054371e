"""The only door to the queue: dotted job names, ids as arguments, JSON.

The queue only wakes a worker. It never retries and never schedules: the rows hold what is due and
how often it was tried, so that a wiped queue loses nothing.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import uuid4

import redis
from rq import Queue
from rq.serializers import JSONSerializer

QUEUE: Final = "hotline"
TIMEOUT_S: Final = 120
# Failures are logged; RQ would keep each of them for a year.
_FORGET_S: Final = 60


class Job(StrEnum):
    """Every job, by the dotted name of its function."""

    DELIVER = "workers.messages.deliver"
    RECONCILE = "workers.reconcile.sweep"
    SEAL = "workers.ledger.seal"
    JUDGE = "workers.suspicion.judge"
    REVIEW = "workers.suspicion.review"
    INDEX = "workers.search.index"
    ERASE = "workers.retention.erase"
    COUNT = "workers.counting.count"
    RECOUNT = "workers.calendar.recount"
    PROBE_RATINGS = "workers.ratings.probe"
    DRAW = "workers.sampling.draw"
    CHECK = "workers.ledger.check"
    BEAT = "workers.watch.beat"
    PROBE = "workers.watch.probe"


WHAT_FOR: Final[Mapping[Job, str]] = {
    Job.DELIVER: "hands waiting messages to the carrier",
    Job.RECONCILE: "opens what the carrier has and we have no row of",
    Job.ERASE: "erases what was kept long enough",
    Job.INDEX: "makes new words findable",
    Job.COUNT: "counts what has happened, for the rates",
    Job.PROBE_RATINGS: "gives the lowest grade by the public way, and sees that it arrives",
    Job.DRAW: "draws the callers whom a person asks, day by day",
    Job.CHECK: "verifies the whole ledger, where a supervisor has asked for it",
    Job.RECOUNT: "counts running limits anew after a notice of days off",
    Job.BEAT: "says that clock, queue and worker live, here and outside",
    Job.PROBE: "sends a test demand to the public door, and sees that it comes back",
    Job.SEAL: "signs a root over the ledger and exports it",
    Job.JUDGE: "looks at new photos and judges claims of closure that the rules have not judged",
    Job.REVIEW: "judges the claims anew whose matter was reported again; renews the photo index",
}


def queue(connection: "redis.Redis") -> Queue:
    """Return the hotline's queue."""
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def wake(connection: "redis.Redis", job: Job, slot: int = 0) -> bool:
    """Wake a worker for ``job``, unless one is waiting in the same slot already.

    Args:
        connection: to the queue.
        job: what to do.
        slot: several slots let several workers begin the same kind of job at once.

    Returns:
        Whether the job was put into the queue.
    """
    # A job that is running does not count: a killed worker leaves its job "running" for minutes.
    name = f"{job.name.lower()}-{slot}-"
    waiting = queue(connection)
    if any(job_id.startswith(name) for job_id in waiting.get_job_ids()):
        return False
    waiting.enqueue(
        job.value,
        job_id=name + uuid4().hex,
        job_timeout=TIMEOUT_S,
        result_ttl=0,
        failure_ttl=_FORGET_S,
    )
    return True
