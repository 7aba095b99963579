"""The difference between two stands of a register, kept as a file: places of rows, no value. It can always be made again."""

from __future__ import annotations

import os
import shutil
import struct
import threading
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from audit.proof.canonical import dumps, fresh_nonce
from catalog.quality.files import hash_of
from catalog.stores.hosted import rows_file
from exchange.delivery.changes.cursor import Cursor, Stand, sealed
from exchange.delivery.changes.terms import selection_on
from exchange.delivery.exports import making
from exchange.sharing.policy import Policy

PLACE_BYTES = 8
_SEAL_BYTES = 32
KEPT_S = 14 * 86_400
_LOCKS = [threading.Lock() for _ in range(8)]
_CHECKED: dict[Path, tuple[int, ...]] = {}
_CHECKED_LIMIT = 1024


@dataclass(frozen=True)
class Difference:
    """Rows that changed, in the register's order. `total` is how many; `path` None where there are none."""

    path: Path | None
    total: int

    def places(self, start: int, most: int) -> list[int]:
        """Up to `most` of them from the place `start`: numbers of rows, those below zero of rows that are gone."""
        wanted = max(min(most, self.total - start), 0)
        if self.path is None or not wanted:
            return []
        with self.path.open("rb") as file:
            file.seek(start * PLACE_BYTES)
            return list(struct.unpack(f"<{wanted}q", file.read(wanted * PLACE_BYTES)))


def difference(policy: Policy, cursor: Cursor) -> Difference:
    """What changed between the two stands of a cursor that has a target, by the agreement's own eyes.

    Made by a child at the first time it is asked for on this host. Raises FilesMissing, FilesTampered or MakingFailed.
    """
    assert cursor.until is not None  # noqa: S101 - it has a target
    if cursor.since is not None and _same(cursor.since, cursor.until):
        return Difference(None, 0)
    recipe = dumps([cursor.agreement, cursor.terms, _part(cursor.since), _part(cursor.until)])
    path = folder() / f"{sha256(recipe).hexdigest()}.places"
    with _LOCKS[hash(path) % len(_LOCKS)]:
        if not _is_ours(path, recipe):
            _make(policy, cursor, path, recipe)
    return Difference(path, (path.stat().st_size - _SEAL_BYTES) // PLACE_BYTES)


def folder() -> Path:
    """Where the files lie, readable by the hub's own user alone."""
    found = Path(settings.FILES_DIR) / "changes"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def _same(since: Stand, until: Stand) -> bool:
    return (since.rows, since.on) == (until.rows, until.on)


def _part(stand: Stand | None) -> list[str]:
    return [stand.rows, stand.on] if stand else []


def _is_ours(path: Path, recipe: bytes) -> bool:
    """Whether the file is there, whole, and was written by this hub: hashed once a process, then known by its identity."""
    try:
        identity = _identity(path)
    except FileNotFoundError:
        return False
    if _CHECKED.get(path) == identity:
        return True
    raw_end = identity[2] - _SEAL_BYTES
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(min(1 << 20, max(raw_end - file.tell(), 0))):
            digest.update(piece)
        is_ours = file.read() == sealed(recipe, digest.digest())
    if not is_ours:
        path.unlink(missing_ok=True)
        return False
    _remember(path)
    return True


def _identity(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _remember(path: Path) -> None:
    if len(_CHECKED) >= _CHECKED_LIMIT:
        _CHECKED.clear()
    _CHECKED[path] = _identity(path)


def _make(policy: Policy, cursor: Cursor, path: Path, recipe: bytes) -> None:
    working = folder() / f"working-{fresh_nonce()}"
    working.mkdir(mode=0o700)
    try:
        out = working / "places"
        run(_job(policy, cursor, working, out))
        with out.open("ab") as file:
            file.write(sealed(recipe, bytes.fromhex(hash_of(out))))
            file.flush()
            os.fsync(file.fileno())
        out.replace(path)
        _remember(path)
    finally:
        shutil.rmtree(working, ignore_errors=True)
        sweep(time.time())


def run(job: dict[str, Any]) -> None:
    """Let the child do it."""
    making.run_child("exchange.delivery.changes.child", job, lambda progress: None)


def _job(policy: Policy, cursor: Cursor, working: Path, out: Path) -> dict[str, Any]:
    return {
        "since": _side(policy, cursor.since) if cursor.since else None,
        "until": _side(policy, cursor.until) if cursor.until else None,
        "key": list(policy.document["key"]),
        "items": list(policy.items),
        "folder": str(working),
        "out": str(out),
        "memory_bytes": making.MEMORY_BYTES,
        "cpu_seconds": making.CPU_SECONDS,
    }


def _side(policy: Policy, stand: Stand) -> dict[str, Any]:
    selection, rows = selection_on(policy, stand.on), rows_file(stand.rows)
    rows.require_unchanged()
    return {
        "rows": str(rows.path),
        "columns": selection.columns,
        "conditions": selection.conditions,
        "values": list(selection.values),
    }


def sweep(now_s: float) -> None:
    """Remove differences that were made long ago (they are made again when somebody asks), and what killed children left."""
    for path in folder().iterdir():
        is_working = path.name.startswith("working-")
        try:
            age_s = now_s - path.stat().st_mtime
        except FileNotFoundError:
            continue
        if is_working and age_s > making.WALL_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
        elif not is_working and age_s > KEPT_S:
            path.unlink(missing_ok=True)
