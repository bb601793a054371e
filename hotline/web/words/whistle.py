"""What whistles are called on a page: how units are joined, their parts, what both sides say."""

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from hotline.domain.grid.model import Ends, Join
from hotline.domain.tickets import Action, Step
from hotline.domain.whistle import PartyRole, PartyState, WhistleState
from hotline.domain.whistle_rates import Standing
from hotline.web.i18n import lazy_gettext as _

JOINS: Final[Mapping[str, LazyString]] = {
    Join.ALL.value: _("都要到场"),
    Join.SOME.value: _("到够几家就行"),
    Join.LEAD.value: _("一家牵头，其他配合（1+1+N）"),
}
PARTY_ROLES: Final[Mapping[str, LazyString]] = {
    PartyRole.MEMBER.value: _("到场单位"),
    PartyRole.LEAD.value: _("牵头单位"),
    PartyRole.HELPER.value: _("配合单位"),
}
WHISTLE_STATES: Final[Mapping[str, LazyString]] = {
    WhistleState.ASKED.value: _("等人同意吹哨"),
    WhistleState.OPEN.value: _("哨声未收"),
    WhistleState.ENDED.value: _("已收哨"),
    WhistleState.DECLINED.value: _("未同意吹哨"),
}
WHISTLE_TONES: Final[Mapping[str, str]] = {
    WhistleState.ASKED.value: "warn",
    WhistleState.OPEN.value: "info",
    WhistleState.ENDED.value: "ok",
    WhistleState.DECLINED.value: "calm",
}
ENDINGS: Final[Mapping[Ends, LazyString]] = {
    Ends.CONFIRMED: _("单位都办完，由吹哨人收哨"),
    Ends.DANGER_GONE: _("险情未除，人不能走：记录险情解除后单位才能离开"),
    Ends.ACT_RECORDED: _("单位到齐并记录执法处置后收哨"),
    Ends.MILESTONES_MET: _("牵头单位定方案，节点全部完成后收哨"),
}
VERDICTS: Final[Mapping[str, LazyString]] = {
    "valid": _("该吹"),
    "wrong_unit": _("叫错了单位"),
    "premature": _("吹早了"),
}
MARKS: Final[Mapping[int, LazyString]] = {
    5: _("很好"),
    4: _("好"),
    3: _("一般"),
    2: _("差"),
    1: _("很差"),
}
RATED: Final[Mapping[str, LazyString]] = {
    "arrival": _("到场快慢"),
    "conduct": _("工作作风"),
    "result": _("办得怎样"),
}
ACTIONS: Final[Mapping[Action, LazyString]] = {
    Action.ASK_WHISTLE: _("请求吹哨"),
    Action.DECLINE_WHISTLE: _("不同意吹哨"),
    Action.EXPIRE: _("应哨失效，再次吹响"),
    Action.EXCUSE: _("不用到场"),
    Action.DANGER_GONE: _("险情解除"),
    Action.RECORD_ACT: _("记录执法处置"),
    Action.WHISTLE_PLAN: _("牵头单位定方案"),
    Action.CHANGE_WHISTLE_PLAN: _("改方案节点"),
    Action.MEET_MILESTONE: _("节点完成"),
    Action.RATE_UNIT: _("吹哨人评价单位"),
    Action.RATE_WHISTLE: _("单位评价这一哨"),
}
STEPS: Final[Mapping[Step, LazyString]] = {
    Step.WHISTLE_ASKED: _("答复吹哨请求时限"),
    Step.WHISTLE_PLAN: _("定方案时限"),
    Step.WHISTLE_MILESTONE: _("节点时限"),
    Step.WHISTLE_CLOSE: _("收哨时限"),
}
# Why a rule of whistles refuses, and the fields of their forms (see `hotline.web.words.shared`).
REFUSALS: Final[Mapping[str, LazyString]] = {
    "party_moved": _("这家单位的情况已经变了（也许有人刚办过），请看最新情况。"),
    "other_unit": _("这一哨没有呼叫您的单位。"),
    "already_whistled": _("这个单位已经在哨中。"),
    "other_whistle": _("您的岗位不能吹这一种哨。"),
    "whistle_open": _("还有未收的哨，不能提交结果，也不能退单。"),
    "whistle_ended": _("这一哨已经收了。"),
    "whistle_not_done": _("还有单位没有办完，不能收哨。"),
    "danger_not_gone": _("险情未除，人不能走：要等吹哨人记录险情已解除。"),
    "no_danger": _("这一哨没有要解除的险情，或者已经记录过了。"),
    "whistle_joined": _("已有单位到场，不能撤哨。"),
    "act_missing": _("还没有记录执法处置，不能收哨。"),
    "no_act": _("这种哨不用记录执法处置。"),
    "not_joined": _("呼叫的单位还没有到齐，不能记录处置。"),
    "milestones_open": _("方案还没有定，或者还有节点没有完成，不能收哨。"),
    "milestone_met": _("这个节点已经完成，或者哨已收。"),
    "not_lead": _("只有牵头单位定方案。"),
    "plan_filed": _("这一哨不用方案，或者方案已经定了。"),
    "ask_answered": _("这个吹哨请求已经答复过了。"),
    "not_blown": _("这一哨还在等人同意，没有吹响。"),
    "other_whistler": _("这一哨不是您吹的。"),
    "whistle_not_ended": _("收哨以后再评价。"),
    "rated_before": _("已经评价过了，评价不能改。"),
}
FIELDS: Final[Mapping[str, LazyString]] = {
    "year": _("年份"),
    "due_on": _("节点日期"),
    "grades": _("打分"),
    "verdict": _("对这一哨的评价"),
    "join": _("怎样约定"),
    "needed": _("到场单位数"),
    "lead": _("牵头单位"),
    "slot_from": _("约定到场时间"),
    "decision": _("集体决定"),
}
STANDINGS: Final[Mapping[Standing, LazyString]] = {
    Standing.TOO_LOW: _("偏低"),
    Standing.WITHIN: _("适宜"),
    Standing.TOO_HIGH: _("偏高"),
    Standing.TOO_FEW: _("件数太少，不比较"),
}
STANDING_TONES: Final[Mapping[Standing, str]] = {
    Standing.TOO_LOW: "warn",
    Standing.WITHIN: "ok",
    Standing.TOO_HIGH: "warn",
    Standing.TOO_FEW: "calm",
}
PARTY_STATES: Final = {
    PartyState.CALLED.value: _("已呼叫，未应答"),
    PartyState.ACKNOWLEDGED.value: _("已应哨，未到场"),
    PartyState.ARRIVED.value: _("已到场"),
    PartyState.DONE.value: _("已办完"),
    PartyState.REFUSED.value: _("拒绝报到"),
    PartyState.EXCUSED.value: _("不用到场"),
}
PARTY_TONES: Final = {
    PartyState.CALLED.value: "late",
    PartyState.ACKNOWLEDGED.value: "warn",
    PartyState.ARRIVED.value: "info",
    PartyState.DONE.value: "ok",
    PartyState.REFUSED.value: "late",
    PartyState.EXCUSED.value: "calm",
}
TABLES: Final[Mapping[str, object]] = {
    "standings": STANDINGS,
    "standing_tones": STANDING_TONES,
    "joins": JOINS,
    "party_roles": PARTY_ROLES,
    "party_states": PARTY_STATES,
    "party_tones": PARTY_TONES,
    "whistle_states": WHISTLE_STATES,
    "whistle_tones": WHISTLE_TONES,
    "endings": ENDINGS,
    "verdicts": VERDICTS,
    "marks": MARKS,
    "rated": RATED,
}
