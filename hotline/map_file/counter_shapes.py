"""The shape of the map's ``windows`` and ``routes``; either may be left out."""

from typing import Annotated

from pydantic import Field, StringConstraints

from hotline.domain.grid.counter import Route, Window, WindowKind
from hotline.map_file.shapes import AllowanceShape, Id, LimitField, Named


class WindowShape(Named):
    """An item of ``windows``: the counter."""

    id: Id
    kind: WindowKind
    unit: Id
    react: LimitField
    limits: dict[Id, AllowanceShape] = Field(default_factory=dict)

    def window(self) -> Window:
        """Return it as the domain has it."""
        limits = {step: found.allowance() for step, found in self.limits.items()}
        return Window(self.id, self.names(), self.kind, self.unit, self.react, limits)


class RouteShape(Named):
    """An item of ``routes``: where a rejected caller is sent."""

    id: Id
    contact: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""

    def route(self) -> Route:
        """Return it as the domain has it."""
        return Route(self.id, self.names(), self.contact)
