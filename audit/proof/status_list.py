"""Token Status List (draft-ietf-oauth-status-list): whether a licence still holds, in a list of thousands.

Whoever verifies fetches the whole list, so that the issuer does not learn which licence was looked at.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from audit.proof.canonical import JSON, CanonicalError, Document, b64url, unb64url
from audit.proof.keys import Signer
from audit.proof.sd_jwt import SdJwtError, sign_jwt, verify_jwt

TYPE = "statuslist+jwt"
BITS = 2
SIZE = 65_536  # licences in one list: a crowd to hide in, some hundred bytes while nearly all are valid
_PER_BYTE = 8 // BITS


class Status(IntEnum):
    """What two bits say; 3 is for the application to define (section 7.1), here: replaced by a later licence."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    CHANGED = 3


class StatusListError(ValueError):
    """The list is malformed, not signed by this key, of another address, or too old."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A verified list: two bits a licence."""

    packed: bytes

    def at(self, index: int) -> Status:
        """The status at an index. Raises StatusListError beyond the end."""
        if not 0 <= index < len(self.packed) * _PER_BYTE:
            raise StatusListError("the list has no such place")
        return Status(self.packed[index // _PER_BYTE] >> BITS * (index % _PER_BYTE) & 0b11)


def pack(statuses: Mapping[int, Status], size: int = SIZE) -> bytes:
    """Two bits for each of `size` licences, the lowest bits of a byte first (section 4.1); who is not named is valid."""
    packed = bytearray(-(-size // _PER_BYTE))
    for index, status in statuses.items():
        packed[index // _PER_BYTE] |= status << BITS * (index % _PER_BYTE)
    return bytes(packed)


def issue_list(signer: Signer, *, uri: str, packed: bytes, at: int, ttl: int, until: int) -> str:
    """Sign a list as a JWT: `at` and `until` in seconds since 1970, `ttl` how many seconds it may be kept (section 5.1)."""
    lst = b64url(zlib.compress(packed, 9))
    claims: Document = {"sub": uri, "iat": at, "exp": until, "ttl": ttl, "status_list": {"bits": BITS, "lst": lst}}
    return sign_jwt(signer, claims, kind=TYPE)


def verify_list(jwt: str, *, uri: str, keys: Mapping[str, bytes], now: int) -> StatusList:
    """Verify a list fetched from `uri` (section 8.3). Raises StatusListError."""
    try:
        _, claims = verify_jwt(jwt, keys=keys, kind=TYPE)
    except SdJwtError as error:
        raise StatusListError(str(error)) from None
    until = claims.get("exp")
    if claims.get("sub") != uri:
        raise StatusListError("a list of another address")
    if not isinstance(until, int) or now >= until:
        raise StatusListError("the list is too old")
    return StatusList(_unpack(claims.get("status_list")))


def _unpack(value: JSON) -> bytes:
    if not isinstance(value, dict) or value.get("bits") != BITS or not isinstance(value.get("lst"), str):
        raise StatusListError("no list of two bits a licence")
    inflate = zlib.decompressobj()
    try:
        packed = inflate.decompress(unb64url(str(value["lst"])), SIZE // _PER_BYTE + 1)
    except (zlib.error, CanonicalError):
        raise StatusListError("the list cannot be unpacked") from None
    if len(packed) > SIZE // _PER_BYTE or not inflate.eof:
        raise StatusListError("the list is longer than any of ours, or broken off")
    return packed
