"""``hotline policy``: check a map, see what it would change, bring it into force, go back.

Every command says what it does in Chinese or in English (``--lang``); JSON is for programs.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from hotline import boot, clock
from hotline.cli.staff import settings_of_shell
from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError
from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import GridMap
from hotline.domain.policy.diff import changes, effects
from hotline.domain.policy.move import TOUCHES
from hotline.domain.tickets import Role
from hotline.map_file.reading import GridFileError, parse_grid, read_grid, read_text
from hotline.services.law import moves as policy_moves
from hotline.services.law import policy
from hotline.services.law.moment_words import step_words
from hotline.services.law.policy import Plan
from hotline.services.staff import accounts
from hotline.store import people
from hotline.store import policy as policy_rows
from hotline.work import SYSTEM, Actor, Work, open_work

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LANG = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
_BY = click.option("--by", "login", required=True, help="The account of who does it.")
_WHY = click.option("--why", required=True, help="The reason; it stays on record.")
_MAY_APPLY = frozenset({Role.SUPERVISOR, Role.ADMIN})
_SHOWN = 20
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Say:
    """Prints sentences in the language that was asked for."""

    lang: str

    def __call__(self, words: Wording, *, err: bool = False) -> None:
        """Print one sentence."""
        click.echo(words.en if self.lang == "en" else words.zh, err=err)


@click.group("policy")
def policy_group() -> None:
    """The grid map: policy as code."""


@policy_group.command("check")
@click.argument("path", type=_FILE)
@_LANG
def check_map(path: Path, lang: str) -> None:
    """Check a grid map before it goes live. Exits with 1 and one line per fault."""
    grid_map = _read(str(path), lambda: read_grid(path), lang)
    grids, version = len(grid_map.grids), grid_map.version[:12]
    Say(lang)(
        Wording(
            f"{path}: {grids} 个网格，没有错误，版本 {version}",
            f"{path}: {grids} grids, no faults, version {version}",
        )
    )


@policy_group.command("plan")
@click.argument("path", type=_FILE)
@_LANG
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def plan_map(path: Path, lang: str, *, as_json: bool) -> None:
    """Say what the map in PATH would change, for whom, and which open tickets it touches."""
    new = _read(str(path), lambda: read_grid(path), lang)
    with _work() as work:
        found = policy.plan(work, _in_force(work), new)
    if as_json:
        click.echo(json.dumps(plan_json(found), ensure_ascii=False, indent=2))
    else:
        _say_plan(found, Say(lang))


@policy_group.command("apply")
@click.argument("path", type=_FILE)
@_BY
@_WHY
@_LANG
def apply_map(path: Path, login: str, why: str, lang: str) -> None:
    """Bring the map in PATH into force for new demands, in every process, from now on."""
    content, new = _read(str(path), lambda: _content_and_map(path), lang)
    _bring(new, content, login, why, "apply", Say(lang))


@policy_group.command("rollback")
@click.argument("version")
@_BY
@_WHY
@_LANG
def go_back(version: str, login: str, why: str, lang: str) -> None:
    """Bring a former VERSION (its first six digits or more) into force again."""
    with _work() as work:
        row = policy.kept(work, version)
    former = _read(row.version[:12], lambda: parse_grid(row.content))
    _bring(former, row.content, login, why, "rollback", Say(lang))


@policy_group.command("diff")
@click.argument("old")
@click.argument("new", required=False)
@_LANG
def differ(old: str, new: str | None, lang: str) -> None:
    """Say what differs between OLD and NEW: files, or versions; NEW is the one in force."""
    say = Say(lang)
    with _work() as work:
        day = work.now.astimezone(clock.COUNTY_ZONE).date()
        before = _either(work, old)
        after = _either(work, new) if new else _in_force(work)
    found = changes(before, after)
    for one in found:
        say(one.words)
    for effect in effects(before, after, day):
        say(Wording(f"→ {effect.words.zh}", f"→ {effect.words.en}"))
    if not found:
        say(Wording("两版相同。", "Both are the same."))


@policy_group.command("history")
@_LANG
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def tell_history(lang: str, *, as_json: bool) -> None:
    """List which map came into force when, by whom and why, the newest first."""
    with _work() as work:
        found = policy_rows.changes(work.session)
        counts = policy.open_tickets(work)
    for change, staff in found:
        kind, by = policy.KINDS[change.kind], staff.login if staff else "-"
        facts = {
            "number": change.number,
            "at": change.at.astimezone(clock.COUNTY_ZONE).isoformat(timespec="seconds"),
            "kind": change.kind,
            "version": change.version,
            "previous": change.previous,
            "by": by,
            "why": change.why,
            "open_tickets": counts.get(change.version, 0),
        }
        if as_json:
            click.echo(json.dumps(facts, ensure_ascii=False))
            continue
        word = kind.en if lang == "en" else kind.zh
        click.echo(f"{facts['at']}  {word} {change.version[:12]}  {by}  {change.why}")


@policy_group.command("move-tickets")
@click.option("--from", "old", required=True, help="The version that decided about them.")
@click.option("--to", "new", required=True, help="The version that is to decide from here on.")
@click.option("--apply", "applies", is_flag=True, help="Do it; otherwise only say what would be.")
@click.option("--by", "login", help="The account of who does it; needed with --apply.")
@click.option("--why", default="", help="The reason; needed with --apply.")
@_LANG
def move_tickets(old: str, new: str, login: str | None, why: str, lang: str, **more: bool) -> None:
    """Move open tickets to another version; a rehearsal unless --apply. Safe to repeat."""
    say = Say(lang)
    with _work(login) as work:
        before, after = _either(work, old), _either(work, new)
        if before.version == after.version:
            raise RefusedError(reason="same_version", version=before.version[:12])
        if not more["applies"]:
            _say_moves(policy_moves.look(work, before, after), say)
            say(Wording("只是预演，没有改动；加 --apply 执行", "A rehearsal: nothing changed."))
            return
        if login is None or work.actor.staff_id is None:
            raise InvalidError(fields=["by"])
        policy_moves.begin(work, before, after, by=work.actor.staff_id, why=why)
    _move_all(login, before, after, say)


def _move_all(login: str, old: GridMap, new: GridMap, say: Say) -> None:
    moved, stayed = 0, 0
    with _works(login) as open_one:
        for ticket_id in _to_move(open_one, old):
            with open_one() as work:
                done = policy_moves.move(work, ticket_id, old, new)
            if done is not None:
                moved, stayed = moved + (not done.hindered), stayed + done.hindered
    say(
        Wording(
            f"已转 {moved} 件，{stayed} 件留在原版本。",
            f"{moved} moved, {stayed} stay as they are.",
        )
    )


def _to_move(open_one: Callable[[], Any], old: GridMap) -> Iterator[Any]:
    after = None
    while True:
        with open_one() as work:
            found = policy_moves.waiting(work, old, after)
        if not found:
            return
        yield from found
        after = found[-1]


def _say_moves(moves: Iterator[policy_moves.Move], say: Say) -> None:
    total, differing = 0, 0
    for one in moves:
        total += 1
        differing += bool(one.why or one.limits)
        if (one.why or one.limits) and differing <= _SHOWN:
            say(_move_words(one))
    say(
        Wording(
            f"共 {total} 件未办结工单，其中 {differing} 件会不同。",
            f"{total} open tickets in all; {differing} would be decided otherwise.",
        )
    )


def _move_words(one: policy_moves.Move) -> Wording:
    zh = "、".join(TOUCHES[why].zh for why in sorted(one.why))
    en = ", ".join(TOUCHES[why].en for why in sorted(one.why))
    for limit in one.limits:
        was, due = (_local(at) for at in (limit.timer.due_at, limit.due_at))
        step = step_words(limit.timer.step)
        zh, en = (
            f"{zh}；{step.zh} {was} → {due}",
            f"{en}; {step.en} {was} → {due}",
        )
    return Wording(f"{one.ticket.number}  {zh}", f"{one.ticket.number}  {en}")


def _local(at: Any) -> str:  # noqa: ANN401
    return str(at.astimezone(clock.COUNTY_ZONE).strftime("%Y-%m-%d %H:%M"))


def plan_json(found: Plan) -> dict[str, object]:
    """Return a plan as plain values, with every sentence in both languages."""
    return {
        "from": found.old,
        "to": found.new,
        "changes": [
            {
                "section": one.section,
                "key": one.key,
                "kind": one.kind,
                "zh": one.words.zh,
                "en": one.words.en,
                "units": one.units,
            }
            for one in found.changes
        ],
        "effects": [
            {"what": one.what, "zh": one.words.zh, "en": one.words.en, "units": one.units}
            for one in found.effects
        ],
        "open": found.open,
        "touches": found.touches,
        "touched": [
            {
                "why": sorted(group.why),
                "count": group.count,
                "numbers": group.numbers,
                "can_move": group.can_move,
            }
            for group in found.touched
        ],
    }


def _say_plan(found: Plan, say: Say) -> None:
    say(
        Wording(
            f"由 {found.old[:12]} 改为 {found.new[:12]}", f"{found.old[:12]} → {found.new[:12]}"
        )
    )
    if found.old == found.new:
        say(Wording("与现行版本相同，没有改动。", "The same as the map in force: nothing changes."))
        return
    for one in found.changes:
        say(Wording(f"  {one.words.zh}", f"  {one.words.en}"))
    for effect in found.effects:
        say(Wording(f"  → {effect.words.zh}", f"  → {effect.words.en}"))
    say(
        Wording(
            f"未办结工单 {found.open} 件，仍按原版本办理；其中 {found.touches} 件按新版会不同：",
            f"{found.open} open tickets keep their version; the new one would decide otherwise "
            f"about {found.touches}:",
        )
    )
    for group in found.touched:
        zh = "、".join(TOUCHES[why].zh for why in sorted(group.why))
        en = ", ".join(TOUCHES[why].en for why in sorted(group.why))
        say(Wording(f"  {group.count} 件：{zh}", f"  {group.count}: {en}"))
        click.echo(f"    {' '.join(group.numbers[:_SHOWN])}")
    if any(group.can_move for group in found.touched):
        command = f"hotline policy move-tickets --from {found.old[:12]} --to {found.new[:12]}"
        say(
            Wording(
                f"执行以后可以转到新版本（先预演）：{command}",
                f"Once it is in force they can be moved (a rehearsal first): {command}",
            )
        )


def _bring(new: GridMap, content: str, login: str, why: str, kind: str, say: Say) -> None:
    with _work(login) as work:
        _say_plan(policy.plan(work, _in_force(work), new), say)
        if work.actor.staff_id is None:
            raise InvalidError(fields=["by"])
        policy.apply(work, new, content, by=work.actor.staff_id, why=why, kind=kind)
    say(
        Wording(
            f"已执行，版本 {new.version[:12]}；各进程几秒内采用，无须重启。",
            f"In force: {new.version[:12]}. Every process takes it up within seconds.",
        )
    )


def _content_and_map(path: Path) -> tuple[str, GridMap]:
    content = read_text(path)
    return content, parse_grid(content)


def _read(name: str, read: Callable[[], _Read], lang: str = "zh") -> _Read:
    """Read a map, or end with every fault, each with its rule, its line and its remedy."""
    try:
        return read()
    except GridFileError as error:
        for fault in error.faults:
            click.echo(f"{name}:{fault.words(lang)}", err=True)
        Say(lang)(Wording(f"{len(error.faults)} 处错误", f"{len(error.faults)} faults"), err=True)
        raise SystemExit(1) from None


def _either(work: Work, named: str) -> GridMap:
    """Return the map that is meant: a file's, or a kept version's."""
    path = Path(named)
    if path.is_file():
        return _read(named, lambda: read_grid(path))
    return work.kit.maps.get(work.session, policy.kept(work, named).version)


def _in_force(work: Work) -> GridMap:
    return work.kit.maps.get(work.session, policy.in_force(work).version)


@contextmanager
def _works(login: str | None = None) -> Iterator[Callable[[], Any]]:
    """Give a way to open work as the person who signs in as ``login``, or as the system."""
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    try:
        boot.refuse_unsafe(settings, engine)
        kit = boot.build_kit(settings, engine)
        actor = SYSTEM
        if login is not None:
            with open_work(engine, kit, SYSTEM) as work:
                actor = _actor(work, login)
        yield lambda: open_work(engine, kit, actor)
    finally:
        engine.dispose()


@contextmanager
def _work(login: str | None = None) -> Iterator[Work]:
    with _works(login) as open_one, open_one() as work:
        yield work


def _actor(work: Work, login: str) -> Actor:
    """Return who does it.

    Raises:
        NotAllowedError: no such account, or one that may not change the policy.
    """
    person = people.by_login(work.session, login)
    if person is None or person.role not in _MAY_APPLY:
        raise NotAllowedError(login=login)
    return accounts.actor_of(work, person)
