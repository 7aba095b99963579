"""A process that serves the hub ends when whoever started it is gone, even where the kernel does not see to it."""

from __future__ import annotations

import os
import threading
import time

_PAUSE_SECONDS = 0.5
_watching = threading.Lock()


def end_with_parent() -> None:
    """Watch, in a thread of its own, that the parent lives; once it is gone, end this process at once.

    Called from every entry that serves (asgi, `manage.py sequence`); does nothing outside the supervisor
    (HUB_SUPERVISOR_PID unset), and nothing the second time.
    """
    if not os.environ.get("HUB_SUPERVISOR_PID") or not _watching.acquire(blocking=False):
        return
    threading.Thread(target=_watch, args=(os.getppid(),), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PAUSE_SECONDS)
    # Not sys.exit: that would end this thread only. Whatever is committed is durable; whatever is not was not acknowledged.
    os._exit(0)
