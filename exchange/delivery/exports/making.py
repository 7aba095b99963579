"""Starts the child that makes an export's file or counts its rows, hears its progress, and ends it when nobody wants it any more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from audit.proof.canonical import fresh_nonce
from catalog.stores.hosted import rows_file
from exchange.delivery.exports.selection import Selection

MEMORY_BYTES = 4 << 30  # of addresses; what DuckDB may fill is set in the child
CPU_SECONDS = 3_600
WALL_SECONDS = 7_200

Progress = Callable[[int], None]


class MakingFailed(Exception):
    """The child ended without an outcome: out of a limit, or killed. What it wrote is gone."""


@dataclass(frozen=True)
class Seal:
    """To whom a file is sealed: public key, and the context that binds it to its export."""

    public_key: bytes
    context: str


@dataclass(frozen=True)
class Made:
    """A finished file, still under its working name, and what was measured of it; `plain` of what was sealed: bytes, sha256."""

    path: Path
    rows: int
    size: int
    sha256: str
    pieces: tuple[str, ...]
    row_marks: tuple[int, ...]
    plain: Mapping[str, Any]


def exports_folder() -> Path:
    """Where prepared exports lie, readable by the hub's own user alone."""
    folder = Path(settings.FILES_DIR) / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sweep(now_s: float) -> None:
    """Remove what a process that was killed in the middle left behind: nobody writes for longer than WALL_SECONDS."""
    for path in exports_folder().iterdir():
        if path.name.startswith(("working-", "made-")) and path.stat().st_mtime < now_s - WALL_SECONDS:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def count_rows(rows_hash: str, selection: Selection) -> int:
    """How many rows are inside the agreed ones. Raises FilesMissing, FilesTampered or MakingFailed."""
    job = _job(rows_hash, selection, "count", exports_folder(), "")
    return int(_run(job, lambda progress: None)["rows"])


def make_file(
    rows_hash: str, selection: Selection, *, form: str, expected_bytes: int, on_progress: Progress, seal: Seal | None = None
) -> Made:
    """Write the rows into a file of its own, sealed where that is agreed.

    `on_progress` hears percents and may raise: then the child ends and the file is gone.
    """
    folder = exports_folder() / f"working-{fresh_nonce()}"
    folder.mkdir(mode=0o700)
    try:
        out = folder / "rows"
        job = _job(rows_hash, selection, form, folder, str(out)) | {"expected_bytes": expected_bytes}
        if seal is not None:
            job["seal"] = {"public_key": seal.public_key.hex(), "context": seal.context}
        found = _run(job, on_progress)
        kept = exports_folder() / f"made-{fresh_nonce()}"
        out.replace(kept)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Made(kept, found["rows"], found["bytes"], found["sha256"], tuple(found["pieces"]), tuple(found["row_marks"]), found["plain"])


def _job(rows_hash: str, selection: Selection, form: str, folder: Path, out: str) -> dict[str, Any]:
    rows = rows_file(rows_hash)
    rows.require_unchanged()
    return {
        "rows": str(rows.path),
        "folder": str(folder),
        "out": out,
        "form": form,
        "columns": selection.columns,
        "conditions": selection.conditions,
        "values": list(selection.values),
        "memory_bytes": MEMORY_BYTES,
        "cpu_seconds": CPU_SECONDS,
    }


def _run(job: Mapping[str, Any], on_progress: Progress) -> dict[str, Any]:
    return run_child("exchange.delivery.exports.child", job, on_progress)


def run_child(module: str, job: Mapping[str, Any], on_progress: Progress) -> dict[str, Any]:
    """Let a process of its own do one job; its outcome. Raises MakingFailed, and what `on_progress` raises."""
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could quote a value
        cwd=settings.BASE_DIR,
        start_new_session=True,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(settings.BASE_DIR), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    stopper = threading.Timer(WALL_SECONDS, process.kill)
    stopper.start()
    try:
        return _converse(process, job, on_progress)
    finally:
        stopper.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            _close(pipe)


def _converse(process: subprocess.Popen[bytes], job: Mapping[str, Any], on_progress: Progress) -> dict[str, Any]:
    if process.stdin is None or process.stdout is None:
        raise MakingFailed
    try:
        process.stdin.write(json.dumps(job).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        raise MakingFailed from None
    for line in process.stdout:
        message = json.loads(line)
        if "outcome" in message:
            outcome: dict[str, Any] = message["outcome"]
            return outcome
        on_progress(message["progress"])
    raise MakingFailed


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # the child ended before it read everything
        return
