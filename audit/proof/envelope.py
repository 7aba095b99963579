"""Encryption under a person's key, blinds to find a person's lines, and sealed columns.

AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces, HMAC-SHA256 (RFC 2104). A sealed value is
`0x01 ‖ nonce ‖ ciphertext ‖ tag`; the first byte names this form, so that another may follow.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from os import urandom
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.proof.canonical import CanonicalError, Document, b64url, dumps, loads
from audit.proof.disclosure import PERSON, written

KEY_SIZE = 32
ENTRY_NONCE_SIZE = 16
_FORM = b"\x01"
_NONCE_SIZE = 12
_OVERHEAD = len(_FORM) + _NONCE_SIZE + 16
_FIRST_ROUND = b"\x00\x00\x00\x01"
_PERSON_KEY = b"mianzheng/person-key/v1\n"
_SUBJECT_KEY = b"mianzheng/subject-key/v1\n"
_JOINT_KEY = b"mianzheng/joint-key/v1\n"


class EnvelopeError(ValueError):
    """It cannot be opened: another key, another place, or changed bytes. The message never holds the content."""


def blind(search_key: bytes, kind: str, identifier: str) -> bytes:
    """32 bytes that find a person's lines without naming the person: HMAC(search key, kind ‖ ":" ‖ identifier).

    `identifier` is normalised. A kind has no colon, so that no two pairs give one text.
    """
    if ":" in kind:
        raise EnvelopeError("a kind of identifier has no colon")
    if len(search_key) < KEY_SIZE:
        raise EnvelopeError("the search key has at least 32 bytes")
    return hmac.digest(search_key, f"{kind}:{identifier}".encode(), "sha256")


def fresh_subject_key() -> bytes:
    """A person's random key, 32 bytes."""
    return urandom(KEY_SIZE)


def wrap_key(kek: bytes, key: bytes, key_blind: bytes) -> bytes:
    """Encrypt a person's key under a key-encryption key, bound to the person's blind so that rows cannot be swapped."""
    if len(key) != KEY_SIZE:
        raise EnvelopeError("a subject key is 32 bytes long")
    return _seal(kek, key, _SUBJECT_KEY + key_blind)


def unwrap_key(kek: bytes, wrapped: bytes, key_blind: bytes) -> bytes:
    """The person's key again; raise EnvelopeError for another generation, another person or changed bytes."""
    key = _open(kek, wrapped, _SUBJECT_KEY + key_blind)
    if len(key) != KEY_SIZE:
        raise EnvelopeError("a subject key is 32 bytes long")
    return key


def person_salt(subject_key: bytes, entry_nonce: bytes, position: int) -> str:
    """Salt of one person disclosure: HMAC(subject key, entry nonce ‖ position as 4 bytes), 43 characters. Not stored."""
    return b64url(hmac.digest(subject_key, _place(subject_key, entry_nonce, position), "sha256"))


def sealed_person(subject_key: bytes, entry_nonce: bytes, position: int, person: Document) -> tuple[str, bytes]:
    """Text of a person disclosure and its ciphertext, writing the person's JSON once: this is in the path.

    `entry_nonce` is 16 random bytes, `position` the person's place in the entry from 0.
    """
    return sealed_content(subject_key, entry_nonce, position, dumps(person))


def sealed_content(subject_key: bytes, entry_nonce: bytes, position: int, content: bytes) -> tuple[str, bytes]:
    """The same from the person's canonical JSON."""
    place = _place(subject_key, entry_nonce, position)
    return _text(subject_key, place, content), _seal(_person_key(subject_key, place), content, place)


def seal_person(subject_key: bytes, entry_nonce: bytes, position: int, person: Document) -> bytes:
    """Ciphertext of one person of an entry."""
    return sealed_person(subject_key, entry_nonce, position, person)[1]


def open_person(subject_key: bytes, entry_nonce: bytes, position: int, ciphertext: bytes) -> dict[str, Any]:
    """The person again. Raises EnvelopeError for another key, entry or position, or changed bytes."""
    place = _place(subject_key, entry_nonce, position)
    content = _open(_person_key(subject_key, place), ciphertext, place)
    try:
        person = loads(content)
    except CanonicalError:
        raise EnvelopeError("the sealed person is no JSON") from None
    if not isinstance(person, dict):
        raise EnvelopeError("the sealed person is no JSON object")
    return person


def person_disclosure(subject_key: bytes, entry_nonce: bytes, position: int, person: Document) -> str:
    """Text of one person disclosure, rebuilt exactly: canonical JSON under the derived salt."""
    return _text(subject_key, _place(subject_key, entry_nonce, position), dumps(person))


def seal(key: bytes, plaintext: bytes, context: str) -> bytes:
    """Encrypt a column's value under a 32-byte key; `context` (table, column, row) must be the same to open it."""
    return _seal(key, plaintext, context.encode())


def open_sealed(key: bytes, sealed: bytes, context: str) -> bytes:
    """The plaintext again; raise EnvelopeError for another key or context, or changed bytes."""
    return _open(key, sealed, context.encode())


def joint_key(keys: Mapping[bytes, bytes]) -> bytes:
    """One key for what names several persons: without each of their keys (by blind) it cannot be made again.

    One-step derivation of NIST SP 800-56C section 4, over the keys in the order of their blinds.
    """
    if not keys or any(len(key) != KEY_SIZE for key in keys.values()):
        raise EnvelopeError("a joint key is made of one or more subject keys of 32 bytes")
    held = b"".join(key_blind + keys[key_blind] for key_blind in sorted(keys))
    return sha256(_FIRST_ROUND + held + _JOINT_KEY + len(keys).to_bytes(4, "big")).digest()


def _place(subject_key: bytes, entry_nonce: bytes, position: int) -> bytes:
    """What binds a person to the entry and the position, after refusing a key or a nonce that is too short."""
    if len(subject_key) != KEY_SIZE:
        raise EnvelopeError("a subject key is 32 bytes long")
    if len(entry_nonce) != ENTRY_NONCE_SIZE:
        raise EnvelopeError("an entry nonce is 16 bytes long")
    if not 0 <= position < 2**32:
        raise EnvelopeError("a position is a number of 4 bytes")
    return entry_nonce + position.to_bytes(4, "big")


def _person_key(subject_key: bytes, place: bytes) -> bytes:
    """One key per person and entry, so that no nonce can run out: one-step derivation of NIST SP 800-56C section 4."""
    return sha256(_FIRST_ROUND + subject_key + _PERSON_KEY + place).digest()


def _text(subject_key: bytes, place: bytes, content: bytes) -> str:
    return written(b64url(hmac.digest(subject_key, place, "sha256")), PERSON, content)


def _seal(key: bytes, plaintext: bytes, bound: bytes) -> bytes:
    nonce = urandom(_NONCE_SIZE)
    return _FORM + nonce + _cipher(key).encrypt(nonce, plaintext, bound)


def _open(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    if len(sealed) < _OVERHEAD or sealed[:1] != _FORM:
        raise EnvelopeError("the sealed value is cut off or of an unknown form")
    start = len(_FORM) + _NONCE_SIZE
    try:
        return _cipher(key).decrypt(sealed[len(_FORM) : start], sealed[start:], bound)
    except InvalidTag:
        raise EnvelopeError("the sealed value does not open with this key in this place") from None


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_SIZE:
        raise EnvelopeError("an encryption key is 32 bytes long")
    return AESGCM(key)
