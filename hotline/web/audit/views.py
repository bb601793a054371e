"""The access log: who looked at who a caller is, when, and what for."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from hotline.clock import midnight
from hotline.services.proof import identity
from hotline.store.views import Wanted
from hotline.web.blanks import MaybeDay, MaybeId, MaybeText
from hotline.web.paging import place
from hotline.web.parts import request_work

bp = Blueprint("views", __name__, url_prefix="/views")


class Asked(BaseModel):
    """What part of the log is asked for; dates are the county's days, both included."""

    staff: MaybeId = None
    what: MaybeText = None
    number: MaybeText = None
    since: MaybeDay = None
    until: MaybeDay = None

    def wanted(self) -> Wanted:
        """Return it as the rows understand it."""
        number = "".join(mark for mark in self.number or "" if mark.isdigit())
        return Wanted(
            staff_id=self.staff,
            what=self.what,
            number=number or None,
            since=midnight(self.since) if self.since else None,
            until=midnight(self.until + timedelta(days=1)) if self.until else None,
        )


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the log, the newest look first; a filter stands in the address: it names no caller."""
    asked = Asked.model_validate(request.args.to_dict())
    with request_work() as work:
        return render_template(
            "audit/views.html",
            asked=asked,
            views=identity.access_log(work, asked.wanted(), at=place()),
            people=identity.lookers(work),
            whats=identity.WHATS,
            map=work.kit.maps.current,
        )
