"""The writing door of the log: an entry is built without a database and inserted in the transaction of what it records.

`build` and `insert` stand in the path of every exchange, so they use raw SQL and one blob row a batch.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from audit.errors import OutsideTransaction
from audit.proof.canonical import JSON, Document, b64url, dumps, dumps_own, fresh_nonce
from audit.proof.disclosure import build_entry, digest, minute, subject_value, written
from audit.proof.envelope import ENTRY_NONCE_SIZE, sealed_content
from audit.proof.merkle import leaf_hash
from audit.subjects import SubjectKeyHandle, Who, subject_keys
from audit.tally import count_download, count_stranger, count_strangers

__all__ = [
    "MOST_PENDING",
    "OLDEST_PENDING_MS",
    "Backlog",
    "Built",
    "Draft",
    "PersonNamed",
    "SubjectKeyHandle",
    "backlog",
    "build",
    "count_download",
    "count_stranger",
    "count_strangers",
    "insert",
    "now_ms",
    "record",
    "register_said_beside",
    "subject_keys",
]

MOST_PENDING = 4096
OLDEST_PENDING_MS = 60_000
_ROWS_AT_ONCE = 256
_said_beside: Callable[[], Document] = dict


@dataclass(slots=True)
class PersonNamed:
    """A person whom a call names, or its answer: `identifier` is normalised, `state` never holds a value."""

    kind: str
    identifier: str
    role: str
    case: str
    officer: str
    asked: list[Any] | None
    state: JSON

    @property
    def who(self) -> Who:
        """What the person's key is found by."""
        return self.kind, self.identifier

    def document(self) -> Document:
        """What is encrypted under the person's key (protocol section 5)."""
        return {
            "id": self.identifier,
            "role": self.role,
            "case": self.case,
            "officer": self.officer,
            "asked": self.asked,
            "state": self.state,
        }


@dataclass(slots=True)
class Draft:
    """What an entry is to say; `route` and `message` are stored in clear and must hold no identifier of a person."""

    route: Document
    message: Document | None = None
    persons: tuple[PersonNamed, ...] = ()
    kind: str = "x"


@dataclass(slots=True)
class Built:
    """An entry ready to insert: exact bytes, leaf hash (32 bytes), its clear disclosures, and its piece of the blob."""

    raw: bytes
    leaf: bytes
    disclosures: list[str]
    part: Document
    at_ms: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many entries wait for an index, and since when the oldest does (None: none waits). Counted to MOST_PENDING."""

    count: int
    oldest_ms: int | None

    def is_full(self) -> bool:
        """Whether new exchanges must wait (503 with Retry-After)."""
        return self.count >= MOST_PENDING

    def is_behind(self, at_ms: int) -> bool:
        """Whether the sequencer is so late that new exchanges are refused (LOG_BEHIND)."""
        return self.oldest_ms is not None and at_ms - self.oldest_ms > OLDEST_PENDING_MS


def build(draft: Draft, *, at_ms: int, keys: Mapping[Who, SubjectKeyHandle]) -> Built:
    """Build the entry of a draft at a time in ms, with the keys of the persons it names. Needs no database.

    What the draft says is within canonical JSON's subset: `record` looks, and an exchange is made of what was read strictly.
    """
    nonce = os.urandom(ENTRY_NONCE_SIZE)
    persons, texts = _seal_persons(draft, nonce, keys)
    clear: dict[str, bytes] = {}
    if draft.message is not None:
        clear["message"] = dumps_own(draft.message)
    if texts:
        clear["subject"] = dumps_own(subject_value(texts))
    route = dumps_own({**draft.route, "time_ms": at_ms, "parts": ["route", *clear]})
    disclosures = [written(fresh_nonce(), "route", route)]
    disclosures += [written(fresh_nonce(), name, value) for name, value in clear.items()]
    raw = build_entry(kind=draft.kind, ts=minute(at_ms), digests=map(digest, disclosures))
    part: Document = {"nonce": b64url(nonce), "disclosures": list(disclosures), "persons": persons}
    return Built(raw, leaf_hash(raw), disclosures, part, at_ms)


def insert(built: Sequence[Built]) -> None:
    """Insert entries in the caller's transaction: one blob, a pending row each. Refuses outside a transaction."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("an entry is recorded in the transaction of what it records")
    if not built:
        return
    # Every text in a part is base64url that was made here, so this is canonical JSON without looking at each again.
    body = orjson.dumps([item.part for item in built], option=orjson.OPT_SORT_KEYS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL synchronous_commit = on")
        cursor.execute("INSERT INTO audit_blob (body) VALUES (%s) RETURNING id", [body])
        blob_id = cursor.fetchone()[0]
        for start in range(0, len(built), _ROWS_AT_ONCE):
            rows = [
                (item.raw, item.leaf, blob_id, position, item.at_ms)
                for position, item in enumerate(built[start : start + _ROWS_AT_ONCE], start)
            ]
            places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
            cursor.execute(
                f"INSERT INTO audit_pending (raw, leaf, blob_id, position, created_ms) VALUES {places}",  # noqa: S608 - placeholders
                [value for row in rows for value in row],
            )


def record(
    route: Document,
    *,
    message: Document | None = None,
    persons: Sequence[PersonNamed] = (),
    at_ms: int | None = None,
) -> Built:
    """Record a change of state in the caller's transaction; no entry, no change. Raises OutsideTransaction."""
    route = {**route, **_said_beside()}
    dumps([route, message, *(person.document() for person in persons)])  # refuses what is no canonical JSON
    keys = subject_keys(person.who for person in persons)
    built = build(Draft(route, message, tuple(persons)), at_ms=now_ms() if at_ms is None else at_ms, keys=keys)
    insert([built])
    return built


def register_said_beside(says: Callable[[], Document]) -> None:
    """Let the room of the people say in whose place its caller acts; every entry that `record` makes then says so too."""
    global _said_beside
    _said_beside = says


def now_ms() -> int:
    """The time in ms since 1970, never earlier than the newest sequenced entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT newest_ms FROM audit_loghead WHERE id = 1")
        row = cursor.fetchone()
    return max(time.time_ns() // 1_000_000, row[0] if row else 0)


def backlog() -> Backlog:
    """How many entries wait, and since when. Counted one by one only where the span of their numbers is wide."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, created_ms, (SELECT id FROM audit_pending ORDER BY id DESC LIMIT 1) AS newest"
            " FROM audit_pending ORDER BY id LIMIT 1"
        )
        row = cursor.fetchone()
        if row is None:
            return Backlog(0, None)
        first, oldest_ms, last = row
        count = last - first + 1
        if count >= MOST_PENDING:
            cursor.execute("SELECT count(*) FROM (SELECT id FROM audit_pending ORDER BY id LIMIT %s) AS waiting", [MOST_PENDING])
            count = cursor.fetchone()[0]
    return Backlog(count, oldest_ms)


def _seal_persons(draft: Draft, nonce: bytes, keys: Mapping[Who, SubjectKeyHandle]) -> tuple[list[JSON], list[str]]:
    sealed: list[JSON] = []
    texts: list[str] = []
    for position, person in enumerate(draft.persons):
        handle = keys[person.who]
        text, ciphertext = sealed_content(handle.key, nonce, position, dumps_own(person.document()))
        texts.append(text)
        sealed.append({"blind": b64url(handle.blind), "ciphertext": b64url(ciphertext)})
    return sealed, texts
