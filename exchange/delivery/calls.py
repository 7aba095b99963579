"""What goes through the data path: a call, its parts as they become known, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from audit.proof.canonical import loads
from exchange.delivery.wire import Body
from exchange.sharing.grounds_of_refusal import Refusal
from exchange.sharing.policy import Method, Policy

Outcome = Literal["ANSWERED", "REFUSED", "FAILED", "WAITING", "ABANDONED"]


@dataclass(frozen=True)
class VerifiedCaller:
    """Who signed the request: proved by the door, under a certificate valid now."""

    system: str
    department: str
    keyid: str
    request_digest: str
    signature: str
    nonce: str
    created: int


@dataclass(frozen=True)
class Call:
    """One request of a verified caller. ``document`` is the body's JSON; ``fault`` says why it could not be read."""

    caller: VerifiedCaller
    agreement: str
    method: Method
    document: Any = None
    fault: str = ""


@dataclass(frozen=True)
class Completion:
    """The checked answer of a remote store, coming back to be decided again (stores that are not hosted)."""

    intent: bytes
    call: Call
    records: Mapping[str, list[Mapping[str, Any]]]
    as_of: str


@dataclass(frozen=True)
class Answer:
    """What is released: the body with its receipt as canonical JSON, exactly as it is sent, and the HTTP status."""

    status: int
    raw: bytes
    outcome: Outcome
    leaf: bytes | None

    @property
    def body(self) -> dict[str, Any]:
        """The body, read again: for callers inside the hub."""
        read: dict[str, Any] = loads(self.raw, max_bytes=len(self.raw))
        return read


@dataclass(frozen=True)
class Deferred:
    """The provider is being asked; the caller collects the result under ``intent``."""

    intent: bytes
    body: Mapping[str, Any]


@dataclass(frozen=True)
class NamedSubject:
    """A subject of the call, normalised, with what goes back to the caller and into the person's disclosure."""

    kind: str
    identifier: str
    echo: Any
    case: str | None


@dataclass(frozen=True)
class AskedFact:
    """One fact of a call: parameters as sent, and as evaluated (subjects replaced by normalised identifiers)."""

    name: str
    sent: Mapping[str, Any]
    values: Mapping[str, Any]
    others: tuple[tuple[str, str], ...]


@dataclass
class Work:
    """One call on its way through the batch; each step fills in what it found out.

    `rows` and `listed` (what its route says beside the usual) belong to a list (exchange/delivery/lists.py).
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

    @property
    def count(self) -> int:
        """How many subjects the call is about: those it names, or the rows of a list."""
        return len(self.subjects) if self.rows is None else self.rows

    @property
    def is_recorded(self) -> bool:
        """Whether the call has an entry of its own: not a replay, not one of too many refusals."""
        return not self.replayed and not self.suppressed

    def refuse(self, ground: Refusal) -> None:
        """From here on the call is refused; what was found for it is forgotten."""
        self.refusal = ground
        self.answer = {}
        self.withheld = ()
        self.built = None

    @property
    def outcome(self) -> Outcome:
        if self.refusal is None:
            return "ANSWERED"
        return "FAILED" if self.refusal.code == "PROVIDER_DOWN" else "REFUSED"
