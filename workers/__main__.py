"""``python -m workers``: take jobs from the queue, each in a child process of its own."""

import time

import redis
import structlog
from rq import Worker
from rq.serializers import JSONSerializer

from hotline.jobs import queue
from workers.runtime import runtime, the_queue

log = structlog.get_logger(__name__)


def main() -> None:
    """Work until told to stop; the queue's server may come and go."""
    # Jobs run in children, which inherit what is read by now.
    runtime().kit.maps.router.warm()
    while True:
        connection = the_queue()
        try:
            worker = Worker([queue(connection)], connection=connection, serializer=JSONSerializer)
            # RQ's own scheduler and retries stay off: the rows hold what is due.
            if worker.work(with_scheduler=False, logging_level="WARNING") is not None:
                return
        except redis.exceptions.RedisError as error:
            log.warning("waiting_for_queue", kind=type(error).__name__)
            time.sleep(1)


if __name__ == "__main__":
    main()
