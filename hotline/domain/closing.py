"""What a closure must carry: one kind of result, words, and the proof that the kind demands."""

from datetime import date
from enum import StrEnum


class ResultKind(StrEnum):
    """What an officer claims to have done (docs/rules.md §3). Values are stored and hashed."""

    ACTED = "acted"  # 已处理
    EXPLAINED = "explained"  # 已解释
    PROMISED_BY_DATE = "promised_by_date"  # 限期办理
    PLANNED = "planned"  # 列入计划
    IMPOSSIBLE = "impossible"  # 无法办理


class ReplyKind(StrEnum):
    """What an operator answered on the spot (当场答复). Values are stored and hashed."""

    POLICY = "policy"  # 政策解答
    PROCEDURE = "procedure"  # 办事指引
    KNOWN = "known"  # 已知情况: an outage that was announced, work that is planned
    PROGRESS = "progress"  # 进度查询
    ELSEWHERE = "elsewhere"  # 告知受理渠道: whose it is, and how to reach them
    OTHER = "other"


def final_refusal(redos: int, needed: int) -> str | None:
    """Return why a final reply (最终答复) can't be proposed, as a stable code; ``None``: it can.

    It ends a case that the caller says is not solved: nobody proposes it before they said so.

    Args:
        redos: how often the caller has said no.
        needed: how often the map wants them to.
    """
    return "final_too_early" if redos < needed else None


def faults(
    kind: ResultKind,
    *,
    photos: int,
    photo_needed: bool,
    promised_on: date | None,
    today: date,
) -> list[str]:
    """Return the names of the fields in which a result falls short; none if it is complete.

    Args:
        kind: what is claimed.
        photos: how many come with it.
        photo_needed: whether the class of the demand wants one where somebody acted.
        promised_on: the day promised, for a result that is a promise.
        today: the county's day.
    """
    wrong = []
    if kind is ResultKind.ACTED and photo_needed and photos == 0:
        wrong.append("photos")
    if kind is ResultKind.PROMISED_BY_DATE:
        if promised_on is None or promised_on <= today:
            wrong.append("promised_on")
    elif promised_on is not None:
        wrong.append("promised_on")
    return wrong
