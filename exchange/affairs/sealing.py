"""What is kept about a person is sealed under that person's own key, so that destroying the key destroys it too."""

from __future__ import annotations

from typing import Any

import orjson

from audit.proof import envelope
from audit.subjects import subject_keys
from exchange.accounts.subject import Subject


def key_of(subject: Subject) -> bytes:
    """The person's key, for whoever seals or opens several things at once. Makes and commits a missing one."""
    return subject_keys([subject.who])[subject.who].key


def seal(subject: Subject, value: Any, *, context: str, key: bytes = b"") -> bytes:
    """JSON of `value`, AES-256-GCM under the subject's key; `context` binds it to its place ("evidence:…").

    Makes and commits a missing key in the key store: call it before the write transaction where that matters.
    """
    return envelope.seal(key or key_of(subject), orjson.dumps(value), context)


def unseal(subject: Subject, sealed: bytes | memoryview, *, context: str, key: bytes = b"") -> Any:
    """The value again. Raises envelope.EnvelopeError when it was altered, moved, or the person's key is gone."""
    return orjson.loads(envelope.open_sealed(key or key_of(subject), bytes(sealed), context))
