"""Column types that refuse what must never be stored."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """``timestamptz`` that takes aware instants only."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse an instant without a zone: it would be stored as another moment."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"an instant without a time zone, for {dialect.name}")
        return value


class IntegerArray(TypeDecorator[list[int]]):
    """``integer[]``."""

    impl = sa.ARRAY(sa.Integer)
    cache_ok = True


class _ByValue(TypeDecorator[StrEnum]):
    impl = sa.Text
    cache_ok = True
    enum: ClassVar[type[StrEnum]]

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """Refuse a word that the enum does not know."""
        del dialect
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Give the member back."""
        del dialect
        return None if value is None else self.enum(value)


def by_value(enum: type[StrEnum]) -> type[TypeDecorator[StrEnum]]:
    """Return a column type that stores ``enum`` by value: renaming a member breaks no data."""
    return type(f"{enum.__name__}ByValue", (_ByValue,), {"enum": enum, "cache_ok": True})
