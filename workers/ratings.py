"""Knock at the rating door every day, as a caller would, with the lowest grade there is."""

import requests
import structlog

from hotline.services.verifying import probing
from workers.runtime import Runtime, runtime

log = structlog.get_logger(__name__)
_TIMEOUT_S = 20


def probe() -> str | None:
    """Probe the door of this installation; return what is wrong with it, as a code.

    Outside production only where an address is set: demonstrations and tests count their tickets.
    """
    parts = runtime()
    settings = parts.settings
    if settings.probe_url is None and settings.env != "production":
        return None
    return probe_door(parts, str(settings.probe_url or settings.public_url))


def probe_door(parts: Runtime, address: str) -> str | None:
    """Probe the door at ``address`` with the given parts."""
    with parts.work() as work:
        started = probing.start(work)
    fault = knock(f"{address.rstrip('/')}/c/r/{started.token}")
    with parts.work() as work:
        found = probing.settle(work, started.probe_id, fault)
    if found is not None:
        log.error("rating_door_fails", fault=found)
    return found


def knock(link: str) -> str | None:
    """Open a one-time link and send the lowest grade; return what went wrong, as a code."""
    try:
        page = requests.get(link, timeout=_TIMEOUT_S)
        if not page.ok:
            return f"http_{page.status_code}"
        sent = requests.post(link, data={"grade": str(probing.LOWEST)}, timeout=_TIMEOUT_S)
    except requests.RequestException:
        return "unreachable"
    return None if sent.ok else f"http_{sent.status_code}"
