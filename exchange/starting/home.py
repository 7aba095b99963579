"""The hub's home folder: ours by its marker, held by one living hub at a time, emptied only when it is ours."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from exchange.starting.telling import CannotStart

MARKER = ".mianzheng-home"
LOCK = "hub.lock"
_OLD_LOGS = 3
_ENDING_SECONDS = 6.0


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
    if not _lock(lock):
        refusal = _held(folder, lock)
        lock.close()
        raise CannotStart(refusal)
    lock.truncate(0)
    lock.write(json.dumps({"pid": os.getpid(), "url": url}))
    lock.flush()
    if reset:
        _empty(folder)
    return Home(folder, lock)


def _lock(lock: IO[str]) -> bool:
    """Take the lock; wait a little where its holder was killed and the last of its processes are just ending."""
    deadline = time.monotonic() + _ENDING_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if _is_living(_holder(lock).get("pid", "")) or time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        else:
            return True


def _own(folder: Path, *, reset: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    # A folder where `manage.py` already kept the hub's keys is the hub's too; anything else there is somebody's own.
    if not marker.exists():
        if any(folder.iterdir()) and (reset or not (folder / "keys").is_dir()):
            raise CannotStart(f"{folder} is not empty and is not a home of this hub (it has no {MARKER}). Name another: --home DIR")
        marker.write_text("This folder is the home of a Mianzheng hub. `manage.py demo --reset` empties it.\n", "utf-8")
    folder.chmod(0o700)  # databases and registers of persons lie below: nobody else on this machine reads them
    probe = folder / ".writable"
    probe.write_text("", "utf-8")
    probe.unlink()


def _holder(lock: IO[str]) -> dict[str, Any]:
    """What the holder wrote about itself: pid and url; empty where it is unreadable."""
    lock.seek(0)
    try:
        found = json.loads(lock.read())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_living(pid: object) -> bool:
    try:
        os.kill(int(str(pid)), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _held(folder: Path, lock: IO[str]) -> str:
    holder = _holder(lock)
    pid, url = holder.get("pid"), holder.get("url")
    who, remedy = (f"process {pid}, {url}", f"Stop it (Ctrl-C where it runs, or: kill {pid})") if pid else ("another process", "Stop it")
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
