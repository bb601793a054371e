"""Logs without people in them: constant event names, ids, never words or numbers.

An exception's message is somebody else's sentence: the database quotes the row that it refused, a
parser the text that it could not read. So of an exception the log has its type, where it passed,
and of ours the facts, which hold no personal data; of the database's its code and the names of what
was violated. The same goes for what libraries log by Python's own ``logging``.
"""

import io
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Final, TextIO, cast

import structlog

from hotline.domain.errors import HotlineError

PERSONAL: Final = frozenset(
    {"address", "body", "caller", "from_", "name", "note", "number", "phone", "text", "to", "words"}
)
# What a refusal of PostgreSQL is named by; its detail quotes rows.
_NAMED: Final = ("sqlstate", "schema_name", "table_name", "column_name", "constraint_name")


# Facts of a refusal may be what somebody typed into an address: codes, ids and numbers of tickets
# are shown, and nothing in other letters, nor digits that may be a telephone's.
_CODE: Final = re.compile(r"[\w./:,'\[\](){} +-]{0,200}", re.ASCII)
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TICKET: Final = re.compile(r"(?<![+\d])\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])\d{6}(?!\d)")
_DIGITS: Final = re.compile(r"\d{7,}")
_HIDDEN: Final = "(hidden)"


def hide_personal(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank the fields that identify a caller, whoever logged them."""
    for key in PERSONAL & event.keys():
        event[key] = _HIDDEN
    facts = event.get("facts")
    if isinstance(facts, Mapping):
        event["facts"] = {key: shown(value) for key, value in facts.items()}
    return event


def shown(fact: object) -> str:
    """Return a fact as a log may show it."""
    text = str(fact)
    rest = _TICKET.sub("", _ID.sub("", text)) if _CODE.fullmatch(text) else None
    return _HIDDEN if rest is None or _DIGITS.search(rest) else text


def told(error: BaseException) -> str:
    """Return an exception and what it came from, with their places and without their messages."""
    return "\n".join(line for one in _chain(error) for line in _lines(one))


def _chain(error: BaseException) -> list[BaseException]:
    """Return an exception behind those that it came from, the first one in front."""
    found = [error]
    while True:
        before = found[-1].__cause__
        if before is None and not found[-1].__suppress_context__:
            before = found[-1].__context__
        if before is None or before in found:
            return found[::-1]
        found.append(before)


def _lines(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
    facts = _facts(error)
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{name}: {facts}" if facts else name


def _facts(error: BaseException) -> str:
    if isinstance(error, HotlineError):
        return ", ".join(f"{key}={shown(value)}" for key, value in error.facts.items())
    diagnosis = getattr(getattr(error, "orig", error), "diag", None)
    named = {name: getattr(diagnosis, name, None) for name in _NAMED}
    return ", ".join(f"{name}={value}" for name, value in named.items() if value)


def tell_exceptions(
    _: object, __: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Put the places of an exception under ``exception``, in place of the exception itself."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = told(error)
    return event


class _Lines(logging.Formatter):
    """What libraries log, by the same rule."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler's rendering, which would be taken for ours
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802  logging's own names
        return told(ei[1])


class _StandardError(io.TextIOBase):
    """Standard error as it is when something is said: whoever redirects it closes their own."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(*, as_json: bool) -> None:
    """Send every event to standard error: JSON in production, columns on a desk."""
    stream = _StandardError()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Lines("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    kept = [one for one in root.handlers if not isinstance(one.formatter, _Lines)]
    root.handlers = [*kept, handler]
    last = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_personal,
            tell_exceptions,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", stream)),
        cache_logger_on_first_use=True,
    )
