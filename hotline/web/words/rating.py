"""Ratings in people's words: the grades of each scale, refusals, and how a bad one ended."""

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from hotline.domain.ratings import FIVE, FOUR, NoRating, Outcome
from hotline.services.verifying.mending import Call
from hotline.web.i18n import lazy_gettext as _

GRADES: Final[Mapping[int, LazyString]] = {
    5: _("非常满意"),
    4: _("满意"),
    3: _("基本满意"),
    2: _("不满意"),
    1: _("非常不满意"),
}
GRADES_OF_FOUR: Final[Mapping[int, LazyString]] = {
    4: _("非常满意"),
    3: _("满意"),
    2: _("基本满意"),
    1: _("不满意"),
}
GRADES_BY: Final = {FIVE: GRADES, FOUR: GRADES_OF_FOUR}
NO_RATING: Final[Mapping[NoRating, LazyString]] = {
    NoRating.STAFF_NUMBER: _("工作人员的号码不能作评价。"),
    NoRating.STAFF_DEVICE: _("这台设备登录着工作人员的账号，不能作评价。请用自己的手机。"),
    NoRating.LINK_UNKNOWN: _("这个链接不对。"),
    NoRating.LINK_USED: _("这个链接已经用过。"),
    NoRating.LINK_EXPIRED: _("这个链接已经过期。"),
    NoRating.TOO_LATE: _("可以评价和改评价的期限已过。"),
    NoRating.NOT_ASKED: _("现在没有要您评价的事。"),
}
OUTCOMES: Final[Mapping[Outcome, LazyString]] = {
    Outcome.BETTER: _("整改后满意"),
    Outcome.STILL_BAD: _("整改后仍不满意"),
    Outcome.SILENT: _("整改后未再评价"),
    Outcome.WITHDRAWN: _("来电人撤回诉求"),
    Outcome.PROBE: _("系统自检"),
}
TONES: Final[Mapping[Outcome, str]] = {
    Outcome.BETTER: "ok",
    Outcome.STILL_BAD: "late",
    Outcome.SILENT: "calm",
    Outcome.WITHDRAWN: "calm",
    Outcome.PROBE: "calm",
}
CALLS: Final[Mapping[Call, LazyString]] = {
    Call.REACHED: _("打通了，要整改"),
    Call.CONTENT: _("打通了，来电人说不用再改"),
    Call.UNREACHED: _("没有打通"),
}
LISTS: Final[Mapping[str, LazyString]] = {
    "call": _("待回访"),
    "fix": _("待整改"),
    "asked": _("待再评价"),
    "ended": _("已结束"),
}
PURPOSES: Final[Mapping[str, LazyString]] = {
    "rate": _("评价办理"),
    "change": _("改评价"),
    "fix": _("评价整改"),
    "probe": _("系统自检"),
}
# What a probe of the door found wrong; an HTTP status stands as it is.
PROBE_FAULTS: Final[Mapping[str, LazyString]] = {
    "unreachable": _("打不开评价页"),
    "not_kept": _("提交了一颗星，没有存上"),
    "not_low": _("提交了一颗星，存成了别的"),
    "no_clock": _("差评存上了，时限没有启动"),
}
ATTENTION: Final[Mapping[str, LazyString]] = {
    "late_bad_call": _("差评没有按时回访"),
    "late_bad_fix": _("差评没有按时整改"),
    "bad_again": _("整改后仍是差评"),
    "probe_failed": _("评价通道自检未通过"),
}
REFUSALS: Final[Mapping[str, LazyString]] = {
    "rating_too_late": _("可以评价和改评价的期限已过。"),
    "bad_called": _("这条差评已经回访过。"),
    "bad_fixed": _("这条差评已经整改，等来电人再评价。"),
    "bad_redo": _("工单正在重办：请提交新的办理结果，那就是整改。"),
    "bad_ended": _("这条差评已经了结。"),
}
TABLES: Final = {
    "grades_by": GRADES_BY,
    "no_rating": NO_RATING,
    "bad_outcomes": OUTCOMES,
    "bad_tones": TONES,
    "bad_calls": CALLS,
    "bad_lists": LISTS,
    "probe_faults": PROBE_FAULTS,
}
