"""One person: posts, leave, and by which channels they are told."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.channels.notices import CHANNELS
from hotline.domain.errors import NotAllowedError, NotFoundError
from hotline.domain.tickets import Role
from hotline.services.staff import accounts, people
from hotline.store import people as people_rows
from hotline.store import roster
from hotline.web.parts import parts, request_work
from hotline.web.people.forms import ChannelsForm, LeaveForm
from hotline.web.people.posts import everybody_near

bp = Blueprint("persons", __name__)


@bp.get("/staff/<uuid:staff_id>")
def show(staff_id: UUID) -> ResponseReturnValue:
    """Show a person; a fixed number of queries."""
    return _page(staff_id)


def _page(staff_id: UUID, *, link: str | None = None) -> str:
    with request_work() as work:
        try:
            who = people.person(work, staff_id)
        except NotAllowedError as error:
            raise NotFoundError(staff=staff_id) from error
        session = work.session
        leaves = roster.leaves(session, [who.id], work.now)
        named = {one.stand_in_id for one in leaves if one.stand_in_id}
        return render_template(
            "people/person.html",
            who=who,
            holdings=[
                one
                for one in people_rows.holdings(session, [who.id]).get(who.id, [])
                if one.until_at is None or one.until_at > work.now
            ],
            leaves=leaves,
            turns=roster.duties_of(session, [who.id], work.now),
            named=people_rows.named(session, named),
            people=[one for one in everybody_near(work, who.unit) if one.id != who.id],
            mails=[row for row in roster.addresses_of(session, who.id) if row.channel == "mail"],
            changes=roster.changes(session, staff_id=who.id, limit=20),
            channels=CHANNELS,
            map=work.kit.maps.current,
            may_link=work.actor.role is Role.ADMIN,
            link=link,
            now=work.now,
            done=request.args.get("done"),
        )


@bp.post("/staff/<uuid:staff_id>/leave")
def add_leave(staff_id: UUID) -> ResponseReturnValue:
    """Note that somebody will be away, and who stands in."""
    form = LeaveForm.model_validate(request.form.to_dict())
    with request_work() as work:
        people.add_leave(work, people.person(work, staff_id), *form.span(), form.stand_in)
    return _back(staff_id, "leave_added")


@bp.post("/leaves/<uuid:leave_id>/end")
def end_leave(leave_id: UUID) -> ResponseReturnValue:
    """Somebody is back, or does not go."""
    with request_work() as work:
        found = people.end_leave(work, leave_id)
    return _back(found.staff_id, "leave_ended")


@bp.post("/staff/<uuid:staff_id>/channels")
def set_channels(staff_id: UUID) -> ResponseReturnValue:
    """Set by which channels somebody is told, and their mailbox."""
    mail = request.form.get("mail", "").strip()
    drops = request.form.get("drop_mail") == "1"
    form = ChannelsForm(channel=request.form.getlist("channel"), mail="" if drops else mail or None)
    with request_work() as work:
        people.set_channels(work, people.person(work, staff_id), form.channel, form.mail)
    return _back(staff_id, "channels_changed")


@bp.post("/staff/<uuid:staff_id>/link")
def make_link(staff_id: UUID) -> ResponseReturnValue:
    """Show, once, an address at which somebody sets a new password; administrators only."""
    with request_work() as work:
        who = people.person(work, staff_id)
        if work.actor.role is not Role.ADMIN:
            raise NotAllowedError(role=work.actor.role)
        token = accounts.make_link(work, who)
        people.log(work, "link_made", staff_id=who.id)
    address = f"{parts().kit.public_url}{url_for('password.form', token=token)}"
    return _page(staff_id, link=address), 200, {"Cache-Control": "no-store"}


def _back(staff_id: UUID, done: str) -> ResponseReturnValue:
    return redirect(url_for("people.persons.show", staff_id=staff_id, done=done), code=303)
