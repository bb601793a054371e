"""Policy as code, to read: which map came into force when, what differs, what another would do."""

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.errors import InvalidError
from hotline.domain.policy.diff import changes
from hotline.domain.policy.move import TOUCHES
from hotline.map_file.reading import GridFileError, parse_grid
from hotline.services.law import policy
from hotline.web.parts import request_work

bp = Blueprint("policy", __name__, url_prefix="/policy")
# A county's map has a tenth of that.
MOST_BYTES: Final = 5 * 2**20


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the history, and where a map is handed in for a plan."""
    with request_work() as work:
        history = policy.history(work)
        return render_template(
            "audit/policy.html",
            history=history,
            open=policy.open_tickets(work),
            in_force=next((c.number for c, _ in history if c.kind != "move"), None),
            kinds=policy.KINDS,
        )


@bp.get("/<version>")
def one(version: str) -> ResponseReturnValue:
    """Show what a version changed against the one before it, and what going back to it would do."""
    with request_work() as work:
        kept = policy.kept(work, version)
        maps = work.kit.maps
        here = maps.get(work.session, kept.version)
        now = maps.get(work.session, policy.in_force(work).version)
        before = next(
            (
                c.previous
                for c, _ in policy.history(work)
                if c.version == kept.version and c.previous
            ),
            None,
        )
        return render_template(
            "audit/policy_version.html",
            version=kept,
            before=before,
            changes=changes(maps.get(work.session, before), here) if before else (),
            plan=policy.plan(work, now, here) if here.version != now.version else None,
            touches=TOUCHES,
        )


@bp.post("/plan")
def plan() -> ResponseReturnValue:
    """Say what a map that was handed in would change; it is not kept, and nothing is changed."""
    sent = request.files.get("map")
    content = sent.stream.read(MOST_BYTES + 1) if sent is not None else b""
    if not content or len(content) > MOST_BYTES:
        raise InvalidError(fields=["map"])
    try:
        new = parse_grid(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidError(fields=["map"]) from error
    except GridFileError as error:
        return render_template("audit/policy_plan.html", faults=error.faults, plan=None), 422
    with request_work() as work:
        old = work.kit.maps.get(work.session, policy.in_force(work).version)
        found = policy.plan(work, old, new)
        return render_template("audit/policy_plan.html", faults=(), plan=found, touches=TOUCHES)
