"""The watch's jobs: say that a worker lives and the whole chain with it; test the public door."""

from typing import Final

import requests
import structlog

from hotline.beating import instance
from hotline.channels import prober
from hotline.services.upkeep import watching
from hotline.store import watch
from workers.runtime import Runtime, runtime

log = structlog.get_logger(__name__)
_TIMEOUT_S: Final = 10
_LIMIT_S: Final = 60


def beat() -> None:
    """Beat for the workers, and tell the watch outside that clock, queue and worker live.

    The clock wakes this job: where either of them, the queue or the database is gone, the ping
    outside stops, and its silence is the alarm.
    """
    parts = runtime()
    with parts.work() as work:
        watch.beat(work.session, "worker", instance().partition(":")[0])
        watch.forget(work.session)
        watching.look(work)
    if parts.settings.heartbeat_url is not None:
        ping(str(parts.settings.heartbeat_url))


def ping(address: str) -> bool:
    """Call the address outside that expects us; a failure is logged, its silence speaks."""
    try:
        done = requests.get(address, timeout=_TIMEOUT_S).ok
    except requests.RequestException:
        done = False
    if not done:
        log.warning("ping_failed")
    return done


def probe() -> str | None:
    """Send a test demand to our own public door; return what is wrong, as a code."""
    parts = runtime()
    secret = parts.settings.probe_key
    if secret is None:
        return None
    return probe_door(parts, str(parts.settings.probe_url or parts.settings.public_url))


def probe_door(parts: Runtime, address: str) -> str | None:
    """Test the door at ``address``; what did not come back is before the supervisors."""
    secret = parts.settings.probe_key
    if secret is None:
        return None
    where = parts.settings.probe_where
    outcome = prober.probe(address, secret.get_secret_value(), where=where, limit_s=_LIMIT_S)
    if outcome.fault is not None:
        log.error("probe_lost", fault=outcome.fault)
        with parts.work() as work:
            watching.failed(work, outcome.fault, outcome.took_ms)
    return outcome.fault
