"""The operators' desk in people's words: what is missing, why to ring, to ask, to merge."""

from collections.abc import Mapping
from typing import Any, Final

from hotline.domain.closing import ReplyKind
from hotline.domain.duplicates import Sign
from hotline.domain.grid.model import Particular
from hotline.domain.tickets import Shield
from hotline.services.verifying import revisits
from hotline.web.i18n import lazy_gettext as _

REPLY_KINDS: Final = {
    ReplyKind.POLICY: _("政策解答"),
    ReplyKind.PROCEDURE: _("办事指引"),
    ReplyKind.KNOWN: _("已知情况说明"),
    ReplyKind.PROGRESS: _("进度查询"),
    ReplyKind.ELSEWHERE: _("告知受理渠道"),
    ReplyKind.OTHER: _("其他答复"),
}
PARTICULARS: Final = {
    Particular.PLACE: _("哪个乡镇哪个村"),
    Particular.MATTER: _("具体是什么事"),
    Particular.CONTACT: _("怎样回电"),
    Particular.SPOT: _("村里的具体位置（组、路、门牌、标志物）"),
    Particular.SINCE: _("从什么时候开始"),
    Particular.EXTENT: _("一户还是多户"),
    Particular.WHOM: _("反映的是谁（人、店、单位）"),
    Particular.EVIDENCE: _("有没有照片、票据等凭证"),
}
RING_BACK_REASONS: Final = {
    "asked": _("请人工回电"),
    "missed": _("来电时系统没接到"),
    "recorded": _("留了言"),
    "wanted_person": _("要人工，没等到"),
    "silent": _("接通了没说话"),
    "hung_up": _("没接起就挂了"),
}
REVISIT_REASONS: Final = {
    revisits.Why.UNREACHED: _("机器没联系上"),
    revisits.Why.REDONE: _("重办过"),
}
SIGNS: Final = {
    Sign.SAME_CALLER: _("同一来电人"),
    Sign.SAME_GRID: _("同一网格"),
    Sign.SAME_TOWN: _("同一乡镇"),
    Sign.OTHER_TOWN: _("不同乡镇"),
    Sign.SAME_CLASS: _("同一类别"),
    Sign.OTHER_CLASS: _("不同类别"),
    Sign.CLOSE_IN_TIME: _("时间相近"),
    Sign.LONG_APART: _("时间相隔久"),
    Sign.LIKE_WORDS: _("话语相似"),
}
# What an operators' shift has in its hands.
SHIFT_KINDS: Final = {
    "alarms": _("险情警报"),
    "ring_backs": _("待回拨"),
    "triage": _("待核实派单"),
    "disputed": _("退单待裁定"),
}

SHIELDS: Final = {
    Shield.CONFIDENTIAL: _("保密：只有热线知道"),
    Shield.ANONYMOUS: _("匿名：不留号码，只能凭查询码查"),
}

PLACE_KINDS: Final = {
    "grid": _("已确定网格"),
    "town_only": _("只知道乡镇"),
    "ambiguous": _("有多个可能的地点"),
    "none": _("没有听到地点"),
    "not_live": _("该乡镇尚无网格"),
    "outside": _("不在本县"),
}
PLACE_METHODS: Final = {"characters": _("按文字"), "pinyin": _("按读音")}

# As templates find them among the other words.
TABLES: Final[Mapping[str, Mapping[Any, object]]] = {
    "particulars": PARTICULARS,
    "place_kinds": PLACE_KINDS,
    "place_methods": PLACE_METHODS,
    "reply_kinds": REPLY_KINDS,
    "revisit_reasons": REVISIT_REASONS,
    "ring_back_reasons": RING_BACK_REASONS,
    "shift_kinds": SHIFT_KINDS,
    "signs": SIGNS,
}
