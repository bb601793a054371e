"""What a ticket can be found by, and what somebody looks for: pairs of neighbouring characters.

Chinese has no spaces, and most words of a demand have two characters (停水, 供暖, 低保): an index
over pairs finds them whole, where one over three characters finds none. A pair, and a code such as
a class or a town, becomes one 32-bit number, so that one small index holds them all. Two pairs may
share a number about once in 4,000 million; the worst of it is a hit too many.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

# What stands for something that was taken out: 【电话1】; and what was struck out.
_MARKS: Final = re.compile(r"【[^】]*】|█+")
_RUNS: Final = re.compile(r"[^\W_]+")
# The ends of a ticket's number that people read out.
TAILS: Final = (4, 6)


def pairs(text: str) -> set[int]:
    """Return the pairs of neighbouring letters, digits and characters of a text, as numbers."""
    found: set[int] = set()
    for run in _RUNS.findall(_plain(text)):
        found.update(_number("", run[at : at + 2]) for at in range(len(run) - 1))
    return found


def words(text: str) -> list[str]:
    """Return the words of a query that are long enough to look for: two characters or more."""
    return [run for run in _RUNS.findall(_plain(text)) if len(run) > 1]


def code(kind: str, value: str) -> int:
    """Return the number of a code, such as the class, the town or the status of a ticket."""
    return _number(kind, value)


def tails(number: str) -> set[int]:
    """Return the numbers under which the end of a ticket's number is found."""
    return {_number("tail", number[-length:]) for length in TAILS}


def tail(digits: str) -> int | None:
    """Return what to look for to find tickets whose number ends with ``digits``, if enough."""
    length = max((length for length in TAILS if length <= len(digits)), default=None)
    return None if length is None else _number("tail", digits[-length:])


def month(at: datetime) -> int:
    """Return the number of the month (UTC) in which an aware instant lies; months follow on."""
    utc = at.astimezone(UTC)
    return utc.year * 12 + utc.month - 1


def spots(text: str, wanted: Iterable[str]) -> list[tuple[int, int]]:
    """Return where a text has the words that were looked for, for highlighting, in order.

    Letters and digits of full width count as those of half width, capitals as small letters.
    """
    folded = "".join(_plain(mark)[:1] or mark for mark in text)
    found: list[tuple[int, int]] = []
    for word in wanted:
        found += [(hit.start(), hit.end()) for hit in re.finditer(re.escape(word), folded)]
    return _joined(sorted(found))


def _joined(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _plain(text: str) -> str:
    return _MARKS.sub(" ", unicodedata.normalize("NFKC", text).casefold())


def _number(kind: str, value: str) -> int:
    """Return a signed 32-bit number, which the database can index."""
    return zlib.crc32(f"{kind}\0{value}".encode()) - 2**31
