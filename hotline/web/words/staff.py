"""What is said about people: changes, plans, channels and refusals, in people's words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from flask import Flask

from hotline.channels.notices import CHANNELS
from hotline.clock import COUNTY_ZONE
from hotline.domain.roster import DutyKind, Pace
from hotline.services.staff.staffing import Change
from hotline.services.telling.outbox import place_of
from hotline.web.i18n import gettext, listed
from hotline.web.i18n import lazy_gettext as _

# What stands in the log of changes about people.
CHANGES: Final = {
    "added": _("新来"),
    "returns": _("回来"),
    "changed": _("资料改了"),
    "retired": _("离任"),
    "holding_started": _("任职开始"),
    "holding_ended": _("任职结束"),
    "leave_added": _("已登记请假"),
    "leave_ended": _("已销假"),
    "duty_added": _("已排班"),
    "duty_removed": _("已撤班"),
    "duty_swapped": _("已换班"),
    "channels_changed": _("通知方式改了"),
    "link_made": _("给了设置密码的链接"),
}
PLANS: Final = {
    Change.ADDED: _("新来"),
    Change.RETURNS: _("回来"),
    Change.CHANGED: _("有改动"),
    Change.UNCHANGED: _("不变"),
    Change.LEAVES: _("离任"),
}
# What somebody is told by a channel of the county (`hotline.channels.templates.NOTICES`).
NOTICES: Final = {
    "dispatched": _("有新工单待签收"),
    "stand_in": _("岗位无人在岗，工单由您代办"),
    "whistle": _("有哨呼叫您的单位"),
    "whistle_slot": _("有哨约定时间呼叫您的单位"),
    "whistle_again": _("应哨后未到场，哨再次呼叫您的单位"),
    "whistle_asked": _("有人请您吹哨"),
    "whistle_declined": _("您请求的吹哨未获同意"),
    "stood_down": _("有一处哨不用到场了"),
    "danger_gone": _("险情已解除"),
    "planned": _("联合办理方案已定"),
    "climbed": _("有哨升到您这里"),
    "refused": _("有单位拒绝报到，请协调"),
    "whistle_refused": _("您呼叫的单位拒绝报到"),
    "overdue": _("有工单超过时限"),
    "to_rule": _("有事项待您裁定"),
    "ruling_due": _("有一项审批时限将到，请尽快决定"),
    "warned": _("有工单办理时限将到"),
    "yellow": _("有工单办理时限将到，请督促"),
    "red": _("有工单办理超过时限"),
    "urged": _("有工单被催办"),
    "overseen": _("有工单列入督办"),
    "circulated": _("有工单列入通报"),
    "silent": _("热线有进程没有动静，请立即检查"),
    "probe_lost": _("对外测试诉求没有返回，请立即检查"),
    "redo": _("有工单退回重办"),
    "raised": _("有工单多次未解决，升到您这里"),
    "granted": _("延期申请已批准"),
    "declined": _("延期申请未批准"),
    "overturned": _("退单理由不成立，仍由您办理"),
    "helping": _("请贵单位协助办理一件工单"),
    "hearing": _("有退单待确责小组裁定"),
    "statement": _("有退单待确责，请陈述意见"),
    "ruled": _("争议已有确责裁定"),
    "leads_plan": _("有挂账工单由您负责"),
    "plan_granted": _("挂账已批准"),
    "plan_declined": _("挂账未批准"),
    "plan_changed": _("计划节点有变动"),
    "plan_ended": _("挂账已结束，按普通工单办理"),
    "final_refused": _("最终答复未获签发"),
    "addition": _("来电人有补充"),
    "bad_rating": _("来电人给了差评，请整改"),
    "bad_again": _("整改后仍是差评，请督办"),
    "probe_failed": _("差评通道自检未通过，请立即查看"),
    "alarm": _("有警情，请立即处理"),
    "swap_asked": _("有同事请您换班"),
    "swap_accepted": _("换班已成"),
    "swap_declined": _("换班未成，仍由您值班"),
}
FIELDS: Final = {
    "name": _("姓名"),
    "number": _("手机号"),
    "unit": _("单位"),
    "role": _("角色"),
    "channels": _("通知方式"),
    "mail": _("邮箱"),
    "until": _("到期"),
    "from": _("开始"),
    "stand_in": _("替班"),
    "active": _("账号"),
}
DUTY_KINDS: Final = {
    DutyKind.OVERRIDE: _("替班"),
    DutyKind.HOLIDAY: _("节假日"),
    DutyKind.SHIFT: _("平时"),
}
PACES: Final = {
    Pace.SHIFT: _("每班换人"),
    Pace.DAY: _("每天换人"),
    Pace.WEEK: _("每周换人"),
}
SWAPS: Final = {
    "asked": _("等对方答复"),
    "accepted": _("已换成"),
    "declined": _("对方没有答应"),
    "withdrawn": _("已撤回"),
}
DUTY_HOWS: Final = {"list": _("值班表"), "leave": _("替班")}
NOTICE_CHANNELS: Final = dict(
    zip(CHANNELS, (_("企业微信"), _("钉钉"), _("飞书"), _("邮件"), _("网页")), strict=True)
) | {"message": _("短信"), "call": _("电话")}
# Why a command about people is refused, and the fields of its forms.
REFUSALS: Final = {
    "already_away": _("这段时间已经请了假。"),
    "away_then": _("这个人那时请了假。"),
    "swap_over": _("这次换班已经答复过，或已经撤回。"),
    "stand_in_away": _("替班的人这段时间也请了假。"),
    "other_staff": _("这个单位的人员和岗位不归您安排。"),
    "duty_taken": _("这一班已经排了人，请先撤下。"),
    "staff_changed": _("看过以后情况变了，请再看一遍。"),
    "staff_list_faults": _("名单还有错误，没有执行。"),
    "duty_list_faults": _("值班表还有错误，没有执行。"),
    "swap_asked": _("这一班已经请人换了，请等答复或先撤回。"),
    "duty_changed": _("这一班后来改过，不能换了。"),
    "duty_begun": _("这一班已经开始，不能换了。"),
}
FORM_FIELDS: Final = {
    "from_day": _("从哪天起"),
    "until_day": _("到哪天止"),
    "from": _("从哪天起"),
    "until": _("到哪天止"),
    "first_day": _("第一天"),
    "last_day": _("最后一天"),
    "from_hour": _("几点起"),
    "until_hour": _("几点止"),
    "staff": _("谁"),
    "stand_in": _("谁替班"),
    "list": _("名单文件"),
    "mail": _("邮箱"),
    "channels": _("通知方式"),
    "password": _("新密码"),
    "hours": _("每天几点换班"),
    "of": _("请谁"),
    "in_return": _("换对方哪一班"),
}


def init_app(app: Flask) -> None:
    """Add the tables to those that templates have, and `staff_field_words`."""
    tables: dict[str, object] = app.jinja_env.globals["words"]  # type: ignore[assignment]
    tables.update(
        staff_changes=CHANGES,
        staff_plans=PLANS,
        duty_hows=DUTY_HOWS,
        duty_kinds=DUTY_KINDS,
        paces=PACES,
        swaps=SWAPS,
        notice_channels=NOTICE_CHANNELS,
    )
    app.jinja_env.globals.update(
        staff_field_words=staff_field_words, notice_words=notice_words, notice_place=place_of
    )


def notice_words(template: str) -> str:
    """Return what a notice says, in the language of this request."""
    return str(NOTICES.get(template, _("有新的消息")))


def staff_field_words(fields: Iterable[str]) -> str:
    """Return the names of what changed about a person; a dash for nothing."""
    return listed(str(FIELDS.get(field, field)) for field in fields) or "—"


def which_turn(facts: Mapping[str, object]) -> str:
    """Return which turn of a duty list a refusal is about, if it is about one."""
    begins = facts.get("from_at")
    if not isinstance(begins, datetime):
        return ""
    at = begins.astimezone(COUNTY_ZONE).strftime("%Y-%m-%d %H:%M")
    return gettext("是 %(at)s 开始的那一班。", at=at)
