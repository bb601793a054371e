"""What an event of the ledger says, in words: one table of the facts that events hold.

Each fact is shown where it occurs, whatever the action; the event as it was hashed stands below,
folded, so that nothing depends on this table being complete.
"""

# ruff: noqa: ANN401  facts come from JSON
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask

from hotline.domain.errors import InvalidError
from hotline.domain.grid.model import GridMap, Particular
from hotline.domain.limits import Limit, LimitKind
from hotline.domain.ratings import FIVE
from hotline.domain.tickets import Action, Step
from hotline.services.handling.dossier import Happened, Person
from hotline.store.models import Ticket
from hotline.web.event_tones import TONES
from hotline.web.filters import duration, grouped, second
from hotline.web.i18n import gettext as _
from hotline.web.i18n import lazy_gettext, listed
from hotline.web.words import contest as contest_words
from hotline.web.words import desk as desk_words
from hotline.web.words import rating as rating_words
from hotline.web.words import record as record_words
from hotline.web.words import sampling as sampling_words
from hotline.web.words import shared as words
from hotline.web.words import suspicion as suspicion_words
from hotline.web.words import whistle as whistle_words
from hotline.web.words.delivery import FAULTS, MEANS, OUTBOX_STATES
from hotline.web.words.map import kind_words, named, post_words, rung_words, unit_words
from hotline.web.words.reject import PROMISED_BY, REJECT_REASONS

_OUTCOMES: Final = {
    "reached": lazy_gettext("已接通"),
    **{outcome.value: said for outcome, said in sampling_words.OUTCOMES.items()},
}
_MOST_NUMBERS: Final = 5
_DANGER: Final = {
    "yes": lazy_gettext("来电人确认有危险"),
    "unclear": lazy_gettext("来电人的话没有听清，按有危险处理"),
    "silence": lazy_gettext("来电人没有回答，按有危险处理"),
    "denied": lazy_gettext("来电人说没有危险"),
}
_BY: Final = {
    "call": lazy_gettext("电话"),
    "message": lazy_gettext("短信"),
    "link": lazy_gettext("一次性链接"),
    "person": lazy_gettext("人工回访"),
    "web": lazy_gettext("工单号和查询码"),
    "operator": lazy_gettext("与话务员通话"),
    "terminal": lazy_gettext("窗口评价终端"),
    "counter": lazy_gettext("窗口当面"),
}
_ALERTS: Final = {alert.name.lower(): said for alert, said in words.ALERTS.items()}
# Rules of the map that are no limit of a step.
_RULES: Final = {
    "limits.accepted_unsigned": lazy_gettext("逾期未签收，视为签收"),
    "limits.asking.silence": lazy_gettext("等待答复时限"),
    "limits.circular_after": lazy_gettext("超时以后通报"),
    "limits.oversight_after": lazy_gettext("超时以后督办"),
    "limits.panel": lazy_gettext("确责小组受理争议"),
    "limits.redo.before_raise": lazy_gettext("多次重办提级"),
    "limits.ring_backs": lazy_gettext("回拨次数"),
    "limits.warn_before": lazy_gettext("黄灯预警"),
    "limits.warn_early": lazy_gettext("预警"),
    "lines.supervision": lazy_gettext("专线督办"),
    "posts.stand_in": lazy_gettext("岗位和B岗"),
    "ratings": lazy_gettext("评价通道"),
    "suspicion": lazy_gettext("疑点"),
}
_SHIELDS: Final = {
    "confidential": lazy_gettext("保密"),
    "anonymous": lazy_gettext("匿名"),
}


def init_app(app: Flask) -> None:
    """Give templates the functions of this module."""
    app.jinja_env.globals.update(
        event_facts=event_facts,
        event_tone=event_tone,
        fault_words=fault_words,
        limit_words=limit_words,
        particulars_words=particulars_words,
        person_words=person_words,
        rule_words=rule_words,
    )


def person_words(grid_map: GridMap, person: Person) -> str:
    """Return a person's name, role and the post held at that moment."""
    role = str(words.ROLES[person.staff.role])
    place = post_words(grid_map, person.post) if person.post else ""
    if not place or place in person.staff.name:
        place = unit_words(grid_map, person.staff.unit)
    return _("%(name)s（%(role)s，%(place)s）", name=person.staff.name, role=role, place=place)


def event_tone(event: Happened) -> str | None:
    """Return how an event stands out among the others, if it does."""
    if event.action is Action.DELIVER:
        return "late" if event.data.get("state") == "failed" else None
    return TONES.get(event.action)


def rule_words(grid_map: GridMap, event: Happened) -> str | None:
    """Return which rule of the map decided, if one did and nobody else; its field in brackets."""
    rule = event.data.get("rule")
    if rule is None:
        return None
    part, _dot, name = str(rule).partition(".")
    if part == "whistles":
        kind, _dot, step = name.partition(".")
        said = [kind_words(grid_map, kind), words.STEPS[Step(step)] if step else ""]
        return f"{' · '.join(str(each) for each in said if each)} ({rule})"
    name = name.removeprefix("steps.")
    named_rule = words.STEPS[Step(name)] if name in set(Step) else _RULES.get(str(rule))
    return f"{named_rule} ({rule})" if named_rule is not None else str(rule)


def fault_words(fault: str | None) -> str:
    """Return why a message did not arrive: our words, or the carrier's own code."""
    if fault is None:
        return ""
    return str(FAULTS.get(fault, _("运营商代码 %(code)s", code=fault)))


def particulars_words(codes: Sequence[str]) -> str:
    """Return what a caller was told to add, in words."""
    return _("、").join(str(desk_words.PARTICULARS.get(Particular(code), code)) for code in codes)


def limit_words(code: str) -> str:
    """Return a limit such as ``1800s`` or ``5wd`` in words; what is none stays as it is."""
    try:
        limit = Limit.parse(code)
    except InvalidError:
        return code
    if limit.kind is LimitKind.NATURAL:
        return duration(timedelta(seconds=limit.amount))
    amount = f"{limit.amount:g}"
    if limit.kind is LimitKind.WORKING_DAYS:
        return _("%(amount)s 个工作日", amount=amount)
    return _("%(amount)s 个工作小时", amount=amount)


def event_facts(grid_map: GridMap, ticket: Ticket, event: Happened) -> list[tuple[str, str]]:
    """Return the facts of an event as labels and values, in a fixed order."""
    found = []
    for key, (label, say) in _FACTS.items():
        if event.data.get(key) is None:
            continue
        said = say(grid_map, ticket, event, event.data[key])
        if said:
            found.append((str(label), said))
    return found


_Say = Callable[[GridMap, Ticket, Happened, Any], str]


def _kind(grid_map: GridMap, _ticket: Ticket, event: Happened, value: Any) -> str:
    if event.action is Action.ERASE:
        return str(record_words.KEPT.get(value, value))
    if str(value) in grid_map.whistles and event.action is not Action.ANSWER:
        return kind_words(grid_map, str(value))
    if event.action is Action.ANSWER:
        return str(desk_words.REPLY_KINDS.get(value, value))
    return str(words.RESULT_KINDS.get(value, value))


def _class(grid_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    found = grid_map.classes.get(str(value))
    return named(found.name) if found else str(value)


def _grid(grid_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    found = grid_map.grids.get(str(value))
    return named(found.name) if found else str(value)


def _rung(grid_map: GridMap, ticket: Ticket, _event: Happened, value: Any) -> str:
    return rung_words(grid_map, ticket, str(value))


def _unit(grid_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return unit_words(grid_map, str(value))


def _post(grid_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return post_words(grid_map, str(value))


def _parties(grid_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return _("、").join(_party(grid_map, party) for party in value)


def _party(grid_map: GridMap, party: Mapping[str, Any]) -> str:
    """Return a unit that was called, and why this post of it where several could have gone."""
    unit = unit_words(grid_map, party["unit"])
    able = party.get("able")
    if not able:
        return unit
    post = post_words(grid_map, party["post"])
    others = _("、").join(
        _("%(post)s%(open)s件", post=post_words(grid_map, each["post"]), open=each["open"])
        for each in able
    )
    return _("%(unit)s（选%(post)s；手上：%(others)s）", unit=unit, post=post, others=others)


def _units(grid_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return _("、").join(unit_words(grid_map, unit) for unit in value)


def _plain(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return str(value)


def _count(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return str(value) if value else ""


def _instant(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return second(value) if isinstance(value, datetime) else str(value)


def _grouped(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return grouped(str(value))


def _numbers(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    said = _("、").join(grouped(number) for number in value[:_MOST_NUMBERS])
    if len(value) <= _MOST_NUMBERS:
        return said
    return _("%(numbers)s 等 %(count)s 件", numbers=said, count=len(value))


def _asked(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return particulars_words(value)


def _limit(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return limit_words(str(value))


def _position(_map: GridMap, _ticket: Ticket, event: Happened, value: Any) -> str:
    accuracy = event.data.get("accuracy_m")
    where = f"{value}, {event.data.get('longitude')}"
    return f"{where} (± {accuracy} m)" if accuracy is not None else where


def _no_position(_map: GridMap, _ticket: Ticket, _event: Happened, _value: Any) -> str:
    return _("没有定位")


def _seconds(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return _("%(count)s 秒", count=value)


def _yes(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return _("是") if value else ""


def _window(grid_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    found = grid_map.windows.get(str(value))
    return named(found.name) if found else str(value)


def _route(grid_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    found = grid_map.routes.get(str(value))
    return named(found.name) if found else str(value)


def _gaps(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return _("约定 %(promised)s 项，未补 %(missing)s 项", **value)


def _signals(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return listed(str(suspicion_words.SIGNALS.get(one, one)) for one in value)


def _recounted(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
    return listed(
        _(
            "%(step)s：%(was)s → %(due)s",
            step=words.STEPS[Step(one["step"])],
            was=second(datetime.fromisoformat(one["was_due"])),
            due=second(datetime.fromisoformat(one["due"])),
        )
        for one in value
    )


def _grade(_map: GridMap, _ticket: Ticket, event: Happened, value: Any) -> str:
    """A grade is said on the scale on which it was given; events of before had only one."""
    grades = rating_words.GRADES_BY[int(event.data.get("scale", FIVE))]
    return str(grades.get(value, value))


def _by_table(table: Mapping[Any, object]) -> _Say:
    def say(_map: GridMap, _ticket: Ticket, _event: Happened, value: Any) -> str:
        return str(table.get(value, value))

    return say


# Every fact that an event may hold: its label, and how its value is said; shown in this order.
_FACTS: Final[Mapping[str, tuple[object, _Say]]] = {
    "channel": (lazy_gettext("渠道"), _by_table(words.CHANNELS)),
    "count": (lazy_gettext("条数"), _plain),
    "shield": (lazy_gettext("身份"), _by_table(_SHIELDS)),
    "window": (lazy_gettext("窗口"), _window),
    "reason": (lazy_gettext("不予受理的理由"), _by_table(REJECT_REASONS)),
    "route": (lazy_gettext("告知的途径"), _route),
    "promised_by": (lazy_gettext("由谁补齐"), _by_table(PROMISED_BY)),
    "gaps": (lazy_gettext("容缺"), _gaps),
    "unaskable": (lazy_gettext("匿名，无法询问"), _yes),
    "first_asked": (lazy_gettext("首问负责"), _yes),
    "relay": (lazy_gettext("请热线转达来电人"), _yes),
    "waits": (lazy_gettext("待核实原因"), _by_table(words.TRIAGE_REASONS)),
    "kind": (lazy_gettext("类型"), _kind),
    "join": (lazy_gettext("约定"), _by_table(whistle_words.JOINS)),
    "needed": (lazy_gettext("到场单位数"), _plain),
    "leader": (lazy_gettext("牵头领导"), _post),
    "slot_from": (lazy_gettext("约定到场"), _instant),
    "units": (lazy_gettext("要呼叫的单位"), _units),
    "milestones": (lazy_gettext("节点数"), lambda _m, _t, _e, v: str(len(v))),
    "milestone_no": (lazy_gettext("第几个节点"), _plain),
    "called_off": (lazy_gettext("撤哨"), _yes),
    "arrival": (lazy_gettext("到场快慢"), _by_table(whistle_words.MARKS)),
    "conduct": (lazy_gettext("工作作风"), _by_table(whistle_words.MARKS)),
    "outcome_grade": (lazy_gettext("办得怎样"), _by_table(whistle_words.MARKS)),
    "verdict": (lazy_gettext("对这一哨的评价"), _by_table(whistle_words.VERDICTS)),
    "parties": (lazy_gettext("呼叫单位"), _parties),
    "unit": (lazy_gettext("单位"), _unit),
    "dispute": (lazy_gettext("退单理由类别"), _by_table(contest_words.RETURN_REASONS)),
    "onward": (lazy_gettext("转给"), _unit),
    "sent_to": (lazy_gettext("派过的单位"), _units),
    "lead": (lazy_gettext("主办单位"), _unit),
    "helpers": (lazy_gettext("协办单位"), _units),
    "heard": (lazy_gettext("已听取"), _units),
    "entry_version": (lazy_gettext("条目版本"), _plain),
    "ends": (lazy_gettext("计划办结"), _instant),
    "rest": (lazy_gettext("单位时限还剩"), _limit),
    "appeal_until": (lazy_gettext("申诉截止"), _instant),
    "lead_number": (lazy_gettext("主单"), _grouped),
    "numbers": (lazy_gettext("并案工单"), _numbers),
    "asked": (lazy_gettext("告知要补充"), _asked),
    "grid": (lazy_gettext("网格"), _grid),
    "class": (lazy_gettext("类别"), _class),
    "post": (lazy_gettext("岗位"), _post),
    "from": (lazy_gettext("从"), _rung),
    "to": (lazy_gettext("升到"), _rung),
    "why": (lazy_gettext("原因"), _by_table(words.REASONS)),
    "step": (lazy_gettext("时限"), _by_table(words.STEPS)),
    "due": (lazy_gettext("应在此前"), _instant),
    "sign_by": (lazy_gettext("签收时限"), _instant),
    "handle_by": (lazy_gettext("办理时限"), _instant),
    "limit": (lazy_gettext("办理期限"), _limit),
    "counts_as_signed": (lazy_gettext("到时视为签收"), _instant),
    "until": (lazy_gettext("退单截止"), _instant),
    "bring_by": (lazy_gettext("约定补齐"), _instant),
    "before": (lazy_gettext("原时限"), _instant),
    "each": (lazy_gettext("延长"), _limit),
    "repeat": (lazy_gettext("第几次催促"), _count),
    "alert": (lazy_gettext("亮灯"), _by_table(_ALERTS)),
    "level": (lazy_gettext("督办级别"), _by_table({0: lazy_gettext("没有"), **words.SUPERVISION})),
    "times": (lazy_gettext("第几次催促"), _count),
    "redos": (lazy_gettext("重办次数"), _plain),
    "urgent": (lazy_gettext("紧急"), _yes),
    "outcome": (lazy_gettext("联系结果"), _by_table(_OUTCOMES)),
    "danger": (lazy_gettext("险情"), _by_table(_DANGER)),
    "service": (lazy_gettext("紧急服务"), _plain),
    "word": (lazy_gettext("险情用语"), _plain),
    "danger_gone": (lazy_gettext("险情已解除"), _yes),
    "close_by": (lazy_gettext("收哨时限"), _instant),
    "latitude": (lazy_gettext("位置"), _position),
    "position": (lazy_gettext("位置"), _no_position),
    "recording_s": (lazy_gettext("留言时长"), _seconds),
    "signals": (lazy_gettext("迹象"), _signals),
    "draw": (lazy_gettext("第几次抽样"), _plain),
    "why_asked": (lazy_gettext("为什么要问"), _by_table(sampling_words.WHYS)),
    "by_caller": (lazy_gettext("来电人自己先说了"), _yes),
    "grounds": (lazy_gettext("存疑依据"), _by_table(suspicion_words.GROUNDS)),
    "ruling": (lazy_gettext("裁定"), _by_table(suspicion_words.STATES)),
    "round": (lazy_gettext("第几轮询问"), _plain),
    "try": (lazy_gettext("第几次联系"), _plain),
    "by": (lazy_gettext("答复方式"), lambda _m, _t, _e, v: str(_BY.get(str(v), ""))),
    "purpose": (lazy_gettext("请来电人"), _by_table(rating_words.PURPOSES)),
    "valid_until": (lazy_gettext("有效到"), _instant),
    "grade": (lazy_gettext("评价"), _grade),
    "grade_before": (lazy_gettext("原来的评价"), _grade),
    "grade_was": (lazy_gettext("评价"), _grade),
    "of_fix": (lazy_gettext("对整改的评价"), _yes),
    "refused": (lazy_gettext("不能算数的原因"), _by_table(rating_words.NO_RATING)),
    "call_by": (lazy_gettext("回访时限"), _instant),
    "fix_by": (lazy_gettext("整改时限"), _instant),
    "call_outcome": (lazy_gettext("回访结果"), _by_table(rating_words.CALLS)),
    "by_result": (lazy_gettext("新的办理结果就是整改"), _yes),
    "bad_outcome": (lazy_gettext("怎样了结"), _by_table(rating_words.OUTCOMES)),
    "probe_fault": (lazy_gettext("自检结果"), _by_table(rating_words.PROBE_FAULTS)),
    "promised_on": (lazy_gettext("承诺日期"), _plain),
    "means": (lazy_gettext("方式"), _by_table(MEANS)),
    "state": (lazy_gettext("结果"), _by_table(OUTBOX_STATES)),
    "fault": (lazy_gettext("未送达原因"), lambda _m, _t, _e, v: fault_words(v)),
    "from_version": (lazy_gettext("原网格图版本"), _plain),
    "to_version": (lazy_gettext("新网格图版本"), _plain),
    "was_unit": (lazy_gettext("原单位"), _unit),
    "was": (lazy_gettext("原岗位"), _post),
    "recounted": (lazy_gettext("重新计算的时限"), _recounted),
    "notice": (lazy_gettext("放假通知编号"), _plain),
    "provisional": (lazy_gettext("仍可能再变（暂定）"), _yes),
}
