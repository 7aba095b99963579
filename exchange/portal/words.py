"""Reads and writes gettext catalogues in plain Python: no gettext tools are needed to build or test the hub.

Formats: GNU gettext manual, sections "PO Files" and "MO Files" (little-endian, revision 0, no hash table).
"""

import ast
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

CONTEXT_MARK, PLURAL_MARK = "\x04", "\x00"
HEADER = (
    "Language: zh_Hans\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\nPlural-Forms: nplurals=1; plural=0;\n"
)
_LINE = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d+)\])?\s*(".*")$')


class WordsError(ValueError):
    """A catalogue cannot be read; the message names file and line."""


class Key(NamedTuple):
    """What a text is found by: the English text and, rarely, a context."""

    text: str
    context: str = ""


@dataclass(frozen=True)
class Words:
    """One entry: the English text (and plural), and its Chinese texts, one per plural form."""

    key: Key
    plural: str = ""
    translations: tuple[str, ...] = ()

    @property
    def is_translated(self) -> bool:
        """Whether every form has a text."""
        return bool(self.translations) and all(self.translations)


@dataclass
class _Draft:
    parts: dict[str, str] = field(default_factory=dict)

    def finish(self) -> Words:
        forms = sorted((name, text) for name, text in self.parts.items() if name.startswith("msgstr"))
        key = Key(self.parts["msgid"], self.parts.get("msgctxt", ""))
        return Words(key, self.parts.get("msgid_plural", ""), tuple(text for _, text in forms))


def _unquote(quoted: str, where: str) -> str:
    try:
        return str(ast.literal_eval(quoted))
    except (SyntaxError, ValueError) as error:
        raise WordsError(f"{where}: not a quoted text: {quoted}") from error


def parse(text: str, *, source: str) -> list[Words]:
    """Return the entries of a .po text, without its header. Comments and obsolete entries are skipped.

    Raises WordsError naming `source` and line.
    """
    drafts: list[_Draft] = []
    current = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line, where = raw.strip(), f"{source}:{number}"
        if not line or line.startswith("#"):
            current = ""
        elif line.startswith('"') and current:
            drafts[-1].parts[current] += _unquote(line, where)
        else:
            current = _start(drafts, line, where)
    return [entry for entry in (draft.finish() for draft in drafts) if entry.key.text]


def _start(drafts: list[_Draft], line: str, where: str) -> str:
    match = _LINE.match(line)
    if match is None:
        raise WordsError(f"{where}: expected msgid, msgstr or a quoted text, found: {line}")
    name, form, quoted = match.groups()
    if not drafts or name == "msgctxt" or (name == "msgid" and "msgid" in drafts[-1].parts):
        drafts.append(_Draft())
    slot = f"{name}{form or ''}"
    drafts[-1].parts[slot] = _unquote(quoted, where)
    return slot


def merge(parts: Iterable[tuple[str, list[Words]]]) -> list[Words]:
    """Join the parts of several rooms, sorted. Where two parts translate one text differently the first part wins; see `contradictions`."""
    found: dict[Key, Words] = {}
    for _, entries in parts:
        for entry in entries:
            if entry.key not in found or not found[entry.key].is_translated:
                found[entry.key] = entry
    return [found[key] for key in sorted(found)]


def contradictions(parts: Iterable[tuple[str, list[Words]]]) -> list[str]:
    """Return a sentence for each text that two parts translate differently: a reader must meet one word for one thing."""
    found: dict[Key, tuple[str, Words]] = {}
    sentences = []
    for source, entries in parts:
        for entry in (entry for entry in entries if entry.is_translated):
            first, before = found.setdefault(entry.key, (source, entry))
            if before.translations != entry.translations:
                said = f"{before.translations[0]} in {first}, {entry.translations[0]} in {source}"
                sentences.append(f"{entry.key.text!r}: {said}. Choose one, or give a context.")
    return sentences


def read_each(folder: Path) -> list[tuple[str, list[Words]]]:
    """Read every .po file of `folder`: name and entries, in order of name, but the look's own first. Raises WordsError."""
    paths = sorted(folder.glob("*.po"), key=lambda path: (path.name != "look.po", path.name))
    return [(path.name, parse(path.read_text(encoding="utf-8"), source=path.name)) for path in paths]


def read_parts(folder: Path) -> list[Words]:
    """Read and merge every .po file of `folder`. Raises WordsError."""
    return merge(read_each(folder))


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _po_entry(entry: Words) -> str:
    lines = [f"msgctxt {_quote(entry.key.context)}"] if entry.key.context else []
    lines.append(f"msgid {_quote(entry.key.text)}")
    if entry.plural:
        lines.append(f"msgid_plural {_quote(entry.plural)}")
        lines += [f"msgstr[{form}] {_quote(text)}" for form, text in enumerate(entry.translations)]
    else:
        lines.append(f"msgstr {_quote(''.join(entry.translations[:1]))}")
    return "\n".join(lines) + "\n"


def to_po(entries: Iterable[Words]) -> str:
    """Return the .po text: header, then entries in the given order."""
    header = '# Written by compile_words from the parts; edit those.\nmsgid ""\nmsgstr ""\n' + "".join(
        f"{_quote(line)}\n" for line in HEADER.splitlines(keepends=True)
    )
    return "\n".join([header, *(_po_entry(entry) for entry in entries)])


def to_mo(entries: Iterable[Words]) -> bytes:
    """Return the .mo bytes of the translated entries. The same entries always give the same bytes."""
    texts = {b"": HEADER.encode()}
    for entry in entries:
        if entry.is_translated:
            identifier = (f"{entry.key.context}{CONTEXT_MARK}" if entry.key.context else "") + entry.key.text
            identifier += f"{PLURAL_MARK}{entry.plural}" if entry.plural else ""
            texts[identifier.encode()] = PLURAL_MARK.join(entry.translations).encode()
    return _pack([(key, texts[key]) for key in sorted(texts)])


def _pack(pairs: list[tuple[bytes, bytes]]) -> bytes:
    tables = 28 + 16 * len(pairs)
    keys = b"".join(key + b"\0" for key, _ in pairs)
    key_table, value_table = b"", b""
    key_at, value_at = tables, tables + len(keys)
    for key, value in pairs:
        key_table += struct.pack("<II", len(key), key_at)
        value_table += struct.pack("<II", len(value), value_at)
        key_at, value_at = key_at + len(key) + 1, value_at + len(value) + 1
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, tables)
    return header + key_table + value_table + keys + b"".join(value + b"\0" for _, value in pairs)
