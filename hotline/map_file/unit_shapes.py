"""The shapes of ``grid_map.yaml`` for units, their posts, staffing patterns and grids."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from hotline.domain.grid.model import Grid, Name, Post, Unit, UnitKind
from hotline.domain.grid.staffing import GridPattern, Pattern, PostPattern, Staffed
from hotline.map_file.shapes import Id, Named, Shape, Text, Titled

Code = Annotated[str, StringConstraints(pattern=r"^\d{6,30}$")]
# A division code of twelve digits, and three more for each level below the village.
_GRID_CODE: Final = r"^\d{12}(\d{3})*$"
GridCode = Annotated[str, StringConstraints(pattern=_GRID_CODE, max_length=30)]
# An id with blanks; only blanks that are ids themselves may stand in it.
BlankId = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z0-9/_-]|\{(id|path|above|town)\})+$", max_length=80),
]


def is_grid_code(code: str) -> bool:
    """Whether a code may be a grid's."""
    return re.fullmatch(_GRID_CODE, code) is not None


class PostShape(Titled):
    """A post of a unit."""

    id: Id
    rung: Id
    stand_in: Id | None = None

    def post(self, unit: str) -> Post:
        """Return it as the domain has it."""
        return Post(self.id, unit, self.rung, self.names(), self.stand_in)


class UnitShape(Named):
    """An item of ``units``, written out with its posts."""

    id: Id
    kind: UnitKind
    code: Code | None = None
    parent: Id | None = None
    aliases: tuple[Text, ...] = ()
    duty: Id
    lead: Id | None = None
    posts: list[PostShape] = Field(min_length=1)

    def unit(self) -> Unit:
        """Return it as the domain has it."""
        return Unit(
            id=self.id,
            kind=self.kind,
            name=self.names(),
            parent=self.parent,
            duty=self.duty,
            lead=self.lead or self.duty,
            aliases=self.aliases,
            code=self.code,
        )


class StaffedShape(Named):
    """An item of ``units`` that names a pattern: one line for a unit, its posts and its grid."""

    id: Id
    staffing: Id
    kind: UnitKind | None = None
    short: Text | None = None
    short_en: Text | None = None
    code: Code | None = None
    parent: Id | None = None
    aliases: tuple[Text, ...] = ()
    attached_to: tuple[Id, ...] | None = None
    live_from: date | None = None
    posts: tuple[PostShape, ...] = ()

    def staffed(self) -> Staffed:
        """Return it as the domain has it."""
        return Staffed(
            id=self.id,
            pattern=self.staffing,
            name=self.names(),
            short=Name(self.short or self.name, self.short_en or self.name_en),
            kind=self.kind,
            code=self.code,
            parent=self.parent,
            aliases=self.aliases,
            live_from=self.live_from,
            attached_to=self.attached_to,
        )


class PostPatternShape(Titled):
    """A post of a pattern, with blanks."""

    id: BlankId
    of: BlankId | None = None
    rung: Id
    stand_in: BlankId | None = None

    def pattern(self) -> PostPattern:
        """Return it as the domain has it."""
        return PostPattern(self.id, self.rung, self.names(), self.stand_in, self.of)


class GridPatternShape(Shape):
    """``grid`` of a pattern: its units are grids as well."""

    officer: BlankId
    attached: tuple[BlankId, ...] = ()

    def pattern(self) -> GridPattern:
        """Return it as the domain has it."""
        return GridPattern(self.officer, self.attached)


class PatternShape(Shape):
    """An item of ``staffing``."""

    pattern: Id
    kind: UnitKind
    name: Text = "{name}"
    name_en: Text = "{name_en}"
    parent: BlankId | None = None
    duty: BlankId
    lead: BlankId | None = None
    posts: list[PostPatternShape] = Field(min_length=1)
    attached: PostPatternShape | None = None
    grid: GridPatternShape | None = None

    def staffing(self) -> Pattern:
        """Return it as the domain has it."""
        return Pattern(
            name=self.pattern,
            kind=self.kind,
            unit_name=Name(self.name, self.name_en),
            parent=self.parent,
            duty=self.duty,
            lead=self.lead,
            posts=tuple(post.pattern() for post in self.posts),
            attached=self.attached.pattern() if self.attached else None,
            grid=self.grid.pattern() if self.grid else None,
        )


class GridShape(Named):
    """An item of ``grids``, written out."""

    code: GridCode
    unit: Id
    officer: Id
    attached: tuple[Id, ...] = ()
    aliases: tuple[Text, ...] = ()
    live_from: date | None

    def grid(self) -> Grid:
        """Return it as the domain has it."""
        return Grid(
            code=self.code,
            name=self.names(),
            unit=self.unit,
            officer=self.officer,
            attached=self.attached,
            aliases=self.aliases,
            live_from=self.live_from,
        )
