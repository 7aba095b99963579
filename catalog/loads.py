"""The background side of loads: the handler that checks a received file, and the broom for what killed checks left."""

from __future__ import annotations

import shutil
import time

from catalog import work
from catalog.actions.loading import CHECK_WORK, check_load
from catalog.models import Load
from catalog.quality.runner import WALL_SECONDS, working_folder


def check_received(load_id: str, renew: work.Renew) -> None:
    """Check the file of a load; progress renews the lease."""
    check_load(Load.objects.select_related("version", "dataset").get(pk=load_id), on_progress=renew)


def register_work() -> None:
    """Name the handlers of this room."""
    work.register(CHECK_WORK, check_received)


def sweep_working() -> None:
    """Remove working folders older than any check may run."""
    folder = working_folder()
    if not folder.exists():
        return
    for left in folder.iterdir():
        if time.time() - left.stat().st_mtime > 2 * WALL_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
