"""What a citizen reads in a matter's file: short sentences, in both languages, without words of cryptography."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from exchange.affairs.matters.faults import Broken, Steps

MOST_WORDS = 20
MOST_CHARACTERS = 30
# names of instruments and articles are quoted as they are, however long
_QUOTED = frozenset({"legal_basis", "article"})
_ENGLISH_END = re.compile(r"[.!?;:](?=\s|[\"'”’)]|$)")
_CHINESE_END = re.compile(r"[。！？；：]")
_WORD = re.compile(r"[\w'’-]+")
_SIGN = re.compile(r"[^\w]|_")
_FORBIDDEN_ENGLISH = re.compile(
    r"\b(merkle|hash(es|ed)?|digests?|checkpoints?|witness(es)?|entry|entries|payloads?|signatures?|keys?|cryptograph\w*|encrypt\w*|json|api)\b",
    re.IGNORECASE,
)
_FORBIDDEN_CHINESE = re.compile("默克尔|哈希|散列|摘要|检查点|见证|审计条目|载荷|数字签名|密钥|加密")


def word_faults(document: Any, steps: Steps = ()) -> Iterator[Broken]:
    """Every fault of every {en, zh} pair in the document."""
    if isinstance(document, Mapping):
        if set(document) == {"en", "zh"}:
            yield from _text_faults(document, steps)
            return
        for name, value in document.items():
            if name not in _QUOTED:
                yield from word_faults(value, (*steps, name))
    elif isinstance(document, list):
        for position, value in enumerate(document):
            yield from word_faults(value, (*steps, position))


def _text_faults(text: Mapping[str, str], steps: Steps) -> Iterator[Broken]:
    for sentence in _ENGLISH_END.split(text["en"]):
        if (count := len(_WORD.findall(sentence))) > MOST_WORDS:
            yield Broken((*steps, "en"), "sentence", f"a sentence has {count} words, at most {MOST_WORDS}: make two of it")
    for sentence in _CHINESE_END.split(text["zh"]):
        if (count := len(_SIGN.sub("", sentence))) > MOST_CHARACTERS:
            yield Broken((*steps, "zh"), "sentence", f"a sentence has {count} characters, at most {MOST_CHARACTERS}: make two of it")
    for language, forbidden in (("en", _FORBIDDEN_ENGLISH), ("zh", _FORBIDDEN_CHINESE)):
        if word := forbidden.search(text[language]):
            yield Broken((*steps, language), "forbidden_word", f"a citizen need not know {word.group()!r}: use a word of the glossary")
