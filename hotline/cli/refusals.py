"""What the shell says of a refusal: what is wrong and what to write instead, in both languages.

The pages have words of their own (`hotline.web.words`); the shell starts without the web.
"""

from collections.abc import Mapping
from typing import Any, Final

from hotline.domain.errors import HotlineError
from hotline.domain.grid.faults import Wording

_CODES: Final[Mapping[str, Wording]] = {
    "not_found": Wording("没有找到", "not found"),
    "not_allowed": Wording("这个账号不能做这一步", "this account may not do that"),
    "refused": Wording("按规则现在不能这样办", "the rules forbid it now"),
    "invalid": Wording("写法不对", "not written as it must be"),
    "setup": Wording("系统配置有误", "the installation is not set up right"),
}
_REASONS: Final[Mapping[str, Wording]] = {
    "map_in_force": Wording("这一版网格图已经在执行", "this map is in force already"),
    "notice_published": Wording(
        "这一年的通知已经公布，不能用暂定的日期替换",
        "this year's notice is published: expected days can't take its place",
    ),
    "same_version": Wording("两边是同一版，没有可转的", "both are the same version"),
    "no_map_in_force_run_release": Wording(
        "还没有现行的网格图：先执行 hotline release", "no map is in force: run hotline release"
    ),
    "not_set": Wording("没有设置", "not set"),
    "duty_list_faults": Wording("值班表有错误", "the duty list has faults"),
    "staff_list_faults": Wording("人员表有错误", "the staff list has faults"),
}
_THINGS: Final[Mapping[str, Wording]] = {
    "grid": Wording("网格", "grid"),
    "post": Wording("岗位", "post"),
    "unit": Wording("单位", "unit"),
    "class": Wording("类别", "class"),
    "line": Wording("专线", "line"),
    "whistle": Wording("哨", "whistle"),
    "version": Wording("版本", "version"),
    "login": Wording("账号", "account"),
    "policy": Wording("现行的网格图", "a map in force"),
}
# What to write, by the field that is wrong.
_HINTS: Final[Mapping[str, Wording]] = {
    "until": Wording("写成 30m、24h、2d（至多 60d）", "write 30m, 24h, 2d (60d at most)"),
    "answers": Wording(
        "写成 accept@9m、acknowledge:utility/water@17m、签收@9分钟",
        "write accept@9m, acknowledge:utility/water@17m",
    ),
    "version": Wording(
        "写版本的前六位或更多，见 hotline policy history；或写文件名",
        "six digits of it or more, see hotline policy history; or a file's name",
    ),
    "place": Wording(
        "写村名、乡镇加村名，或网格编码", "a village, its town and village, or a code"
    ),
    "absent": Wording("写岗位名称或编号", "a post's title or id"),
    "unreachable": Wording("写岗位名称或编号", "a post's title or id"),
    "by": Wording(
        "--by 写督办员或管理员的账号", "--by: the account of a supervisor or administrator"
    ),
    "why": Wording("--why 写明理由", "--why: the reason"),
}


def refusal_words(error: HotlineError) -> Wording:
    """Return what to say of a refusal: what is wrong, with which value, and what to write."""
    facts = error.facts
    said = _REASONS.get(str(facts.get("reason", "")), _CODES.get(error.code))
    if said is None:
        return Wording(str(error) or error.code, str(error) or error.code)
    about = _about(facts)
    hints = [_HINTS[field] for field in _fields(facts) if field in _HINTS]
    zh = "；".join([f"{said.zh}{_between(about.zh)}", *(hint.zh for hint in hints)])
    en = "; ".join([f"{said.en}{_after(about.en)}", *(hint.en for hint in hints)])
    return Wording(zh, en)


def _fields(facts: Mapping[str, Any]) -> list[str]:
    fields = facts.get("fields")
    named = [str(field) for field in fields] if isinstance(fields, list) else []
    # An account or a version that is not found is its own field.
    return named or [field for field in ("version",) if field in facts and "reason" not in facts]


def _about(facts: Mapping[str, Any]) -> Wording:
    """Return which thing, or which value, is meant."""
    if (what := _THINGS.get(str(facts.get("what", "")))) is not None:
        key = facts.get("key", "")
        zh, en = (f"{what.zh}“{key}”", f"{what.en} '{key}'") if key else what
        if int(facts.get("found", 0) or 0) > 1:
            return Wording(f"{zh}，有几个都叫这个名字", f"{en}: several are called so")
        return Wording(zh, en)
    for name in ("login", "version", "unit", "setting", "span", "answer"):
        if name in facts:
            thing = _THINGS.get(name, Wording("", ""))
            return Wording(f"{thing.zh}“{facts[name]}”", f"{thing.en} '{facts[name]}'".strip())
    return Wording("", "")


def _between(about: str) -> str:
    return f"：{about}" if about else ""


def _after(about: str) -> str:
    return f": {about}" if about else ""
