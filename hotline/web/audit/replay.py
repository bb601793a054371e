"""The ladder and the whistles of one ticket as they happened, replayed step by step."""

import json

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.course import Happening, frames
from hotline.domain.replay import replay
from hotline.services.handling import dossier
from hotline.web.parts import request_work
from hotline.web.replay_picture import drawing

bp = Blueprint("replay", __name__, url_prefix="/tickets")


@bp.get("/<number>/replay")
def show(number: str) -> ResponseReturnValue:
    """Show the picture after one step, with the words of every step beside it."""
    with request_work() as work:
        found = dossier.read(work, number)
    seen = frames(
        Happening(event.seq, event.at, event.action, event.data) for event in found.events
    )
    last = len(seen) - 1
    asked = request.args.get("step", default=last, type=int)
    step = min(max(asked, 0), last)
    here = seen[step].happening.seq
    by_seq = {event.seq: event for event in found.events}
    return render_template(
        "audit/replay.html",
        d=found,
        frames=seen,
        step=step,
        state=replay(json.loads(event.body) for event in found.events if event.seq <= here),
        last=last,
        events=[by_seq[frame.happening.seq] for frame in seen],
        drawing=drawing(seen[step], found),
    )
