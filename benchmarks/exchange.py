"""The exchange against two peers, in one run: design section 12, first two rows.

    python benchmarks/exchange.py [--database embedded|URL] [--seconds 8] [--rounds 3] [--connections 1,16,64]

Three servers, the same granian with one worker each, take turns on the same machine and the same data:
  hub        signed, decided, minimised, recorded, sealed; QUERY and VERIFY under several agreements, mixed
  bare       the same look-up through an ordinary pool: no policy, no log, no signature
  framework  DRF viewset, token, guardian object permission, ORM, one committed audit row; no signature
The same load for all three, in a process of its own (benchmarks/load.py): requests are written and signed before the clock
starts, answers are only counted. It takes about 20 µs of a processor an answer: a tenth of what the bare look-up uses, a
twentieth of the hub. The table says for each what an answer cost in processor time: of its server (the hub's includes
sequencing and indexing) and of the load. PostgreSQL's own processes are in neither.
The framework keeps its connections open and has as many threads as there are processors: with Django's default of a new
connection for each request, or with eight threads, it is a fifth slower each time, and the hub would look better than it is.
The quoted ratio is the median over the rounds. No answer counts whose entry is not found in the log under the last
checkpoint; the script fails if one is missing.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import pickle
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit.proof import message
from audit.proof.canonical import fresh_nonce
from audit.proof.keys import PemSigner
from benchmarks.servers import ROOT, free_port, granian, manage, processor_seconds, running, wait_until_up

HOUSEHOLDS = 600
PER_SECOND = 12_000  # requests prepared for a second of load; more than any of the three can answer
PEERS = ("hub", "bare", "framework")


@dataclass
class Setting:
    """One home with its database, the ports, and what was measured."""

    home: Path
    env: dict[str, str]
    ports: dict[str, int]
    demo: dict[str, Any] = field(default_factory=dict)
    subjects: dict[str, list[str]] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)
    groups: dict[str, list[int]] = field(default_factory=dict)


def main() -> int:
    """Prepare, measure in turns, look every answer up in the log, print the ratios."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        chosen = stack.enter_context(databases(options.database))
        setting = prepare(folder, chosen)
        _start(stack, setting, chosen)
        results = _measure(setting, options)
        missing = missing_entries(setting)
    _print(results, options, len(setting.leaves), missing)
    return 1 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="", help="empty: SQLite; 'embedded': the tests' PostgreSQL; or a postgres:// URL")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", default="1,16,64")
    return parser.parse_args()


@contextmanager
def databases(wanted: str) -> Iterator[dict[str, str]]:
    """One database (or file) for each server, so that none is in another's way."""
    if not wanted:
        yield {}
        return
    if wanted != "embedded":
        yield dict.fromkeys(PEERS, wanted)
        return
    import psycopg

    from exchange.starting.postgres import server

    with server() as url:
        names = {}
        with psycopg.connect(url, autocommit=True) as connection:
            for peer in PEERS:
                connection.execute(f"CREATE DATABASE benchmark_{peer}")
                names[peer] = url.rsplit("/", 1)[0] + f"/benchmark_{peer}"
        yield names


def prepare(home: Path, chosen: dict[str, str]) -> Setting:
    """A home with the demonstration city, built by the departments' own actions, and the peers' tables."""
    ports = {peer: free_port() for peer in PEERS}
    env = {**os.environ, "HUB_HOME": str(home), "HUB_DEMO": "1", "PUBLIC_URLS": f"http://127.0.0.1:{ports['hub']}"}
    env.pop("DATABASE_URL", None)
    if chosen:
        env["DATABASE_URL"] = chosen["hub"]
    manage("migrate", "--verbosity", "0", env=env)
    manage("migrate", "--database", "keystore", "--verbosity", "0", env=env)
    manage("build_city", "--households", str(HOUSEHOLDS), "--base-url", env["PUBLIC_URLS"], env=env)
    setting = Setting(home, env, ports, json.loads((home / "demo.json").read_text("utf-8")))
    setting.subjects = {code: people_of(home, code) for code in {entry["dataset"] for entry in setting.demo["agreements"]}}
    _fill_peers(setting, chosen)
    return setting


def people_of(home: Path, dataset: str) -> list[str]:
    """Everyone in the register that the city was built from; the first column with identifiers of its subject."""
    from exchange.jurisdictions import load_registers

    register = load_registers("cn")[dataset]
    column = register["column_mapping"][register["subjects"][0]["item"]]
    path = next(home.glob(f"city/**/{dataset}.csv"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                return sorted({row[column] for row in csv.DictReader(file)})
        except UnicodeDecodeError:
            continue
    raise SystemExit(f"{path.name} cannot be read")


def _fill_peers(setting: Setting, chosen: dict[str, str]) -> None:
    people = setting.subjects["R14"]
    rows = [(person, 1 + place % 4, "physical") for place, person in enumerate(people)]
    if chosen:
        import psycopg

        with psycopg.connect(chosen["bare"]) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE person_record (person text, grade int, type text)")
            cursor.executemany("INSERT INTO person_record VALUES (%s, %s, %s)", rows)
            cursor.execute("CREATE INDEX ON person_record (person)")
    else:
        with sqlite3.connect(setting.home / "bare.sqlite3") as file:
            file.execute("CREATE TABLE person_record (person text, grade int, type text)")
            file.executemany("INSERT INTO person_record VALUES (?, ?, ?)", rows)
            file.execute("CREATE INDEX by_person ON person_record (person)")
    (setting.home / "people.json").write_text(json.dumps(rows), "utf-8")


def _start(stack: ExitStack, setting: Setting, chosen: dict[str, str]) -> None:
    home, ports = setting.home, setting.ports
    peers = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "BARE_FILE": str(home / "bare.sqlite3"),
        "FRAMEWORK_FILE": str(home / "framework.sqlite3"),
    }
    peers |= {"BARE_DATABASE": chosen.get("bare", ""), "FRAMEWORK_DATABASE": chosen.get("framework", "")}
    peers["FRAMEWORK_ROWS"] = str(home / "people.json")
    filled = subprocess.run([sys.executable, "-m", "benchmarks.peers.framework_fill"], cwd=ROOT, env=peers, check=True, capture_output=True)
    peers["FRAMEWORK_TOKEN"] = setting.env["FRAMEWORK_TOKEN"] = filled.stdout.decode().split()[-1]
    sequencer = [sys.executable, "manage.py", "sequence"]
    hub = granian("exchange.asgi:application", "asginl", ports["hub"])
    bare = granian("benchmarks.peers.bare:application", "asginl", ports["bare"])
    framework = granian("benchmarks.peers.framework:application", "wsgi", ports["framework"], threads=os.cpu_count())
    for peer, name, command in (
        ("hub", "sequencer", sequencer),
        ("hub", "hub", hub),
        ("bare", "bare", bare),
        ("framework", "framework", framework),
    ):
        env = setting.env if peer == "hub" else peers
        setting.groups.setdefault(peer, []).append(stack.enter_context(running(command, env=env, log=home / f"{name}.log")))
    wait_until_up(ports["hub"], "/healthz/ready")
    wait_until_up(ports["framework"])


# --- Requests -----------------------------------------------------------------------------------------------------


def _requests(peer: str, setting: Setting, count: int) -> list[bytes]:
    if peer == "hub":
        return _signed(setting, count)
    people = setting.subjects["R14"]
    path, more = ("/records", f"Authorization: Token {setting.env['FRAMEWORK_TOKEN']}\r\n") if peer == "framework" else ("/", "")
    bodies = [json.dumps({"subject": people[place % len(people)], "purpose": "disability_allowance"}).encode() for place in range(count)]
    return [http(path, body, more) for body in bodies]


def _signed(setting: Setting, count: int) -> list[bytes]:
    """Requests under every agreement of demo.json in turn, QUERY and VERIFY mixed, about everyone in the register."""
    base = setting.env["PUBLIC_URLS"]
    signers = {system["code"]: PemSigner(system["keyid"], key_file(setting, system)) for system in setting.demo["systems"]}
    kinds = [(entry, method) for entry in setting.demo["agreements"] for method in ("QUERY", "VERIFY") if method in entry["methods"]]
    order = random.Random(7)
    created, made = int(time.time()), []
    for place in range(count):
        entry, method = kinds[place % len(kinds)]
        body: dict[str, Any] = {"purpose": entry["purpose"], "salt": fresh_nonce(), "case": "B-1", "officer": "automatic"}
        body["subject"] = order.choice(setting.subjects[entry["dataset"]])
        if method == "VERIFY":
            body["facts"] = entry["facts"]
        path = f"/exchange/v1/{entry['id']}/{method.lower()}"
        raw = json.dumps(body).encode()
        headers = message.sign_request(
            signers[entry["requester"]], method="POST", target_uri=base + path, body=raw, created=created, nonce=fresh_nonce()
        )
        made.append(http(path, raw, "".join(f"{name}: {value}\r\n" for name, value in headers.items())))
    return made


def key_file(setting: Setting, system: dict[str, Any]) -> Path:
    """Where the private key of a system of demo.json stands."""
    path = Path(system["private_key_file"])
    return path if path.is_absolute() else setting.home / path


def http(path: str, body: bytes, more: str) -> bytes:
    """One HTTP/1.1 request; `more` holds further header lines."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


# --- Measuring ----------------------------------------------------------------------------------------------------


def _measure(setting: Setting, options: argparse.Namespace) -> dict[int, dict[str, list[dict[str, Any]]]]:
    results: dict[int, dict[str, list[dict[str, Any]]]] = {}
    for connections in (int(text) for text in options.connections.split(",")):
        results[connections] = {peer: [] for peer in PEERS}
        for number in range(options.rounds + 1):
            for peer in PEERS:
                seconds = options.seconds if number else 1.0
                outcome = _load(peer, setting, connections, seconds)
                if number:  # the first round only warms up
                    results[connections][peer].append(outcome)
    return results


def _load(peer: str, setting: Setting, connections: int, seconds: float) -> dict[str, Any]:
    rate = PER_SECOND if peer != "framework" else PER_SECOND // 6
    file = setting.home / "requests.pickle"
    file.write_bytes(pickle.dumps(_requests(peer, setting, int(rate * seconds))))
    command = [sys.executable, str(ROOT / "benchmarks" / "load.py"), str(file), str(setting.ports[peer]), str(connections), str(seconds)]
    used = _used(setting, peer)
    outcome: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=seconds + 60).stdout)
    outcome["server_us"] = (_used(setting, peer) - used) / max(outcome["answered"], 1) * 1e6
    outcome["load_us"] = outcome["processor_s"] / max(outcome["answered"], 1) * 1e6
    wrong = {status: count for status, count in outcome["statuses"].items() if status != "200"}
    if wrong:
        raise SystemExit(f"{peer} answered {wrong}; only answers with status 200 may be counted")
    outcome["rate"] = outcome["answered"] / outcome["seconds"]
    if peer == "hub":
        setting.leaves += outcome["leaves"]
        if len(outcome["leaves"]) != outcome["answered"]:
            raise SystemExit("an answer came without a receipt")
    return outcome


def _used(setting: Setting, peer: str) -> float:
    return sum(processor_seconds(group) for group in setting.groups.get(peer, ()))


def missing_entries(setting: Setting) -> int:
    """How many answers have no entry under the last checkpoint, once everything pending is sequenced."""
    code = (
        "import sys, time\n"
        "from audit.models import Checkpoint, Entry, Pending\n"
        "end = time.monotonic() + 60\n"
        "while Pending.objects.exists() and time.monotonic() < end: time.sleep(0.2)\n"
        "time.sleep(1)\n"
        "size = Checkpoint.objects.order_by('-size').first().size\n"
        "logged = {bytes(leaf).hex() for leaf in Entry.objects.filter(index__lt=size).values_list('leaf', flat=True).iterator()}\n"
        "print(sum(line.strip() not in logged for line in sys.stdin))\n"
    )
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    output = subprocess.run(command, cwd=ROOT, env=setting.env, input="\n".join(setting.leaves).encode(), check=True, capture_output=True)
    return int(output.stdout.split()[-1])


def _print(results: dict[int, dict[str, list[dict[str, Any]]]], options: argparse.Namespace, leaves: int, missing: int) -> None:
    database = "PostgreSQL" if options.database else "SQLite"
    print(f"{database}, {os.cpu_count()} cores, {options.rounds} rounds of {options.seconds:g} s, medians")
    print(
        f"{'connections':>11} {'server':>10} {'a second':>9} {'p50 ms':>8} {'p99 ms':>8} {'ratio hub/server':>17}"
        f" {'server µs':>10} {'load µs':>8}"
    )
    for connections, peers in results.items():
        for peer in PEERS:
            rounds = peers[peer]
            ratios = [hub["rate"] / other["rate"] for hub, other in zip(peers["hub"], rounds, strict=True)]
            names = ("rate", "p50_ms", "p99_ms", "server_us", "load_us")
            rate, p50, p99, server, load = (statistics.median(entry[name] for entry in rounds) for name in names)
            print(
                f"{connections:>11} {peer:>10} {rate:>9,.0f} {p50:>8.2f} {p99:>8.2f} {statistics.median(ratios):>17.2f}"
                f" {server:>10,.0f} {load:>8,.0f}"
            )
    print(f"answers of the hub: {leaves:,}; without an entry in the log: {missing}")


if __name__ == "__main__":
    raise SystemExit(main())
