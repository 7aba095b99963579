"""BATCH of 1,000 subjects over HTTP: records a second against a limit from practice (design section 12).

    python benchmarks/batch.py [--database embedded|URL] [--seconds 8] [--rounds 3] [--connections 4]

The limit is 7,870 records a second: the 680 million a day that Suzhou reported gathering. Each call is signed, decided,
minimised, recorded with every person named in it, and sealed; each answer's entry is looked up in the log under the last
checkpoint. The script fails if one is missing.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit.proof import message
from audit.proof.canonical import fresh_nonce
from audit.proof.keys import PemSigner
from benchmarks.exchange import Setting, databases, http, key_file, missing_entries, prepare
from benchmarks.servers import ROOT, granian, running, wait_until_up

LIMIT = 7_870
SUBJECTS = 1_000
CALLS_PER_SECOND = 40  # prepared for a second of load; more than can be answered


def main() -> int:
    """Prepare, measure, look every answer up in the log, print the ratio."""
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        setting = prepare(folder, stack.enter_context(databases(options.database)))
        stack.enter_context(running([sys.executable, "manage.py", "sequence"], env=setting.env, log=folder / "sequencer.log"))
        hub = granian("exchange.asgi:application", "asginl", setting.ports["hub"])
        stack.enter_context(running(hub, env=setting.env, log=folder / "hub.log"))
        wait_until_up(setting.ports["hub"], "/healthz/ready")
        _load(setting, options.connections, 1.0)  # warms up
        rounds = [_load(setting, options.connections, options.seconds) for _ in range(options.rounds)]
        missing = missing_entries(setting)
    _print(rounds, options, len(setting.leaves), missing)
    return 1 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="", help="empty: SQLite; 'embedded': the tests' PostgreSQL; or a postgres:// URL")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=4)
    return parser.parse_args()


def _load(setting: Setting, connections: int, seconds: float) -> dict[str, Any]:
    """One round; `rate` is in records a second, and only whole answers with status 200 count."""
    file = setting.home / "requests.pickle"
    file.write_bytes(pickle.dumps(_requests(setting, int(CALLS_PER_SECOND * seconds))))
    command = [sys.executable, str(ROOT / "benchmarks" / "load.py"), str(file), str(setting.ports["hub"]), str(connections), str(seconds)]
    outcome: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=seconds + 60).stdout)
    if set(outcome["statuses"]) != {"200"} or len(outcome["leaves"]) != outcome["answered"]:
        raise SystemExit(f"the hub answered {outcome['statuses']}; only answers with status 200 and a receipt may be counted")
    setting.leaves += outcome["leaves"]
    outcome["rate"] = outcome["answered"] * SUBJECTS / outcome["seconds"]
    return outcome


def _requests(setting: Setting, count: int) -> list[bytes]:
    """Signed BATCH calls for items under each agreement that has them; subjects repeat where the register is smaller."""
    entries = [entry for entry in setting.demo["agreements"] if "BATCH" in entry["methods"] and entry["items"]]
    if not entries:
        raise SystemExit("no agreement of the demonstration city has BATCH")
    signers = {system["code"]: PemSigner(system["keyid"], key_file(setting, system)) for system in setting.demo["systems"]}
    order, created, made = random.Random(11), int(time.time()), []
    for place in range(count):
        entry = entries[place % len(entries)]
        subjects = setting.subjects[entry["dataset"]]
        body: dict[str, Any] = {"purpose": entry["purpose"], "salt": fresh_nonce(), "case": "B-1", "officer": "automatic"}
        body["subjects"] = order.sample(subjects, SUBJECTS) if len(subjects) >= SUBJECTS else order.choices(subjects, k=SUBJECTS)
        path, raw = f"/exchange/v1/{entry['id']}/batch", json.dumps(body).encode()
        headers = message.sign_request(
            signers[entry["requester"]],
            method="POST",
            target_uri=setting.env["PUBLIC_URLS"] + path,
            body=raw,
            created=created,
            nonce=fresh_nonce(),
        )
        made.append(http(path, raw, "".join(f"{name}: {value}\r\n" for name, value in headers.items())))
    return made


def _print(rounds: list[dict[str, Any]], options: argparse.Namespace, leaves: int, missing: int) -> None:
    database = "PostgreSQL" if options.database else "SQLite"
    rate, p50, p99 = (statistics.median(entry[name] for entry in rounds) for name in ("rate", "p50_ms", "p99_ms"))
    print(
        f"{database}, BATCH of {SUBJECTS:,}, {options.connections} connections, {options.rounds} rounds of {options.seconds:g} s, medians"
    )
    print(f"records a second {rate:,.0f} (p50 {p50:,.0f} ms, p99 {p99:,.0f} ms a call); limit {LIMIT:,}; ratio {rate / LIMIT:.2f}")
    print(f"answers of the hub: {leaves:,}; without an entry in the log: {missing}")


if __name__ == "__main__":
    raise SystemExit(main())
