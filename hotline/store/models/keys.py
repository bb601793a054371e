"""How far a rotation of keys has come."""

from datetime import datetime

from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class KeyReseal(Model, table=True):
    """How far everything of one kind is sealed under the newest key; killed, it goes on from here.

    ``ring`` names the newest keys by a hash: under other keys it begins anew. ``last`` is the key
    of the last row, or the last file.
    """

    __tablename__ = "key_reseal"

    kind: str = Field(primary_key=True)
    ring: str
    last: str | None = None
    done: int = 0
    started_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
