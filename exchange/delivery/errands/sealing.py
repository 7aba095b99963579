"""What an errand keeps is sealed under the keys of everybody it names, all together: without one of them nobody reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import orjson

from audit.proof import envelope
from audit.subjects import SubjectKeyHandle, Who, find_keys
from exchange.delivery.calls import Work

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


def seal(key: bytes, errand: str, part: str, value: Any) -> bytes:
    """JSON of `value`, bound to its errand and to its place in the row (question, result)."""
    return envelope.seal(key, orjson.dumps(value), f"errand:{errand}:{part}")


def unseal(key: bytes, errand: str, part: str, sealed: bytes | memoryview) -> Any:
    """The value again. Raises envelope.EnvelopeError when it was altered or moved."""
    return orjson.loads(envelope.open_sealed(key, bytes(sealed), f"errand:{errand}:{part}"))


def _holds(keys: Collection[bytes], wanted: Iterable[bytes]) -> bool:
    return all(each in keys for each in wanted)
