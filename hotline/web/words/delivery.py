"""What became of a message or a call, in people's words."""

from typing import Final

from hotline.web.i18n import lazy_gettext as _

OUTBOX_STATES: Final = {
    "waiting": _("待发送"),
    "sending": _("发送中"),
    "sent": _("已发出"),
    "delivered": _("已送达"),
    "failed": _("未送达"),
    "unknown": _("不明，核对中"),
    "cancelled": _("已取消"),
}
OUTBOX_TONES: Final = {
    "waiting": "calm",
    "sending": "calm",
    "sent": "info",
    "delivered": "ok",
    "failed": "late",
    "unknown": "warn",
    "cancelled": "calm",
}
MEANS: Final = {
    "message": _("短信"),
    "call": _("电话"),
    "conference": _("三方通话"),
    "notice": _("通知"),
}
# Why a message or call did not reach anybody: our codes and the carrier's words for a call.
FAULTS: Final = {
    "busy": _("占线"),
    "no-answer": _("无人接听"),
    "voicemail": _("转到语音信箱"),
    "unheard": _("接听后没有回应"),
    "undelivered": _("对方未收到"),
    "failed": _("发送失败"),
    "canceled": _("已取消"),
    "unknown": _("不明，多次核对无果"),
    "no_number": _("没有号码"),
    "carrier_refused": _("运营商拒绝"),
    "carrier_busy": _("运营商繁忙"),
    "carrier_unknown": _("运营商没有回应"),
    "notice_refused": _("通知渠道拒绝"),
    "notice_unknown": _("通知渠道没有回应"),
    "notice_capped": _("通知渠道限频"),
    "unread": _("没有在网页上看"),
    "no_address": _("没有地址"),
    "not_configured": _("本县没有开通"),
    "no_connection": _("连不上"),
}
