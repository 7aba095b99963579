"""Keys of persons: found by blind, made when first needed, kept wrapped in a database of their own.

The search key (which makes blinds) and the key-encryption keys are files outside every database. Losing the key
store's row of a person makes that person's lines unreadable for ever: that is what shredding is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from django.conf import settings
from django.db import connections, transaction
from django.utils.translation import gettext as _

from audit.errors import Unavailable
from audit.models import SubjectKey
from audit.proof.envelope import blind, fresh_subject_key, unwrap_key, wrap_key
from audit.routing import KEY_STORE

SEARCH_KEY_FILE = "hub/search.key"
CURRENT_GENERATION = 1
_CHUNK = 500

Who: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SubjectKeyHandle:
    """A person's blind and key, 32 bytes each, in memory for as long as a batch lasts."""

    blind: bytes
    key: bytes


def subject_keys(people: Iterable[Who]) -> dict[Who, SubjectKeyHandle]:
    """Keys of the persons (kind, normalised identifier); missing ones are made and committed in the key store.

    Called before the write transaction, so that no entry can ever name a person whose key was not kept.
    """
    blinds = {who: blind_of(*who) for who in set(people)}
    if not blinds:
        return {}
    wanted = list(blinds.values())
    found = find_keys(wanted)
    missing = [item for item in wanted if item not in found]
    if missing:
        _make(missing)
        found |= find_keys(missing)  # read back: another process may have been first
    return {who: SubjectKeyHandle(item, found[item]) for who, item in blinds.items()}


def blind_of(kind: str, identifier: str) -> bytes:
    """What finds a person's lines without naming the person: 32 bytes."""
    return blind(_key_file(f"{settings.KEYS_DIR}/{SEARCH_KEY_FILE}"), kind, identifier)


def find_keys(blinds: Sequence[bytes]) -> dict[bytes, bytes]:
    """Keys by blind, of those that exist. Stands in the path of every exchange, hence no ORM."""
    keys: dict[bytes, bytes] = {}
    for start in range(0, len(blinds), _CHUNK):
        chunk = blinds[start : start + _CHUNK]
        places = ", ".join(["%s"] * len(chunk))
        with connections[KEY_STORE].cursor() as cursor:
            cursor.execute(f"SELECT blind, wrapped, generation FROM audit_subjectkey WHERE blind IN ({places})", list(chunk))  # noqa: S608 - placeholders only
            rows = cursor.fetchall()
        for key_blind, wrapped, generation in rows:
            key_blind = bytes(key_blind)
            keys[key_blind] = unwrap_key(_encryption_key(generation), bytes(wrapped), key_blind)
    return keys


def key_encryption_file(generation: int) -> str:
    """Name, below KEYS_DIR, of the key-encryption key of a generation."""
    return f"hub/subject-keys-{generation}.key"


def _make(blinds: Sequence[bytes]) -> None:
    encryption_key = _encryption_key(CURRENT_GENERATION)
    rows = [
        SubjectKey(blind=item, wrapped=wrap_key(encryption_key, fresh_subject_key(), item), generation=CURRENT_GENERATION)
        for item in sorted(blinds)  # one order for everybody, so that two batches cannot wait for each other
    ]
    with transaction.atomic(using=KEY_STORE):
        SubjectKey.objects.bulk_create(rows, ignore_conflicts=True)


def _encryption_key(generation: int) -> bytes:
    return _key_file(f"{settings.KEYS_DIR}/{key_encryption_file(generation)}")


@lru_cache(maxsize=16)
def _key_file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise Unavailable(_("This hub has no keys yet. Run: manage.py found_hub"), code="NOT_FOUNDED") from None
