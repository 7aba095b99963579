"""Which encoding a file is in: UTF-8 (with or without a byte order mark) or GB18030. A mixture is refused with its line.

A file must be valid as a whole. UTF-8 lines inside a GB18030 file often decode to nonsense without an error, so each
line of such a file is looked at: one that reads as Chinese in UTF-8 and as characters outside GB 2312 in GB18030 was
pasted from elsewhere.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from catalog.quality.findings import FileFault

CHUNK = 1 << 20
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_of(path: Path) -> str:
    """`utf-8-sig` or `gb18030`; raises FileFault `encoding` with the number of the first line that does not fit."""
    with path.open("rb") as file:
        if file.read(2) in _UTF16_MARKS:
            raise FileFault("encoding", line=1)
    if _is_valid(path, "utf-8"):
        return "utf-8-sig"
    if _is_valid(path, "gb18030"):
        line = _foreign_line(path)
        if line is None:
            return "gb18030"
        raise FileFault("encoding", line=line)
    raise FileFault("encoding", line=_first_misfit(path, "utf-8" if _begins_in_utf8(path) else "gb18030"))


def _is_valid(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines that are not plain ASCII, with their numbers; lines longer than the limit come in pieces."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.isascii():
                yield number, line


def _fits(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _begins_in_utf8(path: Path) -> bool:
    return next((_fits(line, "utf-8") for _number, line in _lines(path)), True)


def _first_misfit(path: Path, encoding: str) -> int:
    return next((number for number, line in _lines(path) if not _fits(line, encoding)), 1)


def _foreign_line(path: Path) -> int | None:
    """The first line of a GB18030 file that is in UTF-8, or, where the file begins in UTF-8, the first that is not."""
    for number, line in _lines(path):
        if _is_chinese_in_utf8(line):
            return _first_misfit(path, "utf-8") if _begins_in_utf8(path) else number
    return None


def _is_chinese_in_utf8(line: bytes) -> bool:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if not any("\u4e00" <= character <= "\u9fff" for character in text):
        return False
    try:
        line.decode("gb18030").encode("gb2312")
    except UnicodeError:
        return True
    return False
