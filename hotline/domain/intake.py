"""Read a caller's words: clean them, hear danger, tell what a message is for, take numbers out.

Counties' own danger words come from the map; the tables here are words of everyday Chinese.
Nothing is decided on a guess: words that may mean two things are left to a person or asked again.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hotline.domain.grid.model import GridMap, Name
from hotline.domain.understanding.matching import Matcher

MAX_WORDS: Final = 2000

_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}
_BETWEEN_HAN: Final = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_SPACES: Final = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return the words in one line: control characters out, digits and letters half-width.

    Recognisers put spaces between Chinese words; they are removed. At most `MAX_WORDS` characters
    are kept: nobody says more in one breath, and the recording has the rest.
    """
    text = unicodedata.normalize("NFC", text[: 2 * MAX_WORDS]).translate(_FULL_WIDTH)
    visible = (" " if unicodedata.category(mark).startswith("C") else mark for mark in text)
    text = _SPACES.sub(" ", "".join(visible)).strip()
    return _BETWEEN_HAN.sub("", text)[:MAX_WORDS]


# --- danger ---------------------------------------------------------------------------------

# Directly before a danger word these take it back. 是不是 and 有没有 ask: they take nothing back.
# Where in doubt it is danger: a false alarm costs one question.
_NEGATIONS: Final = (
    *("没有", "没", "不是", "并未", "未", "没发生", "没有发生"),
    *("防止", "预防", "避免", "以防", "以免"),
)
_QUESTIONS: Final = ("是不是", "有没有", "会不会", "不是没", "不是没有")


@dataclass(frozen=True, slots=True)
class Danger:
    """Danger in a caller's words: which word, and which service it calls for."""

    word: str
    number: str
    service: Name


class DangerWords:
    """The danger words of one map."""

    def __init__(self, grid_map: GridMap) -> None:
        self._words = Matcher(
            (word, service) for service in grid_map.danger for word in service.words
        )

    def danger(self, text: str) -> Danger | None:
        """Return the first danger that the words tell of, and do not deny."""
        for hit in self._words.find(text):
            before = text[max(0, hit.start - 6) : hit.start]
            if before.endswith(_QUESTIONS) or not before.endswith(_NEGATIONS):
                return Danger(hit.word, hit.value.number, hit.value.name)
        return None


# --- yes, no, a person ----------------------------------------------------------------------

_YES: Final = re.compile(r"^(是|对|有|嗯|行|好|要|需要|可以|没错|危险|快)")
_NO: Final = re.compile(r"^(不是|不|没|没有|别|不用|不要|不需要|无|否)")
_PERSON: Final = re.compile(r"人工|真人|活人|接线员|话务员|客服|找个?人(说|问|聊|接)|跟人说|和人说")
_NOT_PERSON: Final = re.compile(r"(不|别|不用|不要|不找|不转)(转)?(人工|真人|接线员|话务员|客服)")
_ZERO: Final = frozenset({"0", "零", "零零", "\u3007"})
_EDGES: Final = " ，。！？、,.!?~啊呀哦呃额嗯那就"


def yes_no(text: str, digits: str = "") -> bool | None:
    """Return the answer to a yes/no question: key 1 or yes, key 2 or no; ``None``: neither."""
    if digits[:1] in {"1", "2"}:
        return digits[0] == "1"
    said = text.strip(" ，。！？、,.!?")
    if _NO.match(said):
        return False
    return True if _YES.match(said) else None


def wants_person(text: str, digits: str = "") -> bool:
    """Whether the caller asks for a person: key 0, or 人工 in any words."""
    if digits.startswith("0") or text.strip(_EDGES) in _ZERO:
        return True
    return bool(_PERSON.search(text)) and not _NOT_PERSON.search(text)


# --- messages -------------------------------------------------------------------------------


class Intent(StrEnum):
    """What a message is for. Values are stored."""

    NEW = "new"  # a new demand
    ADDITION = "addition"  # more about an open ticket
    WHERE = "where_is_my_case"
    ANSWER = "answer"  # to our question whether it is solved
    PERSON = "person"  # a wish to speak with a person
    WITHDRAW = "withdraw"  # the citizen takes a demand back
    EMPTY = "empty"  # nothing to act on: no words, or a thank-you


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller answers when asked.

    Attributes:
        solved: whether it is solved; ``None``: the words do not say, ask again.
        grade: from 5 (非常满意) to 1 (非常不满意); ``None``: not given.
        in_words: whether the grade was said in words, and not by a key or figure.
    """

    solved: bool | None
    grade: int | None
    in_words: bool = False


@dataclass(frozen=True, slots=True)
class MessageReading:
    """What a message is for, the ticket that it names, and the answer that it gives."""

    intent: Intent
    ticket_number: str | None
    answer: Answer | None


_TICKET: Final = re.compile(r"(?<!\d)(\d{4})[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_WHERE: Final = re.compile(
    r"查询|查一?下|进度|进展|到哪|办到|咋样了|怎么样了|怎样了|办没办|办了吗|处理了吗|处理没|修了吗|"
    r"什么时候(能)?(办|处理|来|修|解决)|啥时候(能)?(办|处理|来|修|解决)|多久能|有结果|有信儿"
)
_ASKS_AFTER: Final = re.compile(
    r"我的(工单|诉求|事|投诉|问题)|上次|前天|昨天|之前|工单|反映的|报的"
)
_ADDITION: Final = re.compile(r"^(补充|追加|更正|再补充|补一下|还有|另外|再说一下|忘了说|刚才)")
_FRESH: Final = re.compile(r"^(新诉求|新的?问题|另一件事|别的事|换个事)")

_POLITE: Final = re.compile(
    r"^(好|好的|不好|谢谢|多谢|谢谢你们?|收到|知道了|辛苦了|你好|您好|在吗)+$"
)

_WITHDRAW: Final = re.compile(
    r"^(我)?(想|要|要求|申请|请)?(撤回|撤销|撤诉|撤单)(我的|这个|那个)?(诉求|工单|投诉|反映|举报)?(了|吧)?$"
)

# The five national grades, longest first so that 不满意 is not read as 满意.
_GRADES: Final[Mapping[str, int]] = {
    "非常不满意": 1,
    "很不满意": 1,
    "基本满意": 4,
    "不太满意": 2,
    "非常满意": 5,
    "很满意": 5,
    "挺满意": 5,
    "不满意": 2,
    "满意": 4,
    "一般": 3,
}
_GRADE: Final = re.compile("|".join(_GRADES))
_UNSOLVED: Final = re.compile(
    r"(没有?|未|还没|没给|没人)(彻底|完全)?(解决|修|处理|办|弄|管|来|好)|没解决|不行|没用|"
    r"还(是)?(没|停|漏|坏|不)|仍然?|又(停|坏|漏)|解决不了|没好"
)
_SOLVED: Final = re.compile(
    r"解决|修好|弄好|办好|处理好|好了|来水|来电|水来了|电来了|有水了|有电了|通水|通电|热了|"
    r"可以了|行了"
)
_KEYS: Final = re.compile(r"^(?P<solved>[12])(?!\d\d)[\s,，、]*(?P<grade>[1-5])?(?!\d)")
_PLAIN: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("是", "是的", "对", "对的", "对对对", "有了", "好了"), True),
    **dict.fromkeys(("没", "没有", "没呢", "还没", "还没有", "不是", "没好", "不"), False),
}
# A message as short as this that asks how things stand is about a case, not a new demand.
_SHORT_QUESTION: Final = 8


def read_message(text: str, *, asked: bool, has_open: bool) -> MessageReading:
    """Return what a message is for.

    While a question is open, words such as 没人修 are taken as its answer. Whoever knows the
    ticket should still compare the class that the words speak for: another class is a new demand.

    Args:
        text: the caller's words, cleaned.
        asked: whether we have asked this caller a question that is still open.
        has_open: whether this caller has an open ticket that more could be said about.
    """
    found = _TICKET.search(text)
    number = "".join(found.groups()) if found is not None else None
    rest = _TICKET.sub("", text).strip(_EDGES)
    answer = read_answer(rest) if asked and not _FRESH.match(rest) else None
    if answer is not None:
        return MessageReading(Intent.ANSWER, number, answer)
    return MessageReading(_intent(rest, number, has_open=has_open), number, None)


def _intent(rest: str, number: str | None, *, has_open: bool) -> Intent:
    """Return the intent of words without the ticket's number."""
    if not rest or _POLITE.match(rest):
        return Intent.WHERE if number is not None else Intent.EMPTY
    if _FRESH.match(rest):
        return Intent.NEW
    if wants_withdrawal(rest) or wants_person(rest):
        return Intent.PERSON if wants_person(rest) else Intent.WITHDRAW
    asks = bool(_WHERE.search(rest))
    # A demand may ask 啥时候能来水 as well: without a case that it asks after, it is a demand.
    if asks and (number is not None or _ASKS_AFTER.search(rest) or len(rest) <= _SHORT_QUESTION):
        return Intent.WHERE
    if number is not None or (has_open and _ADDITION.match(rest)):
        return Intent.ADDITION
    return Intent.NEW


def wants_withdrawal(text: str) -> bool:
    """Whether the words say, and say nothing else, that a demand is to be taken back."""
    return bool(_WITHDRAW.match(text.strip(_EDGES)))


def read_answer(text: str, digits: str = "") -> Answer | None:
    """Return a caller's answer to the question: solved (1) or not (2), and how satisfied (1 to 5).

    Keys may come together: ``15`` is solved and grade 5. Words and keys may be mixed in speech;
    words that contradict each other give ``solved=None``. ``None``: no answer at all.
    """
    said = (digits or text).strip(_EDGES)
    if said in _PLAIN:
        return Answer(_PLAIN[said], None)
    keys = _KEYS.match(said)
    graded = _GRADE.search(said)
    unsolved = bool(_UNSOLVED.search(said)) or (keys is not None and keys["solved"] == "2")
    solved = bool(_SOLVED.search(_UNSOLVED.sub("", said))) or (
        keys is not None and keys["solved"] == "1"
    )
    if not (unsolved or solved or graded):
        return None
    grade = int(keys["grade"]) if keys is not None and keys["grade"] else None
    if graded is not None:
        grade = _GRADES[graded[0]]
    return Answer(solved if solved != unsolved else None, grade, in_words=graded is not None)


# --- what tells who somebody is -----------------------------------------------------------------


class NumberKind(StrEnum):
    """What a piece of a text identifies. Values are stored."""

    PHONE = "phone"
    ID_CARD = "id_card"
    DOOR = "door"  # the number of a house, a flat, a room
    NAME = "name"  # a name that somebody states as theirs


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A piece taken out of a text: it belongs to identity, not to content."""

    kind: NumberKind
    value: str


_SPOKEN: Final = str.maketrans("零\u3007一二三四五六七八九幺", "001234567891")
_DIGIT: Final = "[0-9零\u3007一二三四五六七八九幺]"
_GAP: Final = r"[ \-]?"
_NUMBER: Final = (
    rf"(?<!{_DIGIT})(?:"
    rf"(?P<id_card>[1-8一二三四五六七八]{_GAP}(?:{_DIGIT}{_GAP}){{16}}(?:{_DIGIT}|[Xx]))"
    rf"|(?P<mobile>(?:\+?86{_GAP})?[1一幺]{_GAP}[3-9三四五六七八九]{_GAP}(?:{_DIGIT}{_GAP}){{8}}{_DIGIT})"
    rf"|(?P<landline>[0零]{_GAP}{_DIGIT}{{2,3}}{_GAP}{_DIGIT}{{7,8}})"
    rf"|(?<=[话机码打])(?P<local>[2-8]\d{{6,7}})"
    rf")(?!{_DIGIT})"
)

# Villages, groups, roads and buildings stay: they say where to go. A door says who is meant. 15号
# may be a day, so it is taken for a door only where a household or the end of a clause follows.
_COUNT: Final = "[0-9零一二三四五六七八九十百]"
_CLAUSE_ENDS: Final = r"$|[，。、；,.;！!？?\s]"
_DOOR: Final = (
    rf"(?P<door>{_COUNT}{{1,2}}单元{_COUNT}{{1,5}}(?:室|号|户)?"
    rf"|(?<=号楼){_COUNT}{{3,5}}(?:室|户)?(?={_CLAUSE_ENDS}|家|住)"
    rf"|(?<=[组队]){_COUNT}{{1,4}}号(?={_CLAUSE_ENDS}|家|院|户|门|住)"
    rf"|(?<=门牌)(?<!【门牌){_COUNT}{{1,5}}号?|(?<=门牌号){_COUNT}{{1,5}}"
    r"|(?<=[区苑园府楼])\d{1,2}-\d{1,2}-\d{3,4}(?![\d-]))"
)

# Common surnames; those that are everyday words as well are left out.
_SURNAME: Final = (
    "(?:欧阳|司马|上官|诸葛|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧"
    "田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅邹孟熊秦邱江尹薛闫段雷侯龙史"
    "陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤佟佘关于尚付葛邢齐庞兰柳隋单仲宫曲宁])"
)
# No name ends like a place: 我叫王家屯的 is left to the gazetteer.
_GIVEN: Final = r"[\u4e00-\u9fff]{1,2}?(?<![家村屯镇乡县市区庄堡沟岭])"
_AFTER_NAME: Final = rf"(?={_CLAUSE_ENDS}|家|住|在|是|的|电话|手机|反映|想|要|咨询|投诉|举报|打|【)"
_NAME: Final = (
    rf"(?:(?<=我叫)|(?<=名叫)|(?<=名字叫)|(?<=户主)|(?<=户主是)|(?<=户主叫)|(?<=联系人)|(?<=联系人是))"
    rf"(?P<name>{_SURNAME}{_GIVEN}){_AFTER_NAME}"
    rf"|(?:(?<=我姓)|(?<=免贵姓)|(?<=本人姓))(?P<surname>{_SURNAME})"
    rf"(?!家[村屯窝沟堡])(?:(?=先生|女士|师傅|大[爷娘]|的)|{_AFTER_NAME})"
)
_PRIVATE: Final = re.compile(f"{_NUMBER}|{_DOOR}|{_NAME}")
_MARK: Final[Mapping[NumberKind, str]] = {
    NumberKind.PHONE: "电话",
    NumberKind.ID_CARD: "证件号",
    NumberKind.DOOR: "门牌",
    NumberKind.NAME: "姓名",
}


def mask_numbers(text: str, before: int = 0) -> tuple[str, tuple[FoundNumber, ...]]:
    """Return a text without what tells who somebody is, and what was taken out, in order.

    Telephone and ID card numbers (幺三八… counts as digits), house and room numbers, and names that
    callers state. Each piece leaves a mark such as 【电话1】, so that a reader with the right to
    see it can be shown it. Ticket numbers stay; so do villages, groups, roads and buildings.

    Args:
        text: cleaned.
        before: how many pieces earlier texts of the ticket gave: marks go on counting.
    """
    found: list[FoundNumber] = []

    def mark(match: re.Match[str]) -> str:
        kind = _kind(match)
        value = match[0]
        if kind in {NumberKind.PHONE, NumberKind.ID_CARD}:
            value = re.sub(r"[ \-]", "", value).translate(_SPOKEN).upper()
        found.append(FoundNumber(kind, value))
        return f"【{_MARK[kind]}{before + len(found)}】"

    return _PRIVATE.sub(mark, text), tuple(found)


def _kind(match: re.Match[str]) -> NumberKind:
    if match["id_card"]:
        return NumberKind.ID_CARD
    if match["door"]:
        return NumberKind.DOOR
    return NumberKind.NAME if match["name"] or match["surname"] else NumberKind.PHONE
