"""The cursor of a follower: where it stands, and where it is going. Only the hub makes one; it allows nothing.

A cursor pins its target: as long as it has one, the same cursor gives the same page, whatever is published meanwhile. At
rest it has none, and takes the newest. Keys of their own: a cursor or a row's name leads to nothing else.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings

from audit.proof.canonical import CanonicalError, dumps, loads

LONGEST = 4_000
_MAC_BYTES = 32
_ROW_BYTES = 18


class CursorMalformed(ValueError):
    """The text is no cursor that this hub gave out."""


@dataclass(frozen=True)
class Stand:
    """A state of the register as an agreement shows it: a revision, and the hub's local day by which its rows are chosen.

    `lookup` and `rows` are the hashes of its files, `version` that of its description; `signer` is the keyid that signed it.
    """

    version: str
    lookup: str
    rows: str
    on: str
    as_of: str
    signer: str


@dataclass(frozen=True)
class Cursor:
    """`since` is what the follower holds (None: nothing), `until` where it is going (None: at rest), `place` how far it came."""

    agreement: str
    terms: str
    since: Stand | None
    until: Stand | None
    place: int = 0

    def going_to(self, newest: Stand) -> Cursor:
        """The same with a target: its own, or the newest where it is at rest."""
        return self if self.until is not None else replace(self, until=newest, place=0)

    def moved(self, place: int, total: int) -> Cursor:
        """After a page that ended at `place` of `total` changes; at the end it rests where it was going."""
        if place < total:
            return replace(self, place=place)
        return Cursor(self.agreement, self.terms, self.until, None)

    def written(self) -> str:
        """The opaque text: canonical JSON behind its HMAC, base64url."""
        body = dumps({"v": 1, **asdict(self)})
        return base64.urlsafe_b64encode(_mac(b"changes-cursor", body) + body).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """The cursor that this hub wrote; raises CursorMalformed for every other text."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, _mac(b"changes-cursor", body)):
            raise CursorMalformed
        return _cursor_of(loads(body))
    except (ValueError, CanonicalError):
        raise CursorMalformed from None


def _cursor_of(document: Mapping[str, Any]) -> Cursor:
    since, until = (Stand(**stand) if stand else None for stand in (document["since"], document["until"]))
    return Cursor(document["agreement"], document["terms"], since, until, document["place"])


def row_name(agreement: str, key: Sequence[Any]) -> str:
    """The stable, opaque name of a keyed row under one agreement: nobody can compute it, or compare it with another's."""
    mac = _mac(b"changes-row", dumps([agreement, *key]))
    return base64.urlsafe_b64encode(mac[:_ROW_BYTES]).decode()


def sealed(recipe: bytes, digest: bytes) -> bytes:
    """What stands at the end of a difference's file: that this hub wrote it, for this recipe."""
    return _mac(b"changes-places", recipe + digest)


def _mac(purpose: bytes, message: bytes) -> bytes:
    return hmac.digest(_key(settings.SECRET_KEY, purpose), message, "sha256")


@lru_cache(maxsize=8)
def _key(secret: str, purpose: bytes) -> bytes:
    return hmac.digest(secret.encode(), purpose, "sha256")
