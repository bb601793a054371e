"""Make a county's map of tables that it has: villages, and where it likes units and posts.

What a county decides (limits, lines, catalogue, whistles, patterns) is taken from another map and
stays readable: its text is kept, only the county's names in it are changed. Every fault of the
tables is said at once with file, sheet and row; then the map is checked like any other.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from pypinyin import lazy_pinyin

from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import UnitKind
from hotline.map_file.document import Document
from hotline.tables import rows
from hotline.tables.model import Column, Kind, Place, Table, TableFault, TableRow

VILLAGES: Final = (
    Column("town_code", ("乡镇代码", "street_code", "town_code"), Kind.CODE, required=True),
    Column("town", ("乡镇", "街道", "street", "town"), required=True),
    Column("code", ("村代码", "village_code", "code"), Kind.CODE, required=True),
    Column("village", ("村", "社区", "村（社区）", "village", "name"), required=True),
    Column("english", ("英文名", "name_en")),
    Column("aliases", ("别名", "aliases")),
    Column("live_from", ("上线日期", "live_from"), Kind.DAY),
)
UNITS: Final = (
    Column("id", ("编号", "id"), required=True),
    Column("name", ("名称", "name"), required=True),
    Column("english", ("英文名", "name_en"), required=True),
    Column("short", ("简称", "short")),
    Column("kind", ("类型", "kind")),
    Column("parent", ("上级", "parent")),
    Column("aliases", ("别名", "aliases")),
    Column("attached_to", ("专属网格员所在乡镇", "attached_to")),
)
POSTS: Final = (
    Column("id", ("编号", "岗位编号", "id"), required=True),
    Column("unit", ("单位", "unit"), required=True),
    Column("rung", ("层级", "rung"), required=True),
    Column("title", ("岗位", "title"), required=True),
    Column("english", ("英文名", "title_en"), required=True),
    Column("stand_in", ("B岗", "stand_in")),
)
_TEXTS: Final[Mapping[str, Wording]] = {
    "other_county": Wording(
        "“{code}”不在本县（{county}）", "“{code}” is not of this county ({county})"
    ),
    "other_town": Wording("“{code}”不在乡镇“{town}”之内", "“{code}” does not lie in town “{town}”"),
    "bad_code": Wording("“{code}”不是 {digits} 位代码", "“{code}” is no code of {digits} digits"),
    "twice": Wording("“{key}”已在第 {row} 行", "“{key}” stands in row {row} already"),
    "town_renamed": Wording(
        "乡镇代码“{code}”有两个名称：{names}", "town “{code}” has two names: {names}"
    ),
    "unknown_town": Wording("表中没有乡镇“{key}”", "the table has no town “{key}”"),
    "unknown_unit": Wording("没有单位“{key}”", "there is no unit “{key}”"),
}
_TOWN_CODE, _VILLAGE_CODE = 9, 12
# Places of a map; everything else under `units` belongs to the county itself.
_PLACES: Final = frozenset({UnitKind.TOWN, UnitKind.VILLAGE, UnitKind.GROUP, UnitKind.HOUSEHOLD})
_COMMITTEE: Final = re.compile(r"(村民委员会|居民委员会|村委会|居委会)\S{0,1}$")
_SEVERAL: Final = re.compile(r"[、,，;；\s]+")
_READ_AS: Final[Mapping[str, str]] = {"堡": "bao", "夏": "xia", "砬": "la"}
# In a table of units: attached officers nowhere.
_NOWHERE: Final = frozenset({"无", "none"})
_KEY: Final = re.compile(r"^([a-z_]+):")


@dataclass(frozen=True, slots=True)
class County:
    """The county that the map is made for. ``key`` is how ids call it (``county/kaiyuan``)."""

    code: str
    name: str
    english: str
    key: str


@dataclass(slots=True)
class Made:
    """A map's text made of tables, or all that is wrong with them."""

    text: str = ""
    towns: int = 0
    villages: int = 0
    faults: list[TableFault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def make(
    county: County,
    base: str,
    villages: Path,
    units: Path | None = None,
    posts: Path | None = None,
) -> Made:
    """Return the text of a county's map.

    Args:
        county: whose map it is.
        base: the text of the map whose rules are taken over; it must be one without faults.
        villages: a table of towns with their villages.
        units: a table of departments and utilities; the base map's by default.
        posts: a table of more posts of these units.
    """
    read = {
        "villages": _read(villages, VILLAGES),
        "units": _read(units, UNITS) if units else None,
        "posts": _read(posts, POSTS) if posts else None,
    }
    found = [table for table in read.values() if table is not None]
    made = Made(ignored=[header for table in found for header in table.ignored])
    made.faults += [each for table in found for each in table.faults]
    assert read["villages"] is not None  # noqa: S101  the table that every county has
    places = read["villages"].rows
    made.faults += _faults(county, places)
    content = Document.read(base).content
    own = _county_units(content, county, read["units"])
    made.faults += _attach(content, own, read["units"], _town_ids(places))
    made.faults += _add_posts(own, read["posts"].rows if read["posts"] else ())
    made.faults.sort()
    if not made.faults:
        made.towns = len({row["town_code"] for row in places})
        made.villages = len(places)
        made.text = _text(base, content, county, own, places)
    return made


def short_of(name: str) -> str:
    """Return a county's name as people say it: 法库 for 法库县."""
    return name.rstrip("县市区旗")


def key_of(name: str) -> str:
    """Return a name as ids have it: toneless syllables, joined."""
    spoken = zip(name, lazy_pinyin(name), strict=False)
    said = "".join(_READ_AS.get(sign, syllable) for sign, syllable in spoken)
    return re.sub(r"[^a-z0-9]", "", said.replace("ü", "v"))


def _read(path: Path, columns: Sequence[Column]) -> Table:
    return rows.read(path.name, path.read_bytes(), columns)


def _faults(county: County, places: Sequence[TableRow]) -> Iterator[TableFault]:
    """Find codes that are none or lie elsewhere, villages that stand twice, towns of two names."""
    seen: dict[str, int] = {}
    towns: dict[str, dict[str, Place]] = {}
    for row in places:
        town = row["town_code"]
        yield from _wrong_codes(county, row)
        for key in (row["code"], f"{town} {_village(row)}"):
            if key in seen:
                yield _fault(row.where, "twice", key=key, row=seen[key])
            seen.setdefault(key, row.where.row)
        towns.setdefault(town, {}).setdefault(row["town"], row.where)
    for code, names in towns.items():
        if len(names) > 1:
            where = list(names.values())[-1]
            yield _fault(where, "town_renamed", code=code, names="、".join(names))


def _wrong_codes(county: County, row: TableRow) -> Iterator[TableFault]:
    town, code = row["town_code"], row["code"]
    for value, digits in ((town, _TOWN_CODE), (code, _VILLAGE_CODE)):
        if not re.fullmatch(rf"\d{{{digits}}}", value):
            yield _fault(row.where, "bad_code", code=value, digits=digits)
        elif not value.startswith(county.code):
            yield _fault(row.where, "other_county", code=value, county=county.code)
    if not code.startswith(town):
        yield _fault(row.where, "other_town", code=code, town=town)


def _fault(where: Place, what: str, /, **facts: object) -> TableFault:
    return TableFault(where, what, Wording(*(text.format_map(facts) for text in _TEXTS[what])))


def _county_units(
    content: Mapping[str, Any], county: County, listed: Table | None
) -> list[dict[str, Any]]:
    """Return the county's own units: the base map's, or the county and panel with the table's."""
    patterns = {pattern["pattern"]: pattern["kind"] for pattern in content["staffing"]}
    own = [
        dict(unit)
        for unit in content["units"]
        if unit.get("kind", patterns.get(unit.get("staffing"))) not in _PLACES
    ]
    if listed is not None:
        own = [unit for unit in own if "staffing" not in unit]
        own += [_unit(row) for row in listed.rows]
    for unit in own:
        if unit.get("kind") == UnitKind.COUNTY:
            unit["code"] = county.code
    return own


def _attach(
    content: Mapping[str, Any],
    own: Sequence[dict[str, Any]],
    listed: Table | None,
    towns: Mapping[str, str],
) -> Iterator[TableFault]:
    """Say in which towns units have attached officers: those of the base or the table, by name.

    A unit of the base that had some in towns which this county lacks has none there, and not, for
    want of a list, one in every town.
    """
    names = {unit["id"]: unit["name"] for unit in content["units"] if "name" in unit}
    for unit in own:
        if unit.get("attached_to"):
            kept = (towns.get(names.get(town, "")) for town in unit["attached_to"])
            unit["attached_to"] = [town for town in kept if town]
    units = {unit["id"]: unit for unit in own}
    for row in listed.rows if listed else ():
        wanted = [name for name in _SEVERAL.split(row["attached_to"]) if name]
        if not wanted:
            continue
        wanted = [] if _NOWHERE & set(wanted) else wanted
        for name in wanted:
            if name not in towns:
                yield _fault(row.where, "unknown_town", key=name)
        units[row["id"]]["attached_to"] = [towns[name] for name in wanted if name in towns]


def _unit(row: TableRow) -> dict[str, Any]:
    made: dict[str, Any] = {"id": row["id"], "staffing": "department"}
    made |= {"kind": row["kind"]} if row["kind"] else {}
    made |= {"name": row["name"], "name_en": row["english"]}
    made |= {"short": row["short"]} if row["short"] else {}
    made |= {"parent": row["parent"]} if row["parent"] else {}
    return made | _aliases(row)


def _aliases(row: TableRow) -> dict[str, list[str]]:
    names = [name for name in _SEVERAL.split(row["aliases"]) if name]
    return {"aliases": names} if names else {}


def _add_posts(own: Sequence[dict[str, Any]], posts: Iterable[TableRow]) -> Iterator[TableFault]:
    units = {unit["id"]: unit for unit in own}
    for row in posts:
        if row["unit"] not in units:
            yield _fault(row.where, "unknown_unit", key=row["unit"])
            continue
        post = {"id": row["id"], "rung": row["rung"], "title": row["title"]}
        post |= {"title_en": row["english"]}
        post |= {"stand_in": row["stand_in"]} if row["stand_in"] else {}
        unit = units[row["unit"]]
        unit["posts"] = [*unit.get("posts", ()), post]


def _text(
    base: str,
    content: Mapping[str, Any],
    county: County,
    own: Sequence[Mapping[str, Any]],
    places: Sequence[TableRow],
) -> str:
    """Return the base's text with this county's own sections, and the county's names all over."""
    before = next(unit for unit in own if unit.get("kind") == UnitKind.COUNTY)["id"]
    kept = [text for key, text in _sections(base) if key not in _REPLACED]
    units = [_line(unit) for unit in own]
    renamed = "".join(kept) + "\nunits:\n" + "\n".join(units) + "\n"
    was = content["county"]
    for old, new in (
        (str(before), f"county/{county.key}"),
        (str(was["name"]), county.name),
        (short_of(str(was["name"])), short_of(county.name)),
        (str(was["name_en"]), county.english),
        (str(was["name_en"]).removesuffix(" County"), county.english.split()[0]),
    ):
        renamed = renamed.replace(old, new)
    own_county = {"code": county.code, "name": county.name, "name_en": county.english}
    own_county["time_zone"] = str(was["time_zone"])
    lines = [renamed + f"  # {county.name}", *_place_lines(places), f"county: {_flow(own_county)}"]
    return "\n".join(lines) + "\n"


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield each section with its key; the remarks directly above a key belong to it."""
    key, lines, remarks = "", list[str](), list[str]()
    for line in text.splitlines(keepends=True):
        if found := _KEY.match(line):
            yield key, "".join(lines)
            key, lines, remarks = found[1], [*remarks, line], []
        elif line.startswith("#"):
            remarks.append(line)
        else:
            lines, remarks = [*lines, *remarks, line], []
    yield key, "".join([*lines, *remarks])


# Sections that are this county's own, or another's alone.
_REPLACED: Final = frozenset({"county", "units", "grids", "neighbours", "not_live"})


def _place_lines(places: Sequence[TableRow]) -> Iterator[str]:
    towns: dict[str, list[TableRow]] = {}
    for row in places:
        towns.setdefault(row["town_code"], []).append(row)
    ids = _town_ids(places)
    for code, villages in towns.items():
        name = villages[0]["town"]
        _, form = _town_form(name)
        town = ids[name].removeprefix("town/")
        yield f"\n  # {name}"
        item: dict[str, Any] = {"id": ids[name], "staffing": "town", "code": code}
        item |= {"name": name, "name_en": f"{town.capitalize()} {form}"}
        yield _line(item | {"short_en": town.capitalize()})
        keys: set[str] = set()
        for row in villages:
            yield _line(_village_item(row, town, keys))


def _town_ids(places: Sequence[TableRow]) -> dict[str, str]:
    """Return the id of each town by its name."""
    used: set[str] = set()
    codes = {row["town"]: row["town_code"] for row in reversed(places)}
    return {
        name: f"town/{_fresh(key_of(_town_form(name)[0]), used, code)}"
        for name, code in reversed(codes.items())
    }


def _village_item(row: TableRow, town: str, used: set[str]) -> dict[str, Any]:
    name = _village(row)
    key = _fresh(key_of(re.sub(r"(村|社区)$", "", name)), used, row["code"])
    is_community = name.endswith("社区") and "村民" not in row["village"]
    item: dict[str, Any] = {"id": f"village/{town}/{key}"}
    item |= {"staffing": "community" if is_community else "village", "code": row["code"]}
    item |= {"name": name, "name_en": row["english"] or key.capitalize()} | _aliases(row)
    return item | {"live_from": row["live_from"] or None}


def _village(row: TableRow) -> str:
    """Return a village as people call it: without its committee, with 村 or 社区."""
    name = _COMMITTEE.sub("", row["village"])
    return name if name.endswith(("村", "社区")) else f"{name}村"


def _town_form(name: str) -> tuple[str, str]:
    for suffix, form in (("街道", "subdistrict"), ("镇", "town"), ("乡", "township")):
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix), form
    return name, "town"


def _fresh(key: str, used: set[str], code: str) -> str:
    """Return an id that is not used yet: two names may sound alike."""
    if key in used:
        key = f"{key}-{code[-3:]}"
    used.add(key)
    return key


def _line(item: Mapping[str, Any]) -> str:
    return f"  - {_flow(item)}"


def _flow(item: Mapping[str, Any]) -> str:
    """Return an item in one line of YAML; days stay days, codes stay in quotes."""
    text: str = yaml.safe_dump(
        dict(item), default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6
    )
    return re.sub(r"live_from: '(\d{4}-\d\d-\d\d)'", r"live_from: \1", text.strip())
