"""Become another program that dies with its parent. Run as a script, never imported.

    python -I -S child.py PARENT_PID SIGNAL UID:GID PROGRAM [ARGUMENT …]

Three steps between fork and exec, in this order: give up root's rights when an account is named
(`-` names none), ask the kernel for SIGNAL when the parent ends (`PR_SET_PDEATHSIG`; changing the
account would clear it, so it comes second), and stop here if the parent is already gone. A script
rather than `preexec_fn`, because that is unsafe beside threads (Python 3.12 warns) and because a
root-only Python can still start a program for an account that could not read that Python.
PROGRAM is a path.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, signal_number: int, account: str, command: list[str]) -> None:
    """Replace this process by `command`.

    Raises:
        OSError: The account can't be taken, or the program can't be run.
    """
    if account != "-":
        uid, gid = (int(part) for part in account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        raise SystemExit("the parent ended before this program began")
    # Not execvp: it imports a module, and the account may be unable to read our Python by now.
    os.execv(command[0], command)  # noqa: S606 - exec is this script's whole purpose


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
