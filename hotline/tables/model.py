"""What a table is made of: columns wanted, cells, rows, and what can be wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from hotline.domain.grid.faults import Wording

MOST_BYTES: Final = 10 * 2**20
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 100
MOST_CHARACTERS: Final = 1_000

# What can be wrong with a table, in words. Codes are stable; braces are filled in with the facts.
TEXTS: Final[Mapping[str, Wording]] = {
    "too_large": Wording("文件超过 {most} MiB", "the file is larger than {most} MiB"),
    "too_many_rows": Wording("超过 {most} 行", "more than {most} rows"),
    "too_many_columns": Wording("超过 {most} 列", "more than {most} columns"),
    "too_long": Wording("内容超过 {most} 个字", "longer than {most} characters"),
    "old_excel": Wording(
        "旧版 .xls 或加了密码的文件，请另存为不加密的 .xlsx 或 CSV",
        "an old .xls or a file with a password: save it as .xlsx or CSV without one",
    ),
    "unreadable": Wording("文件损坏，打不开", "the file is broken and cannot be opened"),
    "encoding": Wording(
        "文字编码不是 UTF-8，也不是 GB18030", "the text is neither UTF-8 nor GB18030"
    ),
    "no_header": Wording(
        "前几行里找不到表头：{columns}", "the first rows hold no header such as: {columns}"
    ),
    "missing_column": Wording("缺少“{column}”一列", "there is no column “{column}”"),
    "doubled_column": Wording("“{column}”有两列", "“{column}” stands over two columns"),
    "missing": Wording("“{column}”没有填", "“{column}” is empty"),
    "formula": Wording(
        "“{column}”是公式，请粘贴为数值", "“{column}” holds a formula: paste it as a value"
    ),
    "digits_lost": Wording(
        "“{column}”的数字被表格软件改过（科学计数或丢了前导零），请把该列设为文本后重新填写",
        "the spreadsheet has changed the digits of “{column}” (scientific notation or a lost "
        "leading zero): make the column text and fill it in again",
    ),
    "error_value": Wording("“{column}”是表格错误值 {value}", "“{column}” is an error: {value}"),
    "bad_day": Wording(
        "“{column}”不是日期，写成 2026-12-31", "“{column}” is no day: write 2026-12-31"
    ),
}


class Kind(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    CODE = "code"
    """Digits that are no quantity: 210124101200 comes back right, or is a fault."""
    PHONE = "phone"
    """Like `CODE`; a number that is no mobile may have lost its leading zero, and is a fault."""
    DAY = "day"
    """A day, however it was written, as ``2026-12-31``."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that the caller wants.

    Attributes:
        name: what the caller calls it.
        headers: what may stand over it, in any language; the first is said in faults. Spaces,
            case and a remark in brackets do not count.
        kind: how its cells are read.
        required: the column must be there, and no cell of it may be empty.
    """

    name: str
    headers: Sequence[str]
    kind: Kind = Kind.TEXT
    required: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands; ``row`` counts from 1 as spreadsheets do, 0 is the whole sheet."""

    file: str
    sheet: str = ""
    row: int = 0

    def __str__(self) -> str:
        """Return it as it is said: ``staff.xlsx[村]:12``."""
        sheet = f"[{self.sheet}]" if self.sheet else ""
        return f"{self.file}{sheet}" + (f":{self.row}" if self.row else "")


@dataclass(frozen=True, slots=True, order=True)
class TableFault:
    """What is wrong with a table. ``code`` is stable; ``words`` say it in Chinese and English."""

    where: Place
    code: str
    words: Wording

    def __str__(self) -> str:
        """Return the line that a shell prints."""
        return f"{self.where}: {self.code}: {self.words}"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: every column that was asked for, trimmed; what is not there is empty."""

    where: Place
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the text in a column."""
        return self.values[column]


@dataclass(slots=True)
class Table:
    """The rows under one header, and everything that is wrong with them."""

    rows: list[TableRow] = field(default_factory=list)
    faults: list[TableFault] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    """Columns that the caller would have taken and that no sheet has."""
    ignored: list[str] = field(default_factory=list)
    """Headers that mean nothing to the caller; said, so that a misspelt one is noticed."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it stands, before anything is known of its columns."""

    where: Place
    lines: Sequence[tuple[int, Sequence["Cell"]]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value, and the format under which a spreadsheet shows it."""

    value: object = None
    number_format: str = ""
    is_formula: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing, or nothing but space, stands in it."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


class TableError(Exception):
    """The file as a whole cannot be read; ``fault`` says why."""

    def __init__(self, fault: TableFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def fault(where: Place, code: str, words: Wording, **facts: object) -> TableFault:
    """Return a fault of a table, its words filled in with the facts."""
    return TableFault(where, code, Wording(*(each.format_map(facts) for each in words)))


def known_fault(where: Place, code: str, **facts: object) -> TableFault:
    """Return a fault of `TEXTS`."""
    return fault(where, code, TEXTS[code], **facts)
