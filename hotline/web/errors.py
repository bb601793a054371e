"""Exception → answer: the one place. A person reads words, a program reads the code."""

from uuid import uuid4

import sqlalchemy as sa
import structlog
from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from hotline.domain.errors import HotlineError, InvalidError, SlowDownError, TooLargeError
from hotline.web.words.shared import error_words

log = structlog.get_logger(__name__)
_TOO_LARGE = 413
_SERVER_FAULT = 500
_PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def init_app(app: Flask) -> None:
    """Register the handlers on ``app``, and give each request an id that support can find."""
    app.before_request(_name_request)
    app.register_error_handler(HotlineError, refused)
    app.register_error_handler(ValidationError, malformed)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(sa.exc.DataError, unfit)
    app.register_error_handler(sa.exc.OperationalError, no_database)
    app.register_error_handler(sa.exc.TimeoutError, no_database)


def refused(error: HotlineError) -> ResponseReturnValue:
    """Answer a refusal with its own status and code, in the user's language."""
    log.info("refused", code=error.code, facts={key: str(v) for key, v in error.facts.items()})
    return _answer(error.code, error.http_status, error.facts)


def malformed(error: ValidationError) -> ResponseReturnValue:
    """Answer a form that does not parse; the log names fields, never their values."""
    fields = sorted({str(part["loc"][0]) for part in error.errors() if part["loc"]})
    return refused(InvalidError(fields=fields))


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer werkzeug's own errors, 500 among them (Flask has logged its traceback)."""
    status = error.code or 500
    if status == _TOO_LARGE:
        return refused(TooLargeError(fields=["photos"]))
    return _answer(f"http_{status}", status, {})


def unfit(error: sa.exc.DataError) -> ResponseReturnValue:
    """Answer what no text can hold (a NUL character): the sender's fault, and no server's."""
    log.warning("unfit_data", exc_info=error)
    return refused(InvalidError(fields=["text"]))


def no_database(error: sa.exc.SQLAlchemyError) -> ResponseReturnValue:
    """Answer while the database is away: nothing was changed, try again."""
    log.error("no_database", kind=type(error).__name__)
    return _answer("unavailable", 503, {})


def _name_request() -> None:
    g.request_id = uuid4().hex[:12]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _answer(code: str, status: int, facts: dict[str, object]) -> ResponseReturnValue:
    words = error_words(code, facts)
    headers = {}
    if code == SlowDownError.code:
        headers["Retry-After"] = str(facts.get("retry_after_s", 60))
    if request.accept_mimetypes.best == "application/json":
        fields = {key: str(value) for key, value in facts.items() if key in {"fields", "reason"}}
        return jsonify(code=code, message=words, request=g.request_id, **fields), status, headers
    template = f"errors/{status}.html" if status in _PAGES else "errors/500.html"
    page = render_template(
        template,
        code=code,
        message=words,
        request_id=g.request_id,
        back_url=request.referrer if status < _SERVER_FAULT else None,
        retry_after_s=facts.get("retry_after_s"),
    )
    return page, status, headers
