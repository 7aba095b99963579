"""Canonical JSON: one form for everything signed, equal to RFC 8785, and strict on the way in."""

import hashlib
import json
import unicodedata
import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.proof import canonical
from audit.proof.canonical import CanonicalError, b64url, dumps, fresh_nonce, loads, require_signable_text, signed_bytes, unb64url

KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(params=["orjson", "standard library"])
def _writer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both writers: the offline client has only the second."""
    if request.param == "standard library":
        monkeypatch.setattr(canonical, "orjson", None)


@given(VALUES)
def test_dumps_gives_the_bytes_of_rfc_8785(value: Any) -> None:
    assert dumps(value) == rfc8785.dumps(value)


@given(VALUES)
def test_both_writers_and_the_documented_call_agree(value: Any) -> None:
    documented = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    assert dumps(value) == documented
    assert canonical._dumps_plain(value) == documented


@given(VALUES)
def test_what_was_written_is_read_again(value: Any) -> None:
    assert loads(dumps(value)) == value


@given(VALUES)
def test_the_strict_reader_reads_what_the_quick_one_reads(value: Any) -> None:
    assert canonical._loads_strict(dumps(value), 32, allow_floats=False) == value


@pytest.mark.usefixtures("_writer")
@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        "\0",
        "\ud800",
        {"\udc00": 1},
        {"a\0": 1},
        {"é": 1},
        {1: 2},
        {None: 2},
        {"a"},
        b"bytes",
        datetime(2026, 1, 1, tzinfo=UTC),
        uuid.UUID(int=1),
        pytest.param(object(), id="object"),  # its repr differs in each worker
    ],
    ids=repr,
)
def test_values_outside_the_subset_are_refused(value: object) -> None:
    with pytest.raises(CanonicalError):
        dumps(value)
    with pytest.raises(CanonicalError):
        dumps({"deep": [{"er": [value]}]})


@pytest.mark.usefixtures("_writer")
def test_enum_text_is_written_as_its_text() -> None:
    class Use(StrEnum):
        SYSTEM = "system"

    assert dumps({"use": Use.SYSTEM}) == b'{"use":"system"}'


@pytest.mark.usefixtures("_writer")
def test_a_backslash_before_u0000_is_no_nul() -> None:
    assert loads(dumps("\\u0000")) == "\\u0000"


@pytest.mark.usefixtures("_writer")
def test_depth_is_bounded_on_both_ways() -> None:
    value: Any = 1
    for _ in range(32):
        value = [value]
    assert loads(dumps(value)) == value
    with pytest.raises(CanonicalError):
        dumps([value])
    with pytest.raises(CanonicalError):
        loads(b"[" + dumps(value) + b"]")
    with pytest.raises(CanonicalError):
        loads(b"[" * 100_000 + b"]" * 100_000)
    with pytest.raises(CanonicalError):
        loads(b"[[1]]", max_depth=1)


@pytest.mark.usefixtures("_writer")
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":1,"\\u0061":2}',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1.0",
        b"1e3",
        b"9007199254740992",
        b"-9007199254740992",
        b"1" * 5000,
        b'"\\ud800"',
        b'{"\\udc00":1}',
        b'"\\u0000"',
        b'"\x00"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        b'{"a":1}{"b":2}',
        b'{"a":1,}',
        b"{'a':1}",
        b'{"a":01}',
        b'"\n"',
    ],
    ids=repr,
)
def test_what_is_no_strict_json_is_refused(raw: bytes) -> None:
    with pytest.raises(CanonicalError):
        loads(raw)


@pytest.mark.usefixtures("_writer")
def test_any_order_and_spacing_is_read() -> None:
    assert loads(b' {"b" : [1, null],\n"a":"\\u738b"} ') == {"a": "王", "b": [1, None]}


@pytest.mark.usefixtures("_writer")
def test_a_request_may_have_any_keys_but_nothing_signed_has() -> None:
    value = loads('{"姓名":[{"é":1}]}'.encode())
    assert value == {"姓名": [{"é": 1}]}
    with pytest.raises(CanonicalError):
        dumps(value)


@pytest.mark.usefixtures("_writer")
@pytest.mark.parametrize("value", [{"a": "王", "é": 1}, {"a": ["王", ({"é": 1},)]}, {"a": "王", "b": [[{"c": {"\x80": None}}]]}], ids=repr)
def test_keys_beyond_ascii_are_found_among_other_text(value: Any) -> None:
    with pytest.raises(CanonicalError):
        dumps(value)


def test_the_error_of_the_reader_quotes_nothing() -> None:
    with pytest.raises(CanonicalError) as caught:
        loads(b'{"id":"51010019900101123X"')
    assert "5101" not in str(caught.value)


def test_size_is_bounded() -> None:
    with pytest.raises(CanonicalError):
        loads(b'"aaaa"', max_bytes=5)


def test_floats_are_read_only_where_allowed() -> None:
    assert loads(b"[1.5]", allow_floats=True) == [1.5]
    with pytest.raises(CanonicalError):
        loads(b"[1e999]", allow_floats=True)


def test_signed_bytes_separate_the_kinds() -> None:
    assert signed_bytes("act", {"b": 1, "a": "王"}) == 'mianzheng/act/v1\n{"a":"王","b":1}'.encode()
    with pytest.raises(CanonicalError):
        signed_bytes("act/v1\n", {})


def test_a_document_is_named_by_the_hash_of_its_canonical_json() -> None:
    assert canonical.document_hash({"b": 1, "a": 2}) == "sha256:" + hashlib.sha256(b'{"a":2,"b":1}').hexdigest()


def test_nonces_are_128_bits_and_differ() -> None:
    nonces = {fresh_nonce() for _ in range(100)}
    assert len(nonces) == 100
    assert {len(unb64url(nonce)) for nonce in nonces} == {16}


@given(st.binary(max_size=70))
def test_base64url_reads_back(data: bytes) -> None:
    assert unb64url(b64url(data)) == data
    assert "=" not in b64url(data)


@pytest.mark.parametrize("text", ["A", "AA==", "AB", "A A", "+A", "/A", "AA\n", "ÀA", "AAAAA"])
def test_base64url_has_one_spelling(text: str) -> None:
    with pytest.raises(CanonicalError):
        unb64url(text)


@pytest.mark.parametrize(
    "character", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\x07", "\r", "\x7f", "\u2028", "\U000e0041"]
)
def test_text_that_hides_something_is_not_signed(character: str) -> None:
    for document in ({"a": f"x{character}y"}, {f"x{character}": "a"}, {"a": [{"b": character}]}):
        with pytest.raises(CanonicalError):
            require_signable_text(document)  # type: ignore[arg-type]


def test_decomposed_text_is_not_signed_and_not_repaired() -> None:
    with pytest.raises(CanonicalError):
        require_signable_text({"a": unicodedata.normalize("NFD", "é")})


def test_plain_text_in_both_languages_is_signed() -> None:
    require_signable_text(
        {"reason": {"en": "Line one\n\tline two", "zh": "依据《条例》第五条，予以撤销。"}, "n": 1, "none": None, "list": [True]}
    )


def test_every_control_and_format_character_is_refused() -> None:
    hidden = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Zl", "Zp"}]
    assert {character for character in hidden if not canonical._UNSIGNABLE.search(character)} == {"\t", "\n"}


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 1}',
        b'{"a":1,"a":1}',
        b'{"a, b": 1, "c": {"d": 1, "d": 1}}',
        b'{"a": 9007199254740993}',
        b'{"a": 18446744073709551616}',
        b'{"a": 1e999}',
        b'{"a": NaN}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b"[" * 40 + b"]" * 40,
    ],
)
def test_a_request_spaced_as_usual_is_read_as_strictly_as_any(raw: bytes) -> None:
    with pytest.raises(CanonicalError):
        loads(raw, allow_floats=True)


@pytest.mark.parametrize("raw", ['{"a": "x, y: z", "b": [1, 2.5, null]}', '{"b":1,"a":"\u5f20"}', '{ "a" : -0 , "b":1e2}', "[[1, 2], [3]]"])
def test_a_request_gives_what_it_says_however_it_is_spaced(raw: str) -> None:
    assert loads(raw.encode(), allow_floats=True) == json.loads(raw)
