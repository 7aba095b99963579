"""What goes through the data path: a call, its parts as they become known, and what comes back.

Nobody changes them but `Work`. They are not frozen, as freezing costs a call more than reading its body does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from audit.proof.canonical import loads
from exchange.delivery.wire import Body
from exchange.sharing.grounds_of_refusal import Refusal
from exchange.sharing.policy import Method, Policy

Outcome = Literal["ANSWERED", "REFUSED", "FAILED", "WAITING", "ABANDONED"]
_OUTCOMES: Mapping[str, Outcome] = {"PROVIDER_DOWN": "FAILED", "ABANDONED": "ABANDONED"}


@dataclass(slots=True)
class VerifiedCaller:
    """Who signed the request: proved by the door, under a certificate valid now."""

    system: str
    department: str
    keyid: str
    request_digest: str
    signature: str
    nonce: str
    created: int


@dataclass(slots=True)
class Call:
    """One request of a verified caller. ``document`` is the body's JSON; ``fault`` says why it could not be read."""

    caller: VerifiedCaller
    agreement: str
    method: Method
    document: Any = None
    fault: str = ""


@dataclass(frozen=True)
class Completion:
    """What came of an errand, on its way back to be decided again.

    `call` is the one that was answered with WAITING; `version` the hash of the description under which was asked;
    `records` by (kind, identifier). `failed` is the reason why there are none; `abandoned` says that the time is over.
    `lease` is the asker's, empty where a person answers; `key` seals what the system collects (empty: it cannot be sealed).
    """

    errand: str
    intent: bytes
    call: Call
    version: str
    lease: str = ""
    records: Mapping[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict, repr=False)
    as_of: str = ""
    keyid: str = ""
    failed: str = ""
    abandoned: bool = False
    answered_by: str = ""
    key: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Answer:
    """What is released: the body with its receipt as canonical JSON, exactly as it is sent, and the HTTP status.

    `headers` say what is left of the limits (delivery/limits/headers.py); they are not signed.
    """

    status: int
    raw: bytes
    outcome: Outcome
    leaf: bytes | None
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def body(self) -> dict[str, Any]:
        """The body, read again: for callers inside the hub."""
        read: dict[str, Any] = loads(self.raw, max_bytes=len(self.raw))
        return read


@dataclass(frozen=True)
class Deferred:
    """The provider is being asked; the caller collects the result under ``intent`` (the leaf of the intent's entry).

    `raw` is the 202 body with its receipt; it is empty where the same call was made before (`idempotency_key`).
    """

    intent: bytes
    raw: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(slots=True)
class Outgoing:
    """The errand that a call to a remote store begins: the row's id, and the HMACs of its idempotency key and of what it asks.

    `first` is the intent of an earlier call with the same key, or that call itself within one batch: nobody is asked again.
    """

    id: str
    once: bytes | None
    asked: bytes
    first: bytes | Work | None = None


@dataclass(slots=True)
class NamedSubject:
    """A subject of the call, normalised, with what goes back to the caller and into the person's disclosure."""

    kind: str
    identifier: str
    echo: Any
    case: str | None


@dataclass(slots=True)
class AskedFact:
    """One fact of a call: parameters as sent, and as evaluated (subjects replaced by normalised identifiers)."""

    name: str
    sent: Mapping[str, Any]
    values: Mapping[str, Any]
    others: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Work:
    """One call on its way through the batch; each step fills in what it found out.

    `rows` and `listed` (what its route says beside the usual) belong to a list (exchange/delivery/lists.py), `listed` also
    to an errand: `outgoing` where a call begins one, `completion` where one comes back. `beside` writes what becomes durable
    together with the entry of a call that is not refused (an export's row).
    """

    call: Call
    body: Body | None = None
    policy: Policy | None = None
    refusal: Refusal | None = None
    subjects: tuple[NamedSubject, ...] = ()
    facts: tuple[AskedFact, ...] = ()
    persons: list[Any] = field(default_factory=list)
    withheld: tuple[tuple[str, str], ...] = ()
    answer: dict[str, Any] = field(default_factory=dict)
    written: tuple[bytes, bytes] = (b"", b"")
    built: Any = None
    replayed: bool = False
    suppressed: bool = False
    rows: int | None = None
    listed: Mapping[str, Any] = field(default_factory=dict)
    outgoing: Outgoing | None = None
    completion: Completion | None = None
    beside: Callable[[Work], None] | None = None
    # By closer limit (officer, subject): how much is used of it, and its window; and the key's refusals of this minute.
    closer: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    refusals: int = 0

    @property
    def count(self) -> int:
        """How many subjects the call is about: those it names, or the rows of a list."""
        return len(self.subjects) if self.rows is None else self.rows

    @property
    def is_repeated(self) -> bool:
        """Whether the same call to a remote store was made before, under the same idempotency key."""
        return self.refusal is None and self.outgoing is not None and self.outgoing.first is not None

    @property
    def is_recorded(self) -> bool:
        """Whether the call has an entry of its own: not a replay, not one of too many refusals, not a call made before."""
        return not (self.replayed or self.suppressed or self.is_repeated)

    @property
    def is_counted(self) -> bool:
        """Whether quotas and limits count it: an errand was counted when it began."""
        return self.policy is not None and self.refusal is None and self.completion is None and not self.is_repeated

    @property
    def first_intent(self) -> bytes:
        """The intent of the call made before; empty where that call, in this very batch, came to nothing."""
        first = self.outgoing.first if self.outgoing else None
        if not isinstance(first, Work):
            return first or b""
        return first.built.leaf if first.outgoing is not None and first.is_recorded else b""

    def refuse(self, ground: Refusal) -> None:
        """From here on the call is refused; what was found for it is forgotten."""
        self.refusal = ground
        self.answer = {}
        self.withheld = ()
        self.built = None
        self.outgoing = None

    @property
    def outcome(self) -> Outcome:
        if self.refusal is None:
            return "WAITING" if self.outgoing else "ANSWERED"
        return _OUTCOMES.get(self.refusal.code, "REFUSED")
