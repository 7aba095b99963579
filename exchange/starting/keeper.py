"""Stands between the supervisor and one child, so that the child never outlives the supervisor.

Run as a file, with `python -I -S keeper.py SUPERVISOR_PID USER COMMAND …`, at the head of a process group of its own. When the supervisor
is gone (killed, crashed) it ends the whole group: the child, and whatever the child started. Portable: it asks
for its parent's number instead of relying on a signal that only Linux sends.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time

_PAUSE_SECONDS = 0.25
_GRACE_SECONDS = 3.0


def _end_group(child: subprocess.Popen[bytes]) -> None:
    os.killpg(0, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(0, signal.SIGKILL)


def keep(supervisor: int, user: str, command: list[str]) -> int:
    """Run `command` (as `user`, if named) until it ends or `supervisor` is gone.

    Returns its exit code, 128 + n for signal n.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: None)  # the child gets the signal too and decides; we wait for it
    account = pwd.getpwnam(user) if user else None
    child = subprocess.Popen(
        command,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    while True:
        try:
            code = child.wait(timeout=_PAUSE_SECONDS)
        except subprocess.TimeoutExpired:
            if os.getppid() != supervisor:
                _end_group(child)
            continue
        return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(keep(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
