"""The register of refusals (否定备案): each one with its reason, its route and who agreed."""

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.domain.errors import InvalidError
from hotline.services.reception import refusals
from hotline.store.refusals import REFUSALS
from hotline.web.paging import place
from hotline.web.parts import request_work

bp = Blueprint("refusals", __name__, url_prefix="/refusals")
_KINDS: Final = {action.value: action for action in REFUSALS}


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the register, the newest refusal first; a filter stands in the address."""
    kind, number = request.args.get("kind", ""), request.args.get("number", "")
    if kind and kind not in _KINDS:
        raise InvalidError(fields=["kind"])
    digits = "".join(mark for mark in number if mark.isdigit())
    with request_work() as work:
        return render_template(
            "audit/refusals.html",
            kinds=list(_KINDS),
            kind=kind,
            number=number,
            found=refusals.register(work, _KINDS.get(kind), number=digits or None, at=place()),
            map=work.kit.maps.current,
        )
