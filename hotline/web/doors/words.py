"""A case in plain words: what a citizen is told of each status and of what happened.

Only what concerns them: no codes, no names of staff, nothing of the hotline's own housekeeping.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from flask import Flask

from hotline.domain.closing import ResultKind
from hotline.domain.grid.model import GridMap
from hotline.domain.tickets import Action, Role, Status
from hotline.services.handling.dossier import Dossier, Happened
from hotline.web.i18n import gettext, listed
from hotline.web.i18n import lazy_gettext as _
from hotline.web.words import shared as words
from hotline.web.words.map import named, rung_words, unit_words

STANDS: Final[Mapping[Status, tuple[str, str]]] = {
    Status.TRIAGE: (
        _("正在核实"),
        _("话务员正在核实由哪里办理，您不用做什么。"),
    ),
    Status.MERGED: (
        _("与同一件事并案办理"),
        _("好几位群众反映了同一件事，一起办理；办完会单独问您。"),
    ),
    Status.DISPATCHED: (
        _("已派单，等待签收"),
        _("已经派给网格员，签收后会联系您。"),
    ),
    Status.DISPUTED: (
        _("正在核定由谁办理"),
        _("接单的一方认为不该由他们办，话务台正在裁定。您的时钟照走。"),
    ),
    Status.ADJUDICATION: (
        _("正在核定由谁办理"),
        _("几家单位都认为不该由自己办，确责小组正在裁定，裁定后不能再推。您的时钟照走。"),
    ),
    Status.LONG_TERM_PENDING: (
        _("正在办理"),
        _("承办的一方说一时办不完，申请列入长期计划，还没有批。"),
    ),
    Status.LONG_TERM: (
        _("已列入长期计划，没有办结"),
        _("一时办不完，按下面的计划一步步办，有领导负责，定期复查。这不算办结，您的时钟照走。"),
    ),
    Status.FINAL_PENDING: (
        _("正在办理"),
        _("承办的一方准备作最终答复，还没有签发。"),
    ),
    Status.FINAL_REPLIED: (
        _("已作最终答复，您可以申诉一次"),
        _("答复写在下面。不同意可以申诉一次，由没有签发的另一人复核；不申诉到期归档，不算您满意。"),
    ),
    Status.APPEALED: (
        _("您的申诉正在复核"),
        _("由没有签发这份答复的另一人复核。"),
    ),
    Status.ARCHIVED_FINAL: (
        _("已按最终答复归档"),
        _("您没有确认解决，这件事不计入已解决。情况有变化可以另行反映。"),
    ),
    Status.HANDLING: (
        _("正在办理"),
        _("有人在办。办完会问您是不是真的解决了。"),
    ),
    Status.EXTENSION_PENDING: (
        _("正在办理，申请了延期"),
        _("承办的一方申请多要时间，还没有批。"),
    ),
    Status.REVISIT: (
        _("已答复，等您确认"),
        _("请告诉我们：是不是真的解决了？"),
    ),
    Status.REJECT_PENDING: (
        _("拟不予受理，等待复核"),
        _("话务员认为这件事依规不能由热线办理，须由另一人批准后才算数。"),
    ),
    Status.ANSWERED: (_("已当场答复"), _("不同意答复，可以在下面提出。")),
    Status.REJECTED: (
        _("不予受理"),
        _("这件事依规不能由热线办理，下面写明了理由和应走的途径。"),
    ),
    Status.WITHDRAWN: (
        _("您已撤回"),
        _("按您的要求，不再办理。撤回不算办结。"),
    ),
    Status.UNREACHED: (
        _("多次回拨，没有联系上您"),
        _("您打来过电话，我们回拨了几次都没有接通。还要反映的话，在下面写一句就会再联系您。"),
    ),
    Status.ARCHIVED: (_("已办结，您已确认"), _("谢谢您告诉我们。")),
    Status.ARCHIVED_UNVERIFIED: (
        _("已归档，没有得到您的确认"),
        _("没有等到您的答复，不算您满意。现在说也算数。"),
    ),
}


class Step(NamedTuple):
    """One thing that happened, in words for the citizen; ``tone`` makes it stand out."""

    at: datetime
    words: str
    tone: str | None


def init_app(app: Flask) -> None:
    """Give templates the table of statuses."""
    app.jinja_env.globals["case_stands"] = STANDS


def steps_of(found: Dossier) -> list[Step]:
    """Return what happened, the newest first, as far as it concerns the citizen."""
    told = []
    for event in found.events:
        say = _SAY.get(event.action)
        said = say(found, event) if say is not None else None
        if said:
            told.append(Step(event.at, said, _TONES.get(event.action)))
    return told[::-1]


_Say = Callable[[Dossier, Happened], str | None]


def _plain(text: object) -> _Say:
    return lambda _found, _event: str(text)


def _dispatched(found: Dossier, event: Happened) -> str:
    return gettext("派给网格员，主管单位：%(unit)s", unit=_unit(found.map, event.data.get("unit")))


def _contact(_found: Dossier, event: Happened) -> str:
    if event.data.get("outcome") == "reached":
        return gettext("联系上了您")
    return gettext("给您打过电话，没有联系上")


def _whistle(found: Dossier, event: Happened) -> str:
    units = listed(_unit(found.map, party["unit"]) for party in event.data.get("parties") or ())
    return gettext("吹哨，呼叫 %(units)s 到场", units=units)


def _of_unit(text: object) -> _Say:
    def say(found: Dossier, event: Happened) -> str:
        return str(text) % {"unit": _unit(found.map, event.data.get("unit"))}

    return say


def _climb(found: Dossier, event: Happened) -> str:
    rung = rung_words(found.map, found.ticket, str(event.data.get("to")))
    why = words.REASONS.get(str(event.data.get("why")), gettext("超过时限"))
    return gettext("没有按时办到（%(why)s），已上报到%(rung)s", why=why, rung=rung)


def _raised(found: Dossier, event: Happened) -> str:
    rung = rung_words(found.map, found.ticket, str(event.data.get("to")))
    return gettext("多次没有解决，提级到%(rung)s", rung=rung)


def _submitted(_found: Dossier, event: Happened) -> str:
    kind = words.RESULT_KINDS[ResultKind(event.data["kind"])]
    return gettext("承办单位答复：%(kind)s", kind=kind)


def _asked(_found: Dossier, event: Happened) -> str:
    if event.data.get("unaskable"):
        return gettext("您是匿名的，我们问不到您：可以在本页答复")
    return gettext("问您是不是真的解决了")


def _added(_found: Dossier, event: Happened) -> str:
    return gettext("您作了补充") if event.role is Role.CITIZEN else gettext("话务员记下了您的补充")


def _reminded(_found: Dossier, event: Happened) -> str | None:
    if any(event.data.get(name) for name in ("first_asked", "gap", "entry")):
        return None
    return gettext("超过时限，已催办")


def _approved(found: Dossier, event: Happened) -> str:
    route = found.map.routes.get(str(event.data.get("route")))
    if route is None:
        return gettext("批准不予受理")
    return gettext(
        "批准不予受理，请走：%(route)s %(contact)s", route=named(route.name), contact=route.contact
    )


def _rated(_found: Dossier, event: Happened) -> str:
    return gettext("您改了评价") if "grade_before" in event.data else gettext("您作了评价")


def _ruled(found: Dossier, event: Happened) -> str:
    return gettext(
        "确责小组裁定，主办单位：%(unit)s", unit=_unit(found.map, event.data.get("lead"))
    )


def _reviewed(_found: Dossier, event: Happened) -> str:
    if event.data.get("goes_on"):
        return gettext("复查了长期计划，继续按计划办")
    return gettext("复查了长期计划，不再挂账")


def _milestone(_found: Dossier, event: Happened) -> str:
    return gettext("长期计划的第 %(position)s 步办完了", position=event.data.get("milestone_no"))


def _lapsed(_found: Dossier, event: Happened) -> str:
    if event.data.get("rule") == "limits.final_appeal":
        return gettext("期限内没有申诉，按最终答复归档")
    return gettext("没有等到您的答复，归档为未核实")


def _unit(grid_map: GridMap, unit: object) -> str:
    return unit_words(grid_map, str(unit)) if unit else gettext("待定")


_SAY: Final[Mapping[Action, _Say]] = {
    Action.RECEIVE: _plain(_("收到您的诉求，您的时钟从这里开始")),
    Action.ADD: _added,
    Action.DISPATCH: _dispatched,
    Action.ANSWER: _plain(_("话务员当场答复")),
    Action.MERGE: _plain(_("与同一件事并案")),
    Action.ACCEPT: _plain(_("已签收，开始办理")),
    Action.CONTACT: _contact,
    Action.CHECK_IN: _plain(_("网格员到了现场")),
    Action.RETURN: _plain(_("接单的一方认为不该由他们办，退回裁定")),
    Action.UPHOLD: _plain(_("退回成立，重新派单")),
    Action.OVERTURN: _plain(_("退回不成立，仍由原单位办")),
    Action.WHISTLE: _whistle,
    Action.DANGER_GONE: _plain(_("现场的险情解除了")),
    Action.RECORD_ACT: _plain(_("执法单位到场作了处置")),
    Action.WHISTLE_PLAN: _plain(_("牵头单位定了办理方案")),
    Action.CHANGE_WHISTLE_PLAN: _plain(_("牵头单位改了办理方案")),
    Action.ACKNOWLEDGE: _of_unit(_("%(unit)s 应答")),
    Action.ARRIVE: _of_unit(_("%(unit)s 到场")),
    Action.FINISH: _of_unit(_("%(unit)s 办完了自己的部分")),
    Action.REFUSE: _of_unit(_("%(unit)s 拒绝到场，已记录并上报")),
    Action.CLIMB: _climb,
    Action.REMIND: _reminded,
    Action.SUBMIT: _submitted,
    Action.CARRY: _submitted,
    Action.ASK: _asked,
    Action.CONFIRM: _plain(_("您说：已经解决")),
    Action.DENY: _plain(_("您说：没有解决，退回重办")),
    Action.RATE: _rated,
    Action.INVITE: _plain(_("请您评价")),
    Action.BAD_RATING: _plain(_("您给了差评，限期给您打电话和整改")),
    Action.CALL_BACK: _plain(_("就差评给您打电话")),
    Action.MEND: _plain(_("单位说已经整改，请您再评价")),
    Action.LAPSE: _lapsed,
    Action.ADJUDICATE: _plain(_("再次退回，交确责小组裁定")),
    Action.RULE_DUTY: _ruled,
    Action.DEFER: _plain(_("承办的一方申请列入长期计划")),
    Action.SHELVE: _plain(_("批准列入长期计划，不算办结")),
    Action.REFUSE_DEFERRAL: _plain(_("没有批准列入长期计划")),
    Action.MILESTONE: _milestone,
    Action.CHANGE_PLAN: _plain(_("长期计划的节点改了")),
    Action.REVIEW: _reviewed,
    Action.RESUME: _plain(_("长期计划结束，继续办理")),
    Action.SIGN_FINAL: _plain(_("签发了最终答复")),
    Action.REFUSE_FINAL: _plain(_("最终答复没有签发，继续办理")),
    Action.APPEAL: _plain(_("您提出了申诉")),
    Action.UPHOLD_APPEAL: _plain(_("申诉成立，重新办理")),
    Action.DISMISS_APPEAL: _plain(_("申诉不成立，维持最终答复")),
    Action.EXTEND: _plain(_("承办的一方申请延期")),
    Action.GRANT: _plain(_("批准延期")),
    Action.DECLINE: _plain(_("没有批准延期")),
    Action.RAISE: _raised,
    Action.REJECT: _plain(_("拟不予受理，等待另一人复核")),
    Action.APPROVE: _approved,
    Action.DISAPPROVE: _plain(_("复核没有同意不予受理，继续办理")),
    Action.WITHDRAW: _plain(_("您撤回了诉求")),
    Action.GIVE_UP: _plain(_("多次回拨没有接通，暂时结束")),
    Action.OBJECT: _plain(_("您不同意，已重新交人核实")),
    Action.GAP: _plain(_("先办着，约定补齐材料")),
    Action.GAP_FILLED: _plain(_("约定的材料补齐了")),
    Action.CODE: _plain(_("换了新的查询码")),
}
_TONES: Final[Mapping[Action, str]] = {
    Action.CLIMB: "late",
    Action.RAISE: "late",
    Action.REFUSE: "late",
    Action.REMIND: "warn",
    Action.ARRIVE: "ok",
    Action.CONFIRM: "ok",
}
