"""Codes, statuses, actions and roles in people's words; a test holds each table complete."""

from collections.abc import Mapping
from typing import Final

from flask import Flask

from hotline.domain.closing import ResultKind
from hotline.domain.routing import TriageReason
from hotline.domain.supervision import Alert
from hotline.domain.tickets import Action, Role, Status, Step
from hotline.services.handling.tickets import RING_BACK
from hotline.services.reception.merging import LEAD_ENDED, UNMERGED
from hotline.services.reception.taking import AT_THE_DESK
from hotline.services.verifying.probing import PROBE
from hotline.web.i18n import gettext, listed
from hotline.web.i18n import lazy_gettext as _
from hotline.web.words import contest as contest_words
from hotline.web.words import desk as desk_words
from hotline.web.words import rating as rating_words
from hotline.web.words import sampling as sampling_words
from hotline.web.words import staff as staff_words
from hotline.web.words import suspicion as suspicion_words
from hotline.web.words import watch as watch_words
from hotline.web.words import whistle as whistle_words
from hotline.web.words.delivery import MEANS, OUTBOX_STATES, OUTBOX_TONES
from hotline.web.words.field import FIELDS
from hotline.web.words.record import KEPT, LEDGER_FAULTS, VIEW_REASONS, VIEWS, WATCH_LISTS
from hotline.web.words.reject import PROMISED_BY, REJECT_REASONS

STATUSES: Final = {
    **contest_words.STATUSES,
    Status.TRIAGE: _("待核实派单"),
    Status.MERGED: _("已并案"),
    Status.DISPATCHED: _("待签收"),
    Status.DISPUTED: _("退单待裁定"),
    Status.HANDLING: _("办理中"),
    Status.EXTENSION_PENDING: _("延期待批"),
    Status.REVISIT: _("回访中"),
    Status.REJECT_PENDING: _("不予受理待批"),
    Status.ANSWERED: _("当场答复"),
    Status.REJECTED: _("不予受理"),
    Status.WITHDRAWN: _("来电人撤回"),
    Status.UNREACHED: _("回拨未接通"),
    Status.ARCHIVED: _("已办结（来电人确认）"),
    Status.ARCHIVED_UNVERIFIED: _("已归档（未核实）"),
}
STATUS_TONES: Final = {
    **contest_words.STATUS_TONES,
    Status.TRIAGE: "warn",
    Status.MERGED: "info",
    Status.DISPATCHED: "warn",
    Status.DISPUTED: "warn",
    Status.HANDLING: "info",
    Status.EXTENSION_PENDING: "warn",
    Status.REVISIT: "info",
    Status.REJECT_PENDING: "warn",
    Status.ANSWERED: "ok",
    Status.REJECTED: "calm",
    Status.WITHDRAWN: "calm",
    Status.UNREACHED: "calm",
    Status.ARCHIVED: "ok",
    Status.ARCHIVED_UNVERIFIED: "calm",
}
ACTIONS: Final = {
    **contest_words.ACTIONS,
    Action.RECEIVE: _("受理"),
    Action.ADD: _("来电人补充"),
    Action.LOCATE: _("核实地点和类别"),
    Action.DISPATCH: _("派单"),
    Action.ANSWER: _("当场答复"),
    Action.INFORM: _("一次性告知"),
    Action.MERGE: _("并案"),
    Action.UNMERGE: _("撤销并案"),
    Action.GATHER: _("并入其他工单"),
    Action.RELEASE: _("移出工单"),
    Action.CARRY: _("主单答复送达来电人"),
    Action.REOPEN: _("重新办理"),
    Action.ACCEPT: _("签收"),
    Action.CONTACT: _("联系来电人"),
    Action.CHECK_IN: _("到场打卡"),
    Action.NOTE: _("备注"),
    Action.RETURN: _("退单"),
    Action.UPHOLD: _("退单成立"),
    Action.OVERTURN: _("退单不成立"),
    Action.WHISTLE: _("吹哨"),
    Action.ACKNOWLEDGE: _("应哨"),
    Action.ARRIVE: _("报到（到达现场）"),
    Action.FINISH: _("单位办完"),
    Action.REFUSE: _("拒绝报到"),
    Action.END_WHISTLE: _("收哨"),
    **whistle_words.ACTIONS,
    Action.CLIMB: _("逐级上升"),
    Action.REMIND: _("催办"),
    Action.ALARM: _("警情"),
    Action.SUBMIT: _("提交办理结果"),
    Action.ASK: _("询问来电人"),
    Action.CONFIRM: _("来电人：已解决"),
    Action.DENY: _("来电人：未解决"),
    Action.RATE: _("来电人评价"),
    Action.INVITE: _("请来电人评价"),
    Action.REFUSE_GRADE: _("评价不能算数"),
    Action.BAD_RATING: _("差评，限期整改"),
    Action.CALL_BACK: _("差评回访"),
    Action.MEND: _("差评整改"),
    Action.END_BAD: _("差评了结"),
    Action.LAPSE: _("来电人未答复"),
    Action.EXTEND: _("申请延期"),
    Action.GRANT: _("批准延期"),
    Action.DECLINE: _("不批准延期"),
    Action.RAISE: _("提级"),
    Action.DELIVER: _("送达情况"),
    Action.RECORD: _("保存通话录音"),
    Action.REJECT: _("提出不予受理"),
    Action.APPROVE: _("批准不予受理"),
    Action.DISAPPROVE: _("不批准不予受理"),
    Action.WITHDRAW: _("来电人撤回"),
    Action.GIVE_UP: _("多次回拨未接通，结束"),
    Action.OBJECT: _("来电人提出异议"),
    Action.GAP: _("容缺受理"),
    Action.GAP_FILLED: _("材料补齐"),
    Action.CODE: _("换发查询码"),
    Action.FLAG: _("办结存疑，请单位说明"),
    Action.CONTEST: _("单位说明"),
    Action.RULE_FLAG: _("疑点裁定"),
    Action.DISCREDIT: _("本次办结不再计入"),
    **sampling_words.ACTIONS,
    Action.REDACT: _("隐去文字"),
    Action.RECOUNT: _("按放假通知重算时限"),
    Action.ERASE: _("到期清除"),
    Action.WARN: _("预警"),
    Action.URGE: _("督办员催办"),
    Action.OVERSEE: _("列入督办"),
    Action.RELAX: _("解除督办"),
    Action.CIRCULATE: _("列入通报"),
    Action.RESTORE: _("巡查补设时限"),
    Action.MOVE: _("转到另一版网格图"),
}
ROLES: Final = {
    Role.CITIZEN: _("来电人"),
    Role.OPERATOR: _("话务员"),
    Role.OFFICER: _("网格员"),
    Role.UNIT: _("报到单位"),
    Role.SUPERVISOR: _("督办员"),
    Role.ADMIN: _("管理员"),
    Role.OBSERVER: _("监督员"),
    Role.SYSTEM: _("系统"),
}
STEPS: Final = {
    **contest_words.STEPS,
    Step.TRIAGE: _("派单时限"),
    Step.SIGN: _("签收时限"),
    Step.CONTACT: _("首次联系时限"),
    Step.HANDLE: _("办理时限"),
    Step.RULE_RETURN: _("退单裁定时限"),
    Step.RULE_EXTENSION: _("延期审批时限"),
    Step.ASK: _("再次询问"),
    Step.ASK_SILENCE: _("等待答复时限"),
    Step.WHISTLE_ACK: _("应哨时限"),
    Step.WHISTLE_ARRIVE: _("到场时限"),
    Step.WHISTLE_TOP: _("再次催促"),
    **whistle_words.STEPS,
    Step.RULE_REJECTION: _("不予受理审批时限"),
    Step.REACT: _("窗口响应时限"),
    Step.GAP: _("容缺补齐时限"),
    Step.ANSWER_FLAG: _("疑点说明时限"),
    Step.RULE_FLAG: _("疑点裁定时限"),
    Step.MERGED: _("并案办理时限"),
    Step.REOPEN: _("重办主单"),
    Step.VERIFY: _("回访核实时限"),
    Step.BAD_CALL: _("差评回访时限"),
    Step.BAD_FIX: _("差评整改时限"),
    Step.BAD_SILENCE: _("等待再评价时限"),
    Step.PROBE: _("评价通道自检时限"),
    Step.EARLY: _("预警"),
    Step.COME_BACK: _("测试诉求返回"),
    Step.YELLOW: _("黄灯预警"),
    Step.CIRCULATE: _("通报"),
}
# How closely a ticket is watched, and how far the limit of its result has come.
SUPERVISION: Final = {1: _("催办"), 2: _("督办"), 3: _("提级督办")}
ALERTS: Final = {
    Alert.EARLY: _("预警"),
    Alert.YELLOW: _("黄灯"),
    Alert.RED: _("红灯"),
    Alert.OVERSEEN: _("红灯"),
    Alert.RAISED: _("红灯"),
    Alert.CIRCULATED: _("通报"),
}
TRIAGE_REASONS: Final = {
    TriageReason.PLACE_MISSING.value: _("地点缺失"),
    TriageReason.PLACE_AMBIGUOUS.value: _("地点有歧义"),
    TriageReason.CLASS_UNKNOWN.value: _("类别不明"),
    TriageReason.CLASS_AMBIGUOUS.value: _("类别有歧义"),
    TriageReason.OUTSIDE_COUNTY.value: _("不在本县"),
    TriageReason.GRID_NOT_LIVE.value: _("网格尚未上线"),
    RING_BACK: _("需要回电"),
    AT_THE_DESK: _("话务员正在登记"),
    PROBE: _("系统自检"),
    "return_upheld": _("退单成立，待改派"),
    "rejection_declined": _("不予受理未获批准"),
    "objected": _("来电人提出异议"),
    UNMERGED: _("已撤销并案"),
    LEAD_ENDED: _("主单已结束，需另行办理"),
}
RESULT_KINDS: Final = {
    ResultKind.ACTED: _("已处理"),
    ResultKind.EXPLAINED: _("已解释说明"),
    ResultKind.PROMISED_BY_DATE: _("限期办理"),
    ResultKind.PLANNED: _("列入计划"),
    ResultKind.IMPOSSIBLE: _("无法办理"),
}
CHANNELS: Final = {
    "voice": _("电话"),
    "message": _("短信"),
    "desk": _("话务员登记"),
    "web": _("网页"),
    "counter": _("窗口"),
}
# What a supervisor must look at.
ATTENTION: Final = {
    **contest_words.ATTENTION,
    "danger": _("险情警报"),
    "nobody": _("岗位和B岗都无人在岗"),
    "whistle_unanswered": _("吹哨升到顶仍无人应答"),
    "whistle_late": _("吹哨事项超时（请求、方案、节点或收哨）"),
    "staff_unreached": _("工作人员联系不上"),
    "caller_unreached": _("来电人联系不上"),
    "service_unreached": _("紧急服务联系不上"),
    "step_failed": _("到时步骤执行失败"),
    "late_triage": _("派单超时"),
    "late_handle": _("办理超时，已到最高一级"),
    "late_rule_return": _("退单裁定超时"),
    "late_rule_extension": _("延期审批超时"),
    "late_rule_rejection": _("不予受理审批超时"),
    "late_react": _("窗口事项无人响应"),
    "objected": _("来电人对答复或不予受理有异议"),
    "late_rule_flag": _("疑点裁定超时"),
    "raised": _("已提级督办"),
    "circulated": _("已列入通报"),
    **rating_words.ATTENTION,
    **watch_words.ATTENTION,
    **sampling_words.ATTENTION,
}
REASONS: Final = {
    "unanswered": _("超时未应答"),
    "not_arrived": _("应答后未到场"),
    "refused": _("拒绝报到"),
    "nobody_on_duty": _("无人在岗"),
    "overdue": _("超过时限"),
    "missed": _("节点没有按期完成"),
    "enough": _("到场的单位已够"),
    "danger_gone": _("险情已解除"),
}
# Why a rule refuses: by error code, and by the reason among its facts.
ERRORS: Final[Mapping[str, object]] = {
    "error": _("没有办成。"),
    "not_found": _("没有找到，或者您不能查看。"),
    "not_allowed": _("您的岗位不能做这一步。"),
    "sign_in": _("请先登录。"),
    "refused": _("按规则现在不能这样办。"),
    "wrong_status": _("工单现在的状态不能做这一步。"),
    "stale": _("工单刚刚有了变化，请看清最新情况后再办。"),
    "repeated": _("同一编号的内容不一致，已拒绝。"),
    "invalid": _("填写的内容有误，没有保存。"),
    "too_large": _("内容太大，没有保存。"),
    "slow_down": _("尝试次数太多，请稍后再试。"),
    "setup": _("系统配置有误。"),
    "unavailable": _("系统暂时不可用，没有保存，请稍后再试。"),
    "grid_file": _("网格图有错误。"),
    "calendar_file": _("放假通知的文件有错误。"),
    "carrier_error": _("运营商没有办成。"),
    "carrier_refused": _("运营商拒绝了这次发送。"),
    "carrier_busy": _("运营商繁忙，稍后会再试。"),
    "carrier_unknown": _("运营商没有回应，正在核对。"),
    "carrier_unknown_host": _("运营商地址不在名单内。"),
    "emergency_number": _("非正式环境不拨打紧急号码。"),
}
REFUSALS: Final = {
    **staff_words.REFUSALS,
    **contest_words.REFUSALS,
    **sampling_words.REFUSALS,
    **whistle_words.REFUSALS,
    "flag_answered": _("这条疑点已经说明过，或已经裁定。"),
    "flag_ruled": _("这条疑点已经裁定。"),
    "flag_asked": _("单位的说明时限未到，请等说明或到期后再裁定。"),
    "own_unit": _("本单位的事项，须由其他单位的督办员裁定。"),
    "other_officer": _("这张工单由另一位网格员办理。"),
    "other_post": _("这张工单不归您的岗位。"),
    "map_in_force": _("这一版网格图已经在执行。"),
    "lead_is_merged": _("这张工单自己已并入别的工单，请在主单上并案。"),
    "not_merged_here": _("这张工单没有并在这里。"),
    "merge_relied_on": _("已经就主单的结果问过来电人，不能再撤销并案。"),
    "told_before": _("已经一次性告知过，不能再分次追问。"),
    "call_has_ticket": _("这通来电已经登记过了。"),
    "own_shift": _("自己交的班，要由别人来接。"),
    "shift_taken": _("已经有人接班了。"),
    "no_grid": _("工单还没有确定网格。"),
    "watched_already": _("已经在这一级督办了。"),
    "nothing_changed": _("和原来一样，没有要改的。"),
    "not_watched": _("现在没有督办。"),
    "not_owed": _("现在等来电人答复，没有谁可催。"),
    "not_asked": _("现在没有要您回答的问题。"),
    "notice_published": _("这一年的通知已经公布，不能用暂定的日期替换。"),
    **rating_words.REFUSALS,
    "not_submitted": _("还没有提交结果。"),
    "foreign_site": _("请求来自别的网站，已拒绝。"),
    "not_a_photo": _("不是能识别的照片（支持 JPEG、PNG、WebP）。"),
    "self_verified": _("办理人不能核实自己的办结。"),
    "other_body": _("同一编号的内容不一致，已拒绝。"),
    "nobody": _("这一步要由登录的工作人员来做。"),
    "no_post": _("工单还没有派到岗位。"),
    "other_channel": _("只能由来电人按反映时用的渠道撤回。"),
    "other_window": _("只能在受理它的窗口当面撤回。"),
    "not_on_the_line": _("要在与来电人本人通话时才能代为撤回。"),
    "danger_open": _("现场正在处置险情，处置完才能撤回。"),
    "objected_before": _("异议只能提出一次；还有新的情况请补充或另行反映。"),
    "confidential": _("来电人要求保密：只有热线可以联系，请用“请热线转达来电人”。"),
    "not_confidential": _("来电人没有要求保密，请直接联系。"),
    "wrong_code": _("工单号和查询码对不上，请再看一遍。"),
    "case_closed": _("请重新输入工单号和查询码。"),
    "signature": _("请求的签名不对，已拒绝。"),
    "expired": _("登录已过期，请重新登录。"),
    "closed": _("账号已停用。"),
    "already_redacted": _("文字已经隐去。"),
    "not_in_text": _("原文里没有这个词，请照原文抄写。"),
    "too_short_to_find": _("至少要两个字，或工单编号的后四位。"),
}


FAMILIES: Final[tuple[Mapping[str, object], ...]] = (
    desk_words.TABLES,
    suspicion_words.TABLES,
    sampling_words.TABLES,
    rating_words.TABLES,
    watch_words.TABLES,
    contest_words.TABLES,
    whistle_words.TABLES,
)


def init_app(app: Flask) -> None:
    """Give templates every table, and `error_words`."""
    app.jinja_env.globals["words"] = {
        **{name: table for family in FAMILIES for name, table in family.items()},
        "actions": ACTIONS,
        "alerts": ALERTS,
        "supervision": SUPERVISION,
        "watch_lists": WATCH_LISTS,
        "attention": ATTENTION,
        "channels": CHANNELS,
        "kept": KEPT,
        "ledger_faults": LEDGER_FAULTS,
        "means": MEANS,
        "outbox_states": OUTBOX_STATES,
        "outbox_tones": OUTBOX_TONES,
        "reasons": REASONS,
        "refusals": REFUSALS,
        "result_kinds": RESULT_KINDS,
        "reject_reasons": REJECT_REASONS,
        "promised_by": PROMISED_BY,
        "roles": ROLES,
        "status_tones": STATUS_TONES,
        "statuses": STATUSES,
        "steps": STEPS,
        "triage_reasons": TRIAGE_REASONS,
        "view_reasons": VIEW_REASONS,
        "views": VIEWS,
    }


def error_words(code: str, facts: Mapping[str, object]) -> str:
    """Return what a person is told of a refusal: the reason if it has words, and the fields."""
    words = str(REFUSALS.get(str(facts.get("reason", "")), ERRORS.get(code, ERRORS["error"])))
    words += staff_words.which_turn(facts)
    fields = facts.get("fields")
    if isinstance(fields, list) and fields:
        # What a page sends by itself has no name that anybody knows.
        unseen = gettext("页面自带的内容（刷新页面再试）")
        named = listed(dict.fromkeys(str(FIELDS.get(str(field), unseen)) for field in fields))
        return f"{words}{gettext('请检查：%(fields)s。', fields=named)}"
    return words
