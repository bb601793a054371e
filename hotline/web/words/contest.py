"""Disputes, rulings, long-term cases and final replies in people's words."""

from collections.abc import Mapping
from typing import Any, Final

from hotline.domain.disputes import ReturnReason
from hotline.domain.tickets import Action, Status, Step
from hotline.web.i18n import lazy_gettext as _

STATUSES: Final = {
    Status.ADJUDICATION: _("确责中"),
    Status.LONG_TERM_PENDING: _("挂账待批"),
    Status.LONG_TERM: _("挂账办理"),
    Status.FINAL_PENDING: _("最终答复待签发"),
    Status.FINAL_REPLIED: _("已最终答复，可申诉"),
    Status.APPEALED: _("申诉待裁定"),
    Status.ARCHIVED_FINAL: _("已归档（最终答复）"),
}
STATUS_TONES: Final = {
    Status.ADJUDICATION: "warn",
    Status.LONG_TERM_PENDING: "warn",
    Status.LONG_TERM: "info",
    Status.FINAL_PENDING: "warn",
    Status.FINAL_REPLIED: "info",
    Status.APPEALED: "warn",
    Status.ARCHIVED_FINAL: "calm",
}
ACTIONS: Final = {
    Action.ADJUDICATE: _("提交确责小组"),
    Action.STATE: _("单位陈述"),
    Action.HEAR: _("听取意见"),
    Action.RULE_DUTY: _("确责裁定"),
    Action.PROPOSE_ENTRY: _("提议写入派单目录"),
    Action.APPROVE_ENTRY: _("批准写入派单目录"),
    Action.DECLINE_ENTRY: _("不批准写入派单目录"),
    Action.DEFER: _("申请挂账"),
    Action.SHELVE: _("批准挂账"),
    Action.REFUSE_DEFERRAL: _("不批准挂账"),
    Action.MILESTONE: _("完成挂账节点"),
    Action.CHANGE_PLAN: _("改挂账节点"),
    Action.REVIEW: _("挂账复查"),
    Action.RESUME: _("结束挂账，恢复办理"),
    Action.CONCLUDE: _("提出最终答复"),
    Action.SIGN_FINAL: _("签发最终答复"),
    Action.REFUSE_FINAL: _("不签发最终答复"),
    Action.APPEAL: _("来电人申诉"),
    Action.UPHOLD_APPEAL: _("申诉成立"),
    Action.DISMISS_APPEAL: _("申诉不成立"),
}
STEPS: Final = {
    Step.ADJUDICATE: _("确责时限"),
    Step.RULE_LONG_TERM: _("挂账审批时限"),
    Step.LONG_TERM_REVIEW: _("挂账节点或复查"),
    Step.LONG_TERM: _("挂账最长期限"),
    Step.MILESTONE: _("挂账节点"),
    Step.RULE_FINAL: _("最终答复签发时限"),
    Step.FINAL_APPEAL: _("申诉期限"),
    Step.RULE_APPEAL: _("申诉裁定时限"),
    Step.WARN_ENTRY: _("确责条目审批预警"),
    Step.RULE_ENTRY: _("确责条目审批时限"),
}
ATTENTION: Final = {
    "late_adjudicate": _("确责超时，已到最高一级"),
    "late_long_term_review": _("挂账复查超时，已到最高一级"),
    "late_rule_long_term": _("挂账审批超时"),
    "late_milestone": _("挂账节点没有按期完成"),
    "late_rule_final": _("最终答复签发超时"),
    "late_rule_appeal": _("申诉裁定超时"),
    "entry_proposed": _("确责条目待另一人批准"),
    "late_rule_entry": _("确责条目审批超时"),
    "appealed": _("来电人对最终答复提出申诉"),
}
RETURN_REASONS: Final = {
    ReturnReason.NOT_OUR_POWER: _("不属于本单位职责"),
    ReturnReason.OTHER_PLACE: _("不在本辖区"),
    ReturnReason.WRONG_CLASS: _("类别判定有误"),
    ReturnReason.NEEDS_LEAD: _("涉及多个单位，应由别的单位牵头"),
    ReturnReason.ABOVE_US: _("权限在上级单位"),
    ReturnReason.OTHER: _("其他理由"),
}
ENTRY_STATES: Final = {
    "proposed": _("待批准"),
    "approved": _("生效中"),
    "declined": _("未批准"),
}
ENTRY_TONES: Final = {"proposed": "warn", "approved": "ok", "declined": "calm"}
REFUSALS: Final = {
    "extension_too_late": _("时限已过，不能再申请延期。"),
    "plan_over": _("计划的最后一天已经过去，不能再批准；请不予批准，让承办人另报计划。"),
    "extension_too_often": _("延期次数已用完。"),
    "return_too_late": _("退单时限已过，由首接单位办理。"),
    "return_binding": _("确责小组已经裁定，裁定有约束力，不能再退单。"),
    "return_settled": _("同样的争议已有确责裁定并写入派单目录，不能以同一理由再退单。"),
    "not_the_panel": _("只有确责小组，或已升到的领导，才能听取意见和裁定。"),
    "rule_elsewhere": _("这条规则管不到眼前这一件：地点要包括它，词要是来电人说过的。"),
    "own_proposal": _("自己提议的条目，须由另一人批准。"),
    "entry_decided": _("这一条已经有了决定。"),
    "entry_not_in_force": _("只能修订生效中的条目。"),
    "final_too_early": _("来电人还没有说过没有解决，不能提出最终答复。"),
    "final_merged": _("还有别的工单并在这里，每位来电人各有申诉的权利：请先移出再提出最终答复。"),
    "own_signature": _("自己签发的最终答复，须由另一人裁定申诉。"),
}
FIELDS: Final = {
    "onward": _("转给哪个单位"),
    "lead": _("主办单位"),
    "helpers": _("协办单位"),
    "place": _("适用范围"),
    "leader": _("责任领导"),
    "milestones": _("节点"),
    "unit": _("单位"),
    "dispute": _("退单理由类别"),
}

TABLES: Final[Mapping[str, Mapping[Any, object]]] = {
    "return_reasons": RETURN_REASONS,
    "entry_states": ENTRY_STATES,
    "entry_tones": ENTRY_TONES,
}
