"""The JavaScript client's canonical JSON is the Python one's: the same bytes, and the same things refused."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from audit.proof.canonical import CanonicalError, dumps, loads
from tests.client.javascript import JavaScript, JavaScriptError, running


@pytest.fixture(scope="module")
def javascript() -> Iterator[JavaScript]:
    """One process for all these tests."""
    with running() as asked:
        yield asked


_TEXTS = ["", "a", "免证", "\u007f", "\u0001\u001f\b\f\n\r\t", '"\\/', "\u2028\u2029", "😀", "e\u0301", "\ufeff", "</script>"]
_KEYS = ["a", "A", "_sd", "a1", "a_b", "", " ", "~", "\u007f", "\n", '"', "__proto__", "constructor", "10", "9"]


def some_value(chance: random.Random, depth: int) -> Any:
    """A document within the subset, of the kinds that differ between serialisers."""
    kind = chance.randrange(8 if depth else 6)
    if kind == 6:
        return [some_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == 7:
        return {chance.choice(_KEYS) + chance.choice(["", "x"]): some_value(chance, depth - 1) for _ in range(chance.randrange(5))}
    scalars = [None, chance.random() < 0.5, chance.randint(-(2**53) + 1, 2**53 - 1), chance.randint(-9, 9), 0]
    return chance.choice(_TEXTS) + chr(chance.choice([0x20, 0xE9, 0x4E2D, 0x1F600])) if kind == 5 else scalars[kind]


def test_canonical_json_is_that_of_python(javascript: JavaScript) -> None:
    chance = random.Random(91)
    for _ in range(3000):
        value = some_value(chance, 5)
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, 1]))
        expected = dumps(value)
        assert javascript.do("canonical", text=text).encode() == expected
        assert javascript.do("loads", base64=b64encode(expected).decode()).encode() == expected


def test_what_python_refuses_to_write_javascript_refuses_too(javascript: JavaScript) -> None:
    deepest = "[" * 32 + "]" * 32
    assert javascript.do("canonical", text=deepest) == deepest
    outside = [
        "1.5",
        "1e400",
        "9007199254740992",
        "-9007199254740992",
        '{"é":1}',
        '{"\\u0000":1}',
        '"a\\u0000"',
        '"\\ud800"',
        f"[{deepest}]",
    ]
    for text in outside:
        with pytest.raises(JavaScriptError) as caught:
            javascript.do("canonical", text=text)
        assert caught.value.code == "NOT_CANONICAL"
        with pytest.raises(CanonicalError):
            dumps(json.loads(text))


def test_what_python_refuses_to_read_javascript_refuses_too(javascript: JavaScript) -> None:
    for raw in [b'{"a":1,"a":2}', b"1.0", b"1e3", b"NaN", b"\xff", b"\xef\xbb\xbf1", b'"\\ud800"', b"9007199254740993", b"[1,]", b""]:
        with pytest.raises(JavaScriptError) as caught:
            javascript.do("loads", base64=b64encode(raw).decode())
        assert caught.value.code == "BAD_JSON"
        with pytest.raises(CanonicalError):
            loads(raw)
