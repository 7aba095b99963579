"""The second copy of what must not be lost or turned back: the acts with their head, and the newest checkpoint.

It lies outside the database's volume and backups. It is written after the commit and before anybody is told, so it is
never ahead of the database by itself: a copy that is longer means that the database was cut or restored
(docs/decisions/0010).
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from audit.errors import PolicyRollback
from audit.files import locked, make_folder, sync_folder, write_whole
from audit.models import Act
from audit.proof.acts import Head
from audit.proof.canonical import dumps, loads, sha256_text

_CHUNK = 65_536
_LONGEST_ACT = 16 * 1_048_576


@dataclass(frozen=True, slots=True)
class CopiedAct:
    """One line of the copy: the act's exact bytes, the hub's signature over it, and the leaf hash of its entry."""

    raw: bytes
    hub_signature: dict[str, Any]
    leaf: bytes

    @property
    def hash(self) -> str:
        """The act's hash."""
        return sha256_text(self.raw)

    @property
    def head(self) -> Head:
        """The act as the head of a chain."""
        return Head(loads(self.raw, max_bytes=_LONGEST_ACT)["seq"], self.hash)


def folder() -> Path:
    """Where the second copy is kept."""
    return Path(settings.COPY_DIR)


def head() -> Head:
    """The newest act of the copy; `Head(0, "")` when it is empty. Read it before the database, never after."""
    line = _last_line(acts_file())
    return _read(line).head if line else Head(0, "")


def acts() -> Iterator[CopiedAct]:
    """All acts of the copy in order; an unfinished last line was never acknowledged and is left out."""
    path = acts_file()
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield _read(line)


def catch_up() -> None:
    """Append the acts that the database has and the copy has not, and put them on the disk.

    Safe to run again and by several processes. Raises PolicyRollback when they do not continue the copy.
    """
    with locked(folder() / ".lock"):
        known = head()
        rows = Act.objects.filter(seq__gt=known.seq).order_by("seq")
        lines = list(_lines(known, rows))
        if lines:
            _append(lines)


def checkpoint_text() -> str | None:
    """The newest checkpoint of the copy."""
    path = folder() / "checkpoint"
    return path.read_text("utf-8") if path.exists() else None


def keep_checkpoint(text: str) -> None:
    """Keep a signed checkpoint as the newest; the caller holds `signing_lock`."""
    write_whole(folder() / "checkpoint", text.encode())


def signing_lock() -> Any:
    """Held while a checkpoint is compared with the newest one and signed."""
    return locked(folder() / ".signing")


def acts_file() -> Path:
    """One line of canonical JSON an act."""
    return folder() / "acts.jsonl"


def _lines(known: Head, rows: Iterable[Act]) -> Iterator[bytes]:
    expected = known
    for row in rows:
        raw = bytes(row.raw)
        act = loads(raw, max_bytes=_LONGEST_ACT)
        if act["seq"] != expected.seq + 1 or (expected.seq and act["prev"] != expected.hash):
            raise PolicyRollback(_("The acts in the database do not continue the second copy. Keep both, and run: manage.py verify_log"))
        expected = Head(act["seq"], sha256_text(raw))
        line = {"act": _text(raw), "hub_signature": loads(row.hub_signature.encode()), "leaf": _text(bytes(row.leaf))}
        yield dumps(line) + b"\n"


def _append(lines: list[bytes]) -> None:
    path = acts_file()
    make_folder(path.parent)
    with path.open("ab+") as file:
        file.truncate(_complete_length(file))
        file.write(b"".join(lines))
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _complete_length(file: Any) -> int:
    """Length up to the last newline: a line that a crash cut off is written again."""
    end: int = file.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - _CHUNK)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return int(start + found + 1)
        end = start
    return 0


def _last_line(path: Path) -> bytes:
    if not path.exists():
        return b""
    with path.open("rb") as file:
        end = _complete_length(file)
        start, tail = max(0, end - 1), b""
        while start > 0 and b"\n" not in tail:
            step = max(0, start - _CHUNK)
            file.seek(step)
            tail = file.read(start - step) + tail
            start = step
        return tail.rpartition(b"\n")[2]


def _read(line: bytes) -> CopiedAct:
    document = loads(line.strip(), max_bytes=2 * _LONGEST_ACT)
    return CopiedAct(b64decode(document["act"]), document["hub_signature"], b64decode(document["leaf"]))


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
