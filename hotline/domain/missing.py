"""What is still missing of a demand (一次性告知): all of it at one moment, told together.

The caller is told everything at once and never piecemeal: a list, not the next question. What a
demand wants besides place, matter and contact, the county's map says for each class.
"""

import re
from collections.abc import Mapping
from typing import Final

from hotline.domain.grid.model import DemandClass, Particular

# Words by which a caller has said it already; a person still judges what was meant.
_SAID: Final[Mapping[Particular, re.Pattern[str]]] = {
    Particular.SINCE: re.compile(
        r"[今昨前]天|昨晚|今早|早上|上午|中午|下午|晚上|夜里|半夜|上周|这周|上个?月|"
        r"[0-9一二两三四五六七八九十半几]+(个?(小时|钟头|星期|月)|天|宿|周|年)|[0-9一二三四五六七八九十]+[点号日月]|刚才|从.{1,8}(开始|起)"
    ),
    Particular.EXTENT: re.compile(
        r"全村|整个村|全屯|整个|一片|家家|邻居|左邻右舍|都(没|停|坏|断|不)|只有|就我|我家|[0-9一二两三四五六七八九十几]+(多?户|家)"
    ),
    Particular.WHOM: re.compile(
        r"公司|超市|商店|饭店|工厂|厂子|企业|学校|医院|物业|村委|书记|老板|叫.{2,4}的|某"
    ),
    Particular.EVIDENCE: re.compile(r"照片|视频|录音|发票|合同|收据|小票|截图|证据"),
    Particular.SPOT: re.compile(
        r"旁边|对面|门口|门前|附近|路口|村口|[东南西北]头|[东南西北]边|[0-9一二三四五六七八九十]+(组|号|队)|桥|广场|大道|路上"
    ),
}


def missing(
    clazz: DemandClass | None, words: str, *, has_place: bool, has_contact: bool
) -> tuple[Particular, ...]:
    """Return everything that is missing of a demand now, in the order in which to ask.

    Args:
        clazz: the class, as far as it is known.
        words: what the caller said.
        has_place: whether the grid is known.
        has_contact: whether a number is known.
    """
    wanted = [
        *([Particular.PLACE] if not has_place else []),
        *([Particular.MATTER] if clazz is None else []),
        *([Particular.CONTACT] if not has_contact else []),
    ]
    if clazz is not None:
        said = {each for each, pattern in _SAID.items() if pattern.search(words)}
        wanted += [each for each in clazz.asks if each not in said]
    return tuple(wanted)
