"""Words for the watch over the hotline itself: its processes, its rounds, its test demands."""

from typing import Final

from hotline.web.i18n import lazy_gettext as _

PROCESSES: Final = {
    "clock": _("时钟"),
    "worker": _("投递进程"),
    "web": _("网页进程"),
    "outside": _("对外心跳"),
}
WAYS: Final = {"web": _("网页表单"), "message": _("短信")}
# What a prober found; what the web server answered stands in the code itself (`http_503`).
FAULTS: Final = {
    "no_form": _("打不开表单"),
    "not_acknowledged": _("没有受理"),
    "not_seen": _("查不到进度"),
    "not_back_in_time": _("没有按时返回"),
}
ATTENTION: Final = {
    "silent_clock": _("时钟没有动静"),
    "silent_worker": _("投递进程没有动静"),
    "silent_web": _("网页进程没有动静"),
    "silent_probe": _("外部探测没有动静"),
    "silent_outside": _("对外心跳十分钟没有被接收"),
    "probe_lost": _("测试诉求没有按时返回"),
    "chain_restored": _("巡查发现时限没有在走，已补设"),
    "audit_failed": _("巡查看不了这张工单"),
}
# What templates find under ``words``.
TABLES: Final = {"processes": PROCESSES, "probe_ways": WAYS, "door_faults": FAULTS}
