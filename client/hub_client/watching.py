"""`hub watch`: one line as things happen to a department, and whether the log only grows; for a terminal, or once for cron."""

import json
import random
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit.proof.merkle import ProofError
from audit.proof.note import Checkpoint, NoteError, verify_checkpoint
from audit.proof.tiles import TileTree, tile_path
from hub_client import trust
from hub_client.configuration import Configuration
from hub_client.connection import Connection, Transport
from hub_client.errors import ClientError, DataError, Exit, NetworkError
from hub_client.management import Management, open_management
from hub_client.registering import Commands, Shown, command, load
from hub_client.trust import utc_text

STATE_FILE = "hub.watch.json"
EVIDENCE_FILE = "hub.watch.evidence.json"
LEAST_S, USUAL_S, LONGEST_S = 30.0, 60.0, 900.0
KEYS_DAYS, ROLES_DAYS, AGREEMENT_DAYS = 30, 14, 30
_A_DAY_S = 86_400

Event = dict[str, Any]


@dataclass
class Seen:
    """What the last look found, so that only what is new is told. `checkpoint` is the newest one that held."""

    checkpoint: str = ""
    agreements: dict[str, str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    parser = command(commands, "watch", "tell what happens: agreements, what waits, what expires, whether the log only grows", _watch)
    parser.add_argument("--once", action="store_true", help="look once and end; with --json for cron")
    parser.add_argument(
        "--every", type=float, default=USUAL_S, metavar="SECONDS", help=f"how often to look ({USUAL_S:g}, at least {LEAST_S:g})"
    )
    parser.add_argument("--department", default="", help="for which of your departments")


def look(settings: Configuration, hub: Management, transport: Transport, seen: Seen, *, now: float) -> Iterator[Event]:
    """Everything that is new since `seen`, which is brought up to date. Raises DataError where the log does not hold."""
    yield from _log(settings, transport, seen)
    agreements = list(hub.pages("agreements"))
    yield from _agreements(agreements, seen)
    yield from _waiting(hub, seen)
    systems, me = hub.get("systems")["results"], hub.get("me")
    yield from _expiring([*_key_ends(systems), *_role_ends(me), *_agreement_ends(agreements)], seen, now)


def _log(settings: Configuration, transport: Transport, seen: Seen) -> Iterator[Event]:
    """The newest checkpoint is signed by the log and holds all that the last one held (RFC 6962, section 2.1.2)."""
    known = trust.fetch(transport, settings)
    reply = transport.send("GET", "/log/checkpoint", headers={}, body=None)
    if reply.status == 404:
        if seen.checkpoint:
            raise DataError("LOG_GONE", "the log had a checkpoint and shows none any more: tell an auditor")
        return
    if reply.status != 200:
        raise NetworkError("NO_CHECKPOINT", f"the log answered {reply.status} when asked for its checkpoint")
    text = reply.body.decode("utf-8", "replace")
    new = _signed(text, known)
    if seen.checkpoint:
        old = _signed(seen.checkpoint, known)
        _require_extension(old, new, transport)
        if new.size == old.size:
            return
    seen.checkpoint = text
    yield {"event": "log_grew", "size": new.size, "text": f"The log grew consistently to {new.size} entries."}


def _signed(text: str, known: trust.Trust) -> Checkpoint:
    failure: Exception = DataError("NO_LOG_KEY", "the authority's root certified no key of the log")
    for key in known.log_keys():
        try:
            return verify_checkpoint(text, known.hub, key)
        except NoteError as error:
            failure = DataError("BAD_CHECKPOINT", f"the log's checkpoint is not signed by its key: {error}")
    raise failure


def _require_extension(old: Checkpoint, new: Checkpoint, transport: Transport) -> None:
    from audit.proof.merkle import verify_consistency

    if new.size < old.size:
        raise DataError("LOG_SHRANK", f"the log had {old.size} entries and now shows {new.size}: keep {EVIDENCE_FILE}, tell an auditor")

    def read(level: int, index: int, width: int) -> bytes:
        reply = transport.send("GET", f"/log/{tile_path(level, index, width)}", headers={}, body=None)
        if reply.status != 200:
            raise NetworkError("NO_TILE", f"the log answered {reply.status} when asked for a tile")
        return reply.body

    try:
        path = TileTree(read, new.size).consistency_path(old.size) if old.size not in (0, new.size) else []
        verify_consistency(old.size, new.size, path, old.root, new.root)
    except ProofError as error:
        raise DataError("LOG_CHANGED", f"the log does not extend what it was: keep {EVIDENCE_FILE}, tell an auditor ({error})") from None


def _agreements(rows: list[dict[str, Any]], seen: Seen) -> Iterator[Event]:
    now = {str(row["agreement_id"]): row for row in rows}
    for key, row in now.items():
        before = seen.agreements.get(key)
        if before != row["state"] and (before is not None or row["state"] == "PROPOSED"):
            parties = f"{row['requester']} with {row['provider']}"
            text = f"Agreement {key[:12]} about {row['dataset']}, {parties}: {before or 'new'} → {row['state']}"
            yield {"event": "agreement", "agreement": key, "dataset": row["dataset"], "before": before, "state": row["state"], "text": text}
    seen.agreements = {key: str(row["state"]) for key, row in now.items()}


def _waiting(hub: Management, seen: Seen) -> Iterator[Event]:
    found: dict[str, Event] = {}
    for row in hub.get("requests/waiting")["results"]:
        text = (
            f"Request {row['number']} about {row['dataset']} waits for you ({', '.join(row['steps'])}), due {row['due_on'] or 'on no day'}"
        )
        key = f"part {row['number']} {row['dataset']} {row['state']}"
        found[key] = {"event": "request_waits", "number": row["number"], "dataset": row["dataset"], "due_on": row["due_on"], "text": text}
    for row in hub.pages("officer-questions"):
        text = f"Question {row['id']} to {row['dataset']} waits, due {row['due_on']}"
        found[f"question {row['id']}"] = {
            "event": "question_waits",
            "id": row["id"],
            "dataset": row["dataset"],
            "due_on": row["due_on"],
            "text": text,
        }
    yield from (event for key, event in found.items() if key not in seen.waiting)
    seen.waiting = sorted(found)


def _key_ends(systems: list[dict[str, Any]]) -> Iterator[tuple[str, str, int]]:
    for system in systems:
        yield from ((f"key {key['keyid']}", key["not_after"], KEYS_DAYS) for key in system["keys"] if not key["is_revoked"])


def _role_ends(me: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    yield from (
        (f"role {role['role']} in {role['department']}", role["valid_until"], ROLES_DAYS) for role in me["roles"] if role["valid_until"]
    )


def _agreement_ends(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str, int]]:
    for row in rows:
        if row["state"] == "IN_FORCE":
            yield f"agreement {str(row['agreement_id'])[:12]} about {row['dataset']}", row["period_until"], AGREEMENT_DAYS


def _expiring(ends: list[tuple[str, str, int]], seen: Seen, now: float) -> Iterator[Event]:
    """What ends within its days, told once a day; what is over long since is left alone."""
    today, told = utc_text(now)[:10], {}
    for what, until, days in ends:
        left = (_moment(until) - now) / _A_DAY_S
        if not 0 < left <= days:
            continue
        told[what] = today
        if seen.told.get(what) != today:
            yield {"event": "expires", "what": what, "until": until, "text": f"The {what} ends on {until[:10]}."}
    seen.told = told


def _moment(text: str) -> float:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def read_seen(place: Path) -> Seen:
    """What is remembered; nothing where there is no file. A file that cannot be read raises DataError: it holds a checkpoint."""
    if not place.is_file():
        return Seen()
    try:
        return Seen(**json.loads(place.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise DataError("BAD_STATE", f"{place} cannot be read; what the log was before is lost: look at it, then delete it") from None


def keep_seen(place: Path, seen: Seen) -> None:
    """Whole or not at all."""
    draft = place.with_name(f".{place.name}.new")
    draft.write_text(json.dumps(asdict(seen)), encoding="utf-8")
    draft.replace(place)


def look_once(settings: Configuration, hub: Management, transport: Transport, *, now: float) -> list[Event]:
    """One look with what is remembered beside hub.toml. A log that does not hold leaves its checkpoints as evidence."""
    place = settings.folder / STATE_FILE
    seen = read_seen(place)
    try:
        events = list(look(settings, hub, transport, seen, now=now))
    except DataError as error:
        if error.code.startswith("LOG_"):
            shown = transport.send("GET", "/log/checkpoint", headers={}, body=None).body.decode("utf-8", "replace")
            evidence = {"at": utc_text(now), "code": error.code, "before": read_seen(place).checkpoint, "now": shown}
            (settings.folder / EVIDENCE_FILE).write_text(json.dumps(evidence, indent=2), encoding="utf-8")
        raise
    keep_seen(place, seen)
    return events


def _watch(options: Namespace) -> Shown:
    settings = load(options)
    hub, transport = open_management(settings, department=options.department), Connection(settings.address)
    if options.once:
        events = look_once(settings, hub, transport, now=time.time())
        return {"events": events}, [_line(event) for event in events], Exit.OK
    return _for_ever(lambda: look_once(settings, hub, transport, now=time.time()), max(LEAST_S, options.every), is_json=options.json)


def _for_ever(one_look: Callable[[], list[Event]], every_s: float, *, is_json: bool, sleep: Callable[[float], None] = time.sleep) -> Shown:
    """Look, tell, wait; longer after each failure in a row, and never all clients at the same moment."""
    pause = every_s
    while True:
        try:
            for event in one_look():
                print(json.dumps(event, ensure_ascii=False) if is_json else _line(event), flush=True)
            pause = every_s
        except NetworkError as error:
            print(f"{error.code}: {error}", file=sys.stderr, flush=True)
            pause = min(LONGEST_S, pause * 2)
        except ClientError as error:
            if error.exit is not Exit.REFUSED or getattr(error, "status", 0) != 429:
                raise
            pause = LONGEST_S
        sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311 - only so that clients do not come all at once


def _line(event: Event) -> str:
    return f"{utc_text()}  {event['text']}"
