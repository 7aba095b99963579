"""SD-JWT: a signed document whose holder chooses what of it somebody else may read (RFC 9901).

Ed25519 alone (`alg` EdDSA, RFC 8037). No key binding: a licence is shown by whoever carries it, as its paper was.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from audit.proof.canonical import JSON, CanonicalError, Document, b64url, dumps, fresh_nonce, loads, unb64url
from audit.proof.disclosed_claims import ClaimsError, Disclosure, digest_of, open_disclosures, reveal
from audit.proof.keys import SignatureError, Signer, verify_bytes

ALGORITHM = "EdDSA"
TYPE = "dc+sd-jwt"  # draft-ietf-oauth-sd-jwt-vc
MAX_SIZE = 32_768
MAX_DISCLOSURES = 100
_HEADER_MEMBERS = {"alg", "typ", "kid"}
_RESERVED = frozenset({"_sd", "_sd_alg", "..."})


class SdJwtError(ValueError):
    """It is no SD-JWT, or not one that this key signed, or what is shown does not belong to it."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verified presentation says: all claims that are open or shown, and the names of the shown ones."""

    claims: Document
    shown: tuple[str, ...]
    kid: str


def issue(signer: Signer, *, claims: Document, hidden: Document, kind: str = TYPE, digests: int = 6) -> str:
    """Sign `claims` in clear and each member of `hidden` behind a digest; gives `<jwt>~<disclosure>~…~`.

    Salts have 128 bits (RFC 9901 section 9.3). Digests that lead to nothing fill them up to `digests`, so that the number
    of hidden members stays unknown (section 4.2.5). Raises SdJwtError for a reserved name or one that stands in both,
    CanonicalError for a value that canonical JSON has not.
    """
    if _RESERVED & (claims.keys() | hidden.keys()) or claims.keys() & hidden.keys():
        raise SdJwtError("a claim has a reserved name, or stands both open and hidden")
    texts = [b64url(dumps([fresh_nonce(), name, value])) for name, value in hidden.items()]
    decoys = [b64url(os.urandom(32)) for _ in range(digests - len(texts))]
    payload: Document = {**claims, "_sd_alg": "sha-256"}
    if texts or decoys:
        payload["_sd"] = [*sorted(map(digest_of, texts + decoys))]
    return "~".join([sign_jwt(signer, payload, kind=kind), *texts, ""])


def present(text: str, names: Collection[str]) -> str:
    """The same SD-JWT with only the disclosures of `names`; the holder's choice, it needs no key.

    Raises SdJwtError where a chosen claim stands inside another hidden one that was not chosen.
    """
    jwt, disclosures = _split(text)
    kept = [item for item in disclosures if item.name in names]
    try:
        reveal(read_part(jwt.split(".")[1]), kept)
    except ClaimsError as error:
        raise SdJwtError(str(error)) from None
    return "~".join([jwt, *(item.text for item in kept), ""])


def verify(text: str, *, keys: Mapping[str, bytes], now: int, kind: str = TYPE) -> Verified:
    """Verify a presentation (RFC 9901 section 7.3) with the issuer's `keys` {kid: 32 bytes} at `now` (seconds since 1970).

    Raises SdJwtError for anything else than a whole, unaltered, unexpired SD-JWT of this kind without key binding.
    """
    jwt, disclosures = _split(text)
    kid, payload = verify_jwt(jwt, keys=keys, kind=kind)
    try:
        claims = reveal(payload, disclosures)
    except ClaimsError as error:
        raise SdJwtError(str(error)) from None
    _check_times(claims, now)
    return Verified(claims, tuple(item.name for item in disclosures if item.name is not None), kid)


def sign_jwt(signer: Signer, payload: Document, *, kind: str) -> str:
    """A JWS in compact form (RFC 7515) of a payload; `kind` is its `typ`, which keeps one kind from passing as another."""
    header: Document = {"alg": ALGORITHM, "kid": signer.keyid, "typ": kind}
    signed = f"{b64url(dumps(header))}.{b64url(dumps(payload))}"
    return f"{signed}.{b64url(signer.sign(signed.encode()))}"


def verify_jwt(jwt: str, *, keys: Mapping[str, bytes], kind: str) -> tuple[str, Document]:
    """(kid, payload) of a JWS that one of `keys` signed. The algorithm is ours; the header's word is only compared."""
    parts = jwt.split(".")
    if len(parts) != 3 or len(jwt) > MAX_SIZE * 8:
        raise SdJwtError("not three parts with points between them")
    header = read_part(parts[0])
    kid = _checked_kid(header, kind)
    key = keys.get(kid)
    if key is None:
        raise SdJwtError("signed under a name that is not known here")
    try:
        verify_bytes(key, f"{parts[0]}.{parts[1]}".encode(), unb64url(parts[2]))
    except (SignatureError, CanonicalError) as error:
        raise SdJwtError(str(error)) from None
    return kid, read_part(parts[1])


def read_part(part: str) -> Document:
    """The JSON object in a part of a JWS, read strictly. Raises SdJwtError."""
    try:
        value: Any = loads(unb64url(part), max_bytes=MAX_SIZE * 8, allow_floats=True)
    except CanonicalError as error:
        raise SdJwtError(str(error)) from None
    if not isinstance(value, dict):
        raise SdJwtError("a part holds no JSON object")
    return cast("Document", value)


def _checked_kid(header: Document, kind: str) -> str:
    if header.keys() != _HEADER_MEMBERS:
        raise SdJwtError("the header has missing or unknown members")
    if header["alg"] != ALGORITHM:
        raise SdJwtError("the header names another algorithm than its key has")
    if header["typ"] != kind:
        raise SdJwtError("a document of another kind")
    if not isinstance(header["kid"], str):
        raise SdJwtError("the header names no key")
    return header["kid"]


def _split(text: str) -> tuple[str, list[Disclosure]]:
    """The signed part and the disclosures. A text after the last `~` would be a key binding, which is not issued here."""
    if len(text) > MAX_SIZE or not text.isascii():
        raise SdJwtError("too long, or with characters that no SD-JWT has")
    jwt, *disclosures = text.split("~")
    if not disclosures or disclosures.pop() != "":
        raise SdJwtError("it does not end as an SD-JWT without key binding does")
    if len(disclosures) > MAX_DISCLOSURES:
        raise SdJwtError("more disclosures than any licence has")
    try:
        return jwt, open_disclosures(disclosures)
    except ClaimsError as error:
        raise SdJwtError(str(error)) from None


def _check_times(claims: Document, now: int) -> None:
    if now >= _seconds(claims.get("exp", now + 1)) or now < _seconds(claims.get("nbf", now)):
        raise SdJwtError("it has ended, or does not hold yet")


def _seconds(value: JSON) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise SdJwtError("a time is no whole number of seconds")
    return value
