"""What every command needs besides its rows: the map, the keys, the calendar, the door's name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from hotline.channels.carrier import Capabilities
from hotline.domain.deadlines import Calendar
from hotline.domain.errors import SetupError
from hotline.domain.grid import GridMap
from hotline.grid_file import parse_grid
from hotline.keys import Keys
from hotline.media import MediaStore
from hotline.store.models import MapVersion


@dataclass(slots=True)
class Maps:
    """The current map, and every older version that still has tickets, read once."""

    current: GridMap
    _known: dict[str, GridMap] = field(default_factory=dict)

    def get(self, session: Session, version: str) -> GridMap:
        """Return the map that decided, as it was then.

        Raises:
            SetupError: no such version was ever applied here.
        """
        if version == self.current.version:
            return self.current
        if version not in self._known:
            row = session.get(MapVersion, version)
            if row is None:
                raise SetupError(map_version=version)
            self._known[version] = parse_grid(row.content)
        return self._known[version]


@dataclass(frozen=True, slots=True)
class Kit:
    """One installation's policy, keys and limits, built once per process (`hotline.boot`)."""

    maps: Maps
    keys: Keys
    calendar: Calendar
    capabilities: Capabilities
    public_url: str
    hotline_number: str
    emergency_numbers: Mapping[str, str]
    media: MediaStore
