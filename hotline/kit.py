"""What every command needs besides its rows: the map, the keys, the calendar, the door's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session

from hotline.channels.carrier import Capabilities
from hotline.domain.deadlines import Calendar
from hotline.domain.errors import SetupError
from hotline.domain.grid import GridMap
from hotline.domain.intake import DangerWords
from hotline.domain.routing import Router
from hotline.grid_file import parse_grid
from hotline.keys import Keys
from hotline.media import MediaStore
from hotline.store.models import MapVersion


@lru_cache(maxsize=16)
def _router(content: str) -> Router:
    """Read a map as it was written. It never changes, so a process reads each only once."""
    return Router(parse_grid(content))


class Maps:
    """The current map, and every older version that still has tickets, read once a process."""

    def __init__(self, content: str) -> None:
        router = _router(content)
        self._routers = {router.map.version: router}
        self.current: GridMap = router.map
        self.danger_words = DangerWords(router.map)

    @property
    def router(self) -> Router:
        """What reads and routes new demands."""
        return self._routers[self.current.version]

    def get(self, session: Session, version: str) -> GridMap:
        """Return the map that decided, as it was then.

        Raises:
            SetupError: no such version was ever applied here.
        """
        return self.router_of(session, version).map

    def router_of(self, session: Session, version: str) -> Router:
        """Return the router of the map that decided.

        Raises:
            SetupError: no such version was ever applied here.
        """
        if version not in self._routers:
            row = session.get(MapVersion, version)
            if row is None:
                raise SetupError(map_version=version)
            self._routers[version] = _router(row.content)
        return self._routers[version]


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
