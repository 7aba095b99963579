"""EXPORT over HTTP against PostgreSQL's COPY TO STDOUT of the same columns and rows (design section 12).

    python benchmarks/export.py [--rows 1000000] [--rounds 3] [--formats csv,jsonl,parquet,arrow] [--database embedded|URL]

The hub's time begins with the signed request and ends with the last byte: decided, counted, in the log, prepared by the child,
hashed, and streamed in pieces that are each decided again. COPY's time is the driver's own loop over the same number of
rows, in the tests' PostgreSQL. Both sides only count what they receive. `--database` is the hub's own database.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit.proof.canonical import fresh_nonce
from audit.proof.keys import PemSigner
from audit.proof.message import sign_request
from benchmarks.exchange import Setting, databases, key_file, prepare
from benchmarks.servers import ROOT, granian, running, wait_until_up

COMMON = {"case": "B-1", "officer": "automatic"}
TICK_S = 0.02


@dataclass
class Peak:
    """The most memory that the hub's process and any child of it have held, in MiB (resident, as the kernel counts)."""

    pids: set[int] = field(default_factory=set)
    hub: float = 0
    child: float = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self, worker: int) -> None:
        """Look every 50 ms until told to end."""
        while not self.ended.wait(0.05):
            self.hub = max(self.hub, _resident(worker))
            self.child = max([self.child, *(_resident(child) for child in _children(worker))])


def main() -> int:
    """Prepare, measure both, print the ratio."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        setting = prepare(folder, stack.enter_context(databases(options.database)))
        rows = folder / "rows.csv"
        fill = [sys.executable, str(ROOT / "benchmarks" / "peers" / "export_fill.py"), str(options.rows), str(rows)]
        agreement, purpose = subprocess.run(fill, cwd=ROOT, env=setting.env, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        copied = _copy(rows, options.rounds)
        stack.enter_context(running([sys.executable, "manage.py", "sequence"], env=setting.env, log=folder / "sequencer.log"))
        hub = granian("exchange.asgi:application", "asginl", setting.ports["hub"])
        stack.enter_context(running(hub, env=setting.env, log=folder / "hub.log"))
        wait_until_up(setting.ports["hub"], "/healthz/ready")
        peak = Peak()
        threading.Thread(target=peak.watch, args=(_worker(setting.ports["hub"]),), daemon=True).start()
        exporter = Exporter(setting, agreement, purpose, options.rows)
        measured = {form: [exporter.export(form) for _ in range(options.rounds)] for form in options.formats.split(",")}
        peak.ended.set()
    _print(options, copied, measured, peak)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", default="csv,jsonl")
    parser.add_argument("--database", default="", help="the hub's own: empty: SQLite; 'embedded': the tests' PostgreSQL; or a URL")
    return parser.parse_args()


class Exporter:
    """The requester's system: signs, polls, drains."""

    def __init__(self, setting: Setting, agreement: str, purpose: str, rows: int) -> None:
        system = next(entry for entry in setting.demo["systems"] if entry["code"] == "CAB-relief")
        self.signer = PemSigner(system["keyid"], key_file(setting, system))
        self.setting, self.agreement, self.purpose, self.rows = setting, agreement, purpose, rows

    def export(self, form: str) -> dict[str, float]:
        """One export: seconds until prepared and until the last byte, and the bytes."""
        begun = time.perf_counter()
        body = {**COMMON, "purpose": self.purpose, "salt": fresh_nonce(), "idempotency_key": fresh_nonce(), "format": form}
        export = self._json("POST", f"/exchange/v1/{self.agreement}/exports", json.dumps(body).encode())["export"]
        if export["rows"] != self.rows:
            raise SystemExit(f"the hub would export {export['rows']} rows, not {self.rows}")
        while export["state"] == "PREPARING":
            time.sleep(TICK_S)
            export = self._json("GET", export["addresses"]["status"])["export"]
        ready = time.perf_counter()
        size = self._drain(export["addresses"]["data"])
        ended = time.perf_counter()
        if size != export["bytes"]:
            raise SystemExit(f"{size} bytes came instead of {export['bytes']}")
        return {"prepared": ready - begun, "seconds": ended - begun, "bytes": size}

    def _sent(self, method: str, path: str, body: bytes) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        target = self.setting.env["PUBLIC_URLS"] + path
        headers = sign_request(self.signer, method=method, target_uri=target, body=body, created=int(time.time()), nonce=fresh_nonce())
        connection = http.client.HTTPConnection("127.0.0.1", self.setting.ports["hub"], timeout=600)
        connection.request(method, path, body=body or None, headers=headers)
        return connection, connection.getresponse()

    def _json(self, method: str, path: str, body: bytes = b"") -> dict[str, Any]:
        connection, response = self._sent(method, path, body)
        document: dict[str, Any] = json.loads(response.read())
        connection.close()
        if response.status >= 400:
            raise SystemExit(f"the hub answered {response.status}: {document.get('detail')}")
        return document

    def _drain(self, path: str) -> int:
        connection, response = self._sent("GET", path, b"")
        buffer, size = memoryview(bytearray(1 << 18)), 0
        while count := response.readinto(buffer):
            size += count
        connection.close()
        return size


def _copy(rows: Path, rounds: int) -> list[float]:
    """Seconds of COPY TO STDOUT as CSV, after the table was vacuumed and read once."""
    import psycopg

    from exchange.starting.postgres import server

    with server() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE r (person text, type text, grade bigint, issued_on date, valid_until date)")
        with rows.open("rb") as file, connection.cursor() as cursor, cursor.copy("COPY r FROM STDIN (FORMAT csv, HEADER)") as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)
        connection.execute("VACUUM ANALYZE r")
        _drain_copy(connection)
        return [_drain_copy(connection) for _ in range(rounds)]


def _drain_copy(connection: Any) -> float:
    begun, size = time.perf_counter(), 0
    with connection.cursor() as cursor, cursor.copy("COPY r TO STDOUT (FORMAT csv, HEADER)") as copy:
        for piece in copy:
            size += len(piece)
    return time.perf_counter() - begun


def _worker(port: int) -> int:
    """The process that serves the port: the child of granian's own."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and f"--port\0{port}\0".encode() in _read(entry / "cmdline"):
            return next(iter(_children(int(entry.name))), int(entry.name))
    raise SystemExit("the hub's process is not found")


def _children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in _read(task).split()]


def _resident(pid: int) -> float:
    found = [line for line in _read(Path(f"/proc/{pid}/status")).splitlines() if line.startswith(b"VmHWM")]
    return int(found[0].split()[1]) / 1024 if found else 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _print(options: argparse.Namespace, copied: list[float], measured: dict[str, list[dict[str, float]]], peak: Peak) -> None:
    base, load = statistics.median(copied), os.getloadavg()[0]
    print(f"{options.rows:,} rows, 5 columns, {options.rounds} rounds, medians; load of the machine {load:.1f} on {os.cpu_count()} cores")
    print(f"COPY TO STDOUT, CSV      {base:7.2f} s")
    for form, rounds in measured.items():
        seconds, prepared, size = (statistics.median(each[name] for each in rounds) for name in ("seconds", "prepared", "bytes"))
        print(f"EXPORT {form:8} over HTTP {seconds:7.2f} s ({prepared:.2f} s prepared, {size / 1e6:,.0f} MB); ratio {base / seconds:.2f}")
    print(f"most memory: hub {peak.hub:.0f} MiB, child {peak.child:.0f} MiB")


if __name__ == "__main__":
    raise SystemExit(main())
