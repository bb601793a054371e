"""What the words around a place's name say about it: part of another word, taken back, only passed.

Callers name more places than the one that they call about: the town they live in, the road's other
end, the place that they said by mistake. These tables are words of everyday north-eastern Chinese.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hotline.domain.understanding.gazetteer import Mention

# --- is it the name at all? -------------------------------------------------------------------

# 东, 小 or 新 before a name makes another name of it: 小孤家子 is not 孤家子. 以后孤家子 is 孤家子.
_OTHER_NAME: Final = re.compile(r"(?:[东西南北小新大]|(?<![以之从目然往今随最背])[前后])$")
# Counts that are villages, too: 我们四家子人都, 盖了十间房子.
_COUNT: Final = re.compile(r"[一二三四五六七八九十两几]+(?:家子|间房|台子)$")
_COUNTED_BEFORE: Final = re.compile(
    r"(?:我们|咱们|俺们|咱|俺|有|共|就|剩|全|这|那|另外|的|隔壁|了|是|盖|[上下]|前后|东西|邻居)$"
)
_COUNTED_AFTER: Final = re.compile(
    r"人|都(?!停|没|断)|一起|一块|合|公司|户|亲|打|吵|争|因为|轮|共|关系|[子屋](?!村|屯|乡|镇)|房|联名"
)
# Names that are verbs or moods as well.
_WORDS: Final = {
    "建设": re.compile(
        r"新|工|项目|局|单位|的(?![，。, ])|美丽|村[里庄子级集]|中|过程|银行|用地|一|成"
    ),
    "团结": re.compile(r"一|起|同|互|的(?![，。, ])|协作|友爱|就|人"),
    "和平": re.compile(r"解|相|共|的(?![，。, ])|年代|谈|友|处理|协商|区"),
    "吉祥": re.compile(r"如意|物|的(?![，。, ])|三宝"),
    "如意": re.compile(r"的(?![，。, ])|算盘|了"),
    "石桥": re.compile(r"[坏断塌裂上下修要]|的|被|快"),
    "河南": re.compile(r"省|人|话|的|来"),
    "新立": re.compile(r"了|个|项|户"),
    "小沟": re.compile(r"[里边堵沟水上]"),
    "西山": re.compile(r"[上坡脚区煤]"),
    "前山": re.compile(r"[上坡后]"),
    "北门": re.compile(r"[口外]"),
    "东门": re.compile(r"[口外]"),
    "南门": re.compile(r"[口外]"),
    "西门": re.compile(r"[口外]"),
    "老边": re.compile(r"[上儿]"),
    "大岭": re.compile(r"导"),
}
_ALSO_BEFORE: Final = {"和平": re.compile(r"想|要|能|愿意$"), "团结": re.compile(r"[不要很]$")}
# A town that is no town of this county stands before the name: 王家镇尚屯村.
_STRANGE_TOWN: Final = re.compile(r"[\u4e00-\u9fff]{2}(?:镇|乡|街道|县|市)的?$")
_NO_TOWN: Final = re.compile(
    r"(?:(?:我们|咱们?|俺们?|你们|他们|本|这个?|那个?|哪个|全|个|返|回|到|在|同|各)(?:镇|乡|街道|县|市)"
    r"|[家老下城]乡|[城乡]镇|[村城]街道)的?$"
)


def doubted(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the names without those that are other words; doubtful ones are marked."""
    kept: list[Mention] = []
    for mention in mentions:
        behind = text[max(0, mention.start - 6) : mention.start]
        if _is_word(text, mention, behind):
            continue
        after_town = bool(kept) and kept[-1].end == mention.start
        # A town named in full lies in no other town.
        within = mention.bare or not mention.is_town
        doubtful = not after_town and bool(
            _OTHER_NAME.search(behind)
            or (within and _STRANGE_TOWN.search(behind) and not _NO_TOWN.search(behind))
        )
        kept.append(replace(mention, doubtful=True) if doubtful else mention)
    return kept


def _is_word(text: str, mention: Mention, behind: str) -> bool:
    if not mention.bare:
        word = _WORDS.get(mention.said.rstrip("村里庄子"))
        return mention.said.endswith(("村里", "村子")) and word is not None
    ahead = text[mention.end : mention.end + 3]
    if _COUNT.match(mention.said):
        if ahead.startswith(("子", "屋", "人")):
            return True
        return bool(_COUNTED_BEFORE.search(behind) and _COUNTED_AFTER.match(ahead))
    word, before = _WORDS.get(mention.said), _ALSO_BEFORE.get(mention.said)
    return bool((word and word.match(ahead)) or (before and before.search(behind)))


# --- beyond the county ------------------------------------------------------------------------

# What may stand between a county beyond the border and its own village: 康平县方家屯镇三台子.
_WITHIN: Final = re.compile(
    r"[县市区的，, 那这边]*(?:[\u4e00-\u9fff]{1,4}(?:镇|乡|街道))?[的，, ]?[\u4e00-\u9fff]?"
)
# He works or lies ill there; his demand is at home.
_AWAY: Final = re.compile(
    r"[县市区那这边]*(?:里|城里?)?(?:打工|上班|工作|干活|住院|看病|治病|念|读|上学|当兵|务工|做|住|买|开"
    r"|回来|的?医院|的?客车|的?班车|这边|出差|租房|带孩子|看孩子|陪|照顾|的?亲戚|嫁|定居|生活)"
)
_TOWARDS: Final = re.compile(r"(?:到|去|往|上|从|离|距|跟|和|通|挨着|靠着?|至|隔壁|嫁到|奔)$")


def belongs_beyond(text: str, border: tuple[int, int], mention: Mention) -> bool:
    """Whether a name stands under a place beyond the border: 康平县三台子村."""
    between = text[border[1] : mention.start]
    return border[1] <= mention.start and bool(_WITHIN.fullmatch(between))


def is_away(text: str, border: tuple[int, int]) -> bool:
    """Whether a place beyond the border is only where the caller is, or where a road leads."""
    return bool(
        _AWAY.match(text, border[1]) or _TOWARDS.search(text[max(0, border[0] - 3) : border[0]])
    )


# --- which of several? ------------------------------------------------------------------------

_TAKEN_BACK: Final = re.compile(
    r"[的村，。, ]{0,2}(?:啊?不对|不是(?!不|没)|说错|错了|哦不|啊不|更正)"
    r"[，。, 啊呀了我是说错]{0,8}(?:应该是|是|在)?"
)
_DENIED: Final = re.compile(r"(?<!是)(?:不是|不在|并非)$")
_PASSED: Final = re.compile(
    r"(?:跟|和|与|挨着|靠近|离|距离?|到|去|往|通|通往|奔|上|朝|经过|路过|嫁到|搬到|对面是|旁边是|隔壁是?"
    r"|邻近)$"
)
_ALONGSIDE: Final = re.compile(r"[\u4e00-\u9fff]{0,2}(?:挨着|接壤|交界|搭界|相邻|紧挨|近|远)")
_ROAD: Final = re.compile(r"[的那这之间中]{0,3}[\u4e00-\u9fff]{0,4}(?:路|道|桥|段|线|沟|交界)")
_HOME: Final = re.compile(
    r"(?:我是|俺是|我家住?在?|俺家住?在?|家住|我住在?|我在|俺在|人在|我家是)$"
)
_MATTER: Final = re.compile(
    r"(?:(?:反映|投诉|举报|说|问|咨询|打听)的(?:是|就是)?|(?:要|想)(?:反映|投诉|举报|问)(?:一下|下)?的?是?"
    r"|(?:老家|娘家|婆家|爸妈家?|父母家?|妈家|爸家|[姐哥弟妹姑舅姨叔]家?|丈人家|亲戚家?|爷爷家|奶奶家"
    r"|姥姥家|我?妈|我?爸|老人|地|房子|厂子|工地|路|问题|出事的?|事儿?)(?:都|人|家)?(?:是|就?在|住在?|搁)"
    r"|(?:但是?|可是|不过)[^，。]{0,8}(?:在|是))$"
)


def settled(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the names that say where the matter is, without those that only help to tell it."""
    kept = _spoken_for(text, list(mentions))
    if len(kept) < 2:  # noqa: PLR2004 - nothing to choose between
        return kept
    kept = _without_passed(text, kept)
    return _without_home(text, kept)


def _spoken_for(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return the names without those that the caller takes back."""
    kept: list[Mention] = []
    for mention in mentions:
        back = kept and _TAKEN_BACK.fullmatch(text, kept[-1].end, mention.start)
        if back:
            gone = next((one for one in reversed(kept) if one.is_town == mention.is_town), None)
            if gone is not None:
                del kept[kept.index(gone) :]
        kept.append(mention)
    denied = [m for m in kept if _DENIED.search(text[max(0, m.start - 3) : m.start])]
    # What is denied is only taken back when another place is named instead.
    return [m for m in kept if m not in denied] if len(denied) < len(kept) else kept


def _without_passed(text: str, mentions: list[Mention]) -> list[Mention]:
    """Drop the place to which a road leads, or by which another lies: 到沈阳, 跟马家堡挨着."""
    kept = []
    for index, mention in enumerate(mentions):
        behind = text[max(0, mention.start - 4) : mention.start]
        passed = _PASSED.search(behind)
        if (
            passed is None
            or index == 0
            or (passed[0] in {"跟", "和", "与"} and not _ALONGSIDE.match(text, mention.end))
            # The road between two villages is a matter of both.
            or (_ROAD.match(text, mention.end) and not mention.is_town)
        ):
            kept.append(mention)
    return kept if any(not m.is_town for m in kept) else mentions


def _without_home(text: str, mentions: list[Mention]) -> list[Mention]:
    """Drop where the caller lives when he says that the matter is elsewhere."""
    for index in range(1, len(mentions)):
        first = mentions[index]
        if not _MATTER.search(text[max(0, first.start - 14) : first.start]):
            continue
        before, after = mentions[:index], mentions[index:]
        lived = [m for m in before if _is_home(text, m, before)]
        others = {meaning.town for m in after for meaning in m.meanings}
        contradicts = any(
            meaning.town not in others or not m.is_town for m in before for meaning in m.meanings
        )
        if lived == before and contradicts:
            return after
    return mentions


def _is_home(text: str, mention: Mention, before: Sequence[Mention]) -> bool:
    if _HOME.search(text[max(0, mention.start - 5) : mention.start]):
        return True
    return any(other.end == mention.start for other in before)
