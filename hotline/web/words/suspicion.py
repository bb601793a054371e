"""Signals, groups, likeness, innocent readings and flags in words (docs/suspicion.md)."""

from collections.abc import Mapping
from typing import Any, Final

from hotline.domain.suspicion.facts import Likeness
from hotline.domain.suspicion.frame import FlagState, Grounds, Group, Signal
from hotline.web.i18n import lazy_gettext as _

SIGNALS: Final = {
    Signal.AT_DEADLINE: _("临近时限才办结"),
    Signal.IN_BULK: _("短时间成批办结"),
    Signal.REUSED_PHOTO: _("照片重复使用"),
    Signal.COMES_BACK: _("同地同类又来"),
}
GROUPS: Final = {
    Group.PRESENCE: _("到场"),
    Group.CONTACT: _("联系"),
    Group.TEXT: _("文字"),
    Group.TIME: _("时间"),
    Group.MEDIA: _("照片"),
    Group.OUTCOME: _("结果"),
}
LIKENESS: Final = {
    Likeness.SAME_FILE: _("同一个文件"),
    Likeness.SAME_PICTURE: _("同一张照片，重新压缩或缩放"),
    Likeness.MIRRORED: _("左右翻转"),
    Likeness.CROPPED: _("裁剪过"),
}
# What is usually behind it when nobody did wrong; shown beside each sign.
INNOCENT: Final = {
    "work_ends_on_the_day": _("本来就排在最后一天完工。"),
    "written_up_before": _("结果早已写好，只是一起提交。"),
    "wrong_file": _("选错了照片文件。"),
    "before_is_shown": _("想说明办理前的样子，或误把旧照片再选了一次。"),
    "new_cause": _("同一地点出了新的原因。"),
    "other_house": _("只知道是同一个村，可能是另一户。"),
}
STATES: Final = {
    FlagState.ASKED: _("等单位说明"),
    FlagState.ANSWERED: _("已说明，待裁定"),
    FlagState.UNANSWERED: _("逾期未说明，待裁定"),
    FlagState.CONFIRMED: _("属实"),
    FlagState.CLEARED: _("不成立"),
    FlagState.NOT_ENOUGH: _("证据不足"),
}
TONES: Final = {
    FlagState.ASKED: "info",
    FlagState.ANSWERED: "warn",
    FlagState.UNANSWERED: "warn",
    FlagState.CONFIRMED: "late",
    FlagState.CLEARED: "ok",
    FlagState.NOT_ENOUGH: "calm",
}
GROUNDS: Final = {
    Grounds.STARRED: _("单独即可存疑的迹象"),
    Grounds.TWO_GROUPS: _("两类互不相干的迹象"),
}
THIN: Final = {
    "short": _("文字很短"),
    "no_photo": _("没有照片"),
    "no_visit": _("没有到场记录"),
}
WINDOWS: Final = {"48h": _("48 小时内"), "7d": _("7 天内"), "30d": _("30 天内")}
LISTS: Final = {"rule": _("待裁定"), "asked": _("等单位说明"), "ruled": _("已裁定")}

TABLES: Final[Mapping[str, Mapping[Any, object]]] = {
    "signals": SIGNALS,
    "signal_groups": GROUPS,
    "likeness": LIKENESS,
    "innocent": INNOCENT,
    "flag_states": STATES,
    "flag_tones": TONES,
    "grounds": GROUNDS,
    "thin": THIN,
    "windows": WINDOWS,
    "flag_lists": LISTS,
}
