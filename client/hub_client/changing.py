"""`changes`: what became different in a register, as JSON Lines; a kill at any moment neither loses nor repeats a line.

Beside FILE stands FILE.cursor, which names the length of FILE up to which it holds. Lines are written and flushed to the disk
first, the cursor after them, under its name at once; whatever stands in FILE behind that length is cut off at the next start
and asked for again by the same cursor, which gives the same page.
"""

import contextlib
import os
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from audit.proof.canonical import CanonicalError, dumps, loads
from hub_client.asking import Trying, call, common_wire
from hub_client.configuration import KnownAgreement
from hub_client.errors import DataError, NetworkError, RefusedError, UsageError
from hub_client.session import Session

MOST = 1_000
LEAST_WAIT_S = 5.0
LONGEST_WAIT_S = 3_600.0
TOO_OLD = "CURSOR_TOO_OLD"
_LATER = frozenset({429, 503})

Sleep = Callable[[float], None]
Told = Callable[["Page"], None]


@dataclass(frozen=True, slots=True)
class Page:
    """What one call gave: how many lines, whether there are more, and as of when."""

    lines: int
    more: bool
    as_of: str
    receipt_file: str


@dataclass(slots=True)
class Following:
    """FILE and its cursor, and how they are kept."""

    session: Session
    agreement: str
    common: dict[str, Any]
    out: Path
    most: int = MOST
    retries: int = 3
    sleep: Sleep = time.sleep

    @property
    def note(self) -> Path:
        """Where the cursor is kept."""
        return self.out.with_name(self.out.name + ".cursor")


def follow(session: Session, agreement: KnownAgreement, options: Namespace, *, told: Told, sleep: Sleep = time.sleep) -> dict[str, Any]:
    """Bring FILE up to the newest, and with `--follow` keep it there until it is interrupted.

    Gives what `--json` shows. Raises RefusedError (with CURSOR_TOO_OLD: begin again with --again), DataError, NetworkError or
    UsageError; what was received stays.
    """
    common, out = common_wire(options, agreement), Path(options.out)
    work = Following(session, agreement.id, common, out, options.most, max(options.retries, 0), sleep)
    wait = max(float(options.every), LEAST_WAIT_S)
    with _opened(work, again=options.again) as file:
        total, page = _to_the_newest(work, file, told)
        while options.follow:
            sleep(wait)
            try:
                more, page = _to_the_newest(work, file, told)
            except (NetworkError, RefusedError) as error:
                _require_passing(error)
                wait = min(wait * 2, LONGEST_WAIT_S)
                continue
            total, wait = total + more, max(float(options.every), LEAST_WAIT_S)
    return {"file": str(out), "lines": total, "as_of": page.as_of, "receipt_file": page.receipt_file}


def _require_passing(error: NetworkError | RefusedError) -> None:
    """What may pass by itself is waited for; a refusal that stands is not asked again and again."""
    if isinstance(error, RefusedError) and error.status not in _LATER:
        raise error


def _to_the_newest(work: Following, file: BinaryIO, told: Told) -> tuple[int, Page]:
    total = 0
    while True:
        page = take_page(work, file)
        told(page)
        total += page.lines
        if not page.more:
            return total, page


def take_page(work: Following, file: BinaryIO) -> Page:
    """Ask for one page and make it durable: first its lines, then its cursor."""
    cursor = _read_note(work)["cursor"]
    wire = {**work.common, "most": work.most, **({"cursor": cursor} if cursor else {})}
    answered, receipt_file = call(work.session, work.agreement, "changes", wire, trying=Trying(work.retries, sleep=work.sleep))
    lines = b"".join(dumps(change) + b"\n" for change in answered.body["changes"])
    file.write(lines)
    file.flush()
    os.fsync(file.fileno())
    _write_note(work, answered.body["cursor"], file.tell())
    return Page(len(answered.body["changes"]), answered.body["more"], answered.body["as_of"], receipt_file)


@contextlib.contextmanager
def _opened(work: Following, *, again: bool) -> Iterator[BinaryIO]:
    """FILE, cut where its cursor says, held against a second process."""
    if again or not work.note.exists():
        if work.out.exists() and not again:
            raise UsageError("FILE_EXISTS", f"{work.out} exists without a cursor; give another file, or --again to begin it again")
        _write_note(work, "", 0)
    with work.out.open("ab") as made:
        made.flush()
    work.out.chmod(0o600)
    with work.out.open("r+b") as file:
        _hold(file, work.out)
        kept = _read_note(work)["bytes"]
        if file.seek(0, os.SEEK_END) < kept:
            raise DataError("FILE_SHORT", f"{work.out} is shorter than its cursor says: begin again with --again")
        file.truncate(kept)
        file.seek(kept)
        yield file


def _hold(file: BinaryIO, path: Path) -> None:
    """One process at a time; the system lets go of it whatever happens to the process."""
    try:
        import fcntl
    except ImportError:  # a system without it: nobody else looks after that there
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageError("FILE_HELD", f"another process is writing {path}") from None


def _read_note(work: Following) -> dict[str, Any]:
    try:
        note: Any = loads(work.note.read_bytes())
    except (CanonicalError, OSError):
        note = None
    if not isinstance(note, dict) or note.keys() != {"agreement", "cursor", "bytes"} or type(note["bytes"]) is not int:
        raise UsageError("BAD_CURSOR", f"{work.note} cannot be read: begin again with --again")
    if note["agreement"] != work.agreement:
        raise UsageError("OTHER_CURSOR", f"{work.note} belongs to another agreement: give another file")
    return note


def _write_note(work: Following, cursor: str, length: int) -> None:
    """The new cursor under its name at once: whoever looks finds the old one or this one, whole."""
    beside = work.note.with_name(work.note.name + ".new")
    with beside.open("wb") as file:
        file.write(dumps({"agreement": work.agreement, "cursor": cursor, "bytes": length}))
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(0o600)
    beside.replace(work.note)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(work.note.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
