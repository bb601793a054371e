"""Webhooks of calls: those that come in, and those that the hotline makes."""

from uuid import UUID

from flask import Blueprint, Response, request

from hotline.channels import voice as twiml
from hotline.services.reception import calling_off, calls
from hotline.services.telling import outbox, ringing
from hotline.web.hooks.parts import field, number, once, xml
from hotline.web.parts import parts, work_as
from hotline.work import CITIZEN, Work

bp = Blueprint("voice", __name__, url_prefix="/voice")


def _base() -> str:
    return f"{parts().kit.public_url}/hooks/voice"


def _outgoing() -> UUID:
    return UUID(request.args["outbox"])


@bp.post("/incoming")
def incoming() -> Response:
    """A new call."""
    sid, caller = field("CallSid"), number("From")
    return once(lambda work: calls.incoming(work, sid, caller, _base()))


@bp.post("/line")
def line() -> Response:
    """A caller pressed the key of a line during the greeting."""
    sid, digits = field("CallSid"), field("Digits")
    return once(lambda work: calls.dialled(work, sid, digits, _base()))


@bp.post("/wait")
def wait() -> Response:
    """The carrier asks what a waiting caller hears; changes nothing, so it needs no key."""
    seconds = field("QueueTime")
    with work_as(CITIZEN) as work:
        return xml(calls.wait(work, int(seconds) if seconds.isdigit() else 0))


@bp.post("/left")
def left() -> Response:
    """A caller has left the queue."""
    sid, result = field("CallSid"), field("QueueResult")
    return once(lambda work: calls.left(work, sid, result, _base()))


@bp.post("/picked")
def picked() -> Response:
    """An operator is being connected with a caller; ``CallSid`` is the caller's."""
    sid, operator = field("CallSid"), request.args.get("operator", "")
    return once(lambda work: calls.picked(work, sid, operator))


@bp.post("/said")
def said() -> Response:
    """A caller spoke, pressed a key, or stayed silent."""
    sid, speech, digits = field("CallSid"), field("SpeechResult"), field("Digits")
    return once(lambda work: calls.said(work, sid, speech, digits, _base()))


@bp.post("/danger")
def danger() -> Response:
    """A caller answered whether there is danger."""
    sid, speech, digits = field("CallSid"), field("SpeechResult"), field("Digits")
    return once(lambda work: calls.danger_answered(work, sid, speech, digits, _base()))


@bp.post("/withdraw")
def withdraw() -> Response:
    """A caller answered whether a demand is to be taken back."""
    sid, speech, digits = field("CallSid"), field("SpeechResult"), field("Digits")
    return once(lambda work: calling_off.answered(work, sid, speech, digits, _base()))


@bp.post("/after")
def after() -> Response:
    """The three-party call is over."""
    sid = field("CallSid")
    return once(lambda work: calls.after(work, sid))


@bp.post("/recorded")
def recorded() -> Response:
    """A caller left a message."""
    sid, seconds = field("CallSid"), field("RecordingDuration")
    duration = int(seconds) if seconds.isdigit() else 0
    return once(lambda work: calls.recorded(work, sid, duration))


@bp.post("/recording")
def recording() -> Response:
    """A recording is complete; a worker fetches it with the next sweep."""

    def keep(work: Work) -> str:
        calls.note_recording(work, field("CallSid"), field("RecordingSid"))
        return twiml.connected()

    return once(keep, step=f"recording:{field('RecordingSid')}")


@bp.post("/status")
def status() -> Response:
    """A call has come further: one of ours (it names its promise), or one that came in."""

    def follow(work: Work) -> str:
        if "outbox" in request.args:
            fault = field("ErrorCode") or None
            outbox.followed(work, _outgoing(), field("CallSid"), field("CallStatus"), fault)
        elif field("CallStatus") in {"completed", "failed", "canceled", "no-answer", "busy"}:
            calls.end(work, field("CallSid"))
        return twiml.connected()

    return once(follow, step=f"status:{field('CallStatus')}:{request.args.get('outbox', '')}")


@bp.post("/out/<template>")
def out(template: str) -> Response:
    """Somebody answered a call that we made; the template is in the row, and in logs by this."""
    del template
    by = field("AnsweredBy")
    return once(lambda work: ringing.answered(work, _outgoing(), by, _base()))


@bp.post("/heard")
def heard() -> Response:
    """A person reacted to an alert."""
    speech, digits = field("SpeechResult"), field("Digits")
    return once(lambda work: ringing.heard(work, _outgoing(), speech, digits))


@bp.post("/solved")
def solved() -> Response:
    """A caller says whether it is solved."""
    speech, digits = field("SpeechResult"), field("Digits")
    return once(lambda work: ringing.solved(work, _outgoing(), speech, digits, _base()))


@bp.post("/graded")
def graded() -> Response:
    """A caller gives a grade."""
    speech, digits = field("SpeechResult"), field("Digits")
    return once(lambda work: ringing.graded(work, _outgoing(), speech, digits))


@bp.route("/fallback", methods=["GET", "POST"])
def fallback() -> Response:
    """The carrier's last resort: static, without the database."""
    return xml(twiml.fallback(f"{_base()}/thanks"))


@bp.route("/thanks", methods=["GET", "POST"])
def thanks() -> Response:
    """After the fallback's recording: static too."""
    return xml(twiml.thanks())
