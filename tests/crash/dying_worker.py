"""A worker whose children die at a commit of their choice: told so on its standard input.

Like the product's own workers it is built once and forks for each job (`workers.__main__`).
"""

import os
import signal
import sys
import traceback

import sqlalchemy as sa
from sqlmodel import Session

from workers.messages import deliver
from workers.runtime import runtime


def main() -> None:
    """Read ``<which commit> <before or after>`` a line; write by which signal the child ended."""
    engine = runtime().engine
    engine.dispose()
    print("ready", flush=True)  # noqa: T201  to whoever started us
    for line in sys.stdin:
        which, when = line.split()
        child = os.fork()
        if child == 0:
            _job(int(which), when)
        print(os.WTERMSIG(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


def _job(which: int, when: str) -> None:
    left = [which]

    def count(_at: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if when == "before":
        sa.event.listen(runtime().engine, "commit", count)
    else:
        sa.event.listen(Session, "after_commit", count)
    try:
        deliver()
    except BaseException:  # noqa: BLE001  a child must not go on as its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
