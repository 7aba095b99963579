"""Where rows live. One Protocol for every kind of store; a dataset version names its kind, and the registry finds it.

A hosted store is read while the batch is delivered. A remote one (`http`, `sql`) is asked by an errand, outside of any
batch; `officer` has no store at all: the errand waits until a person answers it.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

Record = dict[str, Any]

HOSTED, OFFICER = "hosted", "officer"
# By name, so that whoever delivers hosted data imports no socket (the contract on exchange.delivery.deliver).
_REMOTE = {"http": "catalog.stores.http", "sql": "catalog.stores.sql"}


class RevisionReader(Protocol):
    """What the data path asks of the rows of one revision."""

    def lookup(self, subjects: Sequence[str], items: Sequence[str], *, kind: str | None = None) -> dict[str, list[Record]]:
        """For each normalised subject its records, with the asked items only; a subject without record has the empty list."""

    def count_same(self, item: str, value: object) -> int:
        """How many records hold this value in this item."""


class Why(StrEnum):
    """Why a provider's answer is none: the reason that the caller reads, never a text that came from the provider."""

    TIMEOUT = "TIMEOUT"
    CONNECT = "CONNECT"
    EGRESS_DENIED = "EGRESS_DENIED"
    HTTP_STATUS = "HTTP_STATUS"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    TOO_LARGE = "TOO_LARGE"
    NOT_JSON = "NOT_JSON"
    WRONG_SHAPE = "WRONG_SHAPE"
    WRONG_SUBJECT = "WRONG_SUBJECT"
    WRONG_TYPE = "WRONG_TYPE"
    STALE = "STALE"
    OVERLOADED = "OVERLOADED"
    BREAKER_OPEN = "BREAKER_OPEN"


class ProviderFailed(Exception):
    """The provider did not answer, or its answer is not what was agreed; `why` alone says what happened."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True)
class Question:
    """What a remote store is asked: `subjects` as (kind, normalised identifier), `items` by their names in the document.

    `errand` is 32 hexadecimal digits and names nobody; `document` is the signed dataset version; `timeout_s` is the time
    for everything together: resolving, connecting, sending and reading to the end.
    """

    errand: str
    dataset: str
    document: Mapping[str, Any]
    subjects: tuple[tuple[str, str], ...]
    items: tuple[str, ...]
    timeout_s: float


@dataclass(frozen=True)
class Reply:
    """What a remote store answered: every subject asked is a key, its records hold the items asked and nothing else.

    Values have the JSON form of a hosted store: whole numbers and booleans as such, decimals and dates as text, None for
    an empty one. `as_of` is UTC text (`2026-11-21T06:00:00Z`); `keyid` the key that signed the answer, where one did.
    """

    records: Mapping[tuple[str, str], list[Record]]
    as_of: str
    keyid: str = ""


class RemoteStore(Protocol):
    """A register outside the hub. Made for one question or many of one dataset version; holds no connection between them."""

    async def ask(self, question: Question) -> Reply:
        """The records of the subjects asked. Raises ProviderFailed for everything else that may happen."""


def store_kind(document: Mapping[str, Any]) -> str:
    """The kind of store of a dataset version document: hosted, http, sql or officer."""
    return str((document.get("store") or {}).get("kind", HOSTED))


def remote_store(document: Mapping[str, Any]) -> RemoteStore:
    """The store of a signed dataset version (`http`, `sql`); made outside an event loop, since it may read the database.

    Raises LookupError for a kind that is not asked by the hub: hosted and officer.
    """
    made: RemoteStore = importlib.import_module(_REMOTE[store_kind(document)]).make(document)
    return made


def open_store(document: Mapping[str, Any], *, rows_hash: str, lookup_hash: str) -> RevisionReader:
    """The reader of a revision, by the kind of store that the signed version names."""
    from catalog.stores.hosted import open_revision

    openers = {HOSTED: open_revision}
    return openers[document["store"]["kind"]](lookup_hash, rows_hash, document)
