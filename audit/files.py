"""Files that must outlive a power cut: written once, whole or not at all, with file and folder on the disk."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audit.errors import LogStopped


def write_once(path: Path, data: bytes) -> None:
    """Write a file that never changes. One that is there already must be equal to the byte, else LogStopped.

    The file is on the disk afterwards; its name is when the caller has called `sync_folder`.
    """
    if path.exists():
        if path.read_bytes() != data:
            raise LogStopped(f"the file {path.name} of the log differs from what the database gives", file=path.name)
        return
    _write(path, data)


def write_whole(path: Path, data: bytes) -> None:
    """Write or replace a file by rename, with file and folder fsynced."""
    _write(path, data)
    sync_folder(path.parent)


def _write(path: Path, data: bytes) -> None:
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each entered durably in its parent."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file while the block runs, against all processes that use the same folder."""
    make_folder(path.parent)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
