"""The hub's home folder: ours by its marker, held by one living hub at a time, emptied only when it is ours."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from exchange.starting.telling import CannotStart

MARKER = ".mianzheng-home"
LOCK = "hub.lock"
_OLD_LOGS = 3


@dataclass
class Home:
    """A folder that this process holds until it ends."""

    folder: Path
    lock: IO[str]

    def log(self, name: str) -> Path:
        """Where the output of the child `name` goes."""
        return self.folder / "logs" / f"{name}.log"

    def rotate_logs(self, names: list[str]) -> None:
        """Put the logs of earlier starts aside: NAME.log.1 is the newest of them."""
        (self.folder / "logs").mkdir(exist_ok=True)
        for name in names:
            for age in range(_OLD_LOGS, 0, -1):
                newer = self.log(name) if age == 1 else self.log(name).with_suffix(f".log.{age - 1}")
                if newer.exists():
                    newer.replace(self.log(name).with_suffix(f".log.{age}"))


def hold(folder: Path, *, url: str, reset: bool) -> Home:
    """Take the folder for this process (made if missing, emptied on `reset`). Raises CannotStart.

    The lock is the kernel's: it is free again however the holder ended, so it is never stale.
    """
    try:
        _own(folder, reset=reset)
        lock = (folder / LOCK).open("a+", encoding="utf-8")
    except OSError as error:
        raise CannotStart(
            f"The home folder {folder} cannot be used ({error.strerror}). Name one that you may write: python3 manage.py demo --home DIR"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CannotStart(_held(folder, lock)) from error
    lock.truncate(0)
    lock.write(json.dumps({"pid": os.getpid(), "url": url}))
    lock.flush()
    if reset:
        _empty(folder)
    return Home(folder, lock)


def _own(folder: Path, *, reset: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    # A folder where `manage.py` already kept the hub's keys is the hub's too; anything else there is somebody's own.
    if not marker.exists():
        if any(folder.iterdir()) and (reset or not (folder / "keys").is_dir()):
            raise CannotStart(f"{folder} is not empty and is not a home of this hub (it has no {MARKER}). Name another: --home DIR")
        marker.write_text("This folder is the home of a Mianzheng hub. `manage.py demo --reset` empties it.\n", "utf-8")
    probe = folder / ".writable"
    probe.write_text("", "utf-8")
    probe.unlink()


def _held(folder: Path, lock: IO[str]) -> str:
    lock.seek(0)
    try:
        holder = json.loads(lock.read())
        who = f"process {holder['pid']}, {holder['url']}"
        remedy = f"Stop it (Ctrl-C where it runs, or: kill {holder['pid']})"
    except (ValueError, KeyError, TypeError):
        who, remedy = "another process", "Stop it"
    return f"The home folder {folder} is in use by a running hub ({who}). {remedy}, or use another folder: --home DIR"


def _empty(folder: Path) -> None:
    """Delete all but the marker and the lock that we hold."""
    for entry in folder.iterdir():
        if entry.name in (MARKER, LOCK):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
