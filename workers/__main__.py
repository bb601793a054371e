"""``python -m workers``: take jobs from the queue, each in a child process of its own."""

import time
from typing import Any

import redis
import structlog
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from hotline.jobs import queue
from workers.runtime import runtime, the_queue

log = structlog.get_logger(__name__)


class PolicyWorker(Worker):
    """A worker whose children find the map that is in force."""

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Take up a newer map, if there is one, before the child that does the job is made.

        The parent's connection is closed again: a child must never inherit it.
        """
        parts = runtime()
        if parts.in_force.refresh_if_time():
            parts.kit.maps.router.warm()
        parts.engine.dispose()
        super().execute_job(job, queue)


class JobFailedError(Exception):
    """A job ended with an exception, which the log tells of without its message."""


class TellingJob(Job):
    """A job whose failure is logged by our rules: RQ would log and keep the exception's words."""

    def perform(self) -> Any:  # noqa: ANN401  whatever the job returns
        """Run the job.

        Raises:
            JobFailedError: it failed; says no more than that.
        """
        try:
            return super().perform()
        except Exception:
            log.exception("job_failed", job=self.func_name)
            raise JobFailedError from None


def main() -> None:
    """Work until told to stop; the queue's server may come and go."""
    # Jobs run in children, which inherit what is read by now.
    runtime().kit.maps.router.warm()
    while True:
        connection = the_queue()
        try:
            worker = PolicyWorker(
                [queue(connection)],
                connection=connection,
                serializer=JSONSerializer,
                job_class=TellingJob,
            )
            # RQ's own scheduler and retries stay off: the rows hold what is due.
            if worker.work(with_scheduler=False, logging_level="WARNING") is not None:
                return
        except redis.exceptions.RedisError as error:
            log.warning("waiting_for_queue", kind=type(error).__name__)
            time.sleep(1)


if __name__ == "__main__":
    main()
