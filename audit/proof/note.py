"""Signed checkpoints of the log: C2SP signed-note and tlog-checkpoint, Ed25519 (signature type 0x01, RFC 8032).

Extension lines are refused: no monitor could audit them.
"""

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from audit.proof.keys import SignatureError, Signer, verify_bytes
from audit.proof.merkle import HASH_SIZE, MAX_SIZE

_ED25519 = b"\x01"
_MAX_BYTES = 131_072  # at least sixteen signatures, of which several may be post-quantum
_SIGNATURE_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")  # controls but LF; what has no UTF-8
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+]+")


class NoteError(ValueError):
    """The text is no checkpoint of this log, or its signature does not verify."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who, the four bytes of the key's id, and the signature."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's origin, the number of leaves, their root (32 bytes), and the signatures over it."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[NoteSignature, ...] = ()

    @property
    def text(self) -> str:
        """The note text that is signed, with its last newline."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode('ascii')}\n"


def key_id(name: str, public_key: bytes) -> bytes:
    """Four bytes that name an Ed25519 key in signature lines: SHA-256(name ‖ LF ‖ 0x01 ‖ public key)[:4]."""
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """A key as other people's tools take it: `name+hash+base64(0x01 ‖ public key)`."""
    if not _NAME.fullmatch(name):
        raise NoteError("the name of a log has no spaces and no plus sign")
    return f"{name}+{key_id(name, public_key).hex()}+{b64encode(_ED25519 + public_key).decode('ascii')}"


def parse_verifier_key(text: str) -> tuple[str, bytes]:
    """Read a verifier key; give the name and the 32 bytes of an Ed25519 key. Raises NoteError."""
    name, _, rest = text.partition("+")
    hash_text, _, key_text = rest.partition("+")
    key = _base64(key_text)
    if len(key) != 33 or key[:1] != _ED25519:
        raise NoteError("the key is no Ed25519 key of a signed note")
    if not _NAME.fullmatch(name) or key_id(name, key[1:]).hex() != hash_text:
        raise NoteError("the hash in the key belongs to another name or key")
    return name, key[1:]


def sign_checkpoint(signer: Signer, origin: str, size: int, root: bytes) -> str:
    """The signed checkpoint of a tree. That it extends every earlier one is the caller's to have checked."""
    if not _NAME.fullmatch(origin) or not 0 <= size < MAX_SIZE or len(root) != HASH_SIZE:
        raise NoteError("a checkpoint has an origin without spaces, a size, and a root of 32 bytes")
    text = Checkpoint(origin, size, root).text
    line = key_id(origin, signer.public_key) + signer.sign(text.encode())
    return f"{text}\n— {origin} {b64encode(line).decode('ascii')}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint without trusting it; raise NoteError unless it is well-formed to the byte."""
    if len(text) > _MAX_BYTES or _FORBIDDEN.search(text):
        raise NoteError("the checkpoint is too long or holds control characters")
    body, separator, signatures = text.rpartition("\n\n")
    lines = body.split("\n")
    if not separator or len(lines) != 3 or not lines[0] or not signatures.endswith("\n"):
        raise NoteError("a checkpoint is three lines, an empty line and signature lines")
    root = _base64(lines[2])
    if not _SIZE.fullmatch(lines[1]) or len(root) != HASH_SIZE:
        raise NoteError("the checkpoint has no size or no root of 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(map(_signature, signatures[:-1].split("\n"))))


def verify_checkpoint(text: str, origin: str, public_key: bytes) -> Checkpoint:
    """Give the checkpoint if it is this log's and signed by this key; raise NoteError if not.

    Lines of other keys are ignored; a line of this key that does not verify condemns the whole note.
    """
    checkpoint = parse_checkpoint(text)
    if checkpoint.origin != origin:
        raise NoteError("the checkpoint is of another log")
    wanted = (origin, key_id(origin, public_key))
    own = [item for item in checkpoint.signatures if (item.name, item.key_id) == wanted]
    if not own:
        raise NoteError("the checkpoint is not signed by this log's key")
    try:
        for item in own:
            verify_bytes(public_key, checkpoint.text.encode(), item.value)
    except SignatureError as error:
        raise NoteError(f"the checkpoint: {error}") from None
    return checkpoint


def _signature(line: str) -> NoteSignature:
    match = _SIGNATURE_LINE.fullmatch(line)
    data = _base64(match.group(2)) if match else b""
    if not match or len(data) < 5 or "+" in match.group(1):
        raise NoteError("a signature line is malformed")
    return NoteSignature(match.group(1), data[:4], data[4:])


def _base64(text: str) -> bytes:
    """Standard base64 with padding (RFC 4648 section 4), in its one canonical spelling."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("malformed base64") from None
    if b64encode(data).decode("ascii") != text:
        raise NoteError("malformed base64")
    return data
