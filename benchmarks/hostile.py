"""What a hostile provider costs the others: the p95 of hosted calls beside one that behaves, and beside one that does not.

    python benchmarks/hostile.py [--seconds 8] [--rounds 3] [--connections 8] [--remote 40] [--database embedded|URL]

One hub, one home. One register is answered by a service of ours on this machine, which behaves in one half of each round
and is silent, endless, bursting or forged in the other; as many connections ask it as stand in --remote, each waiting its
two seconds. The hosted calls are those of exchange.py. The quoted ratio is the median over the rounds, of one run.
"""

from __future__ import annotations

import argparse
import itertools
import json
import pickle
import socket
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
from audit.proof.keys import PemSigner, generate_private_key, write_private_key
from benchmarks import exchange
from benchmarks.exchange import Setting, http, key_file
from benchmarks.servers import ROOT, granian, running, wait_until_up
from tests.delivery import providers
from tests.delivery.providers import Provider

REMOTE = "R14"
HOUSEHOLDS = 60
WELL_WITHIN_S = 400.0
HOSTED_A_SECOND = 1_500
BURSTING = (
    "a huge body",
    "chunks without end",
    "a gzip bomb",
    "one header of a megabyte",
    "a hundred thousand headers",
    "a thousand brackets",
    "no signature",
)
_PUBLISH = """
import json, sys
from audit import acts, ceremony
from audit.proof.canonical import document_hash, fresh_nonce
from catalog import orders, projection
from catalog.models import Department
from django.db import transaction

code, port = sys.argv[1], int(sys.argv[2])
with transaction.atomic():
    version = acts.standing().versions[code].version
    department = Department.objects.get(code=version["provider"])
    key = ceremony.make_key(f"{department.code}/answer-9")
    ceremony.certify_answer_key(department.code, key.public_key, name="answer-9")
    store = {"kind": "http", "url": f"http://127.0.0.1:{port}/register", "networks": ["127.0.0.0/8"], "ports": [port], "timeout_ms": 5000}
    document = {**version, "store": store, "provider_answer_key": key.keyid, "revision_systems": [], "nonce": fresh_nonce()}
    act = orders.append_signed(orders.order("publish", dataset=code, version=document), department=department, acting_user=None)
    projection.project_version(document, version_hash=document_hash(document), act_seq=act.seq, at=act.at)
print(json.dumps({"keyid": key.keyid}))
"""


def main() -> int:
    """Prepare, measure in turns, print the ratios."""
    options = _options()
    with ExitStack() as stack:
        exchange.HOUSEHOLDS = HOUSEHOLDS
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hostile-")))
        setting = exchange.prepare(folder, stack.enter_context(exchange.databases(options.database)))
        setting.env["EGRESS_ALLOW_LOOPBACK"] = "1"
        provider = _remote_register(stack, setting)
        stack.enter_context(running([sys.executable, "manage.py", "sequence"], env=setting.env, log=folder / "sequencer.log"))
        hub = granian("exchange.asgi:application", "asginl", setting.ports["hub"])
        stack.enter_context(running(hub, env=setting.env, log=folder / "hub.log"))
        wait_until_up(setting.ports["hub"], "/healthz/ready")
        rounds = [_round(setting, provider, options, is_warm=bool(number)) for number in range(options.rounds + 1)][1:]
    _print(rounds, len(provider.asked))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="", help="empty: SQLite; 'embedded': the tests' PostgreSQL; or a postgres:// URL")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--remote", type=int, default=40)
    return parser.parse_args()


def _remote_register(stack: ExitStack, setting: Setting) -> Provider:
    """The service, and a description that names it, signed by its department."""
    from exchange.jurisdictions import load_registers

    keys = setting.home / "keys"
    department = load_registers("cn")[REMOTE]["provider"]
    signer = _key(keys, f"{department}/answer-9")
    hub_key = PemSigner("hub/answer-1", keys / "hub" / "answer-1.pem").public_key
    provider = stack.enter_context(providers.running(signer, signer, lambda: hub_key))
    publish = [sys.executable, "manage.py", "shell", "--no-imports", "-c"]
    code = f"import sys; sys.argv = ['', {REMOTE!r}, '{provider.port}']\n{_PUBLISH}"
    subprocess.run([*publish, code], cwd=ROOT, env=setting.env, check=True, stdout=subprocess.DEVNULL)
    return provider


def _key(keys: Path, keyid: str) -> PemSigner:
    """The key of the service: made here, where the ceremony will find it."""
    owner, name = keyid.split("/")
    pem = generate_private_key()
    write_private_key(keys / owner / f"{name}.pem", pem)
    return PemSigner(keyid, pem)


def _round(setting: Setting, provider: Provider, options: argparse.Namespace, *, is_warm: bool) -> dict[str, dict[str, Any]]:
    """Hosted calls beside a service that behaves, then beside one that does not."""
    people = setting.subjects[REMOTE]
    hostile = [behaviour for behaviour, _ in providers.SLOW.values()] + [providers.QUICK[name][0] for name in BURSTING]
    halves: dict[str, dict[str, Any]] = {}
    for name, behaviours in (("behaves", {}), ("is hostile", dict(zip(people, itertools.cycle(hostile), strict=False)))):
        provider.behaviours = behaviours
        if not behaviours:
            _wait_until_well(setting)
        halves[name] = _load(setting, options, options.seconds if is_warm else 1.0)
    return halves


def _wait_until_well(setting: Setting) -> None:
    """Until the breaker that the last half opened has let a probe through."""
    end = time.monotonic() + WELL_WITHIN_S
    while time.monotonic() < end:
        (request,) = _requests(setting, 1, is_remote=True)
        with socket.create_connection(("127.0.0.1", setting.ports["hub"]), timeout=30) as connection:
            connection.sendall(request)
            if connection.recv(12).endswith(b"200"):
                return
        time.sleep(1)
    raise SystemExit(f"the service that behaves was not asked again within {WELL_WITHIN_S:.0f} s")


def _load(setting: Setting, options: argparse.Namespace, seconds: float) -> dict[str, Any]:
    port = str(setting.ports["hub"])
    hosted, remote = setting.home / "hosted.pickle", setting.home / "remote.pickle"
    hosted.write_bytes(pickle.dumps(_requests(setting, int(HOSTED_A_SECOND * seconds), is_remote=False)))
    remote.write_bytes(pickle.dumps(_requests(setting, int(options.remote * seconds * 2) + options.remote, is_remote=True)))
    load = [sys.executable, str(ROOT / "benchmarks" / "load.py")]
    asking = subprocess.Popen([*load, str(remote), port, str(options.remote), str(seconds)], stdout=subprocess.PIPE)
    answered = subprocess.run(
        [*load, str(hosted), port, str(options.connections), str(seconds)], check=True, capture_output=True, timeout=seconds + 60
    )
    told, _nothing = asking.communicate(timeout=90)
    outcome: dict[str, Any] = json.loads(answered.stdout)
    outcome["remote"] = json.loads(told)["statuses"]
    if set(outcome["statuses"]) != {"200"}:
        raise SystemExit(f"hosted calls were answered {outcome['statuses']}")
    return outcome


def _requests(setting: Setting, count: int, *, is_remote: bool) -> list[bytes]:
    """Signed QUERY calls: of the remote register, or of every other one in turn."""
    signers = {system["code"]: PemSigner(system["keyid"], key_file(setting, system)) for system in setting.demo["systems"]}
    entries = [entry for entry in setting.demo["agreements"] if (entry["dataset"] == REMOTE) is is_remote and "QUERY" in entry["methods"]]
    base, created, made = setting.env["PUBLIC_URLS"], int(time.time()), []
    for place in range(count):
        entry = entries[place % len(entries)]
        people = setting.subjects[entry["dataset"]]
        body = {
            "purpose": entry["purpose"],
            "salt": fresh_nonce(),
            "case": "B-1",
            "officer": "automatic",
            "subject": people[place % len(people)],
        }
        path, raw = f"/exchange/v1/{entry['id']}/query", json.dumps(body).encode()
        headers = message.sign_request(
            signers[entry["requester"]], method="POST", target_uri=base + path, body=raw, created=created, nonce=fresh_nonce()
        )
        made.append(http(path, raw, "".join(f"{name}: {value}\r\n" for name, value in headers.items())))
    return made


def _print(rounds: list[dict[str, dict[str, Any]]], asked: int) -> None:
    print(f"{'provider':>12} {'a second':>9} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}  remote calls by status")
    for name in rounds[0]:
        halves = [halves[name] for halves in rounds]
        rate = statistics.median(half["answered"] / half["seconds"] for half in halves)
        p50, p95, p99 = (statistics.median(half[place] for half in halves) for place in ("p50_ms", "p95_ms", "p99_ms"))
        print(f"{name:>12} {rate:>9,.0f} {p50:>8.2f} {p95:>8.2f} {p99:>8.2f}  {halves[-1]['remote']}")
    ratio = statistics.median(halves["is hostile"]["p95_ms"] / halves["behaves"]["p95_ms"] for halves in rounds)
    print(f"p95 of hosted calls, hostile to well-behaved: {ratio:.2f} (at most 1.20); questions put to the service: {asked}")


if __name__ == "__main__":
    raise SystemExit(main())
