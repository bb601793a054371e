"""Compare the carrier's lists with our rows, once a minute."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog

from hotline.channels.carrier import CallRecord, CarrierError, MessageRecord, RecordingRecord
from hotline.services.telling import reconcile
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
    """Open what has no row; return how much was opened, settled or fetched. Safe to run twice."""
    try:
        return _calls() + _messages() + _recordings()
    except CarrierError as error:
        # The next sweep starts at the same watermark.
        log.warning("sweep_failed", code=error.code)
        return 0


def _calls() -> int:
    found = list(the_carrier().list_calls(_since("calls")))
    with runtime().work() as work:
        unsettled = reconcile.open_calls(work, [call for call in found if call.status in _OVER])
    settled = 0
    for call in unsettled:
        with runtime().work(CITIZEN) as work:
            if call.direction == "inbound":
                settled += reconcile.open_call(work, call) is not None
            else:
                settled += reconcile.follow(work, call)
    _remember("calls", found)
    return _said("calls", settled)


def _messages() -> int:
    found = list(the_carrier().list_messages(_since("messages")))
    with runtime().work() as work:
        until = work.now - _SETTLED
        old = [text for text in found if text.created_at <= until]
        unsettled = reconcile.open_messages(work, old)
    settled = 0
    for text in unsettled:
        with runtime().work(CITIZEN) as work:
            if text.direction == "inbound":
                settled += reconcile.open_message(work, text) is not None
            else:
                settled += reconcile.follow(work, text)
    _remember("messages", found)
    return _said("messages", settled)


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
        log.info("reconciled", what=what, made_good=number)
    return number
