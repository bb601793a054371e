"""The carrier's door: signed webhooks of calls and messages, each answered once.

A caller never meets a traceback and never speaks into the void: whatever fails on the way, a call
is answered with static TwiML that records what the caller says, and the sweep opens a ticket
for what has no row.
"""

import structlog
from flask import Blueprint, Response, request

from hotline.channels import voice as twiml
from hotline.domain.errors import NotAllowedError, RepeatedError
from hotline.web.hooks import messages, voice
from hotline.web.hooks.parts import signed, xml
from hotline.web.parts import parts

log = structlog.get_logger(__name__)

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
bp.register_blueprint(voice.bp)
bp.register_blueprint(messages.bp)

__all__ = ["bp", "signed"]


@bp.errorhandler(NotAllowedError)
def forged(error: NotAllowedError) -> tuple[str, int]:
    """Refuse what the carrier did not sign; the answer tells a forger nothing."""
    log.warning("webhook_refused", code=error.code, path=request.path)
    return "", error.http_status


@bp.errorhandler(RepeatedError)
def repeated(error: RepeatedError) -> tuple[str, int]:
    """Refuse a key that came before with another body."""
    log.warning("webhook_refused", code=error.code, path=request.path)
    return "", error.http_status


@bp.errorhandler(Exception)
def failed(error: Exception) -> Response | tuple[str, int]:
    """Record the caller when anything else fails; ask the carrier to fall back for a message."""
    log.error("webhook_failed", path=request.path, kind=type(error).__name__, exc_info=error)
    if request.path.startswith("/hooks/voice/") and not request.path.endswith("/status"):
        return xml(twiml.fallback(f"{parts().kit.public_url}/hooks/voice/thanks"))
    return "", 503
