"""Answer the carrier once: a webhook that comes again gets the answer it got before."""

import hashlib
import json
from collections.abc import Callable, Mapping

from hotline.domain.errors import RepeatedError
from hotline.store import calls
from hotline.store.models import Inbox
from hotline.store.rows import Values
from hotline.work import Work


def body_hash(params: Mapping[str, str]) -> str:
    """Return the hash that tells a repeat from another body under the same key."""
    text = json.dumps(dict(params), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def before(work: Work, sid: str, step: str, params: Mapping[str, str]) -> str | None:
    """Return the answer that this webhook got before, or ``None`` if it is new.

    Raises:
        RepeatedError: the same key came before with another body.
    """
    row = calls.answered(work.session, sid, step)
    if row is None:
        return None
    refuse_other(sid, step, row.body_hash, params)
    return row.answer


def refuse_other(sid: str, step: str, known_hash: str, params: Mapping[str, str]) -> None:
    """Refuse a webhook whose key was answered with another body.

    Raises:
        RepeatedError: it was.
    """
    if known_hash != body_hash(params):
        raise RepeatedError(sid=sid, step=step)


def once(
    work: Work, sid: str, step: str, params: Mapping[str, str], handle: Callable[[], str]
) -> str:
    """Answer a webhook by ``handle``, or as it was answered before.

    The answer is stored in the same transaction as what ``handle`` does. Two copies at once:
    one of them fails on the key, and its sender's next try finds the answer.

    Raises:
        RepeatedError: the same key came before with another body.
    """
    answer = before(work, sid, step, params)
    if answer is None:
        answer = handle()
        work.session.add(row(work, sid, step, params, answer))
    return answer


def row(work: Work, sid: str, step: str, params: Mapping[str, str], answer: str) -> Inbox:
    """Return the row that remembers an answer."""
    _, values = plain(work, sid, step, params, answer)
    return Inbox(**values)


def plain(work: Work, sid: str, step: str, params: Mapping[str, str], answer: str) -> Values:
    """Return the same as plain values: making model objects is dear on the hot path."""
    known = {"sid": sid, "step": step, "body_hash": body_hash(params)}
    return Inbox, known | {"answer": answer, "at": work.now}
