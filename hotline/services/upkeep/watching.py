"""The watch over the hotline itself: who has fallen silent, and whether test demands come back.

Nobody watches alone: the clock looks for workers and web servers, each web server for the clock.
What all of them being gone looks like, only somebody outside can notice: see the ping and the
prober in docs/operations.md.
"""

from typing import Final

from hotline.domain.tickets import Step
from hotline.services.handling import attention, timing
from hotline.services.reception import withdrawal
from hotline.services.telling import telling
from hotline.store import tickets as ticket_rows
from hotline.store import watch as rows
from hotline.store.models import ProbeRun, Ticket, Timer
from hotline.work import Work

# So long after its newest beat a kind of process counts as silent; it beats every ten seconds.
SILENT_AFTER_S: Final = 60
# Where test demands have come, one is expected again within this time.
PROBED_WITHIN_S: Final = 1800
PROCESSES: Final = ("clock", "worker", "web")
# Whoever expects us outside may be away for a while: only a long silence is a fault of ours.
OUTSIDE: Final = "outside"
_OUTSIDE_AFTER_S: Final = 600
NAMES: Final = {
    "clock": "时钟",
    "worker": "投递进程",
    "web": "网页",
    "probe": "外部探测",
    OUTSIDE: "对外心跳",
}
# How long a test demand may take before the clock takes it back, unless its sender says otherwise.
LIMIT_MS: Final = 60_000
NOT_BACK: Final = "not_back_in_time"


def silent_after(process: str) -> int:
    """Return how many seconds after its newest beat a kind of process counts as silent."""
    return _OUTSIDE_AFTER_S if process == OUTSIDE else SILENT_AFTER_S


def look(work: Work) -> list[str]:
    """Alarm the supervisors about whatever has fallen silent, once for each silence.

    Returns:
        The kinds of process that are silent now, and ``probe``.
    """
    silent = {
        process: beat.at.isoformat()
        for process, beat in rows.beats(work.session).items()
        if beat.age_s > silent_after(process)
    }
    if rows.vitals(work.session)["probe_age_s"] > PROBED_WITHIN_S:
        silent["probe"] = rows.last_probe(work.session).at.isoformat()
    for run in rows.overdue_probes(work.session, work.now):
        _lost(work, run, NOT_BACK, run.limit_ms)
    for what, since in silent.items():
        if attention.is_new(work, f"silent:{what}:{since}"):
            attention.raise_(work, f"silent_{what}", f"silent:{what}:{since}", {"since": since})
            telling.alarm(work, "silent", {"what": NAMES[what]})
    return list(silent)


def expect_back(work: Work, ticket: Ticket, way: str) -> None:
    """A test demand was taken in: the clock is to take it back at once, and that is looked for.

    Args:
        work: whoever took it in.
        ticket: just made, locked.
        way: by which it came.
    """
    run = ProbeRun(ticket_id=ticket.id, way=way, at=work.now, limit_ms=LIMIT_MS)
    rows.add_probe(work.session, run)
    timing.start_timer(work, ticket, Step.COME_BACK, work.now, generation=0)


def came_back(work: Work, ticket: Ticket, timer: Timer) -> None:
    """A test demand has come as far as the clock: it takes itself back, and is on record.

    What comes back after its limit was lost all the same: callers would not have waited either.
    """
    del timer
    withdrawal.withdraw(work, ticket, ticket.channel)
    run = rows.probe_of(work.session, ticket.id)
    if run is None:  # sent before there was a row for what is on its way
        run = ProbeRun(ticket_id=ticket.id, at=ticket.received_at, limit_ms=LIMIT_MS)
        rows.add_probe(work.session, run)
    run.back_at = work.now
    took_ms = int((work.now - run.at).total_seconds() * 1000)
    if run.ok is None and took_ms > run.limit_ms:
        _lost(work, run, NOT_BACK, took_ms)
    run.ok = run.ok is not False
    run.took_ms = took_ms


def failed(work: Work, way: str, fault: str, took_ms: int, number: str | None = None) -> None:
    """Whoever sent a test demand has given it up: the supervisors are told, each time.

    Args:
        work: the worker's.
        way: by which it was sent, or should have been.
        fault: what went wrong, as a code.
        took_ms: until it was given up.
        number: the ticket's, where it was acknowledged at all.
    """
    ticket = ticket_rows.find(work.session, number) if number is not None else None
    run = rows.probe_of(work.session, ticket.id) if ticket is not None else None
    if run is None:
        run = ProbeRun(way=way, at=work.now, limit_ms=LIMIT_MS)
        rows.add_probe(work.session, run)
    if run.ok is not False:
        _lost(work, run, fault, took_ms)


def _lost(work: Work, run: ProbeRun, fault: str, took_ms: int) -> None:
    run.ok, run.fault, run.took_ms = False, fault, took_ms
    attention.raise_(work, "probe_lost", f"probe:{run.id}", {"fault": fault}, run.ticket_id)
    telling.alarm(work, "probe_lost", {})
