"""A course of events in plain words, Chinese and English: what happens, and who is told by what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hotline.clock import COUNTY_ZONE
from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import GridMap
from hotline.domain.policy.words import FIELDS
from hotline.services.law.moments import HOLDER, Moment, Told
from hotline.services.law.scenes import Rehearsal

ACTS: Final[Mapping[str, Wording]] = {
    "receive": Wording("受理", "received"),
    "dispatch": Wording("派单", "dispatched"),
    "accept": Wording("签收", "signed"),
    "contact": Wording("联系来电人", "the caller is spoken with"),
    "whistle": Wording("吹哨", "whistled"),
    "ask_whistle": Wording("请求吹哨", "a whistle is asked for"),
    "acknowledge": Wording("应答", "acknowledged"),
    "arrive": Wording("报到", "on site"),
    "finish": Wording("本单位完成", "its part is done"),
    "refuse": Wording("拒绝报到", "refused to come"),
    "excuse": Wording("不必再来", "need not come"),
    "expire": Wording("应答后未到场，再次吹哨", "acknowledged and did not come: whistled again"),
    "danger_gone": Wording("险情解除", "the danger is gone"),
    "end_whistle": Wording("收哨", "the whistle is ended"),
    "climb": Wording("逐级上报", "climbs"),
    "remind": Wording("到时限，催促", "a limit has passed: reminded"),
    "warn": Wording("预警", "warned"),
    "oversee": Wording("列入督办", "watched more closely"),
    "circulate": Wording("列入通报", "named before the county"),
    "deliver": Wording("未送达", "not delivered"),
    "alarm": Wording("险情警报", "danger: an operator is alarmed"),
    "raise": Wording("提级", "raised a level"),
    "adjudicate": Wording("提交确责小组", "before the duty panel"),
    "impossible": Wording("这一步做不到", "this cannot be done"),
}
WHY: Final[Mapping[str, Wording]] = {
    "unanswered": Wording("无人应答", "nobody answered"),
    "not_arrived": Wording("没有到场", "nobody came"),
    "refused": Wording("拒绝报到", "refused"),
    "nobody_on_duty": Wording("无人在岗", "nobody on duty"),
    "overdue": Wording("超过时限", "overdue"),
    "enough": Wording("人已够", "enough have come"),
    "danger_gone": Wording("险情解除", "the danger is gone"),
}
MEANS: Final[Mapping[str, Wording]] = {
    "message": Wording("短信", "message"),
    "call": Wording("电话", "call"),
    "notice:web": Wording("网页", "own page"),
    "notice:wecom": Wording("企业微信", "WeCom"),
    "notice:dingtalk": Wording("钉钉", "DingTalk"),
    "notice:feishu": Wording("飞书", "Feishu"),
    "notice:mail": Wording("邮件", "mail"),
}
STEPS: Final[Mapping[str, Wording]] = {
    "contact": Wording("联系来电人", "contact with the caller"),
    "react": Wording("窗口事项响应", "a window's matter is taken up"),
    "early": Wording("预警", "early warning"),
    "yellow": Wording("黄灯", "yellow light"),
    "circulate": Wording("通报", "being named"),
    "whistle_ack": Wording("哨的应答", "answer to the whistle"),
    "whistle_arrive": Wording("到场", "arrival"),
    "whistle_top": Wording("再次催促最高一级", "the top is reminded again"),
    "whistle_asked": Wording("答复吹哨请求", "answer to a request for a whistle"),
    "whistle_plan": Wording("牵头单位定方案", "the lead unit's plan"),
    "whistle_milestone": Wording("节点任务", "milestone"),
    "whistle_close": Wording("收哨", "end of the whistle"),
    "adjudicate": Wording("确责", "ruling of the duty panel"),
}
ENTRIES: Final[Mapping[str, Wording]] = {
    "danger": Wording("险情警报", "danger"),
    "whistle_unanswered": Wording("哨一直无人应答", "a whistle that nobody answers"),
    "whistle_late": Wording("哨已超时", "a whistle that is late"),
    "nobody": Wording("岗位无人在岗", "nobody at the post"),
    "staff_unreached": Wording("工作人员联系不上", "staff who cannot be reached"),
    "late_triage": Wording("派单超时", "dispatch is late"),
    "late_handle": Wording("办理超时", "the result is late"),
    "late_react": Wording("窗口事项无人响应", "a window's matter that nobody took up"),
    "raised": Wording("已提级督办", "supervised a level higher"),
    "circulated": Wording("已列入通报", "named before the county"),
}
# Who is there in a rehearsal.
STAFFED: Final[Mapping[str, Wording]] = {
    "map": Wording("图上的岗位都有人", "every post of the map is staffed"),
    "database": Wording(
        "人员按实际的值班表和请假", "staffed as the duty lists and leave really say"
    ),
}
# Why a demand is not dispatched at once.
WAITS: Final[Mapping[str, Wording]] = {
    "place_missing": Wording("没有说清是哪个村", "which village was not said"),
    "place_ambiguous": Wording("地名有歧义", "the place may be one of several"),
    "class_unknown": Wording("听不出是哪一类事", "what it is about was not understood"),
    "class_ambiguous": Wording("像是两类事", "it may be about one of two things"),
    "outside_county": Wording("不在本县", "outside the county"),
    "grid_not_live": Wording("网格尚未上线", "the grid is not live yet"),
}
_ALERTS: Final[Mapping[str, Wording]] = {
    "early": Wording("提前", "early"),
    "yellow": Wording("黄灯", "yellow"),
    "red": Wording("红灯，已到时限", "red: the limit has passed"),
}
# An answer of a script → the action that it is.
_ACT_OF: Final[Mapping[str, str]] = {
    "reach": "contact",
    "safe": "danger_gone",
    "end": "end_whistle",
}
_IMPOSSIBLE: Final[Mapping[str, Wording]] = {
    "not_found": Wording("没有叫到它，或那里没有人", "it was not called, or nobody is there"),
    "no_post": Wording("这时还没有派给谁", "nobody has it yet"),
    "wrong_status": Wording("工单这时的状态不能做这一步", "not in this state of the ticket"),
    "not_allowed": Wording("不是它能做的", "it may not do that"),
    "refused": Wording("按规则这时不能做", "the rules forbid it now"),
    "danger_open": Wording("险情还没有解除", "the danger is not recorded as gone"),
    "not_arrived": Wording("还没有到场", "it is not on site yet"),
}
_ROLES: Final[Mapping[str, Wording]] = {
    "supervisor": Wording("督办员", "supervisors"),
    "operator": Wording("话务员", "operators"),
    HOLDER: Wording("办理人", "whoever has signed for it"),
}
_WITH_LIMIT: Final = frozenset({"dispatch", "whistle", "acknowledge", "expire"})
_WAITS: Final = Wording("待人工核实", "waits for a person")


def moment_words(grid_map: GridMap, moment: Moment) -> Wording:
    """Return what happens at a moment, in a sentence without its time."""
    act = ACTS.get(moment.act, Wording(moment.act, moment.act))
    if moment.act == "accept" and moment.data.get("rule"):
        act = Wording("无人签收，视同签收", "unsigned: counts as signed")
    facts = [*_facts(grid_map, moment)]
    zh, en = "，".join(f.zh for f in facts), ", ".join(f.en for f in facts)
    return Wording(f"{act.zh}：{zh}", f"{act.en}: {en}") if facts else act


@dataclass(frozen=True, slots=True)
class Run:
    """The same thing again and again: the first time, how often, and the last time."""

    moment: Moment
    times: int
    last_at: datetime

    @property
    def words(self) -> Wording | None:
        """How often it happens, if more than once."""
        if self.times == 1:
            return None
        until = clock_time(self.last_at)
        return Wording(f"共{self.times}次，到{until}", f"{self.times} times, until {until}")


def gathered(moments: Iterable[Moment]) -> list[Run]:
    """Return the moments with reminders of the same people about the same thing in one."""
    found: list[Run] = []
    for moment in moments:
        if found and _same(found[-1].moment, moment):
            found[-1] = Run(found[-1].moment, found[-1].times + 1, moment.at)
        else:
            found.append(Run(moment, 1, moment.at))
    return found


def _same(one: Moment, other: Moment) -> bool:
    facts = ("step", "unit", "to", "why")
    whom = [[(told.post, told.role, told.found) for told in each.told] for each in (one, other)]
    return (
        one.act == other.act == "remind"
        and all(one.data.get(fact) == other.data.get(fact) for fact in facts)
        and whom[0] == whom[1]
    )


def _facts(grid_map: GridMap, moment: Moment) -> Iterable[Wording]:
    data = moment.data
    if moment.act == "receive":
        yield from _received(grid_map, data)
        return
    yield from (unit_words(grid_map, party["unit"]) for party in data.get("parties") or ())
    if data.get("unit") and moment.act not in {"dispatch", "impossible"}:
        yield unit_words(grid_map, data["unit"])
    yield from _pressed(grid_map, moment)
    due = data.get("sign_by") or data.get("due")
    if due and moment.act in _WITH_LIMIT:
        at = clock_time(datetime.fromisoformat(due))
        yield Wording(f"限{at}", f"until {at}")
    if moment.act == "impossible":
        yield _impossible(grid_map, data)
    if moment.act == "deliver":
        means = f"notice:{data['channel']}" if data.get("channel") else str(data["means"])
        yield MEANS.get(means, Wording(means, means))
    if moment.act == "alarm":
        yield from _alarmed(grid_map, data)


def _alarmed(grid_map: GridMap, data: Mapping[str, Any]) -> Iterable[Wording]:
    """Say what was heard, and how a caller gets to the service."""
    yield Wording(f"听到“{data['word']}”", f"'{data['word']}' was said")
    service = next((one for one in grid_map.danger if one.number == data["service"]), None)
    if service is not None:
        number, name = service.number, service.name
        yield Wording(
            f"打电话来的先问一句，答“是”或没有回答就接通{number}{name.zh}",
            f"a caller is asked once: yes or silence connects {number} {name.en}",
        )


def _impossible(grid_map: GridMap, data: Mapping[str, Any]) -> Wording:
    """Say which answer of the script the rules refuse, and why."""
    act = ACTS.get(_ACT_OF.get(data["act"], data["act"]), Wording(data["act"], data["act"]))
    unit = unit_words(grid_map, data["unit"]) if data["unit"] else None
    code = str(data.get("reason") or data["code"])
    code = "no_post" if code == "not_found" and data.get("what") == "post" else code
    why = _IMPOSSIBLE.get(code, Wording(code, code))
    zh, en = (f"{unit.zh}", f" by {unit.en}") if unit else ("", "")
    return Wording(f"{zh}{act.zh}（{why.zh}）", f"{act.en}{en} ({why.en})")


def _pressed(grid_map: GridMap, moment: Moment) -> Iterable[Wording]:
    """Yield what is said of a step up the ladder, or of a limit that has passed."""
    data = moment.data
    if data.get("to") and moment.act in {"climb", "remind"}:
        yield _rung(grid_map, data["to"])
    if data.get("step") and moment.act == "remind":
        yield step_words(str(data["step"]))
    if data.get("repeat"):
        yield Wording(f"第{data['repeat']}次催促", f"reminder {data['repeat']}")
    if data.get("why") in WHY:
        yield WHY[data["why"]]
    if moment.act == "warn" and data.get("alert") in _ALERTS:
        yield _ALERTS[data["alert"]]


def _received(grid_map: GridMap, data: Mapping[str, Any]) -> Iterable[Wording]:
    routing = data["routing"]
    if routing["grid"]:
        town, grid = grid_map.town_of(routing["grid"]).name, grid_map.grid(routing["grid"]).name
        yield Wording(f"{town.zh}{grid.zh}", f"{grid.en}, {town.en}")
    if routing["class"]:
        name = grid_map.clazz(routing["class"]).name
        yield Wording(name.zh, name.en)
    if routing["urgent"]:
        yield Wording("紧急", "urgent")
    if data.get("waits"):
        why = WAITS.get(data["waits"], Wording(data["waits"], data["waits"]))
        yield Wording(f"{_WAITS.zh}（{why.zh}）", f"{_WAITS.en} ({why.en})")


def told_words(grid_map: GridMap, told: Told) -> Wording:
    """Return who was told by what; or that nobody was there."""
    means = [MEANS.get(by, Wording(by, by)) for by in told.by]
    zh, en = "、".join(m.zh for m in means), " and ".join(m.en for m in means)
    if told.post is None:
        role = _ROLES.get(told.role or "", Wording(told.role or "", told.role or ""))
        if told.found is None:
            return Wording(f"没有{role.zh}在岗", f"no {role.en} on duty")
        return Wording(f"告知{role.zh}（{zh}）", f"{role.en} told by {en}")
    post = post_words(grid_map, told.post)
    if told.found is None:
        return Wording(f"{post.zh}和B岗都无人在岗", f"nobody on duty: {post.en} and its stand-in")
    if told.found != told.post:
        there = post_words(grid_map, told.found)
        return Wording(
            f"{post.zh}无人，告知B岗{there.zh}（{zh}）",
            f"nobody at {post.en}; its stand-in {there.en} told by {en}",
        )
    return Wording(f"告知{post.zh}（{zh}）", f"{post.en} told by {en}")


def post_words(grid_map: GridMap, post: str) -> Wording:
    """Return a post's title."""
    found = grid_map.posts.get(post)
    return Wording(found.title.zh, found.title.en) if found else Wording(post, post)


def unit_words(grid_map: GridMap, unit: str) -> Wording:
    """Return a unit's name."""
    found = grid_map.units.get(unit)
    return Wording(found.name.zh, found.name.en) if found else Wording(unit, unit)


def step_words(step: str) -> Wording:
    """Return what a limit is for."""
    return STEPS.get(step) or FIELDS.get(step, Wording(step, step))


def _rung(grid_map: GridMap, rung: str) -> Wording:
    found = next((rule.name for rule in grid_map.rules if rule.rung == rung), None)
    return Wording(found.zh, found.en) if found else Wording(rung, rung)


def end_words(rehearsal: Rehearsal) -> list[Wording]:
    """Return how it stands at the end: until where it climbed, and what still runs."""
    at = _full_time(rehearsal.scene.until)
    words = [Wording("没有上报", "it did not climb")]
    if rehearsal.highest is None and (told := _told_up_to(rehearsal)) is not None:
        rung = _rung(rehearsal.map, told)
        words = [
            Wording(
                f"没有转交上一级，最高告知到：{rung.zh}",
                f"it stays where it is; told up to: {rung.en}",
            )
        ]
    if rehearsal.highest is not None:
        rung = _rung(rehearsal.map, rehearsal.highest)
        words = [Wording(f"最高报到：{rung.zh}", f"it climbed to: {rung.en}")]
    if rehearsal.entries:
        kinds = [ENTRIES.get(kind, Wording(kind, kind)) for kind in rehearsal.entries]
        zh, en = "、".join(kind.zh for kind in kinds), ", ".join(kind.en for kind in kinds)
        words.append(Wording(f"督办台待处理：{zh}", f"before a supervisor: {en}"))
    if rehearsal.running:
        first = rehearsal.running[0]
        name = step_words(first.step)
        due = _full_time(first.due_at)
        words.append(Wording(f"下一个时限：{name.zh} {due}", f"next limit: {name.en} {due}"))
    if rehearsal.provisional:
        words.append(
            Wording(
                "这段时间的放假通知还没有公布，工作日时限是暂定的",
                "no notice of days off covers this time yet: limits in working time may change",
            )
        )
    return [Wording(f"到{at}为止", f"up to {at}"), *words]


def _told_up_to(rehearsal: Rehearsal) -> str | None:
    """Return the highest rung of whoever was told, where it is above the post that has it."""
    grid_map, ladder = rehearsal.map, rehearsal.map.ladder
    posts = {told.post for moment in rehearsal.moments for told in moment.told if told.found}
    rungs = [grid_map.posts[post].rung for post in posts if post and post in grid_map.posts]
    highest = max((rung for rung in rungs if rung in ladder), key=ladder.index, default=None)
    own = rehearsal.ticket.post
    return highest if own and highest and highest != grid_map.post(own).rung else None


def opening(rehearsal: Rehearsal, staffed: Wording) -> Wording:
    """Return what is played, in a line: when, by which map, and who is there.

    Args:
        rehearsal: what was played.
        staffed: who is there, in words.
    """
    at = rehearsal.scene.at.astimezone(COUNTY_ZONE)
    day, version = f"{at:%Y-%m-%d}", rehearsal.map.version[:12]
    zh, en = "一二三四五六日"[at.weekday()], f"{at:%a}"
    return Wording(
        f"模拟：{day}（周{zh}）{at:%H:%M} 北京时间来电；网格图 {version}；{staffed.zh}；"
        "没有写明的人都不应答",
        f"Simulated: a demand on {day} ({en}) at {at:%H:%M} China time; map {version}; "
        f"{staffed.en}; nobody answers but those who are named",
    )


def asked_words(example: Rehearsal) -> Wording:
    """Return what stands before the course that follows once the caller has named a village."""
    grid = example.map.grid(str(example.ticket.grid)).name
    return Wording(
        f"热线会问是哪个村。假如答的是{grid.zh}：",
        f"The hotline asks for the village. If the answer is {grid.en}:",
    )


def _full_time(at: datetime) -> str:
    return at.astimezone(COUNTY_ZONE).strftime("%Y-%m-%d %H:%M")


def clock_time(at: datetime) -> str:
    """Return an instant in the county's zone, to the minute."""
    return at.astimezone(COUNTY_ZONE).strftime("%m-%d %H:%M")
