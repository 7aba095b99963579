"""Finds the texts that pages and Python code ask to have translated, without xgettext."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from exchange.portal.words import Key

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale" / "zh_Hans"
ROOMS = ("audit", "catalog", "exchange")
SIMPLE = {"_", "gettext", "gettext_lazy", "gettext_noop", "lazy"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
_CALL = re.compile(r"\b(npgettext|pgettext|ngettext|gettext|_)\(")


@dataclass(frozen=True, order=True)
class Use:
    """One place that asks for a text: the file below the root, and the text."""

    source: str
    key: Key


def in_python(text: str) -> Iterator[Key]:
    """Yield the keys of gettext calls with literal texts in Python source."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            yield from _key(name, node.args)


def _key(name: str, arguments: list[ast.expr]) -> Iterator[Key]:
    texts = [node.value for node in arguments if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    if name in SIMPLE | PLURAL and texts and texts[0]:
        yield Key(texts[0])
    elif name in CONTEXT | CONTEXT_PLURAL and len(texts) >= 2:
        yield Key(texts[1], texts[0])


def in_template(text: str, *, source: str) -> Iterator[Key]:
    """Yield the keys of translate and blocktranslate tags and of `_("…")` arguments in a Django template."""
    marked = templatize(text, origin=source)
    for match in _CALL.finditer(marked):
        call = _balanced(marked, match.start())
        try:
            node = ast.parse(call, mode="eval").body
        except SyntaxError:
            continue
        if isinstance(node, ast.Call):
            yield from _key(match.group(1), node.args)


def _balanced(text: str, start: int) -> str:
    """Return the call that begins at `start`, up to its closing parenthesis outside quotes."""
    depth, quote, position = 0, "", start
    while position < len(text):
        character = text[position]
        if quote:
            position += character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if character == ")" and depth == 0:
                return text[start : position + 1]
        position += 1
    return ""


def uses(root: Path = ROOT) -> list[Use]:
    """Every place in our templates and Python files that asks for a text, sorted."""
    found: set[Use] = set()
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "static" not in path.parts:
                source = str(path.relative_to(root))
                found.update(Use(source, key) for key in _keys(path, source))
    return sorted(found)


def _keys(path: Path, source: str) -> Iterator[Key]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return in_python(text)
    return in_template(text, source=source) if "templates" in path.parts else iter(())
