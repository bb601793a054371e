"""Where everything stands in the picture of a replay: the ladder, and called units beside it.

Plain numbers for a template that draws SVG; what is drawn says `hotline.domain.course`.
"""

from dataclasses import dataclass
from typing import Final

from hotline.domain.course import Frame, UnitMark
from hotline.services.handling.dossier import Dossier
from hotline.web.words.map import named, rung_words, unit_words
from hotline.web.words.whistle import PARTY_STATES, PARTY_TONES

_ROW: Final = 62
_TOP: Final = 12
_RUNG_X, _RUNG_W, _RUNG_H = 8, 158, 50
_UNIT_X, _UNIT_W = 250, 182
_WIDTH: Final = 440
# How many characters of a name fit into a box; the list below has all of them.
_RUNG_FITS, _UNIT_FITS = 8, 10


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the picture with its words. ``tone`` names its colour, ``lit``: this step's."""

    x: int
    y: int
    width: int
    height: int
    title: str
    below: str
    tone: str
    lit: bool

    @property
    def middle(self) -> int:
        """The height of its middle."""
        return self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """How far a unit's call has climbed: from its box to the rung that was told."""

    x1: int
    y1: int
    x2: int
    y2: int
    lit: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture after one step."""

    width: int
    height: int
    rungs: list[Box]
    units: list[Box]
    arrows: list[Arrow]


def drawing(frame: Frame, found: Dossier) -> Drawing:
    """Return where everything stands after one step."""
    names = _ladder(frame, found)
    rows = max(len(names), len(frame.units), 1)
    height = _TOP * 2 + rows * _ROW
    rungs = {
        name: _rung(frame, found, name, height - _TOP - (place + 1) * _ROW)
        for place, name in enumerate(names)
    }
    units = [
        _unit(frame, found, mark, height - _TOP - (place + 1) * _ROW)
        for place, mark in enumerate(frame.units)
    ]
    arrows = [
        Arrow(box.x, box.middle, _RUNG_X + _RUNG_W, rungs[mark.rung].middle, box.lit)
        for mark, box in zip(frame.units, units, strict=True)
        if mark.rung in rungs
    ]
    return Drawing(_WIDTH, height, list(rungs.values()), units, arrows)


def _ladder(frame: Frame, found: Dossier) -> list[str]:
    """Return the rungs of the ticket's ladder, lowest first, and any other that was told."""
    ticket, grid_map = found.ticket, found.map
    names: list[str] = []
    if ticket.grid is not None:
        unit = ticket.unit or grid_map.grid(ticket.grid).unit
        names = [rung.name for rung in grid_map.ladder_posts(ticket.grid, unit)]
    told = [name for name in frame.told if name not in names]
    return names + told


def _rung(frame: Frame, found: Dossier, name: str, y: int) -> Box:
    times = frame.told.get(name, 0)
    holds = frame.rung == name
    tone = "info" if holds else "late" if times else "calm"
    title = rung_words(found.map, found.ticket, name)
    rule = next((one for one in found.map.rules if one.rung == name), None)
    if title == name and rule is not None:
        title = named(rule.name)
    below = f"×{times}" if times else ""
    return Box(
        _RUNG_X, y, _RUNG_W, _RUNG_H, _short(title, _RUNG_FITS), below, tone, name in frame.lit
    )


def _unit(frame: Frame, found: Dossier, mark: UnitMark, y: int) -> Box:
    title, state = unit_words(found.map, mark.unit), str(PARTY_STATES[mark.state.value])
    tone = PARTY_TONES[mark.state.value]
    lit = mark.party in frame.lit
    return Box(_UNIT_X, y, _UNIT_W, _RUNG_H, _short(title, _UNIT_FITS), state, tone, lit)


def _short(words: str, fits: int) -> str:
    width = 0
    for place, letter in enumerate(words):
        width += 1 if letter > "\u2e7f" else 0.55  # type: ignore[assignment]  # half-wide letters
        if width > fits:
            return words[:place] + "…"
    return words
