"""What every view uses: the parts of the app, work for a request, and the guards.

A guard stands beside each blueprint's registration (`only`, `public`, `signed`), and a test finds
any route without one.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from hotline.domain.errors import NotAllowedError, SignInError
from hotline.domain.retention import Kind
from hotline.domain.tickets import Role
from hotline.in_force import InForce
from hotline.kit import Kit
from hotline.services.reception.messages import Message
from hotline.services.staff import accounts
from hotline.services.staff.accounts import SignedIn
from hotline.store.models import Staff
from hotline.web.gathering import Gathering
from hotline.work import CITIZEN, SYSTEM, Actor, Work, open_work

COOKIE: Final = "hotline_session"
_EXEMPT: Final = frozenset({"hooks", "citizen"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What the app was built with; it stands in ``app.extensions["hotline"]``."""

    engine: sa.Engine
    in_force: InForce
    carrier_tokens: tuple[str, ...]
    sign_in_lasts: timedelta
    secure_cookies: bool
    photos_per_command: int
    kept_for: Mapping[Kind, timedelta]
    # Where messages that come in at the same moment are taken in together.
    messages_in: Gathering[Message, str]
    metrics_token: str | None = None

    @property
    def kit(self) -> Kit:
        """What a command that begins now decides by."""
        return self.in_force.kit


def parts() -> Parts:
    """Return the parts of the current app."""
    found: Parts = current_app.extensions["hotline"]
    return found


@contextmanager
def work_as(actor: Actor) -> Iterator[Work]:
    """Open work in some capacity: the citizen's at the carrier's door, the system's."""
    with open_work(parts().engine, parts().kit, actor) as work:
        yield work


def visitor() -> Actor:
    """Return the citizen who visits a public page, with the account signed in on the device.

    Staff are citizens too, but they do not rate from the hotline's own devices.
    """
    token = request.cookies.get(COOKIE, "")
    if not token:
        return CITIZEN
    with work_as(SYSTEM) as work:
        return replace(CITIZEN, staff_id=accounts.staff_device(work, token))


@contextmanager
def request_work() -> Iterator[Work]:
    """Open work in the capacity of whoever is signed in.

    A page that is only looked at takes the instant at which it was asked who they are; a command
    reads its own, after its first lock.

    Raises:
        SignInError: nobody is.
    """
    who = signed_in()
    with work_as(who.actor) as work:
        if request.method == "GET":
            work.begin_at(who.at)
        yield work


def signed_in() -> SignedIn:
    """Return who is signed in on this device.

    Raises:
        SignInError: nobody is, or not any more.
    """
    if "signed_in" not in g:
        token = request.cookies.get(COOKIE, "")
        with work_as(SYSTEM) as work:
            g.signed_in = accounts.resume(work, token)
    found: SignedIn = g.signed_in
    return found


def me() -> Staff:
    """Return the person who is signed in."""
    return signed_in().staff


def my_id() -> UUID:
    """Return the id of the person who is signed in."""
    return me().id


def only(*roles: Role, readers: tuple[Role, ...] = ()) -> Callable[[], ResponseReturnValue | None]:
    """Guard a blueprint: only ``roles`` come in; who is not signed in is sent to do so.

    ``readers`` look at its pages and can send nothing.
    """

    def guard() -> ResponseReturnValue | None:
        try:
            role = signed_in().staff.role
        except SignInError:
            # A part of a page that refreshes itself must not show the form inside the page.
            whole = "HX-Request" not in request.headers
            if whole and request.method == "GET" and request.accept_mimetypes.accept_html:
                return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))
            raise
        reads = request.method in {"GET", "HEAD"} and role in readers
        if role not in roles and not reads:
            raise NotAllowedError(role=role)
        return None

    return guard


def public() -> None:
    """Guard a blueprint that anybody may use; said in so many words, not by omission."""
    return


def register_guarded(
    app: Flask, blueprint: Blueprint, guard: Callable[[], ResponseReturnValue | None]
) -> None:
    """Register ``blueprint`` with ``guard`` before each of its routes, those nested in it as well.

    The guard is the app's, not the blueprint's: a process may build several apps.
    """
    app.register_blueprint(blueprint)
    app.before_request_funcs.setdefault(blueprint.name, []).insert(0, guard)


def refuse_foreign() -> None:
    """Refuse what another site's page sent in our user's name (CSRF).

    Browsers say where a request comes from (``Sec-Fetch-Site``, else ``Origin``); together with
    the cookie's ``SameSite=Lax``. The carrier's webhooks are exempt: their signature is checked;
    so are callers' links: they act by their secret address alone, and a page that sends no
    referrer has older browsers say ``Origin: null``.

    Raises:
        NotAllowedError: the request comes from another site.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"} or _EXEMPT & set(request.blueprints):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise NotAllowedError(reason="foreign_site")
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise NotAllowedError(reason="foreign_site")


def set_session(response: Response, token: str) -> Response:
    """Give this device its token: not readable by scripts, not sent from other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(parts().sign_in_lasts.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=parts().secure_cookies,
    )
    return response


def home_of(role: Role) -> str:
    """Return the first page of a role."""
    return url_for(
        {
            Role.OPERATOR: "console.board.show",
            Role.OFFICER: "field.tasks.show",
            Role.UNIT: "field.whistles.show",
            Role.SUPERVISOR: "audit.board.show",
            Role.ADMIN: "audit.board.show",
            Role.OBSERVER: "audit.board.show",
        }[role]
    )


def racing(attempt: Callable[[], str]) -> str:
    """Run ``attempt``; when its twin was quicker, run it again: it then finds the twin's answer."""
    try:
        return attempt()
    except sa.exc.IntegrityError:
        return attempt()
