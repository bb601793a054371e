"""Values of a grid map in plain words, in Chinese and in English: what a plan says of a change."""

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, Final

from hotline.domain.grid.counter import WindowKind
from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import (
    Calls,
    DemandKind,
    Ends,
    GridMap,
    HeldBy,
    Join,
    Name,
    Particular,
    Told,
    UnitKind,
    Urgency,
)
from hotline.domain.limits import Limit, LimitKind

SECTIONS: Final[Mapping[str, Wording]] = {
    "county": Wording("县", "county"),
    "office": Wording("办公时间", "office hours"),
    "lines": Wording("专线", "line"),
    "units": Wording("单位", "unit"),
    "posts": Wording("岗位", "post"),
    "grids": Wording("网格", "grid"),
    "classes": Wording("派单目录类别", "class of demand"),
    "ladder": Wording("层级", "rung of the ladder"),
    "whistles": Wording("哨", "whistle"),
    "limits": Wording("时限", "limit"),
    "suspicion": Wording("疑点规则", "rule of suspicion"),
    "danger": Wording("危险词", "danger words"),
    "windows": Wording("窗口", "window"),
    "routes": Wording("法定途径", "lawful route"),
    "places": Wording("县外和未上线地名", "names outside the grids"),
}
# Fields by their last name; one that is missing here is shown as it stands in the file.
FIELDS: Final[Mapping[str, Wording]] = {
    "name": Wording("名称", "name"),
    "title": Wording("名称", "name"),
    "aliases": Wording("别名", "aliases"),
    "code": Wording("编码", "code"),
    "kind": Wording("种类", "kind"),
    "parent": Wording("上级单位", "belongs to"),
    "duty": Wording("值班岗", "post on duty"),
    "lead": Wording("负责人岗", "leader's post"),
    "unit": Wording("单位", "unit"),
    "nearest": Wording("由最近的", "nearest"),
    "rung": Wording("层级", "rung"),
    "stand_in": Wording("B岗", "stand-in"),
    "officer": Wording("专职网格员岗", "officer's post"),
    "attached": Wording("专属网格员岗", "attached officers"),
    "live_from": Wording("上线日期", "live from"),
    "keywords": Wording("关键词", "keywords"),
    "examples": Wording("例句", "examples"),
    "held_by": Wording("由谁承接", "held by"),
    "urgency": Wording("何时紧急", "urgent when"),
    "urgent_words": Wording("紧急词", "urgent words"),
    "photo": Wording("须有照片", "needs a photo"),
    "site_visit": Wording("须到现场", "needs a visit"),
    "normal": Wording("一般", "normal"),
    "urgent": Wording("紧急", "urgent"),
    "told": Wording("通知谁", "who is told"),
    "optional": Wording("可略过", "may be left out"),
    "place": Wording("第几级", "which rung"),
    "by": Wording("谁可以吹", "who may blow it"),
    "calls": Wording("先叫谁", "whom it calls"),
    "ack": Wording("应答时限", "to be acknowledged within"),
    "arrive": Wording("到场时限", "on site within"),
    "climbs": Wording("逐级上报", "climbs"),
    "repeat_every": Wording("到顶后每隔", "at the top again every"),
    "at_most": Wording("至多次数", "at most"),
    "danger": Wording("危险解除才结束", "ends only when the danger is gone"),
    "supervision": Wording("督办级别", "supervision"),
    "natural": Wording("昼夜计时", "counts day and night"),
    "key": Wording("按键", "key"),
    "spoken": Wording("播报", "said in the greeting"),
    "windows": Wording("时段", "windows"),
    "react": Wording("反应时限", "taken up within"),
    "words": Wording("词", "words"),
    "contact": Wording("联系方式", "contact"),
    "each": Wording("每次", "each"),
    "share": Wording("首次时限的比例", "share of the first limit"),
    "before_raise": Wording("几次后提级", "times before it is raised"),
    "attempts": Wording("次数", "attempts"),
    "spacing": Wording("间隔", "spacing"),
    "silence": Wording("沉默期", "silence"),
    "quiet": Wording("免打扰时段", "quiet hours"),
    "pick_up_wait": Wording("话务员振铃", "operators' telephones ring"),
    "triage": Wording("派单", "dispatch"),
    "sign": Wording("签收", "sign"),
    "accepted_unsigned": Wording("视同签收", "counts as signed"),
    "return": Wording("退单", "return"),
    "rule_return": Wording("退单裁定", "ruling on a return"),
    "rule_extension": Wording("延期审批", "ruling on an extension"),
    "rule_rejection": Wording("不予受理审批", "ruling on a rejection"),
    "oversight_after": Wording("超期后再督办", "pressed again after"),
    "handle": Wording("办理", "result"),
    "extensions": Wording("延期", "extensions"),
    "asking": Wording("回访", "asking the caller"),
    "redo": Wording("重办", "redo"),
    "steps": Wording("", ""),
    "consultation": Wording("咨询", "consultation"),
    "help": Wording("求助", "help"),
    "suggestion": Wording("建议", "suggestion"),
    "complaint": Wording("投诉", "complaint"),
    "report": Wording("举报", "report"),
    "limits": Wording("时限", "limits"),
    "neighbours": Wording("县外地名", "places outside the county"),
    "not_live": Wording("未上线乡镇", "towns without grids"),
}
NONE: Final = Wording("无", "none")
_SPANS: Final = ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s"))
_MOST: Final = 6


def field_words(path: Iterable[str]) -> Wording:
    """Return what a field is called; parts that have no words stand as in the file."""
    parts = [FIELDS.get(part, Wording(part, part)) for part in path]
    return Wording("".join(p.zh for p in parts), " ".join(p.en for p in parts if p.en))


# What a field may be set to, by its kind: members of two kinds may be written alike.
CHOICES: Final[Mapping[type[StrEnum], Mapping[str, Wording]]] = {
    UnitKind: {
        UnitKind.COUNTY: Wording("县", "county"),
        UnitKind.TOWN: Wording("乡镇（街道）", "town"),
        UnitKind.VILLAGE: Wording("村（社区）", "village"),
        UnitKind.GROUP: Wording("村民组", "villagers' group"),
        UnitKind.HOUSEHOLD: Wording("组包户", "households"),
        UnitKind.DEPARTMENT: Wording("县直部门", "county department"),
        UnitKind.UTILITY: Wording("公用事业单位", "utility"),
        UnitKind.PANEL: Wording("确责小组", "panel"),
    },
    DemandKind: {
        DemandKind.CONSULTATION: Wording("咨询", "consultation"),
        DemandKind.HELP: Wording("求助", "help"),
        DemandKind.SUGGESTION: Wording("建议", "suggestion"),
        DemandKind.COMPLAINT: Wording("投诉", "complaint"),
        DemandKind.REPORT: Wording("举报", "report"),
    },
    Particular: {
        Particular.PLACE: Wording("乡镇和村", "town and village"),
        Particular.MATTER: Wording("什么事", "the matter"),
        Particular.CONTACT: Wording("联系电话", "a number to ring"),
        Particular.SPOT: Wording("具体位置", "the spot"),
        Particular.SINCE: Wording("从何时起", "since when"),
        Particular.EXTENT: Wording("涉及多少户", "how many are concerned"),
        Particular.WHOM: Wording("涉及何人何单位", "whom it is about"),
        Particular.EVIDENCE: Wording("照片或凭证", "evidence"),
    },
    HeldBy: {
        HeldBy.OFFICER: Wording("网格员", "the grid's officer"),
        HeldBy.TOWN: Wording("乡镇值班岗", "the town's post on duty"),
    },
    Told: {
        Told.OFFICER: Wording("网格员", "the grid's officer"),
        Told.NEAREST: Wording("最近的该级单位", "the nearest unit of the kind"),
        Told.COMPETENT: Wording("主管部门负责人", "the competent department's leader"),
        Told.UNIT: Wording("指定单位", "one unit"),
    },
    Calls: {
        Calls.ATTACHED: Wording("专属网格员", "the attached officer"),
        Calls.DUTY: Wording("单位值班岗", "the unit's post on duty"),
    },
    Join: {
        Join.ALL: Wording("都要到场", "all of them"),
        Join.SOME: Wording("到够几家就行", "so many of them"),
        Join.LEAD: Wording("一家牵头，其他配合", "one leads, others help"),
    },
    Ends: {
        Ends.CONFIRMED: Wording("吹哨人确认", "confirmed by the whistler"),
        Ends.DANGER_GONE: Wording("险情解除", "the danger is gone"),
        Ends.ACT_RECORDED: Wording("执法结果已记录", "the act is recorded"),
        Ends.MILESTONES_MET: Wording("节点全部完成", "all milestones are met"),
    },
    Urgency: {
        Urgency.ALWAYS: Wording("一律紧急", "always"),
        Urgency.NEVER: Wording("从不紧急", "never"),
        Urgency.WORDS: Wording("说到紧急词时", "when an urgent word is said"),
    },
    WindowKind: {
        WindowKind.CANNOT_GET_DONE: Wording("办不成事", "cannot get it done"),
        WindowKind.FAULT_FINDING: Wording("找茬", "fault-finding"),
    },
}


def value_words(value: Any, grid_map: GridMap) -> Wording:  # noqa: ANN401  any leaf of a map
    """Return a value as people read it; ids of units and posts with their names."""
    if value is None or value in {(), ""}:
        return NONE
    if isinstance(value, bool):
        return Wording("是", "yes") if value else Wording("否", "no")
    if isinstance(value, Limit | timedelta):
        return limit_words(value) if isinstance(value, Limit) else span_words(value.total_seconds())
    if isinstance(value, tuple):
        return joined([value_words(each, grid_map) for each in value])
    return _plain(value, grid_map)


def _plain(value: object, grid_map: GridMap) -> Wording:
    if isinstance(value, Name):
        return Wording(value.zh, value.en)
    if isinstance(value, date | time):
        return Wording(value.isoformat(), value.isoformat())
    if isinstance(value, StrEnum) and type(value) in CHOICES:
        return CHOICES[type(value)][value]
    text = str(value)
    name = _name_of(text, grid_map)
    return Wording(f"{name.zh}（{text}）", f"{name.en} ({text})") if name else Wording(text, text)


def _name_of(key: str, grid_map: GridMap) -> Name | None:
    if key in grid_map.units:
        return grid_map.units[key].name
    if key in grid_map.posts:
        return grid_map.posts[key].title
    return next((rule.name for rule in grid_map.rules if rule.rung == key), None)


def limit_words(limit: Limit) -> Wording:
    """Return a limit: 30分钟, 5个工作日."""
    if limit.kind is LimitKind.NATURAL:
        return span_words(limit.amount)
    amount, s = f"{limit.amount:g}", "" if limit.amount == 1 else "s"
    if limit.kind is LimitKind.WORKING_DAYS:
        return Wording(f"{amount}个工作日", f"{amount} working day{s}")
    return Wording(f"{amount}个工作小时", f"{amount} working hour{s}")


def span_words(seconds: float) -> Wording:
    """Return a stretch of time in its largest unit that leaves no rest."""
    size, zh, en = next(
        (span for span in _SPANS if seconds % span[0] == 0 and seconds), (1, "秒", "s")
    )
    amount = f"{seconds / size:g}"
    return Wording(f"{amount}{zh}", f"{amount} {en}")


def joined(words: list[Wording]) -> Wording:
    """Return several values as a list; a long one is cut and says by how many."""
    shown, more = words[:_MOST], len(words) - _MOST
    zh, en = "、".join(w.zh for w in shown), ", ".join(w.en for w in shown)
    if more > 0:
        return Wording(f"{zh}等{len(words)}项", f"{en} and {more} more")
    return Wording(zh, en)
