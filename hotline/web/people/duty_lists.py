"""Duty lists as files: upload, look at what it would add, apply; and a unit's calendar."""

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline import ical
from hotline.domain.errors import InvalidError
from hotline.domain.roster import DutyKind
from hotline.services.staff import duty_calendar, duty_list, uploads
from hotline.store.models.rosters import StaffUpload
from hotline.web.parts import my_id, request_work
from hotline.web.people.forms import DutyListForm
from hotline.work import Work

bp = Blueprint("duty_lists", __name__)
_UNPROCESSABLE: Final = 422


@bp.get("/duty-lists/")
def show() -> str:
    """Show where a list is uploaded."""
    return render_template("people/duty_list.html", looked=None, kinds=list(DutyKind))


@bp.post("/duty-lists/look")
def look() -> ResponseReturnValue:
    """Keep a list for a while, and show what it would add; nothing is changed."""
    sent = request.files.get("list")
    if sent is None or not sent.filename:
        raise InvalidError(fields=["list"])
    form = DutyListForm.model_validate(request.form.to_dict())
    with request_work() as work:
        return _page(work, uploads.keep(work, my_id(), sent.filename, sent.stream), form)


@bp.post("/duty-lists/<uuid:upload>/apply")
def apply(upload: UUID) -> ResponseReturnValue:
    """Add what was looked at; what can't be added by now is shown again, and nothing changed."""
    form = DutyListForm.model_validate(request.form.to_dict())
    with request_work() as work:
        row = uploads.find(work, upload, my_id())
        content = uploads.content(work, row)
        made = duty_list.plan(work, row.name, content, kind=form.kind, post=form.post)
        if made.faults:
            return _page(work, row, form)
        _, lines = duty_list.apply(work, row.name, content, kind=form.kind, post=form.post)
        work.session.delete(row)
    return redirect(url_for("people.duty_lists.show", added=lines), code=303)


@bp.get("/calendar.ics")
def calendar() -> ResponseReturnValue:
    """Send the duty lists of a unit and of what belongs to it as a calendar."""
    with request_work() as work:
        content = duty_calendar.of_unit(work, request.args.get("unit", ""))
    answer = Response(content, content_type=ical.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = "attachment; filename=duty.ics"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(work: Work, row: StaffUpload, form: DutyListForm) -> ResponseReturnValue:
    content = uploads.content(work, row)
    plan = duty_list.plan(work, row.name, content, kind=form.kind, post=form.post)
    page = render_template(
        "people/duty_list.html",
        looked=row,
        plan=plan,
        form_values=form,
        kinds=list(DutyKind),
        map=work.kit.maps.current,
    )
    return page, _UNPROCESSABLE if plan.faults else 200, {"Cache-Control": "no-store"}
