"""CHANGES over HTTP against PostgreSQL's COPY TO STDOUT of the same difference, found by a keyed join of two tables.

    python benchmarks/changes.py [--rows 1000000] [--database embedded|URL]

A register of so many rows is followed once from the beginning; then every tenth row changes, and the follower fetches the
difference, page by page of 1,000: each page is a signed request that is decided, counted, recorded before its release, and
signed; the first one also finds the difference. The follower only counts the lines. PostgreSQL has both states as tables with a
primary key, vacuumed and read once, and copies out what a FULL JOIN on the key finds changed: the same rows, with the same
columns. It keeps no log, decides nothing and signs nothing. Both run one after the other in one run; the ratio is of rows a second.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit.proof.canonical import fresh_nonce
from audit.proof.keys import PemSigner
from audit.proof.message import sign_request
from benchmarks.exchange import Setting, databases, key_file, prepare
from benchmarks.servers import ROOT, granian, running, wait_until_up

COMMON = {"case": "B-1", "officer": "automatic"}
ROUNDS = 3
_DIFFERENCE = """
COPY (
    SELECT coalesce(b.person, a.person) AS key, b.* FROM a FULL JOIN b USING (person)
    WHERE a.person IS NULL OR b.person IS NULL
        OR (a.type, a.grade, a.issued_on, a.valid_until) IS DISTINCT FROM (b.type, b.grade, b.issued_on, b.valid_until)
    ORDER BY 1
) TO STDOUT (FORMAT csv)
"""


def main() -> int:
    """Prepare, measure both, print the ratio."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        setting = prepare(folder, stack.enter_context(databases(options.database)))
        agreement, purpose = _fill(setting, "first", options.rows, folder).split()
        stack.enter_context(running([sys.executable, "manage.py", "sequence"], env=setting.env, log=folder / "sequencer.log"))
        hub = granian("exchange.asgi:application", "asginl", setting.ports["hub"])
        stack.enter_context(running(hub, env=setting.env, log=folder / "hub.log"))
        wait_until_up(setting.ports["hub"], "/healthz/ready")
        follower = Follower(setting, agreement, purpose)
        begun = follower.follow()
        _fill(setting, "second", options.rows, folder)
        changed = follower.follow()
        found = _difference(folder)
    if changed["lines"] != found["lines"]:
        raise SystemExit(f"the hub gave {changed['lines']} changes, PostgreSQL {found['lines']}")
    _print(options.rows, begun, changed, found)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", default="", help="the hub's own: empty: SQLite; 'embedded': the tests' PostgreSQL; or a URL")
    return parser.parse_args()


def _fill(setting: Setting, part: str, rows: int, folder: Path) -> str:
    command = [sys.executable, str(ROOT / "benchmarks" / "peers" / "changes_fill.py"), part, str(rows), str(folder / f"{part}.csv")]
    return subprocess.run(command, cwd=ROOT, env=setting.env, check=True, stdout=subprocess.PIPE, text=True).stdout


class Follower:
    """The requester's system: asks page after page on one connection, and counts."""

    def __init__(self, setting: Setting, agreement: str, purpose: str) -> None:
        system = next(entry for entry in setting.demo["systems"] if entry["code"] == "CAB-relief")
        self.signer = PemSigner(system["keyid"], key_file(setting, system))
        self.setting, self.path, self.purpose = setting, f"/exchange/v1/{agreement}/changes", purpose
        self.cursor = ""

    def follow(self) -> dict[str, float]:
        """To the newest: lines, pages, seconds, and seconds of the first page, which finds the difference."""
        connection = http.client.HTTPConnection("127.0.0.1", self.setting.ports["hub"], timeout=600)
        begun, first, lines, pages = time.perf_counter(), 0.0, 0, 0
        while True:
            page = self._page(connection)
            lines, pages = lines + len(page["changes"]), pages + 1
            first = first or time.perf_counter() - begun
            self.cursor = page["cursor"]
            if not page["more"]:
                return {"lines": lines, "pages": pages, "seconds": time.perf_counter() - begun, "first": first}

    def _page(self, connection: http.client.HTTPConnection) -> dict[str, Any]:
        wanted = {**COMMON, "purpose": self.purpose, "salt": fresh_nonce(), **({"cursor": self.cursor} if self.cursor else {})}
        body, target = json.dumps(wanted).encode(), self.setting.env["PUBLIC_URLS"] + self.path
        headers = sign_request(self.signer, method="POST", target_uri=target, body=body, created=int(time.time()), nonce=fresh_nonce())
        connection.request("POST", self.path, body=body, headers=headers)
        response = connection.getresponse()
        document: dict[str, Any] = json.loads(response.read())
        if response.status != 200:
            raise SystemExit(f"the hub answered {response.status}: {document.get('detail')}")
        return document


def _difference(folder: Path) -> dict[str, float]:
    """Lines and seconds (the quickest of some rounds) of the keyed join, copied out."""
    import psycopg

    from exchange.starting.postgres import server

    with server() as url, psycopg.connect(url, autocommit=True) as connection:
        for table, part in (("a", "first"), ("b", "second")):
            connection.execute(f"CREATE TABLE {table} (person text PRIMARY KEY, type text, grade bigint, issued_on date, valid_until date)")
            copying = f"COPY {table} FROM STDIN (FORMAT csv, HEADER)"
            with (folder / f"{part}.csv").open("rb") as file, connection.cursor() as cursor, cursor.copy(copying) as copy:
                while piece := file.read(1 << 20):
                    copy.write(piece)
            connection.execute(f"VACUUM ANALYZE {table}")
        rounds = [_copied(connection) for _ in range(ROUNDS + 1)][1:]
    return min(rounds, key=lambda found: found["seconds"])


def _copied(connection: Any) -> dict[str, float]:
    begun, lines = time.perf_counter(), 0
    with connection.cursor() as cursor, cursor.copy(_DIFFERENCE) as copy:
        for piece in copy:
            lines += bytes(piece).count(b"\n")
    return {"lines": lines, "seconds": time.perf_counter() - begun}


def _print(rows: int, begun: dict[str, float], changed: dict[str, float], found: dict[str, float]) -> None:
    print(f"{rows:,} rows, 5 columns, every tenth changed; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for name, each in (("whole selection", begun), ("changes", changed)):
        rate = each["lines"] / each["seconds"]
        print(f"{name:16} {each['lines']:9,} rows in {each['seconds']:6.2f} s, {rate:9,.0f} a second; first page {each['first']:.2f} s")
    print(
        f"{'COPY of a join':16} {found['lines']:9,} rows in {found['seconds']:6.2f} s, {found['lines'] / found['seconds']:9,.0f} a second"
    )
    print(f"ratio {changed['lines'] / changed['seconds'] / (found['lines'] / found['seconds']):.2f}")


if __name__ == "__main__":
    raise SystemExit(main())
