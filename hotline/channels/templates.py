"""What the hotline writes to people: template id + parameters, as mainland carriers demand.

Every message is one of these. A carrier that takes only approved templates is given the id and
the parameters; any other is given the text. No template holds what a caller said, nor a name.
"""

import re
from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    # To staff
    "dispatched": "【12345】新工单{number}：{place} {demand}。请于{due}前签收。",
    "stand_in": (
        "【12345】工单{number}：{place} {demand}，岗位无人在岗，由您代办。请于{due}前签收。"
    ),
    "whistle": "【12345吹哨】工单{number}：{place} {demand}，呼叫{unit}。请于{due}前应答。",
    "whistle_slot": (
        "【12345吹哨】工单{number}：{place} {demand}，呼叫{unit}。请于{due}前应答，{slot}到场。"
    ),
    "whistle_again": (
        "【12345吹哨】工单{number}：{place} {demand}，{unit}应哨后未到场，应哨失效，再次呼叫。"
        "请于{due}前应答。"
    ),
    "whistle_asked": "【12345吹哨】工单{number}：{place} {demand}，请您吹哨。请于{due}前答复。",
    "whistle_declined": "【12345吹哨】工单{number}：您请求的吹哨未获同意，请查看理由。",
    "stood_down": "【12345吹哨】工单{number}：{place} {demand}，贵单位不用到场了。",
    "danger_gone": "【12345吹哨】工单{number}：{place}，险情已解除，办完后可以离开。",
    "planned": "【12345吹哨】工单{number}：{place} {demand}，牵头单位已定方案，请查看本单位节点。",
    "climbed": (
        "【12345逐级】工单{number}：{place} {demand}，{unit}超时未应，已升至{rung}。请督促。"
    ),
    "refused": (
        "【12345逐级】工单{number}：{place} {demand}，{unit}拒绝报到，已升至{rung}。请协调。"
    ),
    "whistle_refused": "【12345吹哨】工单{number}：{place} {demand}，{unit}拒绝报到，理由见系统。",
    "overdue": "【12345】工单{number}：{place} {demand}，{step}已超时限，已升至{rung}。",
    "to_rule": "【12345】工单{number}：{place} {demand}，{step}，请于{due}前裁定。",
    "supervised": "【12345督办】工单{number}：{place} {demand}，{line}来件，请关注。",
    "warned": "【12345预警】工单{number}：{place} {demand}，办理时限{due}将到，请抓紧办理。",
    "yellow": "【12345黄灯】工单{number}：{place} {demand}，办理时限{due}将到，请督促办理。",
    "red": "【12345红灯】工单{number}：{place} {demand}，办理已超时限，已逐级上报。",
    "urged": "【12345催办】工单{number}：{place} {demand}，督办员催办，请尽快办理，理由见系统。",
    "overseen": "【12345督办】工单{number}：{place} {demand}，已列入{level}，请立即办理。",
    "silent": "【12345警报】热线的{what}已有一分钟以上没有动静，请立即检查。",
    "probe_lost": "【12345警报】对外测试诉求没有按时返回，热线可能无法受理，请立即检查。",
    "ruling_due": "【12345预警】工单{number}：{place} {demand}，{step}时限{due}将到，请尽快决定。",
    "circulated": "【12345通报】工单{number}：{place} {demand}，超时限仍未办结，已列入通报。",
    "redo": "【12345】工单{number}：来电人表示未解决，退回重办（第{count}次）。请于{due}前办结。",
    "raised": "【12345】工单{number}：{place} {demand}，已{count}次未解决，升至{rung}。",
    "granted": "【12345】工单{number}：延期申请已批准，新时限{due}。",
    "declined": "【12345】工单{number}：延期申请未批准，时限仍为{due}。",
    "overturned": "【12345】工单{number}：退单理由不成立，仍由您办理。请于{due}前签收。",
    "helping": "【12345】工单{number}：{place} {demand}，请贵单位协助主办单位办理。",
    "hearing": "【12345确责】工单{number}：{place} {demand}，再次退单，请小组于{due}前裁定。",
    "ruled": "【12345确责】工单{number}：{place} {demand}，已裁定由{unit}办理，裁定有约束力。",
    "statement": "【12345确责】工单{number}：{place} {demand}，请于{due}前登录系统陈述意见。",
    "leads_plan": "【12345挂账】工单{number}：{place} {demand}，由您负责，至{until}办结。",
    "plan_granted": "【12345挂账】工单{number}：挂账已批准，按计划办理，至{until}。",
    "plan_declined": "【12345挂账】工单{number}：挂账未批准，时限仍为{due}。",
    "plan_changed": "【12345】工单{number}：{place} {demand}，计划节点有变动，理由见系统。",
    "plan_ended": "【12345挂账】工单{number}：挂账已结束，按普通工单办理，时限{due}。",
    "final_refused": "【12345】工单{number}：最终答复未获签发，请继续办理，时限{due}。",
    "addition": "【12345】工单{number}：来电人有补充，请查看。",
    "relay": "【12345】工单{number}是保密诉求：承办人请热线代为联系来电人，请查看。",
    "first_asked": (
        "【12345首问】工单{number}：{place} {demand}，退回由您首问负责，请于{due}前落实。"
    ),
    "window_late": "【12345窗口】工单{number}：{window}的事项{due}前无人响应。请督促。",
    "gap_late": "【12345】工单{number}：容缺受理的材料到期未补齐。",
    "called_off": "【12345】工单{number}：来电人已撤回诉求，不再办理。",
    "flagged": "【12345】工单{number}：本次办结有疑点待核，不是认定。请于{due}前登录系统说明。",
    "flag_confirmed": "【12345】工单{number}：疑点经裁定属实，本次办结不计，工单已退回重办。",
    "flag_cleared": "【12345】工单{number}：疑点经裁定不成立，本次办结不受影响。",
    "flag_not_enough": "【12345】工单{number}：疑点证据不足，本次办结不受影响。",
    "bad_rating": "【12345差评】工单{number}：来电人不满意。请于{due}前整改，再由来电人评价。",
    "bad_again": "【12345差评】工单{number}：整改后来电人仍不满意（第{count}次）。请督办。",
    "probe_failed": "【12345自检】差评通道自检未通过，低分可能到不了。请立即查看。",
    "swap_asked": "【12345值班】有同事请您换{day}的班，请登录系统答复。",
    "swap_accepted": "【12345值班】{day}的班已换成，请登录系统查看。",
    "swap_declined": "【12345值班】{day}的班没有换成，仍由您值班。",
    "three_party": "12345三方通话，房间{room}。",
    "alarm": "【12345警情】工单{number}：{place}，来电含危险情形（{service}）。请立即处理。",
    # To operators: a call is waiting
    "ring_operator": "12345来电等候接听。",
    # To callers
    "received": "【12345】您的诉求已受理，工单号{number}。请保留此号以便查询。",
    "received_more": "【12345】已受理，工单号{number}。还请告知：{missing}。直接回复即可。",
    # A machine cannot ask back in writing before it acts, so it says what cannot wait.
    "received_danger": (
        "【12345】已受理，工单号{number}，话务员会立即联系您。如有人身危险，请马上拨打{service}！"
    ),
    "code": (
        "【12345】工单{number}的查询码是{code}，请勿告诉他人。在12345网页输入工单号和查询码可查进度。"
    ),
    # After a telephone call: the number was read out, and nobody had a pen.
    "kept": (
        "【12345】您来电反映的事项已登记，工单{number}，查询码{code}，请勿告诉他人。"
        "在12345网页输入工单号和查询码可查进度。"
    ),
    "unreached": (
        "【12345】您打来过电话，我们{tries}次回拨未能接通，工单{number}暂时结束。"
        "如仍要反映，请再来电。"
    ),
    "withdrawn": "【12345】工单{number}已按您的要求撤回，不再办理。",
    "withdraw_elsewhere": "【12345】请用反映时的方式撤回：电话反映的，请用同一号码来电。",
    "withdraw_which": "【12345】您有几件诉求在办，请回复“撤回”和工单号。",
    "rejected": "【12345】工单{number}依规不予受理，请走{route}。不同意请来电或回复，我们会再核。",
    "gap_due": "【12345】工单{number}容缺受理，约定补齐的材料已到期，请尽快补交。",
    "added": "【12345】已补充到工单{number}。",
    "progress": "【12345】工单{number}：{status}，{unit}办理。",
    "no_ticket": "【12345】没有查到您正在办理的工单。如有诉求，请直接回复地点和情况。",
    "ask": "【12345】工单{number}已答复：{result}。是否解决？回复1已解决，2未解决。",
    "ask_link": "【12345】工单{number}已答复：{result}。是否解决？回复1已解决，2未解决，或点{link}",
    "grade": (
        "【12345】谢谢。您对办理满意吗？回复5非常满意，4满意，3基本满意，2不满意，1非常不满意。"
    ),
    "grade_four": "【12345】谢谢。您对办理满意吗？回复4非常满意，3满意，2基本满意，1不满意。",
    "rate": (
        "【12345】请您评价工单{number}的办理：回复5非常满意，4满意，3基本满意，2不满意，1非常不满意。"
    ),
    "rate_four": "【12345】请您评价工单{number}的办理：回复4非常满意，3满意，2基本满意，1不满意。",
    "rate_link": "【12345】请您评价工单{number}的办理，链接只能用一次：{link}",
    "not_rated": "【12345】工单{number}：这个号码不能作评价。有话要说请拨打12345。",
    "thanks": "【12345】谢谢您的评价，工单{number}。",
    "merged": "【12345】工单{number}已与同一事项合并办理，办结后仍会单独回访您。",
    "extended": "【12345】工单{number}：承办单位获准延期至{due}，您的时钟照走。",
    "long_term": "【12345】工单{number}一时办不完，已列入长期计划，预计{until}前办结，不算办结。",
    "final": (
        "【12345】工单{number}已作出最终答复。不同意可在{due}前申诉一次：来电，或回复“申诉”和理由。"
    ),
    "appeal_taken": "【12345】工单{number}的申诉已收到，由另一人复核。",
    "appeal_upheld": "【12345】工单{number}：您的申诉成立，重新办理。",
    "appeal_dismissed": "【12345】工单{number}：申诉经复核不成立，维持最终答复并归档。",
    "reopened": "【12345】工单{number}已退回重办，承办单位会再次联系您。",
}


# What a notice by a channel of others says of a message to staff: no place, nothing of the matter.
NOTICES: Final[Mapping[str, str]] = {
    "dispatched": "有新工单待签收",
    "stand_in": "岗位无人在岗，工单由您代办",
    "whistle": "有哨呼叫您的单位",
    "whistle_slot": "有哨约定时间呼叫您的单位",
    "whistle_again": "应哨后未到场，哨再次呼叫您的单位",
    "whistle_asked": "有人请您吹哨",
    "whistle_declined": "您请求的吹哨未获同意",
    "stood_down": "有一处哨不用到场了",
    "danger_gone": "险情已解除",
    "planned": "联合办理方案已定",
    "climbed": "有哨升到您这里",
    "refused": "有单位拒绝报到，请协调",
    "whistle_refused": "您呼叫的单位拒绝报到",
    "overdue": "有工单超过时限",
    "to_rule": "有事项待您裁定",
    "warned": "有工单办理时限将到",
    "yellow": "有工单办理时限将到，请督促",
    "red": "有工单办理超过时限",
    "urged": "有工单被催办",
    "overseen": "有工单列入督办",
    "ruling_due": "有一项审批时限将到，请尽快决定",
    "circulated": "有工单列入通报",
    "silent": "热线有进程没有动静，请立即检查",
    "probe_lost": "对外测试诉求没有返回，请立即检查",
    "redo": "有工单退回重办",
    "raised": "有工单多次未解决，升到您这里",
    "granted": "延期申请已批准",
    "declined": "延期申请未批准",
    "overturned": "退单理由不成立，仍由您办理",
    "helping": "请贵单位协助办理一件工单",
    "hearing": "有退单待确责小组裁定",
    "statement": "有退单待确责，请陈述意见",
    "ruled": "争议已有确责裁定",
    "leads_plan": "有挂账工单由您负责",
    "plan_granted": "挂账已批准",
    "plan_declined": "挂账未批准",
    "plan_changed": "计划节点有变动",
    "plan_ended": "挂账已结束，按普通工单办理",
    "final_refused": "最终答复未获签发",
    "addition": "来电人有补充",
    "bad_rating": "来电人给了差评，请整改",
    "bad_again": "整改后仍是差评，请督办",
    "probe_failed": "差评通道自检未通过，请立即查看",
    "alarm": "有警情，请立即处理",
    "swap_asked": "有同事请您换班",
    "swap_accepted": "换班已成",
    "swap_declined": "换班未成，仍由您值班",
}


def notice(template: str, number: str, link: str) -> str:
    """Return the text of a notice: a template's words, a ticket's number, and where to look."""
    words = NOTICES.get(template, "有新的消息")
    return f"【12345】{words}：{number}。{link}" if number else f"【12345】{words}。{link}"


def render(template: str, params: Mapping[str, str]) -> str:
    """Return the text of a message.

    Raises:
        KeyError: no such template, or a parameter of it is missing.
    """
    return TEMPLATES[template].format_map(params)


def for_carrier() -> dict[str, str]:
    """Return the templates as carriers take them in for approval: parameters as ``{{name}}``."""
    return {name: re.sub(r"\{(\w+)\}", r"{{\1}}", text) for name, text in sorted(TEMPLATES.items())}
