"""Starts the child that checks a file, hears its progress, and turns whatever becomes of it into an outcome."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.identifiers import kinds

MEMORY_BYTES = 4 << 30
CPU_SECONDS = 900
WALL_SECONDS = 1_800
BYTES_PER_ROW = 80

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Outcome:
    """What became of a file: refused with a report, or accepted with the hashes of its two files."""

    is_accepted: bool
    report: dict[str, Any]
    row_count: int = 0
    rows_hash: str = ""
    lookup_hash: str = ""
    sample: dict[str, Any] = field(default_factory=dict)


def revisions_folder() -> Path:
    """Where the immutable files of revisions live."""
    return Path(settings.FILES_DIR) / "revisions"


def working_folder() -> Path:
    """Where unfinished work on files stands; nothing in it is ever read by anybody else."""
    return Path(settings.FILES_DIR) / "working"


def inspect_file(upload: Path, *, filename: str, document: Mapping[str, Any], name: str, on_progress: Progress) -> Outcome:
    """Check a file against a description in a child process.

    `name` names its working folder; what a killed run leaves there is swept by `loads.sweep_working`.
    """
    revisions = revisions_folder()
    working = working_folder() / name
    (working / "spill").mkdir(parents=True)
    revisions.mkdir(parents=True, exist_ok=True)
    job = {
        "upload": str(upload),
        "filename": filename,
        "document": dict(document),
        "kinds": kinds().data,
        "working": str(working),
        "revisions": str(revisions),
        "memory_bytes": int(getattr(settings, "LOAD_MEMORY_BYTES", MEMORY_BYTES)),
        "cpu_seconds": int(getattr(settings, "LOAD_CPU_SECONDS", CPU_SECONDS)),
    }
    try:
        return _run(job, upload.stat().st_size, on_progress)
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _run(job: dict[str, Any], size: int, on_progress: Progress) -> Outcome:
    process = subprocess.Popen(
        [sys.executable, "-m", "catalog.quality.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could quote a value of the file
        cwd=settings.BASE_DIR,
        start_new_session=True,  # a signal to our group is not a fault of the file; the child ends when its pipe closes
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(settings.BASE_DIR), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    stopper = threading.Timer(WALL_SECONDS, process.kill)
    stopper.start()
    try:
        outcome = _converse(process, job, size, on_progress)
    finally:
        stopper.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            _close(pipe)
    return outcome or Outcome(is_accepted=False, report={"file": {"rule": "stopped"}, "rows": 0})


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # the child ended before it read everything; its outcome says so
        return


def _converse(process: subprocess.Popen[bytes], job: dict[str, Any], size: int, on_progress: Progress) -> Outcome | None:
    """Hand over the job, follow the progress; None when the child ended without an outcome."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(json.dumps(job).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        return None
    for line in process.stdout:
        message = json.loads(line)
        if "outcome" in message:
            return _outcome(message["outcome"])
        on_progress(_percent(message, size))
    return None


def _percent(message: Mapping[str, int], size: int) -> int:
    """Rows read are an estimate of the first half, because nobody has counted them yet."""
    if "rows" in message:
        return min(49, 50 * message["rows"] * BYTES_PER_ROW // max(size, 1))
    return message["progress"]


def _outcome(message: Mapping[str, Any]) -> Outcome:
    return Outcome(
        is_accepted=bool(message["accepted"]),
        report=message["report"],
        row_count=message.get("row_count", 0),
        rows_hash=message.get("rows_hash", ""),
        lookup_hash=message.get("lookup_hash", ""),
        sample=message.get("sample", {}),
    )
