"""The child process that meets the uploaded file: limits first, then the gate. `python -m catalog.quality.child`.

Reads one job as a line of JSON from its standard input and writes lines of JSON to its standard output: progress, then
the outcome. It ends with its parent: when the pipe closes, it stops at once.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from pathlib import Path
from typing import Any

from catalog.quality import files, gate, samples, staging
from catalog.quality.findings import FileFault, Findings, Job
from catalog.quality.tables import open_table

PARENT_GONE = 3
LARGEST_FILE = 16 << 30


def limit(memory_bytes: int, cpu_seconds: int) -> None:
    """Bound memory, processor time and file size, and allow no network, before anything foreign is read."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_no_network)


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("a file check opens no connection")


def end_with_parent() -> None:
    """Stop this process when the other end of standard input closes."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os._exit(PARENT_GONE)

    threading.Thread(target=watch, daemon=True).start()


def say(message: dict[str, Any]) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def inspect(job: Job) -> dict[str, Any]:
    """Check a file and, when nothing is wrong with it, write its two files. Returns the outcome for the parent."""
    findings = Findings()
    try:
        table = open_table(job.upload, job.items)
        count = staging.stage(job, table, job.working / "staged.csv", findings, lambda rows: say({"rows": rows}))
    except FileFault as fault:
        return {"accepted": False, "report": {"file": {"rule": fault.rule, **fault.data}, "faults": findings.report(), "rows": 0}}
    say({"progress": 50})
    with gate.open_engine(job) as engine:
        gate.read_staged(engine, job.working / "staged.csv", job.items)
        gate.make_typed(engine, job)
        gate.check(engine, job, findings)
        report = {**table.form, "rows": count, "faults": findings.report(), "items": _filled(engine, job, count)}
        if findings.total:
            return {"accepted": False, "report": report}
        return {"accepted": True, "report": report, "row_count": count, **_write(engine, job, count)}


def _filled(engine: Any, job: Job, count: int) -> list[dict[str, Any]]:
    filled = gate.filled_counts(engine, job.items)
    return [{"item": item.name, "filled": filled[item.name], "empty": count - filled[item.name]} for item in job.items]


def _write(engine: Any, job: Job, count: int) -> dict[str, Any]:
    say({"progress": 65})
    rows = files.write_rows(engine, job)
    say({"progress": 75})
    lookup = files.write_lookup(engine, job, rows, lambda done: say({"progress": 75 + 24 * done // max(count, 1)}))
    return {"rows_hash": f"sha256:{rows}", "lookup_hash": f"sha256:{lookup}", "sample": samples.sample(engine, job)}


def job_from(message: dict[str, Any]) -> Job:
    """The job that the parent wrote down."""
    paths = {name: Path(message[name]) for name in ("upload", "working", "revisions")}
    return Job(**{**message, **paths})


def main() -> None:
    """Read a job, do it, say the outcome."""
    job = job_from(json.loads(sys.stdin.buffer.readline()))
    end_with_parent()
    limit(job.memory_bytes, job.cpu_seconds)
    say({"outcome": inspect(job)})


if __name__ == "__main__":
    main()
