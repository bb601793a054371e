"""Who is signed in and where they can go: what the frame of every page (``base.html``) shows."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, g, request, url_for

from hotline.domain.tickets import Role
from hotline.web.i18n import lazy_gettext as _

_TICKETS: Final = ("console.board.show", _("工单"))
_MINE: Final = ("field.tasks.show", _("我的工单"))
_SEARCH: Final = ("search.show", _("查找"))
_DRAWN: Final = ("verifying.show", _("抽样核实"))
_BAD: Final = ("console.bad_ratings.show", _("差评"))
_TO_MEND: Final = ("field.mending.show", _("差评整改"))
_RATINGS: Final = ("audit.ratings.show", _("评价通道"))
_AT_THE_DESK: Final = (
    _TICKETS,
    ("console.ring_backs.show", _("回拨")),
    ("console.callers.show", _("回访")),
    _DRAWN,
    _BAD,
    ("console.duplicates.show", _("并案")),
    ("console.shift.show", _("交接班")),
    _SEARCH,
)
_WHISTLES: Final = ("field.whistles.show", _("呼叫我的哨"))
_BLOWN: Final = ("field.blown.show", _("我吹的哨"))
_DUTY: Final = ("duty.show", _("值班"))
_PEOPLE: Final = ("people.units.show", _("人员"))
_FLAGS: Final = ("audit.flags.show", _("疑点"))
_MY_FLAGS: Final = ("field.flags.show", _("疑点说明"))
_HEARD: Final = ("field.hearings.show", _("确责陈述"))
_DUTIES: Final = ("audit.hearings.show", _("确责"))
_PLACE: Final = ("field.place.show", _("所辖工单"))
_LED: Final = ("plans.show", _("我负责的挂账"))
_OVERSIGHT: Final = ("audit.board.show", _("督办"))
_RATES: Final = ("audit.rates.show", _("统计"))
# The desks of each role, its own first.
_DESKS: Final = {
    Role.OPERATOR: _AT_THE_DESK,
    Role.OFFICER: (
        _MINE,
        _BLOWN,
        _DUTY,
        _MY_FLAGS,
        _TO_MEND,
        _HEARD,
    ),
    Role.UNIT: (
        _WHISTLES,
        _MINE,
        _BLOWN,
        _PLACE,
        _DUTY,
        _PEOPLE,
        _MY_FLAGS,
        _TO_MEND,
        _HEARD,
        _LED,
    ),
    Role.SUPERVISOR: (
        _OVERSIGHT,
        _FLAGS,
        _RATES,
        _TICKETS,
        _SEARCH,
        _PEOPLE,
        _DUTIES,
        _BAD,
        _RATINGS,
        _LED,
    ),
    Role.ADMIN: (
        _OVERSIGHT,
        _FLAGS,
        _RATES,
        _SEARCH,
        _PEOPLE,
        _RATINGS,
    ),
    Role.OBSERVER: (
        _DRAWN,
        _OVERSIGHT,
        _FLAGS,
        _RATES,
        _RATINGS,
    ),
}


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the bar on top of a page."""

    href: str
    label: str
    current: bool


def init_app(app: Flask) -> None:
    """Give every page ``staff``, ``nav_items`` and ``sign_out_url``."""
    app.context_processor(_frame)


def _frame() -> dict[str, object]:
    """Return the frame's facts; nobody is signed in where no guard asked (errors, public pages).

    It never asks the database: error pages are shown when that is away.
    """
    signed_in = g.get("signed_in")
    if signed_in is None:
        return {"staff": None, "nav_items": [], "sign_out_url": None}
    items = [
        NavItem(url_for(endpoint), label, request.endpoint == endpoint)
        for endpoint, label in _DESKS[signed_in.staff.role]
    ]
    return {
        "staff": signed_in.staff,
        "nav_items": items,
        "sign_out_url": url_for("sign_in.leave"),
    }
