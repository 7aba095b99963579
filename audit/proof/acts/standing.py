"""What the chain of acts adds up to: plain values that nobody changes from outside."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from audit.proof.canonical import Document, dumps
from audit.proof.keys import Certificate

NOTHING: Mapping[str, str] = MappingProxyType({})


class AuthorityError(ValueError):
    """An act is not what the chain allows. `seq` is its place; `code` is stable; nothing from that act on counts."""

    def __init__(self, seq: int, code: str, message: str) -> None:
        """Keep place and code beside the sentence."""
        super().__init__(f"act {seq}: {message}")
        self.seq = seq
        self.code = code
        self.message = message


class OrderFault(ValueError):
    """Why an order is refused; the chain turns it into an AuthorityError with the place."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the sentence."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known from outside the database: the log's origin, the root's public key, the authority's code."""

    hub: str
    root: bytes
    authority: str


class Head(NamedTuple):
    """The newest act: its number and hash. Zero and "" before act 1. This pair is the policy version."""

    seq: int
    hash: str


class Deed(NamedTuple):
    """One thing that a key signed and that `revoke_key … since` suspends: place, order type, role and target."""

    seq: int
    type: str
    role: str
    target: str


class AgreementState(StrEnum):
    """States folded from acts. EXPIRED is the period read against now, by whoever decides."""

    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    SUPERSEDED = "SUPERSEDED"


@dataclass(frozen=True, slots=True)
class CertificateStanding:
    """A certified key. `department` is the one that answers for it, or `hub`; revoked from `revoked_seq` on."""

    certificate: Certificate
    seq: int
    issuer_keyid: str
    department: str
    revoked_seq: int | None = None

    def usable_at(self, at: str) -> bool:
        """Whether the key may sign something now, at `at`."""
        return self.revoked_seq is None and self.certificate.valid_at(at)


@dataclass(frozen=True, slots=True)
class VersionStanding:
    """A published dataset version. A suspended one (its key was revoked since) is never current."""

    hash: str
    version: Document
    seq: int
    signed_by: str
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class RevisionStanding:
    """The current load of a dataset: the order with its file hashes."""

    order: Document
    seq: int
    act_hash: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class OfferStanding:
    """A standing offer; ended by `revoke`, silent while suspended. `emergency` is the order that declared it, else None."""

    offer: Document
    seq: int
    act_hash: str
    signed_by: str
    ended_seq: int | None = None
    suspended_by: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    emergency: Document | None = None

    @property
    def in_force(self) -> bool:
        """Whether a requester may take it up (its `not_after` is judged at the act)."""
        return self.ended_seq is None and not self.suspended_by


@dataclass(frozen=True, slots=True)
class AgreementStanding:
    """An agreement and its state. `suspended_by` maps a side to the act that suspended (see `revocation.py`).

    `offer` is the hash of the offer that stands for the provider's signature, None where the provider signed itself.
    """

    id: str
    agreement: Document
    seq: int
    act_hash: str
    signers: Mapping[str, str]
    suspended_by: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    ended_seq: int | None = None
    superseded_by: str | None = None
    reason: Document | None = None
    offer: str | None = None

    @property
    def state(self) -> AgreementState:
        """The state by acts alone; the period is not read here."""
        if self.superseded_by is not None:
            return AgreementState.SUPERSEDED
        if self.ended_seq is not None:
            return AgreementState.REVOKED
        return AgreementState.SUSPENDED if self.suspended_by else AgreementState.IN_FORCE


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the acts up to `head` allow. `at` is the time of the newest act, "" before the first.

    `systems` and `datasets` map a code to the department that it belongs to, for ever. `versions` and `revisions`
    hold what is current; what is missing there is not in force. `departments` are those that root has certified.
    """

    ground: Ground
    head: Head
    at: str
    certificates: Mapping[str, CertificateStanding]
    systems: Mapping[str, str]
    datasets: Mapping[str, str]
    versions: Mapping[str, VersionStanding]
    all_versions: Mapping[str, VersionStanding]
    revisions: Mapping[str, RevisionStanding]
    offers: Mapping[str, OfferStanding]
    restricted: frozenset[tuple[str, str]]
    agreements: Mapping[str, AgreementStanding]
    act_seqs: Mapping[str, int]
    deeds: Mapping[str, tuple[Deed, ...]]
    nonces: frozenset[str]
    public_keys: frozenset[bytes]
    departments: frozenset[str]

    def require_head(self, seq: int, act_hash: str) -> None:
        """Raise AuthorityError unless the act (seq, hash), known from a second copy, stands in this chain.

        A database that was cut or restored to an older state lacks it.
        """
        if seq > self.head.seq:
            raise AuthorityError(self.head.seq + 1, "TRUNCATED", f"acts up to {seq} are known, and they are missing here")
        if seq and self.act_seqs.get(act_hash) != seq:
            raise AuthorityError(seq, "FORKED", "another act stands at this place in the second copy")


def empty(ground: Ground) -> Standing:
    """The standing before act 1: nothing is allowed."""
    sets = ("restricted", "nonces", "public_keys", "departments")
    given = ("ground", "head", "at")
    nothing: dict[str, Any] = {item.name: NOTHING for item in fields(Standing) if item.name not in given}
    return Standing(ground=ground, head=Head(0, ""), at="", **{**nothing, **dict.fromkeys(sets, frozenset())})


def agreement_id(agreement: Document) -> str:
    """The id in URLs: lower-case base32, unpadded, of the first 20 bytes of SHA-256 of the canonical JSON."""
    return base64.b32encode(hashlib.sha256(dumps(agreement)).digest()[:20]).decode("ascii").lower()
