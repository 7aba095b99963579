"""Keys and signatures: certificates, signers, and the signature object of protocol sections 1 and 2.

Ed25519 as in RFC 8032. Private keys are PKCS#8 PEM files; a hardware key is one more class with the Signer interface.
Where PyNaCl is installed its libsodium does the arithmetic in half the time (docs/decisions/0080); the bytes are the same.
"""

import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from audit.proof import sealed_box
from audit.proof.canonical import (
    CanonicalError,
    Document,
    b64url,
    document_hash,
    domain,
    dumps,
    fresh_nonce,
    require_signable_text,
    sha256_text,
    signed_bytes,
    unb64url,
)

sodium: Any
_REFUSED: tuple[type[Exception], ...] = (InvalidSignature,)
try:
    from nacl import bindings as sodium
    from nacl.exceptions import CryptoError
except ImportError:  # the offline client and audit_verify run on the standard library and `cryptography` alone
    sodium = None
else:
    _REFUSED += (CryptoError,)

ALGORITHM = "ed25519"
SIGNATURE_SIZE = 64
ROOT_KEYID = "authority/root"
HUB_OWNER = "hub"

KEYID = re.compile(r"[A-Za-z0-9-]{1,64}/[A-Za-z0-9-]{1,64}")
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SIGNATURE_MEMBERS = frozenset({"alg", "keyid", "role", "document", "signed_at", "value"})
_CERTIFICATE_MEMBERS = frozenset(
    ["type", "owner", "name", "alg", "public_key", "use", "custody", "not_before", "not_after", "hub", "nonce"]
)

# Points of small order (RFC 8032 section 5.1.7 does not refuse them): under such a key anybody can make a signature
# that verifies, so it binds nobody. The sign bit is masked; the test computes the list anew.
_SMALL_ORDER = frozenset(
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)


class SignatureError(ValueError):
    """A key, certificate or signature is malformed, or the signature does not verify."""


class Use(StrEnum):
    """What a key may sign, or that exports are sealed to it (docs/decisions/0075). A key has one use."""

    DOCUMENT = "document"
    SYSTEM = "system"
    PROVIDER_ANSWER = "provider-answer"
    SEAL = "seal"
    HUB_LOG = "hub-log"
    HUB_LOG_PQ = "hub-log-pq"
    HUB_ANSWER = "hub-answer"
    HUB_COUNTER = "hub-counter"
    HUB_LICENCE = "hub-licence"
    HUB_LABEL = "hub-label"

    @property
    def is_hub(self) -> bool:
        """Whether keys of this use belong to the hub itself."""
        return self.value.startswith("hub-")


class Custody(StrEnum):
    """Who holds the private key."""

    DEPARTMENT = "department"
    HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The content of a `key` order. `public_key` is 32 raw bytes; times are UTC text `2026-11-20T22:46:00Z`."""

    owner: str
    name: str
    public_key: bytes
    use: Use
    custody: Custody
    not_before: str
    not_after: str
    hub: str
    alg: str = ALGORITHM
    nonce: str = field(default_factory=fresh_nonce)

    @property
    def keyid(self) -> str:
        """`{owner}/{name}`, as it stands in every signature."""
        return f"{self.owner}/{self.name}"

    @classmethod
    def from_order(cls, order: Document) -> "Certificate":
        """Read a `key` order strictly; raise SignatureError for anything missing, unknown or malformed."""
        if order.get("type") != "key" or order.keys() != _CERTIFICATE_MEMBERS:
            raise SignatureError("the certificate has missing or unknown members")
        if not all(isinstance(value, str) for value in order.values()):
            raise SignatureError("every member of a certificate is text")
        members = cast("dict[str, str]", order)
        try:
            return cls(
                owner=members["owner"],
                name=members["name"],
                public_key=unb64url(members["public_key"]),
                use=Use(members["use"]),
                custody=Custody(members["custody"]),
                not_before=members["not_before"],
                not_after=members["not_after"],
                hub=members["hub"],
                alg=members["alg"],
                nonce=members["nonce"],
            ).checked()
        except SignatureError:
            raise
        except ValueError as error:
            raise SignatureError(f"the certificate is malformed: {error}") from None

    def checked(self) -> "Certificate":
        """Give this certificate back if names, times, algorithm and key are well formed, else raise."""
        if not _NAME.fullmatch(self.owner) or not _NAME.fullmatch(self.name):
            raise SignatureError("owner and name of a key are made of letters, digits and hyphens")
        self._require_key()
        require_time(self.not_before)
        require_time(self.not_after)
        if self.not_before > self.not_after:
            raise SignatureError("the key would end before it begins")
        return self

    def _require_key(self) -> None:
        """The algorithm is that of the use, and the key is one of it that binds its holder."""
        if self.alg != (sealed_box.ALGORITHM if self.use is Use.SEAL else ALGORITHM):
            raise SignatureError(f"the algorithm {self.alg!r} is not known here for the use {self.use.value}")
        if self.use is not Use.SEAL:
            require_public_key(self.public_key)
            return
        try:
            sealed_box.require_seal_key(self.public_key)
        except sealed_box.SealError as error:
            raise SignatureError(str(error)) from None

    def valid_at(self, at: str) -> bool:
        """Whether `at` lies within the validity, both ends included."""
        return self.not_before <= at <= self.not_after


def key_order(certificate: Certificate) -> Document:
    """The `key` order that root or a department's document key signs to certify this key."""
    return {
        "type": "key",
        "owner": certificate.owner,
        "name": certificate.name,
        "alg": certificate.alg,
        "public_key": b64url(certificate.public_key),
        "use": certificate.use.value,
        "custody": certificate.custody.value,
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "hub": certificate.hub,
        "nonce": certificate.nonce,
    }


def require_public_key(public_key: bytes) -> None:
    """Refuse what is no Ed25519 public key that binds its holder: wrong length, or a point of small order."""
    if len(public_key) != 32:
        raise SignatureError("an Ed25519 public key has 32 bytes")
    masked = public_key[:31] + bytes([public_key[31] & 0x7F])
    if masked in _SMALL_ORDER:
        raise SignatureError("this public key is a point of small order and binds nobody")


def require_time(text: object) -> None:
    """Refuse anything but a real UTC time written `2026-11-20T22:46:00Z`."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise SignatureError("a time is written like 2026-11-20T22:46:00Z")
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise SignatureError(f"there is no such time: {text}") from None


class Signer(Protocol):
    """Something that signs under one keyid: a file, or a hardware module."""

    @property
    def keyid(self) -> str:
        """`{owner}/{name}` as certified."""

    @property
    def alg(self) -> str:
        """The algorithm's name, `ed25519`."""

    @property
    def public_key(self) -> bytes:
        """32 raw bytes."""

    def sign(self, data: bytes) -> bytes:
        """64 bytes of signature over `data`."""


class PemSigner:
    """Signs with an unencrypted PKCS#8 PEM, given as bytes or as the path of a file."""

    alg = ALGORITHM

    def __init__(self, keyid: str, pem: bytes | str | Path) -> None:
        """Read the key; raise SignatureError if it is no Ed25519 key or the keyid is malformed."""
        if not KEYID.fullmatch(keyid):
            raise SignatureError("a keyid is written owner/name")
        self.keyid = keyid
        self._private_key = _read_private_key(pem if isinstance(pem, bytes) else Path(pem).read_bytes())
        self.public_key = self._private_key.public_key().public_bytes_raw()
        self._expanded = self._private_key.private_bytes_raw() + self.public_key  # as libsodium takes it

    def sign(self, data: bytes) -> bytes:
        """64 bytes, RFC 8032 Ed25519 (deterministic)."""
        if sodium is None:
            return self._private_key.sign(data)
        signed: bytes = sodium.crypto_sign(data, self._expanded)
        return signed[:SIGNATURE_SIZE]


def generate_private_key() -> bytes:
    """A fresh Ed25519 private key as unencrypted PKCS#8 PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_key_of(pem: bytes) -> bytes:
    """The 32 bytes of the public key that belongs to a private key in PEM."""
    return _read_private_key(pem).public_key().public_bytes_raw()


def write_private_key(path: Path | str, pem: bytes) -> None:
    """Write a key file with mode 0600, whole or not at all; never over an existing file (FileExistsError)."""
    target = Path(path)
    draft = target.with_name(f".{target.name}.{fresh_nonce()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, target)  # unlike a rename, this fails where a key already stands
    finally:
        draft.unlink()


def sign_document(signer: Signer, *, kind: str, document: Document, role: str, signed_at: str) -> Document:
    """Sign a document in one role and give the signature object of protocol section 1.

    `signed_at` is for people; no check ever relies on it. Raises CanonicalError for text that nobody should sign.
    """
    require_signable_text(document)
    require_time(signed_at)
    return {
        "alg": signer.alg,
        "keyid": signer.keyid,
        "role": role,
        "document": document_hash(document),
        "signed_at": signed_at,
        "value": b64url(signer.sign(signed_bytes(kind, document))),
    }


def verify_document(signature: Document, *, kind: str, document: Document, public_key: bytes) -> None:
    """Raise SignatureError unless the signature object is over exactly this document of this kind by this key."""
    try:
        raw = dumps(document)
    except CanonicalError as error:
        raise SignatureError(str(error)) from None
    verify_canonical(signature, kind=kind, raw=raw, public_key=public_key)


def verify_canonical(signature: Document, *, kind: str, raw: bytes, public_key: bytes) -> None:
    """The same for who has the document's canonical JSON already: a chain of acts is checked by thousands."""
    require_signature_shape(signature)
    try:
        value = unb64url(cast("str", signature["value"]))
        data = domain(kind) + raw
    except CanonicalError as error:
        raise SignatureError(str(error)) from None
    if signature["document"] != sha256_text(raw):
        raise SignatureError("the signature is over another document")
    verify_bytes(public_key, data, value)


def require_signature_shape(signature: Document) -> None:
    """Refuse a signature object with missing, unknown or malformed members, or of another algorithm."""
    if not isinstance(signature, dict) or signature.keys() != _SIGNATURE_MEMBERS:
        raise SignatureError("the signature object has missing or unknown members")
    if not all(isinstance(value, str) for value in signature.values()):
        raise SignatureError("every member of a signature object is text")
    # The certificates known here are all of this algorithm; the message's own word is only compared with it.
    if signature["alg"] != ALGORITHM:
        raise SignatureError("the signature names another algorithm than its key has")
    if not KEYID.fullmatch(cast("str", signature["keyid"])):
        raise SignatureError("the signature's keyid is not written owner/name")
    require_time(signature["signed_at"])


def verify_bytes(public_key: bytes, data: bytes, signature: bytes) -> None:
    """Raise SignatureError unless `signature` (64 bytes) is the key's Ed25519 signature over `data`."""
    key = _public_key(public_key)
    try:
        if sodium is None or len(signature) != SIGNATURE_SIZE:
            key.verify(signature, data)
        else:
            sodium.crypto_sign_open(signature + data, public_key)
    except _REFUSED:
        raise SignatureError("the signature does not verify") from None


@lru_cache(maxsize=4096)
def _public_key(public_key: bytes) -> Ed25519PublicKey:
    require_public_key(public_key)
    return Ed25519PublicKey.from_public_bytes(public_key)


def _read_private_key(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise SignatureError("the key file is no unencrypted PKCS#8 PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SignatureError("the key file holds no Ed25519 key")
    return key
