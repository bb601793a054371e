"""What a form leaves empty: browsers send an empty text for a field that nobody filled in."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BeforeValidator, Field


def none_if_blank(value: Any) -> Any:  # noqa: ANN401  whatever the form sent
    """Return ``None`` for an empty text, anything else as it is."""
    return None if isinstance(value, str) and not value.strip() else value


BLANK: Final = BeforeValidator(none_if_blank)
MaybeDay = Annotated[date | None, BLANK]
MaybeId = Annotated[UUID | None, BLANK]
MaybeText = Annotated[str | None, BLANK]
MaybeGrade = Annotated[Annotated[int, Field(ge=1, le=5)] | None, BLANK]
