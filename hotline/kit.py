"""What every command needs besides its rows: the map, the keys, the calendar, the door's name."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session

from hotline.channels.carrier import Capabilities
from hotline.domain.deadlines import Calendar
from hotline.domain.errors import SetupError
from hotline.domain.grid.model import GridMap
from hotline.domain.intake import DangerWords
from hotline.domain.routing import Router
from hotline.keys import Keys
from hotline.media import MediaStore
from hotline.store.models import MapVersion

# How a map is read: here, or in a process of its own (`hotline.map_file.apart`).
Reader = Callable[[str], GridMap]


def parse_here(content: str) -> GridMap:
    """Return the map that the text of a file states, read in this process.

    Raises:
        GridFileError: the text has faults.
    """
    # Who reads maps elsewhere does not pay for the reader, which weighs 4 MiB.
    from hotline.map_file.reading import parse_grid  # noqa: PLC0415

    return parse_grid(content)


@lru_cache(maxsize=16)
def _router(content: str, read: Reader) -> Router:
    """Read a map as it was written. It never changes, so a process reads each only once."""
    return Router(read(content))


class Maps:
    """The map in force, and every older version that still has tickets, read once a process.

    It never changes which map leads: whatever holds on to it decides by one map from the first
    look to the last (`hotline.in_force` makes a new one).
    """

    def __init__(self, content: str, read: Reader = parse_here) -> None:
        self._read = read
        self._routers: dict[str, Router] = {}
        self._lead(_router(content, read))

    def _lead(self, router: Router) -> None:
        self._routers[router.map.version] = router
        self.router = router
        """What reads and routes new demands."""
        self.current: GridMap = router.map
        self.danger_words = DangerWords(router.map)

    def led_by(self, router: Router) -> "Maps":
        """Return the same maps with another one in force."""
        other = copy(self)
        other._lead(router)  # noqa: SLF001  our own kind
        return other

    def read_apart(self, session: Session, version: str, read: Reader) -> Router:
        """Return the router of a kept version, read by ``read`` if it is not known yet.

        Raises:
            SetupError: no such version was ever applied here, or it has faults.
        """
        if version not in self._routers:
            row = session.get(MapVersion, version)
            if row is None:
                raise SetupError(map_version=version)
            self._routers[version] = _router(row.content, read)
        return self._routers[version]

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
        return self.read_apart(session, version, self._read)


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
    notice_channels: frozenset[str] = frozenset()
    # Shared with whoever probes from outside; none: no test demand is taken for one.
    probe_key: str | None = None
