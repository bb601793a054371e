"""``python -m bench.clock_process``: a clock of the bench, in a process of its own.

It builds what a clock builds and nothing of the bench's: its memory is measured.
"""

import json
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Final

from workers.clock import pass_over
from workers.runtime import runtime

_IDLE_PASSES: Final = 50


def main() -> None:
    """Get ready, say so, and when told carry out everything that is due."""
    parts = runtime()
    pass_over(parts.engine, parts.kit)  # nothing is due yet: connects, reads the map
    print("ready", flush=True)
    sys.stdin.readline()
    taken = 0
    while more := pass_over(parts.engine, parts.kit):
        taken += more
    ended = time.monotonic()
    idle = []
    for _ in range(_IDLE_PASSES):
        began = time.monotonic()
        pass_over(parts.engine, parts.kit)
        idle.append(time.monotonic() - began)
    said = {"ended": ended, "taken": taken, "idle_ms": median(idle) * 1000, "peak_mib": peak_mib()}
    print(json.dumps(said), flush=True)


def peak_mib() -> float:
    """Return the largest resident size that this process has had, in MiB (`VmHWM`)."""
    for line in Path(f"/proc/{os.getpid()}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this process has no VmHWM")


if __name__ == "__main__":
    main()
