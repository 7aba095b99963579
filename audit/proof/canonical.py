"""Canonical JSON, hashes and base64url: the one way in which everything signed or hashed becomes bytes.

The form is a subset of RFC 8785 (JCS): ASCII keys, no floats, integers that every JSON reader keeps exactly.
Inside the subset sorting by code point, by UTF-16 unit and by UTF-8 byte agree, so any JCS library gives these bytes.
"""

import binascii
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Collection
from typing import Any, NoReturn, TypeAlias

orjson: Any
try:
    import orjson
except ImportError:  # the offline client and audit_verify run on the standard library and `cryptography` alone
    orjson = None

JSON: TypeAlias = dict[str, "JSON"] | list["JSON"] | str | int | float | bool | None
Document: TypeAlias = dict[str, "JSON"]

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32
MAX_BYTES = 1_048_576

_LEAVES = frozenset({str, int, bool, type(None)})
_ESCAPED_NUL = b"\\u0000"
_KIND = re.compile(r"[a-z][a-z0-9_-]*")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")

# Unicode 14: controls except tab and line feed, format characters (Cf), line and paragraph separators, and the other
# default-ignorable characters: fillers, joiners, variation selectors, tags.
_UNSIGNABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


_UNUSUAL = object()


class CanonicalError(ValueError):
    """The value is outside the canonical subset, or the bytes are no strict JSON; the message says which rule."""


def dumps(value: object) -> bytes:
    """Give the canonical JSON of a value as UTF-8 bytes; raise CanonicalError if it is outside the subset."""
    _check_shape(value, MAX_DEPTH)
    if orjson is None:
        return _dumps_plain(value)
    try:
        raw: bytes = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)
    except (TypeError, ValueError) as error:
        raise CanonicalError(f"not canonical JSON: {error}") from None
    if not raw.isascii():  # bytes of nothing but ASCII have only such keys
        _check_keys_within(value)
    if _ESCAPED_NUL in raw:  # may be a backslash before u0000, so look at the texts themselves
        _check_texts(value)
    return raw


def loads(raw: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH, allow_floats: bool = False) -> Any:
    """Read strict JSON (RFC 8259 in UTF-8, I-JSON of RFC 7493): no duplicate keys, NaN, lone surrogates or NUL.

    `raw` may be in any order and spacing. Integers must be within ±(2^53 - 1); floats are refused unless allowed.
    Raises CanonicalError.
    """
    if len(raw) > max_bytes:
        raise CanonicalError(f"the JSON is longer than {max_bytes} bytes")
    if orjson is not None and allow_floats:
        value = _loads_as_usual(raw, max_depth)
        if value is not _UNUSUAL:
            return value
    elif orjson is not None and max_depth >= MAX_DEPTH:
        # Bytes that are reproduced exactly by `dumps` hold no duplicate key and nothing outside the subset.
        try:
            value = orjson.loads(raw)
            if dumps(value) == raw:
                return value
        except ValueError:
            pass  # the strict reader below names the fault
    return _loads_strict(raw, max_depth, allow_floats=allow_floats)


def dumps_own(value: object) -> bytes:
    """Canonical JSON of a value made here of parts that are within the subset; they are not looked at again."""
    if orjson is None:
        return dumps(value)
    raw: bytes = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)
    return raw


def sha256_text(data: bytes) -> str:
    """SHA-256 of bytes as `sha256:` and lower-case hex."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def document_hash(document: Document) -> str:
    """The name of a document: SHA-256 of its canonical JSON, without domain line and without signatures."""
    return sha256_text(dumps(document))


def signed_bytes(kind: str, document: Document) -> bytes:
    r"""The bytes under a signature: `mianzheng/<kind>/v1\n` and the canonical JSON (domain separation)."""
    return domain(kind) + dumps(document)


def domain(kind: str) -> bytes:
    """The line that stands before the canonical JSON of a signed document, so that no signature serves another kind."""
    if not _KIND.fullmatch(kind):
        raise CanonicalError("the kind of a signed document is made of a-z, 0-9, _ and -")
    return f"mianzheng/{kind}/v1\n".encode("ascii")


def fresh_nonce() -> str:
    """128 random bits as 22 base64url characters."""
    return b64url(os.urandom(16))


def b64url(data: bytes) -> str:
    """Base64url of RFC 4648 section 5, without padding."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL, b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    """Read unpadded base64url; refuse other characters, padding, and unused bits that are not zero."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise CanonicalError("not unpadded base64url")
    data = binascii.a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"=" * (-len(text) % 4))
    if b64url(data) != text:
        raise CanonicalError("not unpadded base64url: unused bits are set")
    return data


def require_signable_text(document: JSON) -> None:
    """Refuse text that a signer could misread: not NFC, or with bidirectional or invisible controls."""
    if isinstance(document, str):
        if not unicodedata.is_normalized("NFC", document):
            raise CanonicalError("the text is not in Unicode normal form C")
        found = _UNSIGNABLE.search(document)
        if found:
            raise CanonicalError(f"the text holds an invisible or control character, U+{ord(found.group()):04X}")
    elif isinstance(document, dict):
        for key, item in document.items():
            require_signable_text(key)
            require_signable_text(item)
    elif isinstance(document, list):
        for item in document:
            require_signable_text(item)


def _check_shape(value: object, depth: int) -> None:
    """Refuse what serialisers would write but the subset has not: floats, dates, UUIDs, other objects, depth."""
    kind = type(value)
    if kind is dict:
        items: Collection[object] = value.values()  # type: ignore[attr-defined]
    elif kind is list or kind is tuple:
        items = value  # type: ignore[assignment]
    elif kind in _LEAVES or isinstance(value, str):
        return
    else:
        raise CanonicalError(f"canonical JSON has no {kind.__name__}; write it as a string")
    if depth == 0:
        raise CanonicalError(f"nested deeper than {MAX_DEPTH}")
    if not _LEAVES.issuperset(map(type, items)):  # one call for the usual flat object: this is in the path
        for item in items:
            if type(item) not in _LEAVES:
                _check_shape(item, depth - 1)


def _dumps_plain(value: object) -> bytes:
    _check_keys_within(value)
    _check_texts(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _check_texts(value: object) -> None:
    """Refuse NUL, lone surrogates and wide integers anywhere in a value whose shape has been checked."""
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_texts(item)
    elif isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise CanonicalError("an integer is beyond 2^53 - 1; write it as a string")


def _check_keys_within(value: object) -> None:
    """Refuse keys that are no text or not ASCII, at any depth."""
    if isinstance(value, dict):
        if not all(type(key) is str for key in value):
            raise CanonicalError("a key is not text")
        if not "".join(value).isascii():
            raise CanonicalError("a key holds a character beyond ASCII")
        value = list(value.values())
    if isinstance(value, (list, tuple)) and not _LEAVES.issuperset(map(type, value)):
        for item in value:
            _check_keys_within(item)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise CanonicalError("a text holds NUL")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise CanonicalError("a text holds a lone surrogate")


def _loads_as_usual(raw: bytes, max_depth: int) -> Any:
    """Read JSON that is spaced as everyone spaces it, or not at all; else give _UNUSUAL, and the strict reader judges.

    What was read is written again in its own order and must give the same bytes. Then no key was lost as a duplicate
    and every number kept its digits. A space inside a text only makes the bytes differ, never alike.
    """
    if b"\\" in raw:
        return _UNUSUAL
    try:
        value = orjson.loads(raw)
        again = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except (ValueError, TypeError):
        return _UNUSUAL
    if again != raw and _closer(again) != _closer(raw):
        return _UNUSUAL
    if raw.count(b"[") + raw.count(b"{") > max_depth:
        _check_depth(value, max_depth)
    return value


def _closer(raw: bytes) -> bytes:
    return raw.replace(b", ", b",").replace(b": ", b":")


def _loads_strict(raw: bytes, max_depth: int, *, allow_floats: bool) -> Any:
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object_without_duplicates,
            parse_int=_bounded_integer,
            parse_float=_finite_float if allow_floats else _refuse_float,
            parse_constant=_refuse_float,
        )
    except CanonicalError:
        raise
    except RecursionError:
        raise CanonicalError(f"nested deeper than {max_depth}") from None
    except ValueError as error:
        # The reader's own message may quote the text; a place is enough and holds nobody's data.
        raise CanonicalError(f"not JSON in UTF-8 ({type(error).__name__})") from None
    _check_depth(value, max_depth)
    _check_texts(value)
    return value


def _check_depth(value: object, depth: int) -> None:
    if not isinstance(value, (dict, list)):
        return
    if depth == 0:
        raise CanonicalError("nested too deep")
    for item in value.values() if isinstance(value, dict) else value:
        _check_depth(item, depth - 1)


def _object_without_duplicates(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise CanonicalError("an object holds a key twice")
    return members


def _bounded_integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise CanonicalError("an integer is beyond 2^53 - 1; write it as a string")
    return int(digits)


def _finite_float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise CanonicalError("a number is too large")
    return number


def _refuse_float(digits: str) -> NoReturn:
    raise CanonicalError("the JSON holds a number that is no whole number; write it as a string")
