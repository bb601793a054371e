"""The watch over the hotline itself: who has fallen silent, and whether test demands come back.

Nobody watches alone: the clock looks for workers and web servers, each web server for the clock.
What all of them being gone looks like, only somebody outside can notice: see the ping and the
prober in docs/operations.md.
"""

from typing import Final

from hotline.services.handling import attention
from hotline.services.reception import withdrawal
from hotline.services.telling import telling
from hotline.store import watch as rows
from hotline.store.models import ProbeRun, Ticket, Timer
from hotline.work import Work

# So long after its newest beat a kind of process counts as silent; it beats every ten seconds.
SILENT_AFTER_S: Final = 60
# Where test demands have come, one is expected again within this time.
PROBED_WITHIN_S: Final = 1800
PROCESSES: Final = ("clock", "worker", "web")
NAMES: Final = {"clock": "时钟", "worker": "投递进程", "web": "网页", "probe": "外部探测"}


def look(work: Work) -> list[str]:
    """Alarm the supervisors about whatever has fallen silent, once for each silence.

    Returns:
        The kinds of process that are silent now, and ``probe``.
    """
    silent = {
        process: beat.at.isoformat()
        for process, beat in rows.beats(work.session).items()
        if beat.age_s > SILENT_AFTER_S
    }
    if rows.vitals(work.session)["probe_age_s"] > PROBED_WITHIN_S:
        [last] = rows.probes(work.session, limit=1)
        silent["probe"] = last.at.isoformat()
    for what, since in silent.items():
        if attention.is_new(work, f"silent:{what}:{since}"):
            attention.raise_(work, f"silent_{what}", f"silent:{what}:{since}", {"since": since})
            telling.alarm(work, "silent", {"what": NAMES[what]})
    return list(silent)


def came_back(work: Work, ticket: Ticket, timer: Timer) -> None:
    """A test demand has come as far as the clock: it takes itself back, and is on record."""
    del timer
    withdrawal.withdraw(work, ticket, ticket.channel)
    took = work.now - ticket.received_at
    _keep(work, ok=True, took_ms=int(took.total_seconds() * 1000))


def failed(work: Work, fault: str, took_ms: int) -> None:
    """A test demand did not come back: the supervisors are told, each time."""
    _keep(work, ok=False, took_ms=took_ms, fault=fault)
    key = f"probe:{work.now.isoformat()}"
    attention.raise_(work, "probe_lost", key, {"fault": fault})
    telling.alarm(work, "probe_lost", {})


def _keep(work: Work, *, ok: bool, took_ms: int, fault: str | None = None) -> None:
    rows.add_probe(work.session, ProbeRun(at=work.now, ok=ok, took_ms=took_ms, fault=fault))
