"""Compare the carrier's lists with our rows, once a minute."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog

from hotline.channels.carrier import CallRecord, CarrierError, MessageRecord, RecordingRecord
from hotline.services import reconcile
from hotline.store import calls
from hotline.work import CITIZEN
from workers.runtime import runtime, the_carrier

log = structlog.get_logger(__name__)

# How far behind the newest entry each sweep looks again: recordings take minutes to complete.
_OVERLAP: Final = timedelta(minutes=30)
# A message whose webhook may still be under way is left to its webhook.
_SETTLED: Final = timedelta(seconds=30)
_OVER: Final = frozenset({"completed", "failed", "canceled", "no-answer", "busy"})


def sweep() -> int:
    """Open what has no row; return how much was opened or fetched. Safe to run twice."""
    try:
        return _calls() + _messages() + _recordings()
    except CarrierError as error:
        # The next sweep starts at the same watermark.
        log.warning("sweep_failed", code=error.code)
        return 0


def _calls() -> int:
    found = list(the_carrier().list_calls(_since("calls")))
    opened = 0
    for record in found:
        if record.direction == "inbound" and record.status in _OVER:
            with runtime().work(CITIZEN) as work:
                opened += reconcile.open_call(work, record) is not None
    _remember("calls", found)
    return _said("calls", opened)


def _messages() -> int:
    found = list(the_carrier().list_messages(_since("messages")))
    with runtime().work() as work:
        settled = work.now - _SETTLED
    opened = 0
    for record in found:
        if record.direction == "inbound" and record.created_at <= settled:
            with runtime().work(CITIZEN) as work:
                opened += reconcile.open_message(work, record) is not None
    _remember("messages", found)
    return _said("messages", opened)


def _recordings() -> int:
    found = list(the_carrier().list_recordings(_since("recordings")))
    fetched = 0
    for record in found:
        with runtime().work() as work:
            wanted = reconcile.wanted(work, record)
        if wanted:
            sound = the_carrier().fetch_recording(record.sid)
            with runtime().work() as work:
                reconcile.keep_recording(work, record, sound)
            fetched += 1
    _remember("recordings", found)
    return _said("recordings", fetched)


def _since(name: str) -> datetime:
    with runtime().work() as work:
        at = calls.watermark(work.session, name)
        return (at or work.now) - _OVERLAP


def _remember(name: str, found: Iterable[CallRecord | MessageRecord | RecordingRecord]) -> None:
    newest = max((record.created_at for record in found), default=None)
    if newest is not None:
        with runtime().work() as work:
            calls.set_watermark(work.session, name, newest)


def _said(what: str, number: int) -> int:
    if number:
        log.info("reconciled", what=what, opened=number)
    return number
