"""A command that was refused: what is said of it, so that nothing typed is lost.

The form comes back with a new key, the version of the ticket as it is now, and all that was typed
in it. Photos can't come back: browsers let no page choose files.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog
from flask import redirect
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from hotline.domain.errors import (
    HotlineError,
    InvalidError,
    RefusedError,
    RepeatedError,
    StaleError,
)
from hotline.web.field.forms import faults_of
from hotline.web.words.shared import error_words

log = structlog.get_logger(__name__)
_INVALID: Final = 422


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form came back.

    Attributes:
        status: of the answer.
        problem: what to say above the form; empty where the fields say it all.
        faults: what to say beside fields, by their names.
        stale: whether somebody else changed the ticket first.
    """

    status: int = 200
    problem: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    stale: bool = False


def refused(error: HotlineError | ValidationError) -> Refused:
    """Return what to say of ``error``; the log names codes and fields, never what was typed."""
    if isinstance(error, ValidationError):
        error = InvalidError(fields=sorted({str(p["loc"][0]) for p in error.errors() if p["loc"]}))
    log.info("refused", code=error.code, facts={key: str(v) for key, v in error.facts.items()})
    faults = faults_of(error) if isinstance(error, InvalidError) else {}
    return Refused(
        status=error.http_status,
        problem="" if faults else error_words(error.code, error.facts),
        faults=faults,
        stale=isinstance(error, StaleError),
    )


def answered(
    do: Callable[[], None], again: Callable[[Refused], str], back: str
) -> ResponseReturnValue:
    """Carry a form out and go back to where it came from; refused, show the page again.

    Args:
        do: reads what was sent and carries it out.
        again: the page with its form, and why it came back.
        back: where to go when it was done.

    Raises:
        RepeatedError: the key was used for something else; no form helps there.
    """
    try:
        do()
    except RepeatedError:
        raise
    except (ValidationError, InvalidError, RefusedError) as error:
        why = refused(error)
        return again(why), why.status
    return redirect(back, code=303)
