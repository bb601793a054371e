"""Logs without people in them: constant event names, ids, never words or numbers."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

PERSONAL: Final = frozenset(
    {"address", "body", "caller", "from_", "name", "note", "number", "phone", "text", "to", "words"}
)


def hide_personal(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank the fields that identify a caller, whoever logged them."""
    for key in PERSONAL & event.keys():
        event[key] = "(hidden)"
    return event


def configure(*, as_json: bool) -> None:
    """Send every event to standard error: JSON in production, columns on a desk."""
    # A traceback's local variables are what callers said: they are never shown.
    tracebacks = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    )
    last: list[Any] = (
        [tracebacks, structlog.processors.JSONRenderer()]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_personal,
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
