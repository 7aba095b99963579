"""The child process that makes the file of an export: limits first, then DuckDB, locked down. `python -m exchange.delivery.exports.child`.

Reads one job as a line of JSON from its standard input; writes lines of JSON: progress, then the outcome. It reads the signed
rows file and writes into its own folder, opens no connection, and ends with its parent (protocol, section 8).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

PIECE = 1 << 20
ENGINE_MB = 160
THREADS = 2
ROWS_AT_ONCE = 65_536
PARENT_GONE = 3
FOLLOW_S = 0.005
LARGEST_FILE = 256 << 30


def main() -> None:
    """Read a job, do it, say the outcome."""
    job = json.loads(sys.stdin.buffer.readline())
    end_with_parent()
    limit_itself(int(job["memory_bytes"]), int(job["cpu_seconds"]))
    engine = _engine(job)
    if job["form"] == "count":
        rows = engine.execute(f"SELECT count(*) {_source(job)}", [job["rows"], *job["values"]]).fetchone()[0]
        _say({"outcome": {"rows": rows}})
        return
    rows, measured = _written_and_measured(engine, job)
    engine.close()
    _say({"progress": 80})
    _say({"outcome": {"rows": rows, **_finished(Path(job["out"]), measured, job.get("seal"))}})


def _written_and_measured(engine: Any, job: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Write the file, and hash it meanwhile: nothing in it changes once it is there, it only grows."""
    is_whole = threading.Event()
    with ThreadPoolExecutor(1) as beside:
        measured = beside.submit(_measured, Path(job["out"]), job["form"], is_whole)
        try:
            rows = _write(engine, job)
        finally:
            is_whole.set()
        return rows, measured.result()


def limit_itself(memory_bytes: int, cpu_seconds: int) -> None:
    """Bound memory, processor time and file size, and allow no network."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    sys.addaudithook(_no_network)


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("an export opens no connection")


def end_with_parent() -> None:
    """Nobody waits for an outcome any more when the standard input ends."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os._exit(PARENT_GONE)

    threading.Thread(target=watch, daemon=True).start()


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _engine(job: dict[str, Any]) -> Any:
    """DuckDB that can read the rows file and write the one file beside it, and nothing else."""
    import duckdb

    engine = duckdb.connect(":memory:", config={"threads": THREADS})
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"memory_limit = '{ENGINE_MB}MB'",
        f"temp_directory = '{quoted(job['folder'])}'",
        f"allowed_paths = ['{quoted(job['rows'])}', '{quoted(job['out'])}']",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        engine.execute(f"SET {setting}")
    return engine


def quoted(path: str) -> str:
    """A path inside an SQL text."""
    return path.replace("'", "''")


def _source(job: dict[str, Any]) -> str:
    return f"FROM read_parquet(?) WHERE {job['conditions']}"


def _write(engine: Any, job: dict[str, Any]) -> int:
    """Write the rows in the register's order; how many there were."""
    query = f"SELECT {job['columns']} {_source(job)}"
    values = [job["rows"], *job["values"]]
    if job["form"] == "arrow":
        return _write_arrow(engine.sql(query, params=values), Path(job["out"]))
    if job["form"] == "jsonl":
        query = _as_lines(query, engine.sql(query, params=values).columns)
    options = {
        "csv": "FORMAT csv, HEADER, NEW_LINE '\\r\\n', USE_TMP_FILE false",
        "jsonl": "FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '', ESCAPE '', USE_TMP_FILE false",
        "parquet": "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false",
    }[job["form"]]
    watched = threading.Thread(target=_watch, args=(Path(job["out"]), int(job["expected_bytes"])), daemon=True)
    watched.start()
    return int(engine.execute(f"COPY ({query}) TO '{quoted(job['out'])}' ({options})", values).fetchone()[0])


def _as_lines(query: str, names: list[str]) -> str:
    """One JSON text a row. Joined here, since the engine's own JSON writer takes a third longer for the same bytes; values are
    written by its `to_json`, so that no text of a value holds a line end or the delimiter."""
    members = ", ',', ".join(f"""'"{name}":', coalesce(to_json("{name}"), 'null')""" for name in names)
    return f"SELECT concat('{{', {members}, '}}') FROM ({query})"  # noqa: S608 - names of the signed version, checked in selection


def _write_arrow(found: Any, out: Path) -> int:
    """The IPC stream of Apache Arrow, some thousand rows at a time."""
    import pyarrow

    reader, rows = found.to_arrow_reader(ROWS_AT_ONCE), 0
    with pyarrow.OSFile(str(out), "wb") as file, pyarrow.ipc.new_stream(file, reader.schema) as stream:
        for batch in reader:
            stream.write_batch(batch)
            rows += batch.num_rows
    return rows


def _watch(out: Path, expected_bytes: int) -> None:
    """How far the file has grown, four times a second; the whole is an estimate, so it ends at 79."""
    done, ticker = 0, threading.Event()
    while not ticker.wait(0.25):
        size = out.stat().st_size if out.exists() else 0
        percent = min(79, 79 * size // max(expected_bytes, 1))
        if percent > done:
            done = percent
            _say({"progress": done})


def _finished(out: Path, plain: dict[str, Any], seal: dict[str, str] | None) -> dict[str, Any]:
    """What was measured of the file as it will leave; where it is sealed, the plain one is removed."""
    if seal is None:
        return {**plain, "plain": {}}
    from audit.proof.sealed_box import sealed

    box = out.with_name("sealed")
    with out.open("rb") as rows, box.open("xb") as written:
        for piece in sealed(rows, recipient=bytes.fromhex(seal["public_key"]), context=seal["context"]):
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    box.replace(out)
    # a byte of the sealed file stands after its byte in the plain one: the marks never count too few rows
    return {**_measured(out, ""), "row_marks": plain["row_marks"], "plain": {"bytes": plain["bytes"], "sha256": plain["sha256"]}}


def _measured(out: Path, form: str, is_whole: threading.Event | None = None) -> dict[str, Any]:
    """Size, SHA-256 of the whole and of each MiB, and how many rows end before each MiB does (texts alone can be counted).

    With `is_whole` the file is read while it grows, until that is set and its end is reached.
    """
    whole, pieces, marks, size = sha256(), list[str](), list[int](), 0
    counter = _Rows(form)
    while is_whole is not None and not out.exists() and not is_whole.wait(FOLLOW_S):
        pass
    with out.open("rb") as file, ThreadPoolExecutor(1) as beside:
        while piece := _next_piece(file, is_whole):
            hashed = beside.submit(whole.update, piece)
            pieces.append(f"sha256:{sha256(piece).hexdigest()}")
            marks.append(counter.after(piece))
            size += len(piece)
            hashed.result()
        os.fsync(file.fileno())
    return {"bytes": size, "sha256": f"sha256:{whole.hexdigest()}", "pieces": pieces, "row_marks": marks if counter.can_count else []}


def _next_piece(file: BinaryIO, is_whole: threading.Event | None) -> bytes:
    """The next MiB, or what is left at the end of a file that is whole."""
    held = b""
    while len(held) < PIECE:
        was_whole = is_whole is None or is_whole.is_set()  # before reading: what was written before that is read
        more = file.read(PIECE - len(held))
        held += more
        if not more and was_whole:
            break
        if not more and is_whole is not None:
            is_whole.wait(FOLLOW_S)
    return held


class _Rows:
    """Counts rows that have ended, piece by piece: line ends outside quotation marks."""

    def __init__(self, form: str) -> None:
        self.can_count = form in ("csv", "jsonl")
        self.is_quoted = form == "csv"
        self.rows = -1 if form == "csv" else 0  # the heading is no row
        self.inside = False

    def after(self, piece: bytes) -> int:
        """Rows ended up to the end of this piece."""
        if not self.is_quoted or (not self.inside and b'"' not in piece):
            self.rows += piece.count(b"\n")
            return max(self.rows, 0)
        for part in piece.split(b'"'):
            self.rows += 0 if self.inside else part.count(b"\n")
            self.inside = not self.inside
        self.inside = not self.inside  # the last part is not followed by a mark
        return max(self.rows, 0)


if __name__ == "__main__":
    main()
