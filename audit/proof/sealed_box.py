"""A file sealed to one X25519 key, in numbered frames, so that a piece that is cut off, moved, mixed in or changed is noticed.

X25519 (RFC 7748), HKDF-SHA256 (RFC 5869), ChaCha20-Poly1305 (RFC 8439). As in RFC 9180 section 4.1 the shared secret is
bound to both public keys, here as the salt of the derivation; its message format is not used. Bytes:

    "mianzheng-seal-1\\n" ‖ ephemeral public key (32) ‖ frame 0 ‖ frame 1 ‖ …

A frame is the ciphertext of 65,536 bytes of the file with its tag of 16; the last holds 0 to 65,536 bytes. Its nonce is the
number of the frame in 11 bytes, big end first, then 1 for the last frame and 0 for all others (the STREAM construction of
Hoang, Reyhanitabar, Rogaway and Vizár). The key is fresh for each file, so no nonce repeats.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

ALGORITHM = "x25519"
MAGIC = b"mianzheng-seal-1\n"
FRAME = 65_536
TAG = 16
KEY_SIZE = 32
HEAD = len(MAGIC) + KEY_SIZE
_INFO = b"mianzheng/seal/v1\n"
_COUNTER = 11


class SealError(ValueError):
    """It cannot be sealed or opened: a key that is none, another key, or bytes that are not those that were sealed."""


def generate_seal_key() -> bytes:
    """A fresh X25519 private key as unencrypted PKCS#8 PEM."""
    return X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def seal_key_public(pem: bytes) -> bytes:
    """The 32 bytes of the public key that belongs to a private key in PEM. Raises SealError."""
    return _private(pem).public_key().public_bytes_raw()


def require_seal_key(public_key: bytes) -> None:
    """Refuse what is no X25519 key, or one of small order, under which every shared secret is zero (RFC 7748, section 6.1)."""
    _shared(X25519PrivateKey.generate(), public_key)


def sealed(file: BinaryIO, *, recipient: bytes, context: str) -> Iterator[bytes]:
    """The sealed form of an open file, piece by piece; `context` (what it is) must be the same to open it."""
    ephemeral = X25519PrivateKey.generate()
    own = ephemeral.public_key().public_bytes_raw()
    cipher = _cipher(_shared(ephemeral, recipient), own, recipient, context)
    yield MAGIC + own
    number, frame = 0, file.read(FRAME)
    while True:
        following = file.read(FRAME) if len(frame) == FRAME else b""
        yield cipher.encrypt(_nonce(number, is_last=not following), frame, None)
        if not following:
            return
        number, frame = number + 1, following


def opened(file: BinaryIO, *, pem: bytes, context: str) -> Iterator[bytes]:
    """The file again, frame by frame. Raises SealError; what was given before is right, and is not the whole."""
    head = file.read(HEAD)
    if len(head) != HEAD or not head.startswith(MAGIC):
        raise SealError("this is no sealed file")
    private, ephemeral = _private(pem), head[len(MAGIC) :]
    own = private.public_key().public_bytes_raw()
    cipher = _cipher(_shared(private, ephemeral), ephemeral, own, context)
    yield from _frames(cipher, file)


def _frames(cipher: ChaCha20Poly1305, file: BinaryIO) -> Iterable[bytes]:
    number, frame = 0, file.read(FRAME + TAG)
    while True:
        following = file.read(FRAME + TAG)
        try:
            plain = cipher.decrypt(_nonce(number, is_last=not following), frame, None)
        except InvalidTag:
            raise SealError(f"frame {number} is not the one that was sealed, or the file is cut off") from None
        if number and not plain:
            raise SealError("a last frame without content follows a full one only in a file that nobody sealed")
        yield plain
        if not following:
            return
        number, frame = number + 1, following


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_COUNTER, "big") + (b"\x01" if is_last else b"\x00")


def _cipher(shared: bytes, ephemeral: bytes, recipient: bytes, context: str) -> ChaCha20Poly1305:
    derived = HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=ephemeral + recipient, info=_INFO + context.encode()).derive(shared)
    return ChaCha20Poly1305(derived)


def _shared(private: X25519PrivateKey, public_key: bytes) -> bytes:
    if len(public_key) != KEY_SIZE:
        raise SealError("an X25519 public key has 32 bytes")
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public_key))
    except ValueError:
        raise SealError("this X25519 key is of small order: it seals for everybody") from None


def _private(pem: bytes) -> X25519PrivateKey:
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        raise SealError("this is no private key in unencrypted PKCS#8 PEM") from None
    if not isinstance(key, X25519PrivateKey):
        raise SealError("this is no X25519 key")
    return key
