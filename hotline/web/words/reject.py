"""Why a demand is not taken up (不予受理), and who brings what is missing, in people's words."""

from typing import Final

from hotline.domain.refusal import RejectReason
from hotline.web.i18n import lazy_gettext as _

REJECT_REASONS: Final = {
    RejectReason.COURT: _("已进入或应通过诉讼、仲裁解决"),
    RejectReason.PETITION: _("信访三级终结的事项"),
    RejectReason.DISCIPLINE: _("属于纪检监察机关受理的事项"),
    RejectReason.POLICE: _("属于公安机关受理的事项"),
    RejectReason.ELSEWHERE: _("事情在外地，由当地办理"),
    RejectReason.SECRET: _("涉及国家秘密、商业秘密或他人隐私"),
    RejectReason.SETTLED: _("已有最终答复，没有新的情况"),
    RejectReason.NO_MATTER: _("没有具体的诉求"),
}
# Who promised to bring what a demand was accepted without (容缺受理).
PROMISED_BY: Final = {
    "caller": _("来电人"),
    "unit": _("承办单位"),
    "other": _("他人"),
}
