"""What an errand keeps is sealed under the keys of everybody it names, all together: without one of them nobody reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from audit.proof import envelope
from audit.subjects import SubjectKeyHandle, Who, find_keys
from exchange.delivery.calls import Work
from exchange.delivery.models import Errand

BLIND_SIZE = 32


def named_by(work: Work) -> set[Who]:
    """Everybody and everything a call names, persons or not: kind and normalised identifier."""
    subjects = {(subject.kind, subject.identifier) for subject in work.subjects}
    return subjects | {other for fact in work.facts for other in fact.others}


def joined(handles: Iterable[SubjectKeyHandle]) -> tuple[bytes, bytes]:
    """The blinds as a row keeps them, and the joint key."""
    keys = {handle.blind: handle.key for handle in handles}
    return b"".join(sorted(keys)), envelope.joint_key(keys)


def key_of(blinds: bytes) -> bytes | None:
    """The joint key of a row, or None when one of the keys is gone: what it seals cannot be read any more."""
    wanted = [blinds[start : start + BLIND_SIZE] for start in range(0, len(blinds), BLIND_SIZE)]
    keys = find_keys(wanted)
    return envelope.joint_key(keys) if wanted and _holds(keys, wanted) else None


@dataclass(frozen=True)
class Place:
    """Whose errand it is: what stands beside it in clear is bound to what is sealed, so that nobody can give it to another."""

    errand: str
    department: str
    system: str
    agreement: str
    method: str


def place_of(errand: Errand) -> Place:
    """As the row says; if somebody changed the row, nothing opens."""
    return Place(errand.pk, errand.department, errand.system, errand.agreement, errand.method)


def seal(key: bytes, place: Place, part: str, value: Any) -> bytes:
    """JSON of `value`, bound to its errand and to its part of the row (question, result)."""
    return envelope.seal(key, orjson.dumps(value), _context(place, part))


def unseal(key: bytes, place: Place, part: str, sealed: bytes | memoryview) -> Any:
    """The value again. Raises envelope.EnvelopeError when it, or the row around it, was altered or moved."""
    return orjson.loads(envelope.open_sealed(key, bytes(sealed), _context(place, part)))


def _context(place: Place, part: str) -> str:
    return f"errand:{part}:{place.errand}:{place.department}:{place.system}:{place.agreement}:{place.method}"


def _holds(keys: Collection[bytes], wanted: Iterable[bytes]) -> bool:
    return all(each in keys for each in wanted)
