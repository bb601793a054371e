"""What the fields of forms are called, for a refusal that names those that are wrong."""

from typing import Final

from hotline.web.i18n import lazy_gettext as _
from hotline.web.words import contest as contest_words
from hotline.web.words import staff as staff_words
from hotline.web.words import whistle as whistle_words

FIELDS: Final = {
    **staff_words.FORM_FIELDS,
    **contest_words.FIELDS,
    **whistle_words.FIELDS,
    "photos": _("照片"),
    "ruling": _("裁定"),
    "promised_on": _("承诺日期"),
    "text": _("文字说明"),
    "units": _("单位"),
    "kind": _("类型"),
    "grid": _("网格"),
    "class": _("类别"),
    "outcome": _("结果"),
    "grade": _("评价"),
    "position": _("位置"),
    "command_id": _("提交编号"),
    "done_at": _("办理时间"),
    "number": _("电话号码"),
    "tickets": _("工单"),
    "reply": _("答复"),
    "line": _("线路"),
    "words": _("来电人的话"),
    "page": _("页"),
    "reason": _("理由"),
    "strike": _("要隐去的词"),
    "route": _("应走的途径"),
    "promised_by": _("由谁补齐"),
    "by_day": _("补齐日期"),
    "solved": _("是否解决"),
    "sure": _("是我自己要撤回"),
    "window": _("窗口"),
    "level": _("级别"),
    "why": _("理由"),
    "answers": _("谁会应答"),
    "until": _("看到多久以后"),
    "staffed_by": _("谁在岗"),
    "map": _("网格图文件"),
    "at": _("时间"),
    "version": _("版本"),
}
