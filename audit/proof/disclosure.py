"""Entries of the log and what is disclosed beside them: four salted digests, formed as RFC 9901 section 4.2 says.

An entry alone tells its kind and its minute. Absent disclosures are random decoys, so that nobody can count them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from os import urandom
from typing import Any

from audit.proof.canonical import JSON, CanonicalError, b64url, dumps, fresh_nonce, loads, unb64url
from audit.proof.merkle import leaf_hash, root

DIGESTS = 4
KINDS = ("x", "tally")
RESERVED_KINDS = ("index", "witness", "shard")
NAMES = ("route", "subject", "message", "label")
PERSON = "person"

_DIGEST = "([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])"
_TIME = "([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]Z)"
_KIND = "(x|tally|index|witness|shard)"
_ENTRY = re.compile((r'\{"_sd":\["' + '","'.join([_DIGEST] * DIGESTS) + rf'"\],"t":"{_KIND}","ts":"{_TIME}","v":1\}}').encode("ascii"))


class DisclosureError(ValueError):
    """An entry or a disclosure is malformed, or does not belong to the other."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One leaf, read: kind, minute (`2026-11-20T22:46Z`) and four sorted digests."""

    kind: str
    ts: str
    digests: tuple[str, ...]


def disclosure(salt: str, name: str, value: JSON) -> str:
    """Text of a disclosure: base64url of the canonical JSON `[salt, name, value]`."""
    return b64url(dumps([salt, name, value]))


def written(salt: str, name: str, value: bytes) -> str:
    """The same text from a value that is canonical JSON already; salt and name are plain ASCII of our own making."""
    return b64url(b'["%b","%b",%b]' % (salt.encode("ascii"), name.encode("ascii"), value))


def digest(text: str) -> str:
    """Digest of a disclosure's text: base64url(SHA-256(ASCII(text))), 43 characters (RFC 9901 section 4.2.3)."""
    return b64url(sha256(text.encode("ascii")).digest())


def decoy() -> str:
    """43 random characters that nobody can tell from a digest (RFC 9901 section 4.2.5)."""
    return b64url(urandom(32))


def minute(milliseconds: int) -> str:
    """Time since 1970 in ms as the minute that an entry shows, UTC."""
    return _minute(milliseconds // 60_000)


def build_entry(*, kind: str, ts: str, digests: Iterable[str]) -> bytes:
    """Bytes of an entry with up to four digests; decoys fill the rest. `ts` is a `minute`.

    This is canonical JSON written by hand, as it stands in the path of every exchange.
    """
    filled = list(digests)
    if kind not in KINDS or len(filled) > DIGESTS:
        raise DisclosureError("an entry is of kind x or tally and has at most four digests")
    while len(filled) < DIGESTS:
        filled.append(decoy())
    filled.sort()
    return f'{{"_sd":["{filled[0]}","{filled[1]}","{filled[2]}","{filled[3]}"],"t":"{kind}","ts":"{ts}","v":1}}'.encode("ascii")


def compose_entry(
    *, kind: str, ts: str, route: dict[str, JSON], persons: Sequence[str] = (), message: JSON = None
) -> tuple[bytes, list[str]]:
    """Entry bytes and its clear disclosures from what happened: the usual way to make one.

    Fresh salts; `route` gets its `parts`. `persons` are all person disclosures in order, `message` a `message_value`
    or, for an act, `{"act": hash}`.
    """
    values: dict[str, JSON] = {}
    if message is not None:
        values["message"] = message
    if persons:
        values["subject"] = subject_value(persons)
    parts: list[JSON] = [*sorted([*values, "route"])]
    values["route"] = {**route, "parts": parts}
    texts = [written(fresh_nonce(), name, dumps(value)) for name, value in values.items()]
    return build_entry(kind=kind, ts=ts, digests=map(digest, texts)), texts


def parse_entry(raw: bytes) -> LogEntry:
    """Read an entry; raise DisclosureError unless it is exactly one that `build_entry` (or a reserved kind) gives."""
    match = _ENTRY.fullmatch(raw)
    if not match:
        raise DisclosureError("the bytes are no entry of this log")
    first, second, third, fourth, kind, ts = match.groups()
    if not first < second < third < fourth:
        raise DisclosureError("the digests of the entry are not sorted")
    return LogEntry(kind.decode(), ts.decode(), (first.decode(), second.decode(), third.decode(), fourth.decode()))


def open_disclosure(text: str) -> tuple[str, str, Any]:
    """Read a disclosure: salt, name, value. Raises DisclosureError unless it is the canonical text of one."""
    try:
        raw = unb64url(text)
        content = loads(raw)
        canonical = dumps(content) == raw
    except CanonicalError as error:
        raise DisclosureError(f"not a disclosure: {error}") from None
    if not canonical or not isinstance(content, list) or len(content) != 3:
        raise DisclosureError("a disclosure is the canonical JSON of [salt, name, value]")
    salt, name, value = content
    if not isinstance(salt, str) or not isinstance(name, str) or len(salt) < 22:
        raise DisclosureError("a disclosure has a salt of 128 bits or more and a name")
    return salt, name, value


def open_disclosures(entry: LogEntry, texts: Sequence[str]) -> dict[str, Any]:
    """Values by name of the disclosures of one entry; every one must have its digest there, and no name twice."""
    opened: dict[str, Any] = {}
    for text in texts:
        _, name, value = open_disclosure(text)
        if name not in NAMES or name in opened:
            raise DisclosureError(f"the entry cannot have this disclosure: {name[:20]}")
        if digest(text) not in entry.digests:
            raise DisclosureError(f"the disclosure {name} does not match the entry")
        opened[name] = value
    return opened


def persons_root(texts: Sequence[str]) -> str:
    """RFC 6962 root over person disclosures, each a leaf of the ASCII bytes of its text, as `sha256:` and hex."""
    return "sha256:" + root([leaf_hash(text.encode("ascii")) for text in texts]).hex()


def subject_value(texts: Sequence[str]) -> dict[str, JSON]:
    """Value of the `subject` disclosure: how many persons the call names, and the root over their disclosures."""
    return {"n": len(texts), "root": persons_root(texts)}


def message_value(*, request: str, signature: str, answer: str) -> dict[str, JSON]:
    """Value of the `message` disclosure: digest and signature of the request, digest of the answer."""
    return {"answer": answer, "request": request, "signature": signature}


def check_persons(subject: JSON, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Give the persons behind a `subject` value, given all their disclosures in order. Raises DisclosureError."""
    persons = []
    for text in texts:
        _, name, value = open_disclosure(text)
        if name != PERSON or not isinstance(value, dict):
            raise DisclosureError("a person disclosure is malformed")
        persons.append(value)
    if subject != subject_value(texts):
        raise DisclosureError("the person disclosures do not match the subject")
    return persons


@lru_cache(maxsize=16)
def _minute(minutes: int) -> str:
    return datetime.fromtimestamp(minutes * 60, UTC).strftime("%Y-%m-%dT%H:%MZ")
