"""The ledger, looks at identities, what is kept how long, and lists of supervision, in words."""

from typing import Final

from hotline.domain.retention import Kind
from hotline.web.i18n import lazy_gettext as _

# How a chain of events, or a signed root over it, is broken.
LEDGER_FAULTS: Final = {
    "missing": _("缺少一条记录"),
    "order": _("记录次序被改动"),
    "hash": _("记录内容被改动"),
    "column": _("记录的列被改动"),
    "text": _("文字被改动或删除"),
    "tail": _("末尾记录被截去"),
    "head": _("工单的链头不符"),
    "root": _("与已签名的根不符"),
}
VIEWS: Final = {
    "caller_history": _("查看来电人的以往工单"),
    "call_caller": _("查看号码，联系来电人"),
    "original": _("查看原始照片"),
    "recording": _("收听录音"),
    "search_number": _("按电话号码查找"),
}
# What is erased when its time is over (`hotline.domain.retention`).
KEPT: Final = {
    Kind.RECORDINGS: _("录音"),
    Kind.PHOTOS: _("照片"),
    Kind.IDENTITY: _("来电人身份"),
    Kind.WORDS: _("文字"),
    Kind.MESSAGES: _("短信和电话的内容"),
    Kind.CALLS: _("通话记录"),
    Kind.SIGN_INS: _("登录记录"),
}
# Why somebody looks at who a caller is (`hotline.services.proof.identity.REASONS`).
VIEW_REASONS: Final = {
    "contact": _("联系来电人"),
    "on_site": _("上门办理"),
    "danger": _("紧急情况"),
    "oversight": _("督办核查"),
    "complaint_of_caller": _("来电人反映或要求"),
}
# The lists of what is watched, and how closely.
WATCH_LISTS: Final = {
    "raised": _("提级督办"),
    "overseen": _("督办"),
    "urged": _("催办"),
    "circulated": _("通报"),
    "red": _("红灯"),
    "yellow": _("黄灯"),
}
