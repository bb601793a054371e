"""What can be wrong with a grid map, in words: each code with the problem and what to do about it.

Chinese first, English beside it: `hotline policy check` prints both. Codes are stable.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple


class Wording(NamedTuple):
    """The same sentence in Chinese and in English; Chinese is shown first."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Return both, Chinese first."""
        return f"{self.zh} | {self.en}"


class Ref(NamedTuple):
    """Where a problem is: an item by kind and key, a field of it, and which of several twins."""

    kind: str
    key: str
    field: tuple[str | int, ...] = ()
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a map from being accepted. ``code`` is stable."""

    code: str
    ref: Ref
    problem: Wording
    remedy: Wording


# code → (problem, remedy), in Chinese and in English. Braces are filled in with the facts.
TEXTS: Final[Mapping[str, tuple[Wording, Wording]]] = {
    "duplicate_id": (
        Wording("“{key}”出现了不止一次", "'{key}' stands here more than once"),
        Wording("改名，或删去多余的一个", "rename one of them, or delete it"),
    ),
    "unknown_unit": (
        Wording("没有名为“{key}”的单位", "there is no unit '{key}'"),
        Wording(
            "在 units 中添加该单位，或改正名称", "add the unit under units, or correct the name"
        ),
    ),
    "unknown_post": (
        Wording("没有名为“{key}”的岗位", "there is no post '{key}'"),
        Wording(
            "在某个单位的 posts 中添加该岗位，或改正名称",
            "add the post to a unit, or correct the name",
        ),
    ),
    "unknown_class": (
        Wording("派单目录中没有“{key}”这一类", "the catalogue has no class '{key}'"),
        Wording("在 classes 中添加该类，或改正名称", "add it under classes, or correct the name"),
    ),
    "unknown_rung": (
        Wording("层级表中没有“{key}”这一级", "the ladder has no rung '{key}'"),
        Wording(
            "在 ladder 中添加这一级，或改正名称", "add the rung to the ladder, or correct the name"
        ),
    ),
    "unit_cycle": (
        Wording("单位隶属关系成环：{key}", "units belong to each other in a circle: {key}"),
        Wording("改正其中一个单位的 parent", "correct the parent of one of them"),
    ),
    "stand_in_cycle": (
        Wording("AB岗互为替岗，成环：{key}", "posts stand in for each other in a circle: {key}"),
        Wording("为其中一个岗位另设B岗", "give one of them another stand-in"),
    ),
    "no_stand_in": (
        Wording("岗位“{key}”没有B岗", "post '{key}' has no stand-in"),
        Wording(
            "填写 stand_in（AB岗：每个岗位都要有人顶）", "set stand_in: every post needs a B post"
        ),
    ),
    "post_of_other_unit": (
        Wording("岗位“{key}”不属于本单位", "post '{key}' belongs to another unit"),
        Wording("改用本单位的岗位", "name a post of this unit"),
    ),
    "attached_twice": (
        Wording("岗位“{key}”在本网格写了两次", "post '{key}' is attached here twice"),
        Wording("只留一个", "keep one of them"),
    ),
    "grid_without_town": (
        Wording("网格“{key}”不在任何乡镇之内", "grid '{key}' lies in no town"),
        Wording(
            "改正网格的 unit 或该单位的 parent", "correct the grid's unit, or that unit's parent"
        ),
    ),
    "no_competent_unit": (
        Wording(
            "类别“{key}”在网格“{grid}”等{count}个网格找不到主管单位",
            "class '{key}' reaches no competent unit from {count} grids, such as '{grid}'",
        ),
        Wording("填写存在的 unit，或改正 nearest", "set an existing unit, or correct nearest"),
    ),
    "class_without_power": (
        Wording(
            "类别“{key}”须写 unit 或 nearest 之一，且只写其一",
            "class '{key}' must name either unit or nearest, and not both",
        ),
        Wording("写明由哪个单位主管", "say which unit has the power"),
    ),
    "ladder_dead_end": (
        Wording(
            "“{key}”这一级在网格“{grid}”等{count}处无人可报",
            "rung '{key}' tells nobody in {count} cases, such as grid '{grid}'",
        ),
        Wording("改正该级的 told，或补上缺少的单位", "correct its told, or add the missing unit"),
    ),
    "ladder_open_end": (
        Wording(
            "层级表最高一级“{key}”不是固定单位", "the ladder's last rung '{key}' is no fixed unit"
        ),
        Wording("最高一级写 told: unit 和 unit", "give the last rung told: unit and a unit"),
    ),
    "rung_incomplete": (
        Wording("“{key}”这一级缺少 {field}", "rung '{key}' lacks {field}"),
        Wording("按 told 的值填写 {field}", "set {field}, as its told requires"),
    ),
    "climb_order": (
        Wording(
            "“{key}”哨的 climbs 与层级表顺序不符",
            "whistle '{key}' climbs against the ladder's order",
        ),
        Wording("按层级表由低到高排列，不重复", "list the rungs from low to high, each once"),
    ),
    "climb_stops_short": (
        Wording("“{key}”哨到不了层级表最高一级", "whistle '{key}' never reaches the ladder's top"),
        Wording("在 climbs 末尾加上最高一级“{top}”", "end climbs with the top rung '{top}'"),
    ),
    "whistle_plan": (
        Wording(
            "“{key}”哨：ends 是 milestones_met 时要有 plan，否则不要有",
            "whistle '{key}' has a plan without milestones to meet, or the other way round",
        ),
        Wording("同时写 plan 和 ends: milestones_met", "set both plan and ends: milestones_met"),
    ),
    "whistle_lead": (
        Wording(
            "“{key}”哨有方案，却没有牵头单位来定方案",
            "whistle '{key}' has a plan, but no lead unit to make it",
        ),
        Wording("写 joins: [lead]", "set joins: [lead]"),
    ),
    "band_order": (
        Wording(
            "吹哨率区间的下限不小于上限", "the whistle rate's lower end is not below the upper"
        ),
        Wording("让 lower 小于 upper", "make lower smaller than upper"),
    ),
    "keyword_shadowed": (
        Wording(
            "关键词“{key}”在“{other}”中强度相同，无法区分",
            "keyword '{key}' is as strong in '{other}': neither class can win",
        ),
        Wording("删去一个，或让强度不同", "delete one, or make their strengths differ"),
    ),
    "rung_shadowed": (
        Wording(
            "“{key}”这一级与“{other}”通知同一个岗位，永远不起作用",
            "rung '{key}' tells the same post as '{other}': it never does anything",
        ),
        Wording("删去一级，或改正 told", "delete one of them, or correct its told"),
    ),
    "class_shadowed": (
        Wording(
            "类别“{key}”的关键词在“{other}”中都更强，永远选不中",
            "every keyword of class '{key}' is stronger in '{other}': it never wins",
        ),
        Wording(
            "为它添加自己的关键词，或调低对方的强度", "give it a keyword of its own, or weaken"
        ),
    ),
    "urgent_words_unread": (
        Wording(
            "类别“{key}”写了紧急词，但 urgency 是 {urgency}，不会读",
            "class '{key}' has urgent words, but its urgency is {urgency}: nobody reads them",
        ),
        Wording("改为 urgency: words，或删去紧急词", "set urgency: words, or delete the words"),
    ),
    "danger_word_twice": (
        Wording("危险词“{key}”同属两个号码", "danger word '{key}' belongs to two numbers"),
        Wording("只留一个号码", "keep it under one number"),
    ),
    "line_key_twice": (
        Wording("按键“{key}”同属两条专线", "key '{key}' leads to two lines"),
        Wording("改一个按键", "give one of them another key"),
    ),
    "limit_not_positive": (
        Wording("时限必须大于零", "a limit must be longer than nothing"),
        Wording("填写大于零的时限", "write a limit above zero"),
    ),
    "urgent_not_natural": (
        Wording("紧急事项的时限必须用自然时间", "the limit of urgent matters must be natural time"),
        Wording("改写为 {{natural: …}}", "write it as {{natural: …}}"),
    ),
    "missing_limit": (
        Wording("缺少“{key}”的时限", "there is no limit for '{key}'"),
        Wording("在 limits 中补上“{key}”", "add '{key}' under limits"),
    ),
    "unknown_step": (
        Wording("没有名为“{key}”的环节", "there is no step '{key}'"),
        Wording(
            "改正拼写（环节名见 docs/grid-map.md）", "correct it; docs/grid-map.md lists the steps"
        ),
    ),
    "same_name": (
        Wording("本乡镇已有同名网格“{key}”", "its town has another grid called '{key}'"),
        Wording(
            "改名以便区分，旧名写入 aliases", "tell them apart by name; keep the old one as alias"
        ),
    ),
    "office_windows": (
        Wording(
            "办公时段须由早到晚、互不重叠", "office windows must run early to late, without overlap"
        ),
        Wording("改正 office.windows", "correct office.windows"),
    ),
}


def problem(code: str, ref: Ref, **facts: object) -> Problem:
    """Return a problem with its words filled in."""
    said, remedy = TEXTS[code]
    return Problem(
        code,
        ref,
        Wording(*(text.format(**facts) for text in said)),
        Wording(*(text.format(**facts) for text in remedy)),
    )


# pydantic's error type, or the reader's own code → (stable code, problem, remedy). ``{key}`` is
# the last part of the path; ``{said}`` what the parser said.
SHAPE_TEXTS: Final[Mapping[str, tuple[str, Wording, Wording]]] = {
    "missing": (
        "missing_key",
        Wording("缺少“{key}”", "'{key}' is missing"),
        Wording("补上“{key}”", "add '{key}'"),
    ),
    "extra_forbidden": (
        "unknown_key",
        Wording("不认识的键“{key}”", "unknown key '{key}'"),
        Wording("删去，或改正拼写（见 docs/grid-map.md）", "delete it or correct its spelling"),
    ),
    "duplicate_key": (
        "duplicate_key",
        Wording("键“{key}”写了两次", "key '{key}' is written twice"),
        Wording("只留一个", "keep one"),
    ),
    "unknown_pattern": (
        "unknown_pattern",
        Wording("没有名为“{said}”的人员配置模板", "there is no staffing pattern '{said}'"),
        Wording(
            "在 staffing 中添加该模板，或改正名称",
            "add the pattern under staffing, or correct the name",
        ),
    ),
    "unknown_blank": (
        "unknown_blank",
        Wording("模板里的大括号“{said}”无法填写", "nothing fills the braces '{said}'"),
        Wording("可用的空格见 docs/grid-map.md", "docs/grid-map.md lists the blanks"),
    ),
    "yaml_syntax": (
        "yaml_syntax",
        Wording("不是合法的 YAML：{said}", "not YAML: {said}"),
        Wording("检查此行及上一行的缩进、冒号和引号", "check indentation, colons and quotes here"),
    ),
    "alias": (
        "alias",
        Wording("不允许用 YAML 别名（&、*）", "YAML aliases (&, *) are not allowed"),
        Wording("把内容写全", "write the value out"),
    ),
    "is_instance_of": (
        "bad_limit",
        Wording("“{key}”不是时限", "'{key}' is no limit"),
        Wording(
            "写成 {{natural: 30m}}、{{working_hours: 2}} 或 {{working_days: 5}}，时长单独写 20s",
            "write {{natural: 30m}}, {{working_hours: 2}} or {{working_days: 5}}; a wait: 20s",
        ),
    ),
    "string_type": (
        "not_text",
        Wording("“{key}”须是文字", "'{key}' must be text"),
        Wording("写成文字；编码等数字要加引号", "write text; put codes and numbers in quotes"),
    ),
    "string_pattern_mismatch": (
        "bad_name",
        Wording("“{key}”的写法不合规定", "'{key}' is not written as it must be"),
        Wording(
            "名称用小写英文、数字、/ 和 -；编码用数字", "names: a-z, 0-9, / and -; codes: digits"
        ),
    ),
    "enum": (
        "unknown_choice",
        Wording("“{key}”不是可选的值", "'{key}' is none of the choices"),
        Wording("可选值见：{said}", "{said}"),
    ),
    "model_type": (
        "not_mapping",
        Wording("“{key}”须由若干“键: 值”组成", "'{key}' must be made of 'key: value'"),
        Wording("照 docs/grid-map.md 写全", "write it as docs/grid-map.md shows"),
    ),
    "list_type": (
        "empty_list",
        Wording("“{key}”须是非空列表", "'{key}' must be a list with entries"),
        Wording("至少写一项", "write at least one entry"),
    ),
}
_OTHER_SHAPE: Final = (
    "bad_value",
    Wording("“{key}”的值不对", "the value of '{key}' is wrong"),
    Wording("要求：{said}", "required: {said}"),
)


def shape_words(code: str, key: str, said: str) -> tuple[str, Wording, Wording]:
    """Return the stable code, the problem and the remedy of a fault of shape."""
    stable, wording, remedy = SHAPE_TEXTS.get(code, _OTHER_SHAPE)
    wanted = _wanted(said)
    return (
        stable,
        Wording(*(t.format(key=key, said=w) for t, w in zip(wording, wanted, strict=True))),
        Wording(*(t.format(key=key, said=w) for t, w in zip(remedy, wanted, strict=True))),
    )


# What the library that reads shapes says of a value, as people understand it.
_SAID: Final[Sequence[tuple[re.Pattern[str], Wording]]] = (
    (
        re.compile(r"^Input should be less than or equal to (.+)$"),
        Wording("不大于 {0}", "{0} at most"),
    ),
    (
        re.compile(r"^Input should be greater than or equal to (.+)$"),
        Wording("不小于 {0}", "{0} at least"),
    ),
    (re.compile(r"^Input should be greater than (.+)$"), Wording("大于 {0}", "more than {0}")),
    (re.compile(r"^Input should be less than (.+)$"), Wording("小于 {0}", "less than {0}")),
    (re.compile(r"^Input should be a valid integer.*$"), Wording("整数", "a whole number")),
    (re.compile(r"^Input should be a valid number.*$"), Wording("数字", "a number")),
    (re.compile(r"^Input should be a valid boolean.*$"), Wording("true 或 false", "true or false")),
    (re.compile(r"^(?:Input should be|Value error,) (.+)$"), Wording("{0}", "{0}")),
)


def _wanted(said: str) -> Wording:
    for pattern, words in _SAID:
        if found := pattern.match(said):
            return Wording(*(text.format(*found.groups()) for text in words))
    return Wording(said, said)
