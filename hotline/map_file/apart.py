"""Read a map in a process of its own, which takes the memory of the reading with it when it ends.

What the reading of a county's file needs is ten times what the map weighs, and Python gives little
of it back. Workers and clocks run for months and only look things up in a map.
"""

import pickle
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from hotline.domain.grid.model import GridMap

_READER: Final = "from hotline.map_file import apart; apart.main()"


def parse_apart(text: str) -> GridMap:
    """Return the map that the text of a file states.

    Raises:
        GridFileError: the text has faults; all of them are in ``faults``.
    """
    command = [sys.executable, "-c", _READER]
    done = subprocess.run(  # noqa: S603  ourselves
        command, input=text.encode(), stdout=subprocess.PIPE, check=False
    )
    if done.returncode == 0:
        return cast("GridMap", pickle.loads(done.stdout))  # noqa: S301  our own child wrote it
    # Here again, for the faults: whoever reads a wrong map does not start.
    from hotline.map_file.reading import parse_grid  # noqa: PLC0415

    return parse_grid(text)


def main() -> None:
    """Read the text from standard input and write the map to standard output."""
    from hotline.map_file.reading import parse_grid  # noqa: PLC0415

    found = parse_grid(sys.stdin.buffer.read().decode())
    _Pickler(sys.stdout.buffer).dump(found)


class _Pickler(pickle.Pickler):
    """Knows read-only mappings, which the standard one refuses."""

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401
        """Say how to make a read-only mapping again."""
        if isinstance(value, MappingProxyType):
            return _read_only, (dict(value),)
        return NotImplemented


def _read_only(values: Mapping[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(values)
