"""The staff list, for administrators: upload, look at what it would do, apply."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final
from uuid import UUID

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from hotline.domain.errors import InvalidError, RefusedError
from hotline.services.staff import staff_list, staffing, uploads
from hotline.services.staff.staff_list import StaffList
from hotline.services.staff.staffing import Link, Plan
from hotline.store import roster
from hotline.store.models.rosters import StaffUpload
from hotline.web.parts import my_id, request_work
from hotline.work import Work

bp = Blueprint("staffing", __name__, url_prefix="/staffing")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ApplyForm(BaseModel):
    """Apply the upload that was looked at, if it would still do the same."""

    upload: UUID
    digest: str
    retire: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A list that was looked at: which upload, and what it would do."""

    upload: UUID
    name: str
    plan: Plan
    retire: bool


@bp.get("/")
def show() -> str:
    """Show where a list is uploaded."""
    return render_template("staffing/form.html", looked=None)


@bp.get("/template")
def template() -> ResponseReturnValue:
    """Send an empty list to be filled in."""
    content = BytesIO(staff_list.template())
    return send_file(content, mimetype=_XLSX, as_attachment=True, download_name="staff.xlsx")


@bp.post("/look")
def look() -> ResponseReturnValue:
    """Keep a list sealed for a while, and show what it would do; nothing is changed."""
    sent = request.files.get("list")
    if sent is None or not sent.filename:
        raise InvalidError(fields=["list"])
    retire = request.form.get("retire") == "1"
    with request_work() as work:
        row = uploads.keep(work, my_id(), sent.filename, sent.stream)
        looked = _look(work, row, retire=retire)
    return _page(looked)


@bp.post("/apply")
def apply() -> ResponseReturnValue:
    """Apply the list that was looked at; show the new people's addresses, once."""
    form = ApplyForm.model_validate(request.form.to_dict())
    try:
        with request_work() as work:
            row = uploads.find(work, form.upload, my_id())
            listed = _listed(work, row)
            links = staffing.apply(work, listed, retire=form.retire, seen=form.digest)
            roster.drop_uploads(work.session, my_id(), work.now - uploads.KEPT_FOR)
    except RefusedError:
        # What stands has changed since: look again.
        with request_work() as work:
            again = roster.upload(work.session, form.upload, my_id())
            if again is None:
                raise
            return _page(_look(work, again, retire=form.retire), stale=True)
    return _done(links)


def _look(work: Work, row: StaffUpload, *, retire: bool) -> Looked:
    plan = staffing.plan(work, _listed(work, row), retire=retire)
    return Looked(row.id, row.name, plan, retire)


def _listed(work: Work, row: StaffUpload) -> StaffList:
    return staff_list.read_list(row.name, uploads.content(work, row), work.kit.maps.current)


def _page(looked: Looked, *, stale: bool = False) -> ResponseReturnValue:
    page = render_template("staffing/form.html", looked=looked, stale=stale)
    status = 409 if stale else 422 if looked.plan.faults else 200
    return page, status, {"Cache-Control": "no-store"}


def _done(links: list[Link]) -> ResponseReturnValue:
    page = render_template("staffing/done.html", links=links)
    return page, 200, {"Cache-Control": "no-store"}
