"""The watch's jobs: say that a worker lives and the whole chain with it; test the public doors."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import requests
import structlog

from hotline.beating import instance
from hotline.channels import prober
from hotline.channels.prober import Outcome, Post
from hotline.services.upkeep import watching
from hotline.store import watch
from workers.runtime import Runtime, runtime

log = structlog.get_logger(__name__)
# Until somebody outside must have taken the connection, and begun to answer.
_PING_S: Final = (3.0, 5.0)


def beat() -> None:
    """Beat for the workers, and tell the watch outside that clock, queue and worker live.

    The clock wakes this job: where either of them, the queue or the database is gone, the ping
    outside stops, and its silence is the alarm.
    """
    beat_for(runtime())


def beat_for(parts: Runtime, within_s: tuple[float, float] = _PING_S) -> str | None:
    """Beat with the given parts; return why nobody outside took our word, if one expects it.

    What becomes of the ping touches nothing of the hotline: it is done in a worker, after the
    beat has been committed, and its own failure is a line in the log.
    """
    name = instance().partition(":")[0]
    with parts.work() as work:
        watch.beat(work.session, "worker", name)
        watch.forget(work.session)
        watching.look(work)
    if parts.settings.heartbeat_url is None:
        return None
    why = ping(str(parts.settings.heartbeat_url), within_s)
    if why is None:
        with parts.work() as work:
            watch.beat(work.session, watching.OUTSIDE, name)
    return why


def ping(address: str, within_s: tuple[float, float] = _PING_S) -> str | None:
    """Call the address outside that expects us; a failure is logged, its silence speaks.

    Args:
        address: of the monitoring service; a secret, so it is never logged.
        within_s: until it must have connected, and begun to answer.

    Returns:
        What went wrong, as a code; ``None``: it took our word.
    """
    try:
        # Only whether it took our word counts: a long answer is never waited for.
        with requests.get(address, timeout=within_s, stream=True) as answer:
            why = None if answer.ok else f"http_{answer.status_code}"
    except requests.RequestException as error:
        why = type(error).__name__
    if why is not None:
        log.warning("ping_failed", why=why)
    return why


def probe() -> list[str]:
    """Send test demands to our own public doors; return what is wrong, as codes."""
    parts = runtime()
    return probe_doors(parts, str(parts.settings.probe_url or parts.settings.public_url))


def probe_doors(parts: Runtime, address: str) -> list[str]:
    """Test the doors at ``address``, all at once; what was lost is before the supervisors."""
    secret = parts.settings.probe_key
    if secret is None:
        return []
    send = partial(
        prober.probe,
        address,
        secret.get_secret_value(),
        where=parts.settings.probe_where,
        limit_s=watching.LIMIT_MS / 1000,
    )
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(lambda post: send(post=post), _posts(parts)))
    lost = [outcome for outcome in outcomes if outcome.fault is not None]
    for outcome in lost:
        _give_up(parts, outcome)
    return [str(outcome.fault) for outcome in lost]


def _posts(parts: Runtime) -> Sequence[Post | None]:
    """Return what each way that is set needs: nothing for the form, the carrier's for messages."""
    settings = parts.settings
    post = Post(
        token=settings.carrier_tokens[0].get_secret_value(),
        sender=settings.probe_number or "",
        to=settings.hotline_number,
        signed_as=parts.kit.public_url,
    )
    return [post if door == "message" else None for door in settings.probe_doors.split(",")]


def _give_up(parts: Runtime, outcome: Outcome) -> None:
    log.error("probe_lost", fault=outcome.fault, way=outcome.way)
    with parts.work() as work:
        fault = outcome.fault or watching.NOT_BACK
        watching.failed(work, outcome.way, fault, outcome.took_ms, outcome.number)
