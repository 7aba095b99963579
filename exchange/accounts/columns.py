"""Encrypted columns: register identifiers of persons are sealed, and found again by a keyed hash.

Two keys of 32 random bytes in KEYS_DIR, outside the database; made at the first use, readable by the hub only.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from audit.proof import envelope

SEAL_KEY = "columns.key"
BLIND_KEY = "columns_blind.key"


def seal_identifier(kind: str, identifier: str) -> tuple[bytes, bytes]:
    """Return (sealed, blind) of a normalised identifier: AES-256-GCM, and HMAC-SHA256 over kind and identifier."""
    sealed = envelope.seal(_key(SEAL_KEY), identifier.encode(), f"person:{kind}")
    return sealed, blind_identifier(kind, identifier)


def blind_identifier(kind: str, identifier: str) -> bytes:
    """What finds a normalised identifier in our own columns: 32 bytes. The log's blinds are others (audit.subjects)."""
    return envelope.blind(_key(BLIND_KEY), kind, identifier)


def open_identifier(kind: str, sealed: bytes) -> str:
    """The identifier again. Raises envelope.EnvelopeError when the column was altered or belongs to another kind."""
    return envelope.open_sealed(_key(SEAL_KEY), bytes(sealed), f"person:{kind}").decode()


def seal_column(text: str, context: str) -> bytes:
    """AES-256-GCM of a text under the columns' key; `context` binds it to its place, so that a copy elsewhere does not open."""
    return envelope.seal(_key(SEAL_KEY), text.encode(), context)


def open_column(sealed: bytes | memoryview, context: str) -> str:
    """The text again. Raises envelope.EnvelopeError when it was altered or moved."""
    return envelope.open_sealed(_key(SEAL_KEY), bytes(sealed), context).decode()


def keyed_hash(what: str, text: str) -> bytes:
    """HMAC-SHA256 under the key that finds identifiers: 32 bytes that say nothing to whoever has the database alone."""
    return envelope.blind(_key(BLIND_KEY), what, text)


def _key(name: str) -> bytes:
    path = Path(settings.KEYS_DIR) / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()
