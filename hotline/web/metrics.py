"""``/metrics`` in Prometheus' text format: every figure comes from the database.

Nothing is counted in a process, so any number of web servers says the same. A scrape costs two
queries that do not grow with the county; it holds numbers only. Without a token in the settings
there is no such page.
"""

import hmac
from collections.abc import Iterator, Mapping
from typing import Final

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from hotline.domain.errors import NotAllowedError, NotFoundError
from hotline.store import watch
from hotline.store.watch import Beat
from hotline.web.parts import parts, work_as
from hotline.work import SYSTEM

bp = Blueprint("metrics", __name__)
# What each vital sign means, for whoever reads the page; those not named are left out.
MEANINGS: Final[Mapping[str, str]] = {
    "timers_due": "Limits that have passed and that no clock has carried out yet.",
    "timers_lag_s": "Seconds since the first of these passed; below zero: none has.",
    "outbox_due": "Messages and calls that wait to be handed over.",
    "outbox_lag_s": "Seconds since the first of these was due; below zero: none is.",
    "attention_open": "Entries before the supervisors that nobody has settled.",
    "tickets_supervised": "Open tickets under urging or supervision, up to 10000.",
    "tickets_red": "Open tickets whose result is overdue, up to 10000.",
    "auditor_last_found": "Limits that the auditor's last round found missing: 0 in health.",
    "auditor_last_tickets": "Live chains that the auditor's last round looked at.",
    "auditor_age_s": "Seconds since the auditor's last round ended; -1: never.",
    "root_age_s": "Seconds since the ledger was last signed; -1: never.",
    "probe_ok": "Whether the last test demand came back: 1, 0, or -1 where none was sent.",
    "probe_took_ms": "Milliseconds that the last test demand took; -1: none was sent.",
    "probe_age_s": "Seconds since the last test demand; -1: none was sent.",
}


class _Vitals(Collector):
    """The vital signs of one scrape."""

    def __init__(self, vitals: Mapping[str, float], beats: Mapping[str, Beat]) -> None:
        self._vitals, self._beats = vitals, beats

    def collect(self) -> Iterator[Metric]:
        for name, meaning in MEANINGS.items():
            yield GaugeMetricFamily(f"hotline_{name}", meaning, value=self._vitals[name])
        age = GaugeMetricFamily(
            "hotline_heartbeat_age_s",
            "Seconds since any process of this kind said that it lives.",
            labels=["process"],
        )
        for process, beat in sorted(self._beats.items()):
            age.add_metric([process], beat.age_s)
        yield age


def guarded() -> None:
    """Let only whoever has the token in.

    Raises:
        NotFoundError: the settings hold no token.
        NotAllowedError: another token, or none.
    """
    token = parts().metrics_token
    if token is None:
        raise NotFoundError(what="metrics")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise NotAllowedError(what="metrics")


@bp.get("/metrics")
def scrape() -> Response:
    """Say every vital sign."""
    with work_as(SYSTEM) as work:
        found = _Vitals(watch.vitals(work.session), watch.beats(work.session))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(found)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
