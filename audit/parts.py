"""Reads a blob: what lies beside the entries of one batch, per position."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from audit.proof.canonical import CanonicalError, loads, unb64url
from audit.proof.merkle import ProofError

_LONGEST = 64 * 1_048_576


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """A person disclosure as it is stored: who can be found by `blind`, what by the person's key."""

    blind: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """What lies beside one entry: its nonce (16 bytes), clear disclosures, and sealed persons in order."""

    nonce: bytes
    disclosures: tuple[str, ...]
    persons: tuple[SealedPerson, ...]


def part_at(body: bytes, position: int) -> Part:
    """The part of one entry; raises ProofError when the blob is damaged, without saying what it held."""
    try:
        document = _read(body)[position]
        return Part(
            unb64url(document["nonce"]),
            tuple(map(str, document["disclosures"])),
            tuple(SealedPerson(unb64url(item["blind"]), unb64url(item["ciphertext"])) for item in document["persons"]),
        )
    except (CanonicalError, KeyError, IndexError, TypeError) as error:
        raise ProofError(f"what lies beside the entry cannot be read ({type(error).__name__})") from None


def clear_at(body: bytes, position: int) -> tuple[list[str], list[bytes]]:
    """Clear disclosures and the persons' blinds of one entry, which is all that an index needs. Raises ProofError.

    An index proves nothing, so the blob is read without asking whether it is canonical.
    """
    try:
        document = _read_quickly(body)[position]
        return document["disclosures"], [unb64url(item["blind"]) for item in document["persons"]]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ProofError(f"what lies beside the entry cannot be read ({type(error).__name__})") from None


def disclosures_at(body: bytes, position: int) -> tuple[str, ...]:
    """The clear disclosures of one entry."""
    return part_at(body, position).disclosures


@lru_cache(maxsize=4)
def _read_quickly(body: bytes) -> Any:
    return orjson.loads(body)


@lru_cache(maxsize=4)  # the entries of one batch are read one after another
def _read(body: bytes) -> Any:
    return loads(body, max_bytes=_LONGEST)
